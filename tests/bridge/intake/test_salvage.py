"""Of a request that cannot be decoded, the items that can be: whole, in order, with their resource."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from openclaw_otel_bridge.intake import salvage
from openclaw_otel_bridge.intake.otlp_json import BadJson
from openclaw_otel_bridge.intake.salvage import Salvaged, Unsound, salvage_json, salvage_protobuf
from tests.bridge.otlp_messages import exception_event, log, logs, span, traces
from tests.bridge.views.test_otlp import as_json

GOOD = [span(exception_event("E", f"order {n}"), name=f"s{n}") for n in range(4)]


def broken(message: Message, mark: bytes = b"BROKEN") -> bytes:
    data = message.SerializeToString().replace(mark, b"\xff" * len(mark))
    with pytest.raises(DecodeError):
        type(message)().ParseFromString(data)
    return data


def test_items_that_can_be_decoded_are_taken_whole() -> None:
    sound = traces(*GOOD[:2])
    sound.MergeFrom(traces(*GOOD[2:], resource={"service.name": "other"}))
    spoiled = ExportTraceServiceRequest.FromString(sound.SerializeToString())
    for group, place in ((0, 1), (1, 0)):
        spans = spoiled.resource_spans[group].scope_spans[0].spans
        spans.insert(place, span(name="BROKEN"))
    found = ExportTraceServiceRequest()
    done = salvage_protobuf(broken(spoiled), found)
    assert found == sound
    assert (done.kept, done.lost) == (4, 2)
    assert done.reason.startswith("the item cannot be decoded: ")


def test_log_records_the_same_way_and_fields_nobody_knows() -> None:
    sound = logs(log({"exception.type": "E"}, body="a"))
    data = broken(logs(log({}, body="BROKEN"), log({}, body="BROKEN")))
    unknown = b"\x98\x06\x05" + b"\xa1\x06" + b"x" * 8 + b"\xad\x06" + b"x" * 4 + b"\xb2\x06\x02hi"
    found = ExportLogsServiceRequest()
    done = salvage_protobuf(sound.SerializeToString() + unknown + data, found)
    assert found.resource_logs[0] == sound.resource_logs[0]
    assert (len(found.resource_logs), done.kept, done.lost) == (2, 1, 2)


def test_around_the_items_everything_has_to_be_sound() -> None:
    for data in (
        broken(traces(*GOOD, resource={"service.name": "BROKEN"})),
        traces(*GOOD).SerializeToString()[:-5],
        b"\x0a" + b"\xff" * 12,
        b"\x0b\x0c",  # groups, which OTLP has not
        b"\x0a\x7f",
    ):
        with pytest.raises((Unsound, DecodeError)):
            salvage_protobuf(data, ExportTraceServiceRequest())


def test_any_bytes_end_in_a_stated_way(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(7)
    body = bytearray(traces(*GOOD).SerializeToString())
    for _ in range(2000):
        data = bytearray(body)
        for _ in range(chance.randrange(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            done = salvage_protobuf(bytes(data), ExportTraceServiceRequest())
            assert done.kept + done.lost <= 1000
        except (Unsound, DecodeError):
            pass
    monkeypatch.setattr(salvage, "MOST_PARTS", 1000)
    with pytest.raises(Unsound, match="too many"):
        salvage_protobuf(b"\x10\x01" * 1001, ExportTraceServiceRequest())


def test_json_item_by_item() -> None:
    document: Any = json.loads(as_json(traces(*GOOD)))
    spans = document["resourceSpans"][0]["scopeSpans"][0]["spans"]
    spans[1:1] = [{"kind": "SPAN_KIND_CLIENT"}, 7]
    found = ExportTraceServiceRequest()
    done = salvage_json(json.dumps(document).encode(), found)
    assert found == traces(*GOOD)
    assert (done.kept, done.lost) == (4, 2)
    assert "kind: an integer, not a name" in done.reason


@pytest.mark.parametrize(
    "document", [{"resourceSpans": 7}, {"resourceSpans": [7]}, {"resourceSpans": [{"scopeSpans": [{"spans": 7}]}]}]
)
def test_json_around_the_items_has_to_be_sound(document: Any) -> None:
    with pytest.raises(BadJson):
        salvage_json(json.dumps(document).encode(), ExportTraceServiceRequest())


def test_what_is_no_json_at_all() -> None:
    for data in (b"{", b"\xff", b"[" * 100_000):
        with pytest.raises(BadJson):
            salvage_json(data, ExportTraceServiceRequest())
    assert salvage_json(b"{}", ExportTraceServiceRequest()) == Salvaged()
