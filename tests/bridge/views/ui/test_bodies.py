"""Bodies as people read them, and never as markup of their own."""

import time

import pytest

from openclaw_otel_bridge.views.ui.bodies import pretty


def test_json_is_indented_and_coloured():
    text, kind = pretty('{"a":[1,true,null,"x"]}')
    assert kind == "json"
    assert '<span class="j-key">&#34;a&#34;</span>: [' in text
    assert '<span class="j-num">1</span>' in text
    assert text.count('class="j-lit"') == 2


def test_what_was_redacted_is_marked():
    text, _ = pretty('{"email":"[redacted:email]"}')
    assert '<span class="j-gone">[redacted:email]</span>' in text
    assert '<span class="j-gone">[REDACTED]</span>' in pretty("token=[REDACTED] x")[0]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<html><b>502</b></html>", "html"),
        ("<?xml version='1.0'?><e/>", "xml"),
        ("a=1&b=%E4%B8%AD", "form"),
        ("plain text", "text"),
        ('{"cut": "of', "text"),
        ("[" * 100_000, "text"),
        ("", "text"),
    ],
)
def test_kinds(body, kind):
    assert pretty(body)[1] == kind


def test_a_form_is_read():
    assert pretty("a=1&b=%E4%B8%AD")[0] == "a = 1\nb = 中"


@pytest.mark.parametrize(
    "body",
    [
        '{"<script>":"</span><img src=x onerror=alert(1)>"}',
        "<script>alert(1)</script>",
        "a=<script>",
        '["[redacted <b>]"]',
    ],
)
def test_markup_in_a_body_stays_text(body):
    text = str(pretty(body)[0])
    assert "<script" not in text
    assert "<img" not in text
    assert "<b>" not in text


def test_a_long_body_is_fast():
    body = '{"a":"' + '\\"' * 12_000 + '"}'
    started = time.perf_counter()
    pretty(body)
    assert time.perf_counter() - started < 1
