"""Envelopes: with and without lengths, and each way to be wrong."""

from __future__ import annotations

import random
import time
from contextlib import suppress

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
        (b'{}\n{"type":"event","length":9}\nabc', "item 1 ends after 3 of 9 bytes"),
        (b"{}\n" + b'{"type":"a"}\n\n' * 10_001, "more than 10000 items"),
    ],
)
def test_what_is_wrong_is_said(data: bytes, message: str) -> None:
    with pytest.raises(Problem, match=message) as caught:
        parse_envelope(data)
    assert (caught.value.status, caught.value.code) == (400, "bad_envelope")


GOOD = b'{"type":"event","length":7}\n{"a":1}\n'


@pytest.mark.parametrize("length", [b"2", b"0", b"-2", b'"7"', b"7.0", b"true", b"null", b"[7]"])
def test_a_length_that_cannot_be_is_not_believed(length: bytes) -> None:
    envelope = parse_envelope(b'{}\n{"type":"event","length":' + length + b'}\n{"b":2}\n' + GOOD)
    assert [item.payload for item in envelope.items] == [b'{"b":2}', b'{"a":1}']
    assert envelope.faults == ()


def test_a_length_in_characters() -> None:
    """As SDKs in languages of wide characters have counted it."""
    text = '{"message":"订单 1001 未同步"}'
    data = b'{}\n{"type":"event","length":%d}\n%s\n' % (len(text), text.encode())
    assert [item.payload for item in parse_envelope(data + GOOD).items] == [text.encode(), b'{"a":1}']


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        (b'{"type":"attachment","length":900}\nab\n\nc\n', "item 2 ends after 42 of 900 bytes"),
        (b"no header\nits payload\n", "the header of item 2 is not JSON"),
        (b'{"length":2}\n{}\n', "item 2 has no type"),
        (b'{"type":7}\n{"event_id":"a","type":"transaction"}\n', "item 2 has no type"),
        (b"\x00\xff\n[]\n" * 50, "the header of item 2 is not JSON"),
    ],
)
def test_what_is_sound_beside_a_broken_item_is_taken(broken: bytes, fault: str) -> None:
    envelope = parse_envelope(b"{}\n" + GOOD + broken + GOOD)
    assert [item.payload for item in envelope.items] == [b'{"a":1}'] * 2
    (found,) = envelope.faults
    assert found.startswith(fault)


def test_what_is_cut_off_is_the_last_item_only() -> None:
    whole = b"{}\n" + GOOD * 3
    for size in range(len(whole)):
        with suppress(Problem):
            envelope = parse_envelope(whole[:size])
            assert [item.payload for item in envelope.items] == [b'{"a":1}'] * len(envelope.items)
            assert len(envelope.items) + len(envelope.faults) <= 3
    envelope = parse_envelope(whole[:-5])
    assert (len(envelope.items), envelope.faults) == (2, ("item 3 ends after 3 of 7 bytes",))


def test_any_bytes_end_in_a_stated_way_and_soon() -> None:
    rng = random.Random(5)
    whole = b"{}\n" + GOOD * 5
    for _ in range(3000):
        data = bytearray(whole)
        for _ in range(rng.randrange(1, 6)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        with suppress(Problem):
            parse_envelope(bytes(data))
    started = time.monotonic()
    assert parse_envelope(b"{}\n" + b"\n" * 50_000_000).items == ()
    with pytest.raises(Problem, match="more than"):
        parse_envelope(b"{}\n" + b"x\n" * 10_000_000)
    assert time.monotonic() - started < 2
