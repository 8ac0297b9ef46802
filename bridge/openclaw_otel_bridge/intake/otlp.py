"""OTLP/HTTP to the letter: bytes → messages, results → answers, both in the encoding of the request.

https://opentelemetry.io/docs/specs/otlp/#otlphttp
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from google.protobuf import json_format
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.message import DecodeError, Message
from google.rpc.error_details_pb2 import BadRequest
from google.rpc.status_pb2 import Status

from openclaw_otel_bridge.intake.otlp_json import BadJson, parse_json
from openclaw_otel_bridge.intake.salvage import Salvaged, Unsound, salvage_json, salvage_protobuf
from openclaw_otel_bridge.problems import Problem

Request = TypeVar("Request", bound=Message)
_CODES = {400: 3, 401: 16, 403: 7, 404: 12, 413: 8, 415: 3, 429: 8, 503: 14}
"""HTTP status → gRPC code of the Status message."""


class Encoding(StrEnum):
    """The two encodings of OTLP/HTTP, by content type."""

    PROTOBUF = "application/x-protobuf"
    JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Rejected:
    """How many items were refused, and why; 0 with a message is a warning."""

    count: int = 0
    message: str = ""


def encoding_of(content_type: str) -> Encoding | None:
    """Return the encoding of a Content-Type header (any case, parameters allowed), None for any other."""
    try:
        return Encoding(content_type.partition(";")[0].strip().lower())
    except ValueError:
        return None


def decode_items(data: bytes, encoding: Encoding, make: Callable[[], Request]) -> tuple[Request, Salvaged]:
    """Return the request message of a body; items that cannot be decoded are left out and counted.

    Raises:
        Problem: 400, the body cannot be read, or none of its items can; the message says what is wrong.
    """
    try:
        return decode(data, encoding, make), Salvaged()
    except Problem:
        rest = make()
        with suppress(Unsound, BadJson, DecodeError):  # then the first error tells most
            salvaged = (salvage_json if encoding is Encoding.JSON else salvage_protobuf)(data, rest)
            if salvaged.kept:
                return rest, salvaged
        raise


def decode(data: bytes, encoding: Encoding, make: Callable[[], Request]) -> Request:
    """Return the request message of a body.

    Raises:
        Problem: 400, the body cannot be read; the message says what is wrong.
    """
    message = make()
    try:
        if encoding is Encoding.JSON:
            parse_json(data or b"{}", message)
        else:
            message.ParseFromString(data)
    except (BadJson, DecodeError) as error:
        kind = "JSON" if encoding is Encoding.JSON else "protobuf"
        raise Problem(f"the body is no {message.DESCRIPTOR.name} in {kind}: {error}", code="undecodable") from error
    return message


def encode(message: Message, encoding: Encoding) -> bytes:
    """Return an answer in the request's encoding."""
    if encoding is Encoding.PROTOBUF:
        return message.SerializeToString()
    return json_format.MessageToJson(message, indent=None).encode()


def status_message(http_status: int, text: str) -> Status:
    """Return the google.rpc.Status of an error; what the sender got wrong is also a BadRequest detail."""
    status = Status(code=_CODES.get(http_status, 13), message=text)
    if http_status == 400:
        detail = AnyMessage()
        detail.Pack(BadRequest(field_violations=[BadRequest.FieldViolation(field="body", description=text)]))
        status.details.append(detail)
    return status
