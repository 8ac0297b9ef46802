"""Every OTLP value becomes plain data that can be stored, however odd."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime

from opentelemetry.proto.common.v1.common_pb2 import KeyValue

from openclaw_otel_bridge.intake.values import (
    DROPPED,
    LONGEST_TEXT,
    MOST_ATTRIBUTES,
    attributes,
    clean,
    is_id,
    shorten,
    time,
    value,
)
from tests.bridge.otlp_messages import any_value, pairs


def test_values() -> None:
    data = {"a": [1, "x", True, 1.5, None, {"b": []}], "c": {}}
    assert value(any_value(data)) == data
    assert value(any_value(None)) is None
    assert value(any_value(b"\x00\xff")) == "AP8="
    assert [value(any_value(odd)) for odd in (math.inf, -math.inf)] == ["inf", "-inf"]
    assert value(any_value(math.nan)) == "nan"
    assert value(any_value("nul\0byte")) == "nul␀byte"


def test_attributes() -> None:
    assert attributes(pairs({"a": 1, "b": "x"})) == {"a": 1, "b": "x"}
    assert attributes([*pairs({"a": 1}), *pairs({"a": 2})]) == {"a": 2}
    assert attributes([KeyValue(key="", value=any_value(1)), KeyValue(key="k\0")]) == {"k␀": None}


def test_ten_thousand_attributes() -> None:
    found = attributes(pairs({f"k{n}": n for n in range(10_000)}))
    assert len(found) == MOST_ATTRIBUTES + 1
    assert found[DROPPED] == 10_000 - MOST_ATTRIBUTES


def test_deep_values_end() -> None:
    deep: object = "core"
    for _ in range(40):
        deep = [deep]
    found = json.dumps(value(any_value(deep)))
    assert "core" not in found
    assert "[\\u2026]" in found


def test_long_texts_keep_both_ends() -> None:
    text = "head" + "x" * 200_000 + "tail"
    short = value(any_value(text))
    assert short.startswith("head")
    assert short.endswith("tail")
    assert len(short) <= LONGEST_TEXT
    assert shorten("short", 10) == "short"
    assert clean("as it was") == "as it was"


def test_times() -> None:
    assert time(1_544_712_660_123_456_789) == datetime(2018, 12, 13, 14, 51, 0, 123456, tzinfo=UTC)
    assert time(0) is None
    last = time(2**64 - 1)
    assert last is not None
    assert last.year == 2554


def test_ids() -> None:
    assert is_id(b"\0" * 15 + b"\x01", 16)
    assert not any(is_id(bad, 16) for bad in (b"", b"\0" * 16, b"x" * 15, b"x" * 17))
