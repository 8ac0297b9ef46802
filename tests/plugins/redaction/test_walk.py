from __future__ import annotations

from openclaw_otel_plugins.redaction.keys import NEUTRAL, Keys
from openclaw_otel_plugins.redaction.rules import load_rules
from openclaw_otel_plugins.redaction.run import Run
from openclaw_otel_plugins.redaction.walk import AsBytes, Walk, below

KEYS = Keys(load_rules())


def test_what_holds_below_a_container() -> None:
    at = ("", "person", "customer", "$")
    assert below(at, ("", NEUTRAL), {}, "x") == ("", "person", "x", "$")
    assert below(at, ("", NEUTRAL), {}, 3) == ("", "person", "customer", "$")
    assert below(at, ("", KEYS.verdict("line_items")), [], "line_items") == ("", "", "line_items", "$")
    assert below(at, ("address", KEYS.verdict("address")), {}, "address")[:2] == ("", "address")
    assert below(at, ("address", KEYS.verdict("address")), ["x"], "address")[:2] == ("address", "")
    assert below(at, ("", KEYS.verdict("errors")), {}, "errors")[:2] == ("", "errors")


def test_a_walk_tells_places_only_when_asked() -> None:
    assert not Walk(Run()).explains
    assert Walk(Run(findings=[])).explains


def test_bytes_are_written_as_bytes() -> None:
    holder = {"a": b"x"}
    AsBytes(holder, "a")[0] = "[email]"
    assert holder == {"a": b"[email]"}
