"""OTLP JSON by the rules of the specification, not by those of protobuf's own JSON."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from openclaw_otel_bridge.intake.otlp_json import BadJson, parse_json

TRACE = "5B8EFFF798038103D269B633813FC60C"


def parse(span: dict[str, Any]) -> Span:
    return (
        parse_document({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]})
        .resource_spans[0]
        .scope_spans[0]
        .spans[0]
    )


def parse_document(document: Any) -> ExportTraceServiceRequest:
    message = ExportTraceServiceRequest()
    parse_json(document if isinstance(document, bytes) else json.dumps(document).encode(), message)
    return message


def value(item: Any) -> Any:
    return parse({"attributes": [{"key": "k", "value": item}]}).attributes[0].value


def test_the_official_example() -> None:
    # opentelemetry-proto examples/trace.json, Apache-2.0, re-expressed
    span = parse(
        {
            "traceId": TRACE,
            "spanId": "EEE19B7EC3C1B174",
            "parentSpanId": "eee19b7ec3c1b173",
            "name": "I'm a server span",
            "startTimeUnixNano": "1544712660000000000",
            "endTimeUnixNano": "1544712661000000000",
            "kind": 2,
            "attributes": [{"key": "my.span.attr", "value": {"stringValue": "some value"}}],
        }
    )
    assert span.trace_id.hex() == TRACE.lower()
    assert (span.span_id.hex(), span.parent_span_id.hex()) == ("eee19b7ec3c1b174", "eee19b7ec3c1b173")
    assert (span.kind, span.start_time_unix_nano) == (2, 1544712660000000000)
    assert span.attributes[0].value.string_value == "some value"


def test_integers_as_text_and_number() -> None:
    assert value({"intValue": "-42"}).int_value == -42
    assert value({"intValue": 42}).int_value == 42
    assert value({"intValue": 42.0}).int_value == 42
    assert parse({"startTimeUnixNano": 1544712660000000000}).start_time_unix_nano == 1544712660000000000


def test_doubles_bytes_booleans_and_nested_values() -> None:
    assert value({"doubleValue": 1}).double_value == 1.0
    assert value({"doubleValue": "Infinity"}).double_value == float("inf")
    assert [value({"doubleValue": text}).double_value for text in ("1.5", "-2", "3e2")] == [1.5, -2.0, 300.0]
    assert value({"boolValue": False}).WhichOneof("value") == "bool_value"
    assert value({"bytesValue": base64.b64encode(b"\x00\xff").decode()}).bytes_value == b"\x00\xff"
    assert value({"bytesValue": "-_8="}).bytes_value == b"\xfb\xff"
    nested = value(
        {"kvlistValue": {"values": [{"key": "a", "value": {"arrayValue": {"values": [{"intValue": 1}, {}]}}}]}}
    )
    assert nested.kvlist_value.values[0].value.array_value.values[0].int_value == 1
    assert value({"stringValue": ""}).WhichOneof("value") == "string_value"


def test_unknown_keys_snake_case_and_nulls_are_ignored() -> None:
    span = parse({"name": "a", "unknown": {"x": [1]}, "trace_id": TRACE, "start_time_unix_nano": "5", "status": None})
    assert (span.name, span.trace_id, span.start_time_unix_nano) == ("a", b"", 0)
    assert parse_document({}) == ExportTraceServiceRequest()
    assert value({}).WhichOneof("value") is None
    assert value(None).WhichOneof("value") is None


def test_bad_hex_is_a_bad_id_not_a_bad_request() -> None:
    for bad in ("zz", "abc", "", "5B8E FFF7", "é"):
        assert len(parse({"traceId": bad}).trace_id) != 16


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe{}", "not JSON"),
        (b"\0\xff\0{", "not JSON"),
        ([], "document: an object is expected, not a list"),
        ({"resourceSpans": {}}, "resourceSpans: a list is expected"),
        ({"resourceSpans": [7]}, r"resourceSpans\[0\]: an object is expected, not a number"),
        (
            {"resourceSpans": [{"scopeSpans": [{"spans": [{"kind": "SPAN_KIND_SERVER"}]}]}]},
            "kind: an integer, not a name",
        ),
        ({"resourceSpans": [{"scopeSpans": [{"spans": [{"name": 5}]}]}]}, "name: text is expected, not a number"),
        ({"resourceSpans": [{"scopeSpans": [{"spans": [{"flags": 2**40}]}]}]}, "flags: 1099511627776 is out of range"),
        (
            {"resourceSpans": [{"scopeSpans": [{"spans": [{"startTimeUnixNano": "x"}]}]}]},
            "startTimeUnixNano: an integer",
        ),
    ],
)
def test_what_is_wrong_is_named(document: Any, problem: str) -> None:
    with pytest.raises(BadJson, match=problem):
        parse_document(document)


def test_bad_scalars_are_named() -> None:
    for item, problem in (
        ({"boolValue": "yes"}, "boolValue: true or false"),
        ({"bytesValue": "!"}, "bytesValue: not base64"),
        ({"bytesValue": 1}, "bytesValue: text"),
        ({"doubleValue": "much"}, "doubleValue: a number"),
        ({"doubleValue": True}, "doubleValue: a number"),
        ({"doubleValue": "1_0"}, "doubleValue: a number"),
        ({"doubleValue": " 1"}, "doubleValue: a number"),
        ({"doubleValue": "٣"}, "doubleValue: a number"),
        ({"intValue": True}, "intValue: an integer"),
        ({"intValue": "9" * 30}, "intValue: an integer"),
    ):
        with pytest.raises(BadJson, match=problem):
            value(item)


@pytest.mark.parametrize("levels", [50, 200, 100_000])
def test_deep_nesting(levels: int) -> None:
    text = '{"arrayValue":{"values":[' * levels + "{}" + "]}}" * levels
    before, after = '{"resourceSpans":[{"resource":{"attributes":[{"key":"k","value":', "}]}}]}"
    with pytest.raises(BadJson, match="nested"):
        parse_document((before + text + after).encode())
    shallow = '{"arrayValue":{"values":[' * 20 + "{}" + "]}}" * 20
    assert parse_document((before + shallow + after).encode()).resource_spans


def test_bad_utf8_costs_its_characters_only() -> None:
    document = b'{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a\xff\xc3("}]}]}]}'
    assert parse_document(document).resource_spans[0].scope_spans[0].spans[0].name == "a\ufffd\ufffd("


def test_lone_surrogates() -> None:
    assert parse({"name": "a\ud800b"}).name == "a?b"


def test_logs() -> None:
    message = ExportLogsServiceRequest()
    record = {"timeUnixNano": "1", "severityNumber": 17, "body": {"stringValue": "boom"}, "eventName": "exception"}
    parse_json(json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}).encode(), message)
    log = message.resource_logs[0].scope_logs[0].log_records[0]
    assert (log.severity_number, log.body.string_value, log.event_name) == (17, "boom", "exception")
