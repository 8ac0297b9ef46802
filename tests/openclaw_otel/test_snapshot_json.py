"""snapshot_json: bounded, marked where cut, and read back."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from openclaw_otel.record import Snapshot
from openclaw_otel.snapshot_json import SNAPSHOT_LIMIT, decode_snapshot, encode_snapshot


@given(st.text(max_size=40), st.integers(0, 60_000), st.integers(0, 60_000), st.sampled_from('a"\\語\x00'))
def test_snapshot_stays_under_its_limit(url: str, request: int, response: int, character: str) -> None:
    snapshot = Snapshot("GET", url, request_body=character * request, response_body=character * response)
    text = encode_snapshot(snapshot)
    assert len(text.encode()) <= SNAPSHOT_LIMIT
    back = decode_snapshot(text)
    assert back is not None
    assert back.request_truncated == (back.request_body != snapshot.request_body)
    assert back.response_truncated == (back.response_body != snapshot.response_body)


def test_snapshot_keeps_the_short_body_whole() -> None:
    back = decode_snapshot(encode_snapshot(Snapshot(request_body="q" * 90_000, response_body='{"errors": "why"}')))
    assert back is not None
    assert back.response_body == '{"errors": "why"}'
    assert back.request_truncated
    assert len(back.request_body) > 60_000


def test_snapshot_with_monstrous_headers_and_url() -> None:
    headers = {f"h{number}": "v" * 9_000 for number in range(50)}
    text = encode_snapshot(Snapshot("GET", "u" * 90_000, headers, "body", 500, headers, "answer"))
    assert len(text.encode()) <= SNAPSHOT_LIMIT
    assert decode_snapshot(text)


def test_unreadable_snapshots_are_none() -> None:
    for bad in (None, 7, "", "[]", "[1]", '{"status": "x"}', '{"url": 3}', "{", '{"request_headers": []}', "[" * 9000):
        assert decode_snapshot(bad) is None
    assert decode_snapshot('{"url": "u", "new_key": 1}') == Snapshot(url="u")


def test_snapshot_json_leaves_out_what_is_empty() -> None:
    assert json.loads(encode_snapshot(Snapshot("GET", "u", status=200))) == {"method": "GET", "url": "u", "status": 200}


def test_no_time_at_all_is_a_time() -> None:
    assert decode_snapshot(encode_snapshot(Snapshot(elapsed=0.0))) == Snapshot(elapsed=0.0)
