"""An item that cannot be read falls alone, whatever the reason."""

from __future__ import annotations

from typing import Any

import pytest

from openclaw_otel_bridge.intake.found import Reading
from openclaw_otel_bridge.intake.isolating import read_sound
from openclaw_otel_bridge.intake.logs import read_logs
from tests.bridge.otlp_messages import exception_event, failing, log, logs, span, traces


def picky(request: Any) -> Reading:
    """Counts spans; one named bad is beyond it, and so is a bad resource."""
    found = Reading()
    for group in request.resource_spans:
        if any(pair.key == "bad" for pair in group.resource.attributes):
            raise KeyError("resource")
        for scope in group.scope_spans:
            for each in scope.spans:
                found.seen += 1
                if each.name == "bad":
                    raise TypeError("unhashable")
                found.failed.add(each.trace_id)
    return found


def test_bad_items_are_left_out_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    sound = failing(3)
    bad = span(exception_event("E", "m"))
    bad.name = "bad"
    reading = read_sound(traces(sound[0], bad, sound[1], bad, sound[2]), picky)
    assert (reading.seen, reading.rejected) == (5, {"the item cannot be read: TypeError": 2})
    assert reading.failed == {each.trace_id for each in sound}
    assert caplog.text.count("cannot be read as a whole") == 1


def test_a_sound_request_is_read_once(caplog: pytest.LogCaptureFixture) -> None:
    assert read_sound(traces(*failing(2)), picky).seen == 2
    assert not caplog.records


def test_a_bad_resource_takes_its_items_along_and_no_other() -> None:
    request = traces(*failing(2))
    request.resource_spans.add().CopyFrom(request.resource_spans[0])
    request.resource_spans[1].resource.attributes.add(key="bad")
    reading = read_sound(request, picky)
    assert (reading.seen, sum(reading.rejected.values()), len(reading.failed)) == (4, 2, 2)


def test_log_records_the_same_way() -> None:
    good = log({"exception.type": "E", "exception.message": "m"})

    def read(request: Any) -> Reading:
        if any(
            each.severity_number == 3 for scope in request.resource_logs[0].scope_logs for each in scope.log_records
        ):
            raise ValueError
        return read_logs(request, 1)

    bad = log({"exception.type": "E"})
    bad.severity_number = 3
    reading = read_sound(logs(bad, good), read)
    assert (reading.seen, len(reading.found), reading.rejected) == (2, 1, {"the item cannot be read: ValueError": 1})
