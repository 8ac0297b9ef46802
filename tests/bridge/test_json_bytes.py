"""Whatever is dumped can be read again."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import Any

import pytest

from openclaw_otel_bridge.json_bytes import dump


@pytest.mark.parametrize("value", [{"a": [1, None, "限流", 1.5, True]}, [], "x", {"n": 2**70}, None])
def test_round_trip(value: Any) -> None:
    assert json.loads(dump(value)) == value


def test_odd_values() -> None:
    assert json.loads(dump({"a": "x\ud800y"})) == {"a": "x?y"}
    assert json.loads(dump(MappingProxyType({"a": (1, 2)}))) == {"a": [1, 2]}
    assert b" " not in dump({"a": [1, 2]})


def test_what_is_no_data_is_refused() -> None:
    with pytest.raises(TypeError, match="object cannot be stored"):
        dump({"a": object()})
