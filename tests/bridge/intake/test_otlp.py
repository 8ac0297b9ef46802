"""Bytes to messages and results to answers, in either encoding."""

from __future__ import annotations

import json

import pytest
from google.rpc.error_details_pb2 import BadRequest
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTracePartialSuccess,
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from openclaw_otel_bridge.intake.otlp import Encoding, decode, encode, encoding_of, status_message
from openclaw_otel_bridge.problems import Problem
from tests.bridge.otlp_messages import failing, traces


def test_content_types() -> None:
    assert encoding_of("application/x-protobuf") is Encoding.PROTOBUF
    assert encoding_of("APPLICATION/JSON; charset=UTF-8") is Encoding.JSON
    assert [encoding_of(other) for other in ("", "text/plain", "application/protobuf", ";")] == [None] * 4


def test_requests() -> None:
    message = traces(*failing(3))
    assert decode(message.SerializeToString(), Encoding.PROTOBUF, ExportTraceServiceRequest) == message
    for encoding in Encoding:
        assert decode(b"", encoding, ExportTraceServiceRequest) == ExportTraceServiceRequest()


@pytest.mark.parametrize(("encoding", "kind"), [(Encoding.PROTOBUF, "protobuf"), (Encoding.JSON, "JSON")])
def test_what_cannot_be_read(encoding: Encoding, kind: str) -> None:
    with pytest.raises(Problem, match=f"no ExportTraceServiceRequest in {kind}") as caught:
        decode(b"\x0a\xff\xff\xff", encoding, ExportTraceServiceRequest)
    assert caught.value.status == 400


def test_answers() -> None:
    assert encode(ExportTraceServiceResponse(), Encoding.PROTOBUF) == b""
    assert json.loads(encode(ExportTraceServiceResponse(), Encoding.JSON)) == {}
    part = ExportTraceServiceResponse(partial_success=ExportTracePartialSuccess(rejected_spans=1, error_message="x"))
    assert json.loads(encode(part, Encoding.JSON)) == {"partialSuccess": {"rejectedSpans": "1", "errorMessage": "x"}}
    assert ExportTraceServiceResponse.FromString(encode(part, Encoding.PROTOBUF)) == part


def test_status() -> None:
    status = Status.FromString(encode(status_message(400, "no protobuf"), Encoding.PROTOBUF))
    assert (status.code, status.message) == (3, "no protobuf")
    detail = BadRequest()
    assert status.details[0].Unpack(detail)
    assert detail.field_violations[0].description == "no protobuf"
    assert json.loads(encode(status_message(503, "later"), Encoding.JSON)) == {"code": 14, "message": "later"}
    assert status_message(599, "x").code == 13
