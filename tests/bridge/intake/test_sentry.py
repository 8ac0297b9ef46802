"""Which items are events, and what they say."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from openclaw_otel.attributes import ERROR_GROUPING_HASH, RECORD_ID
from openclaw_otel.record import Severity
from openclaw_otel_bridge.intake.envelope import Envelope, EnvelopeItem
from openclaw_otel_bridge.intake.found import Found
from openclaw_otel_bridge.intake.sentry import LARGEST, read_envelope, read_event

ID = "93f7a76c85264a06ab3b4f866971b880"
STAMP = "018f6b1e-7c00-7000-8000-000000000001"
AT = datetime(2026, 3, 1, 12, 0, 0, 250000, UTC)
FRAMES = {"frames": [{"filename": "a.py", "function": "f", "lineno": 1}]}


def event(**values: Any) -> dict[str, Any]:
    cause = {"type": "OSError", "value": "gone"}
    last = {"type": "SyncError", "module": "erp", "value": "order 1001", "stacktrace": FRAMES}
    return {
        "event_id": ID,
        "timestamp": "2026-03-01T12:00:00.25Z",
        "platform": "python",
        "exception": {"values": [cause, last]},
        **values,
    }


def found(**values: Any) -> Found:
    result = read_event(event(**values), None, 1)
    assert result is not None
    return result


def test_the_exception_raised_last() -> None:
    one = found(contexts={"trace": {"trace_id": "A" * 32, "span_id": "b" * 16}})
    record = one.record
    assert record.exception is not None
    assert (record.exception.type, record.exception.message) == ("erp.SyncError", "order 1001")
    assert record.exception.stacktrace.startswith("Traceback (most recent call last):\nOSError: gone")
    assert (record.message, record.occurred_at) == ("order 1001", AT)
    assert (record.trace_id, record.span_id) == ("a" * 32, "b" * 16)
    assert (one.id.hex, one.stamped, one.weak, one.timed) == (ID, False, False, True)


@pytest.mark.parametrize(
    ("level", "severity"),
    [
        ("fatal", Severity.CRITICAL),
        ("warning", Severity.WARN),
        ("info", Severity.INFO),
        (None, Severity.ERROR),
        (7, Severity.ERROR),
    ],
)
def test_an_exception_is_an_event_at_any_level(level: object, severity: Severity) -> None:
    assert found(level=level).record.severity is severity


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"message": "out of stock", "level": "error"}, "out of stock"),
        ({"logentry": {"message": "order %s", "formatted": "order 7"}, "level": "fatal"}, "order 7"),
        ({"logentry": {"message": "order %s"}}, "order %s"),
        ({"message": {"formatted": "old form"}}, "old form"),
        ({"message": "x", "level": "warning"}, None),
        ({"message": "x", "level": "info"}, None),
        ({"type": "transaction", "level": "error"}, None),
    ],
)
def test_messages(values: dict[str, Any], message: str | None) -> None:
    result = read_event(event(exception=None, **values), None, 1)
    assert (result and result.record.message) == message


def test_a_message_shows_where_it_was_sent_from() -> None:
    threads = {"values": [{"id": 1}, {"current": True, "stacktrace": FRAMES}]}
    assert found(exception=None, message="x", threads=threads).record.exception.stacktrace.count("File") == 1  # type: ignore[union-attr]
    bare = found(exception=[{"type": "A"}], stacktrace=FRAMES).record.exception
    assert bare is not None
    assert "A" in bare.stacktrace


def test_stamped_copies_give_way_to_their_carrier() -> None:
    one = found(tags={RECORD_ID: STAMP, "openclaw.integration.platform.name": "shopify"}, level="fatal")
    assert (str(one.id), one.stamped, one.weak) == (STAMP, True, True)
    assert (one.record.platform, one.record.message, one.record.severity) == ("shopify", "order 1001", Severity.ERROR)


@pytest.mark.parametrize(
    ("given", "explicit"),
    [
        (["{{ default }}"], ()),
        (["{{default}}", "shopify"], ("{{default}}", "shopify")),
        (["checkout", 7, None, {}], ("checkout", "7")),
        (["v1:" + "0" * 32], ()),
        ([], ()),
        ("text", ()),
    ],
)
def test_fingerprints_the_team_set(given: Any, explicit: tuple[str, ...]) -> None:
    ours = {"openclaw": {ERROR_GROUPING_HASH: "v1:" + "0" * 32}}
    assert found(fingerprint=given, contexts=ours).record.explicit_fingerprint == explicit


def test_an_event_without_id_has_one_of_its_own() -> None:
    assert read_event(event(event_id=None), ID, 1).id.hex == ID  # type: ignore[union-attr]
    one, same, other = found(event_id=7), found(event_id=7), found(event_id=7, message="x")
    assert one.id == same.id != other.id


@pytest.mark.parametrize("stamp", [AT.timestamp(), "2026-03-01T12:00:00.250", "2026-03-01T13:00:00.250+01:00"])
def test_times(stamp: object) -> None:
    assert found(timestamp=stamp).record.occurred_at == AT


@pytest.mark.parametrize("stamp", [None, True, "yesterday", 1e300, [], {}])
def test_no_time(stamp: object) -> None:
    assert found(timestamp=stamp).timed is False


def test_an_envelope() -> None:
    broken = [b"{", b"[]", json.dumps(event(exception={"values": "x"}, contexts={"trace": "x"})).encode()]
    items = [EnvelopeItem("session", b"{}"), *(EnvelopeItem("event", data) for data in broken)]
    reading = read_envelope(Envelope({}, tuple(items)), 1)
    assert (reading.seen, len(reading.found), sum(reading.rejected.values())) == (4, 1, 2)


def test_a_huge_event_keeps_what_tells() -> None:
    frames = {"frames": [{"filename": "a.py", "function": "f", "lineno": 1, "vars": {"x": "y" * LARGEST}}]}
    values = [{"type": "A", "value": "b", "stacktrace": frames}]
    data = json.dumps(
        event(exception={"values": values}, extra={"a": 1}, contexts={"trace": {"trace_id": "a" * 32}, "os": {}})
    )
    record = read_envelope(Envelope({}, (EnvelopeItem("event", data.encode()),)), 1).found[0].record
    assert record.trace_id == "a" * 32
    assert "sentry.extra" not in record.attributes
    assert "y" * 100 not in str(record)
    assert "a.py" in str(record.attributes["sentry.stacktrace"])
