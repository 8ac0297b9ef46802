"""What no encoder or database of ours would take comes out mended; the rest as it is."""

from __future__ import annotations

import json
import tracemalloc

import pytest

from openclaw_otel_bridge.intake.foreign_json import loads
from openclaw_otel_bridge.json_bytes import dump


def test_sound_json_is_as_it_is() -> None:
    value = {"a": [1, 2.5, None, True, "中文 \u2028"], "b": {"c": "\\u0000 as text"}}
    assert loads(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (rb'{"a\u0000": "\u0000b"}', {"a␀": "␀b"}),
        (rb'["\ud800x", "\ud83d\ude00"]', ["?x", "😀"]),
        (b'["\xff"]', ["\ufffd"]),
        (b"[NaN, Infinity, 1e999]", [None, None, None]),
        (b'["a\nb"]', ["a\nb"]),
        (b"[123456789012345678901234567890]", [123456789012345678901234567890]),
    ],
)
def test_what_is_mended(data: bytes, value: object) -> None:
    found = loads(data)
    assert found == value or json.loads(dump(found)) == [1.2345678901234568e29]


@pytest.mark.parametrize("levels", [250, 900, 5_000, 100_000])
def test_depth_is_cut_or_refused(levels: int) -> None:
    tracemalloc.start()
    try:
        found = loads(b"[" * levels + b"]" * levels)
    except ValueError:
        assert levels > 900
    else:
        assert "…" in dump([[[[found]]]]).decode()
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("data", [b"", b"{", b"nope"])
def test_no_json(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        loads(data)
