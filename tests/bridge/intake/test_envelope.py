"""Envelopes: with and without lengths, and each way to be wrong."""

from __future__ import annotations

import pytest

from openclaw_otel_bridge.intake.envelope import parse_envelope
from openclaw_otel_bridge.problems import Problem


def test_items_with_and_without_length() -> None:
    data = (
        b'{"event_id":"ab"}\n{"type":"event","length":5}\n{"\n"}\n{"type":"attachment"}\nraw bytes\n\n'
        b'{"type":"log","length":0}\n\n'
    )
    envelope = parse_envelope(data)
    assert envelope.event_id == "ab"
    assert [(item.type, item.payload, item.category) for item in envelope.items] == [
        ("event", b'{"\n"}', "error"),
        ("attachment", b"raw bytes", "attachment"),
        ("log", b"", "log_item"),
    ]


@pytest.mark.parametrize("data", [b"{}", b"{}\n", b"{}\n\n\n"])
def test_an_empty_envelope_is_fine(data: bytes) -> None:
    assert parse_envelope(data).items == ()


def test_the_last_item_may_end_with_the_data() -> None:
    assert parse_envelope(b'{}\n{"type":"new_kind"}\n{"a":1}').items[0].payload == b'{"a":1}'
    assert parse_envelope(b'{}\n{"type":"new_kind"}').items[0].category == "default"


@pytest.mark.parametrize(
    ("dsn", "key"), [("https://abc@host/1", "abc"), ("https://host/1", ""), ("http://[", ""), (7, ""), (None, "")]
)
def test_the_key_of_the_dsn(dsn: object, key: str) -> None:
    envelope = parse_envelope(b"{}")
    assert type(envelope)({"dsn": dsn, "event_id": 7}, ()).key == key
    assert type(envelope)({"event_id": 7}, ()).event_id is None


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the envelope's header is not JSON"),
        (b"[]\n", "the envelope's header is not a JSON object"),
        (b"{}\nnot json\n", "the header of item 1 is not JSON"),
        (b"{}\n{}\n", "item 1 has no type"),
        (b'{}\n{"type":"a"}\nx\n{"type":"event","length":9}\nabc', "item 2 ends after 3 of 9 bytes"),
        (b'{}\n{"type":"event","length":2}\nabc\n', "item 1: no newline after its 2 bytes"),
        (b'{}\n{"type":"event","length":-2}\nabc\n', "item 1: length '-2' is not a whole number"),
        (b"{}\n" + b'{"type":"a"}\n\n' * 10_001, "more than 10000 items"),
    ],
)
def test_what_is_wrong_is_said(data: bytes, message: str) -> None:
    with pytest.raises(Problem, match=message) as caught:
        parse_envelope(data)
    assert (caught.value.status, caught.value.code) == (400, "bad_envelope")
