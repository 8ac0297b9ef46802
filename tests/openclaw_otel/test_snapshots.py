"""Snapshots: text, capped on a character boundary, cuts marked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from openclaw_otel.record import Exchange
from openclaw_otel.snapshots import BODY_CAP, body_text, snapshot_of


def test_everything_a_person_needs_is_there() -> None:
    exchange = Exchange(
        "POST", "https://x.example/a", {"A": "1"}, b'{"a":1}', 422, {"B": "2"}, b'{"e":1}', elapsed=0.0, attempt=2
    )
    snapshot = snapshot_of(exchange)
    assert (snapshot.method, snapshot.url, snapshot.status) == ("POST", "https://x.example/a", 422)
    assert (snapshot.request_headers, snapshot.response_headers) == ({"A": "1"}, {"B": "2"})
    assert (snapshot.request_body, snapshot.response_body) == ('{"a":1}', '{"e":1}')
    assert (snapshot.elapsed, snapshot.attempt) == (0.0, 2)
    assert not snapshot.request_truncated


def test_a_long_body_is_cut_between_characters_and_marked() -> None:
    snapshot = snapshot_of(Exchange("GET", "https://x.example/", response_body="汉".encode() * BODY_CAP, status=500))
    assert snapshot.response_truncated
    assert set(snapshot.response_body) == {"汉"}
    assert len(snapshot.response_body.encode()) <= BODY_CAP


def test_a_cut_at_capture_stays_marked() -> None:
    assert snapshot_of(Exchange("GET", "https://x.example/", response_truncated=True)).response_truncated


@given(st.binary(max_size=200), st.integers(0, 100))
def test_any_bytes_become_text_within_the_cap(body: bytes, cap: int) -> None:
    text, cut = body_text(body, cap)
    assert cut == (len(body) > cap)
    text.encode("utf-8")
