import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw_otel_bridge.reads.cursor import BadCursor, decode, encode

KEYS = ("2026-03-01 12:00:00.25+00", "17")
TYPES = ("timestamptz", "bigint")


def test_comes_back_as_it_went() -> None:
    assert decode(encode("last_seen", KEYS), "last_seen", TYPES) == list(KEYS)
    assert decode(encode("due", ("infinity", "-3")), "due", TYPES) == ["infinity", "-3"]


def test_of_another_sort_is_refused() -> None:
    with pytest.raises(BadCursor, match="another sort"):
        decode(encode("last_seen", KEYS), "events", TYPES)


@pytest.mark.parametrize("keys", [["x", "1"], ["2026-03-01 12:00:00+00", "1;"], [1, 2], ["infinity", "9" * 30]])
def test_forged_keys_are_refused(keys: list[object]) -> None:
    forged = base64.urlsafe_b64encode(json.dumps(["s", *keys]).encode()).decode()
    with pytest.raises(BadCursor):
        decode(forged, "s", TYPES)


@given(st.text())
def test_any_text_is_refused_and_nothing_else_raised(text: str) -> None:
    with pytest.raises(BadCursor):
        decode(text, "last_seen", TYPES)
