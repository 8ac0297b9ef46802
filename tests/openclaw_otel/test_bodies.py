"""Bodies that may be anything."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw_otel import bodies

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_whole_documents_are_read_as_they_are(value: object) -> None:
    read = bodies.read_json(json.dumps(value).encode())
    assert read == value or not isinstance(value, dict | list | int | bool | str | None)


@given(JSON.filter(lambda value: isinstance(value, dict | list)), st.data())
def test_a_cut_document_gives_a_prefix_of_it_and_no_half_codes(value: object, data: st.DataObject) -> None:
    whole = json.dumps(value)
    read = bodies.read_json(whole[: data.draw(st.integers(1, len(whole)))].encode())
    texts = {text.strip() for _, text in bodies.leaves(value)} | {""}
    for _, text in bodies.leaves(read):
        assert bodies.code(text) in texts or isinstance(text, bodies.Cut)


@given(st.binary(max_size=200))
def test_no_bytes_raise(body: bytes) -> None:
    bodies.read_json(body)
    bodies.read_form(body)
    bodies.plain_text(body)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"a": {"code": "X", "n": 12', {"a": {"code": "X"}}),
        (b'{"a": ["x", "y', {"a": ["x", "y"]}),
        (b'{"a": "b\\u00', {"a": "b"}),
        (b'{"code": 105002, "mess', {"code": 105002}),
        (b'{"ok": tru', {}),
        (b'{"a": 1 "b": 2}', {"a": 1, "b": 2}),
        (b"<html>", None),
        (b"", None),
        (b"Too Many Requests", None),
        ("\ufeff[1]".encode(), [1]),
    ],
)
def test_cut_and_odd_documents(body: bytes, expected: object) -> None:
    assert bodies.read_json(body) == expected


def test_a_text_that_was_cut_is_text_but_no_code() -> None:
    value = bodies.read_json(b'{"code": "NEGATIVE_PR')["code"]
    assert (bodies.text(value), bodies.code(value)) == ("NEGATIVE_PR", "")


def test_what_is_whole() -> None:
    document = bodies.read_json(b'{"a": ["x", 1], "b": [["y"], "z", 3')
    assert [bodies.is_whole(document[key]) for key in ("a", "b")] == [True, False]
    assert [bodies.is_whole(value) for value in (None, 1, "x", ["x"], bodies.Cut("x"), [bodies.Cut("x")])] == [
        *(True, True, True, True, False, False)
    ]


def test_codes_are_printed_exactly() -> None:
    assert [bodies.code(value) for value in (105002, "105002", " X ", True, None, [], 1.5)] == [
        *("105002", "105002", "X", "", "", "", "1.5")
    ]


@pytest.mark.parametrize(
    "body", [b"<!DOCTYPE html><html>", b" <?xml version='1.0'?><a/>", b"<Error><Code>x", b"<h1>502</h1>"]
)
def test_markup_has_no_message(body: bytes) -> None:
    assert bodies.is_markup(body)
    assert bodies.plain_text(body) == ""


def test_plain_text_is_kept_when_short() -> None:
    assert bodies.plain_text(b" upstream connect error ") == "upstream connect error"
    assert bodies.plain_text(b"x" * 600) == ""
    assert bodies.plain_text(b"hello", "text/html; charset=utf-8") == ""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/a/b", [1]),
        ("/l/0/c", ["x"]),
        ("/l/*/c", ["x", "y"]),
        ("/l/9", []),
        ("/a~1b", [2]),
        ("", [{"a": {"b": 1}, "l": [{"c": "x"}, {"c": "y"}], "a/b": 2}]),
        ("/a/b/c", []),
    ],
)
def test_pointers(path: str, expected: list[object]) -> None:
    document = {"a": {"b": 1}, "l": [{"c": "x"}, {"c": "y"}], "a/b": 2}
    assert list(bodies.pointer(document, path)) == expected


def test_leaves_leave_positions_out() -> None:
    found = list(bodies.leaves({"errors": {"line_items": [{"quantity": ["is too small"]}, "bad"]}}))
    assert found == [(("errors", "line_items", "quantity"), "is too small"), (("errors", "line_items"), "bad")]


def test_forms() -> None:
    assert bodies.read_form(b"grant_type=refresh_token&x=") == {"grant_type": "refresh_token", "x": ""}
    assert bodies.read_form(b"a=1&" * 500) == {}
