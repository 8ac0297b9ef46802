"""Bad input has a stated answer: the table of docs/intake.md, sent to every door.

Each cell is a status, then what of the request was stored and what was refused item by item.
"""

from __future__ import annotations

import gzip
import json
import os
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

import brotli
import psycopg
import pytest
import requests
import zstandard
from google.protobuf.message import Message
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from openclaw_otel import attributes as names
from openclaw_otel_bridge.config import Config, IntakeSettings
from openclaw_otel_bridge.services import EXTENSION
from tests.bridge.otlp_messages import exception_event, log, logs, span, traces
from tests.bridge.running import Bridge
from tests.bridge.views.intake_page import table
from tests.bridge.views.test_otlp import JSON, PROTOBUF, as_json
from tests.bridge.views.test_sentry import envelope, failure

LIMIT = 2 * 1024 * 1024
BOMB = b"\0" * (64 * 1024 * 1024)
DOORS = ("OTLP traces", "OTLP logs", "Sentry envelope")
PATHS = dict(zip(DOORS, ("/v1/traces", "/v1/logs", "/api/1/envelope/"), strict=True))


@dataclass(frozen=True)
class Sent:
    """One request; a header of None is left out."""

    data: bytes
    headers: Mapping[str, str | None] = field(default_factory=dict)
    method: str = "POST"
    path: str = ""


@dataclass(frozen=True)
class Door:
    """Makes requests of one protocol."""

    name: str
    item: Callable[..., Any]
    whole: Callable[..., bytes]
    """Items → the body of a request."""

    def good(self, count: int = 1) -> list[Any]:
        return [self.item() for _ in range(count)]

    def body(self) -> bytes:
        return self.whole(self.good())


def of_trace(**fields: Any) -> Any:
    values = fields.pop("values", {})
    event = exception_event("E", fields.pop("message", "refused"), **values)
    event.time_unix_nano = fields.pop("at", event.time_unix_nano)
    return span(event, **fields)


def of_log(**fields: Any) -> Any:
    values = {
        "exception.type": "E",
        "exception.message": fields.pop("message", uuid4().hex),
        **fields.pop("values", {}),
    }
    renamed = {"trace": "trace_id", "ident": "span_id", "at": "time_unix_nano"}
    return log(values, **{renamed[name]: value for name, value in fields.items()})


def envelope_of(events: Sequence[Any]) -> bytes:
    """An envelope of several events; bytes are taken as they are."""
    items = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in events]
    lines = [b"%s\n%s\n" % (json.dumps({"type": "event", "length": len(item)}).encode(), item) for item in items]
    return b"{}\n" + b"".join(lines)


TRACES = Door(DOORS[0], of_trace, lambda items: traces(*items).SerializeToString())
LOGS = Door(DOORS[1], of_log, lambda items: logs(*items).SerializeToString())
SENTRY = Door(DOORS[2], failure, envelope_of)


def is_otlp(door: Door) -> bool:
    return door is not SENTRY


def in_json(door: Door, *items: Any) -> bytes:
    return as_json(traces(*items) if door is TRACES else logs(*items))


def packed(pack: Callable[[bytes], bytes], name: str) -> Callable[[Door], Sent]:
    return lambda door: Sent(pack(BOMB), {"Content-Encoding": name})


def cut(door: Door) -> Sent:
    body = door.whole(door.good(3 if is_otlp(door) else 1))
    return Sent(body[:-40])


def cut_gzip(door: Door) -> Sent:
    body = gzip.compress(door.whole(door.good(3)))
    return Sent(body[: len(body) // 2], {"Content-Encoding": "gzip"})


def oversized(door: Door) -> Sent:
    return Sent(door.body() + b"\n" * LIMIT)


def bad_trace_id(door: Door) -> Sent | None:
    return Sent(door.whole([*door.good(2), door.item(trace=b"short", ident=os.urandom(8))])) if is_otlp(door) else None


def zero_trace_id(door: Door) -> Sent | None:
    return Sent(door.whole([*door.good(2), door.item(trace=bytes(16), ident=os.urandom(8))])) if is_otlp(door) else None


def bad_span_id(door: Door) -> Sent | None:
    items = [*door.good(2), door.item(trace=os.urandom(16), ident=b"no")] if is_otlp(door) else []
    return Sent(door.whole(items)) if items else None


def bad_event(door: Door) -> Sent | None:
    return None if is_otlp(door) else Sent(door.whole([*door.good(2), b"{no json", b"[1]"]))


def wrong_length(door: Door) -> Sent | None:
    if is_otlp(door):
        return None
    texts = [json.dumps(failure(message="订单"), ensure_ascii=False) for _ in range(2)]
    items = [b'{"type":"event","length":%d}\n%s\n' % (len(text), text.encode()) for text in texts]
    return Sent(b"{}\n" + items[0] + b'{"type":"attachment","length":9000000}\nabc\n' + items[1])


def broken_item(door: Door) -> Sent | None:
    if is_otlp(door):
        return None
    one, other = (envelope_of(door.good()) for _ in range(2))
    return Sent(one + b"no header\n{}\n" + other.removeprefix(b"{}\n"))


def cut_item(door: Door) -> Sent | None:
    return None if is_otlp(door) else Sent(door.whole(door.good(3))[:-40])


def bad_event_id(door: Door) -> Sent | None:
    return None if is_otlp(door) else Sent(door.whole([failure(event_id="no id")]))


def values(**given: Any) -> Callable[[Door], Sent]:
    """One item with these attributes, tags at Sentry."""

    def build(door: Door) -> Sent:
        return Sent(door.whole([door.item(values=given) if is_otlp(door) else failure(tags=given, extra=given)]))

    return build


def surrogates(door: Door) -> Sent:
    if not is_otlp(door):
        return Sent(door.whole([failure(message="half \ud83d", tags={"a\udc00": "\ud800"})]))
    body = in_json(door, door.item(message="MARK")).replace(b"MARK", b"half \\ud83d")
    return Sent(body, {"Content-Type": JSON})


def bad_utf8(door: Door) -> Sent:
    mark = {"note": "MARKMARK"}
    items = [door.item(), door.item(values=mark)] if is_otlp(door) else [failure(tags=mark)]
    return Sent(door.whole(items).replace(b"MARKMARK", b"MARK\xff\xfe\xc3\x28"))


def bad_utf8_json(door: Door) -> Sent | None:
    body = in_json(door, door.item(message="MARK"), door.item()) if is_otlp(door) else b""
    return Sent(body.replace(b"MARK", b"MARK\xff\xfe\xc3\x28"), _JSON) if body else None


def nested(levels: int, kind: str = PROTOBUF) -> Callable[[Door], Sent | None]:
    def build(door: Door) -> Sent | None:
        found: Any = "deep"
        for _ in range(levels):
            found = {"a": found}
        if not is_otlp(door):
            return Sent(door.whole([failure(extra={"x": found})])) if kind == PROTOBUF else None
        if kind == PROTOBUF:
            return Sent(door.body() + in_wire(door, levels))
        # protobuf's own JSON does not nest so deeply either: the levels are written by hand.
        opened, closed = '{"kvlistValue":{"values":[{"key":"a","value":' * levels, "}]}}" * levels
        body = in_json(door, door.item(values={"x": "MARK"}), *door.good(2))
        return Sent(body.replace(b'{"stringValue": "MARK"}', f'{opened}{{"intValue":1}}{closed}'.encode()), _JSON)

    return build


def in_wire(door: Door, levels: int) -> bytes:
    """One more item with a value of so many levels, byte by byte: Python's own protobuf writes none so deep."""

    def part(number: int, data: bytes) -> bytes:
        size = len(data)
        length = b""
        while size > 0x7F:
            length += bytes([size & 0x7F | 0x80])
            size >>= 7
        return bytes([number << 3 | 2]) + length + bytes([size]) + data

    value = part(1, b"deep")
    for _ in range(levels):
        value = part(6, part(1, part(1, b"a") + part(2, value)))  # AnyValue.kvlist_value.values
    attribute = part(1, b"x") + part(2, value)
    item = door.item().SerializeToString() + part(9 if door is TRACES else 6, attribute)
    return part(1, part(2, part(2, item)))


_JSON: Mapping[str, str | None] = {"Content-Type": JSON}


def at(nanos: int) -> Callable[[Door], Sent]:
    return lambda door: Sent(door.whole([door.item(at=nanos) if is_otlp(door) else failure(timestamp=nanos / 1e9)]))


def occurrences(door: Door) -> Sent | None:
    return values(**{names.ERROR_OCCURRENCES: -5})(door) if is_otlp(door) else None


def negative_field(door: Door) -> Sent:
    if not is_otlp(door):
        return Sent(b'{}\n{"type":"event","length":-1}\n')
    body = json.loads(in_json(door, *door.good()))
    ((_, (group,)),) = body.items()
    ((item,),) = [found for scope in group.values() if isinstance(scope, list) for found in [_items(scope[0])]]
    item["droppedAttributesCount"] = -1  # of the only item: nothing is left to take
    return Sent(json.dumps(body).encode(), _JSON)


def _items(scope: Mapping[str, Any]) -> Any:
    return scope.get("spans") or scope.get("logRecords")


def empty(door: Door) -> Sent:
    return Sent(b"")


def with_headers(**headers: str | None) -> Callable[[Door], Sent]:
    return lambda door: Sent(door.body(), {name.replace("_", "-"): value for name, value in headers.items()})


def wrong_key(door: Door) -> Sent:
    wrong = "0" * 32
    key = {"Authorization": f"Bearer {wrong}"} if is_otlp(door) else {"X-Sentry-Auth": f"Sentry sentry_key={wrong}"}
    return Sent(door.body(), key)


CASES: Mapping[str, Callable[[Door], Sent | None]] = {
    "cut": cut,
    "cut gzip": cut_gzip,
    "oversized": oversized,
    "gzip bomb": packed(gzip.compress, "gzip"),
    "deflate bomb": packed(zlib.compress, "deflate"),
    "br bomb": packed(lambda data: brotli.compress(data, quality=1), "br"),
    "zstd bomb": packed(zstandard.compress, "zstd"),
    "unknown encoding": with_headers(Content_Encoding="snappy"),
    "not what it says": with_headers(Content_Encoding="gzip"),
    "wrong content type": with_headers(Content_Type="text/plain"),
    "no content type": with_headers(Content_Type=None),
    "JSON for protobuf": lambda door: Sent(b'{"resourceSpans":[]}') if is_otlp(door) else None,
    "wrong method": lambda door: Sent(b"", method="GET"),
    "wrong key": wrong_key,
    "no key": with_headers(Authorization=None, X_Sentry_Auth=None),
    "wrong project": lambda door: None if is_otlp(door) else Sent(door.body(), path="/api/99/envelope/"),
    "empty": empty,
    "empty JSON": lambda door: Sent(b"{}", _JSON),
    "wrong trace id": bad_trace_id,
    "zero trace id": zero_trace_id,
    "wrong span id": bad_span_id,
    "wrong event": bad_event,
    "wrong event id": bad_event_id,
    "wrong length": wrong_length,
    "broken item": broken_item,
    "cut item": cut_item,
    "null bytes": values(**{"nul\0key": "a\0b", "openclaw\0": "\0"}),
    "lone surrogates": surrogates,
    "bad UTF-8": bad_utf8,
    "bad UTF-8 in JSON": bad_utf8_json,
    "10,000 attributes": values(**{f"key.{number}": "x" for number in range(10_000)}),
    "half a megabyte of text": values(note="x" * 512 * 1024),
    "30 levels": nested(30),
    "200 levels": nested(200),
    "200 levels of JSON": nested(200, JSON),
    "100,000 levels of JSON": lambda door: Sent(b"[" * 100_000, _JSON),
    "1970": at(1),
    "2100": at(4_102_444_800 * 10**9),
    "negative occurrences": occurrences,
    "negative count": negative_field,
}
ROWS = table("## Bad input")


@pytest.fixture
def bridge_config(bridge_config: Config) -> Config:
    return replace(bridge_config, intake=IntakeSettings(max_body_bytes=LIMIT))


def send(bridge: Bridge, door: Door, sent: Sent) -> requests.Response:
    known = {"Authorization": f"Bearer {bridge.ingest_key}", "Content-Type": PROTOBUF}
    if not is_otlp(door):
        known = {"X-Sentry-Auth": f"Sentry sentry_version=7, sentry_key={bridge.sentry_key}"}
    headers = {name: value for name, value in {**known, **sent.headers}.items() if value is not None}
    url = bridge.url + (sent.path or PATHS[door.name])
    return requests.request(sent.method, url, data=sent.data, headers=headers, timeout=60)


def stored(bridge: Bridge) -> int:
    with psycopg.connect(bridge.database.url) as conn:
        row = conn.execute("select count(*) from events").fetchone()
    return int(row[0]) if row else 0


def refused(bridge: Bridge) -> int:
    counts: Mapping[tuple[str, str], int] = bridge.app.extensions[EXTENSION].intake.counts
    return sum(n for (_, what), n in dict(counts).items() if what == "rejected")


def told(door: Door, answer: requests.Response) -> int:
    """Return how many items the answer itself says were refused."""
    if not is_otlp(door) or answer.status_code != 200:
        return 0
    if answer.headers["Content-Type"] == JSON:
        part = answer.json().get("partialSuccess", {})
        return int(part.get("rejectedSpans", 0)) + int(part.get("rejectedLogRecords", 0))
    if door is TRACES:
        return int(ExportTraceServiceResponse.FromString(answer.content).partial_success.rejected_spans)
    return int(ExportLogsServiceResponse.FromString(answer.content).partial_success.rejected_log_records)


def outcome(bridge: Bridge, door: Door, sent: Sent) -> str:
    """Send it and return what a cell of the table says."""
    before = stored(bridge), refused(bridge)
    answer = send(bridge, door, sent)
    kept, lost = stored(bridge) - before[0], refused(bridge) - before[1]
    if answer.status_code != 200:
        assert kept == 0
        assert complaint(door, sent, answer), "it says why"
        return str(answer.status_code)
    if is_otlp(door):
        assert told(door, answer) == lost, "the sender is told of each"
    return f"200: {kept} kept" + (f", {lost} refused" if lost else "")


def complaint(door: Door, sent: Sent, answer: requests.Response) -> str:
    """Return why it was refused, read as the protocol demands."""
    kind = answer.headers["Content-Type"]
    if kind.startswith("text/plain"):
        return answer.text
    if not is_otlp(door):
        error: str = answer.json()["error"]["message"]
        return error
    assert kind == sent.headers.get("Content-Type", PROTOBUF), "in the encoding of the request"
    message: str = answer.json()["message"] if kind == JSON else Status.FromString(answer.content).message
    return message


@pytest.mark.parametrize("door", [TRACES, LOGS, SENTRY], ids=lambda door: door.name)
def test_every_bad_input_has_its_stated_answer(bridge: Bridge, door: Door) -> None:
    found = {}
    for name, build in CASES.items():
        sent = build(door)
        found[name] = "–" if sent is None else outcome(bridge, door, sent)
        assert send(bridge, door, Sent(door.body())).status_code == 200, f"after {name}"
    assert found == {name: row[door.name] for name, row in ROWS.items()}
    with psycopg.connect(bridge.database.url) as conn:
        assert conn.execute("select min(occurrences) from events").fetchone() == (1,)


@pytest.mark.parametrize("door", [TRACES, LOGS, SENTRY], ids=lambda door: door.name)
def test_what_is_taken_can_be_read(bridge: Bridge, door: Door) -> None:
    """What was made of odd input is there for people, whole pages of it."""
    for name in (
        "null bytes",
        "lone surrogates",
        "10,000 attributes",
        "30 levels",
        "1970",
        "2100",
        "half a megabyte of text",
    ):
        sent = CASES[name](door)
        assert sent is not None
        assert send(bridge, door, sent).status_code == 200, name
    headers = {"Authorization": f"Bearer {bridge.token}"}

    def read(path: str) -> Any:
        answer = requests.get(f"{bridge.url}/api/v1{path}", headers=headers, timeout=30)
        assert answer.status_code == 200, (path, answer.text)
        return answer.json()

    seen = 0
    for issue in read("/issues?limit=200")["items"]:
        for event in read(f"/issues/{issue['id']}/events")["items"]:
            assert read(f"/events/{event['id']}")["id"] == event["id"]
            seen += 1
    assert seen == stored(bridge) >= 7


def test_messages_are_what_the_doors_take() -> None:
    """The cases begin from requests that are fine."""
    assert isinstance(traces(of_trace()), Message)
    assert envelope(failure()).count(b"\n") == 3
