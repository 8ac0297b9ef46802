"""OTLP/HTTP as the specification demands, with real exporters and raw requests as clients."""

from __future__ import annotations

import base64
import gzip
import http.client
import json
import os
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import requests
from google.protobuf.json_format import MessageToDict
from google.rpc.status_pb2 import Status
from opentelemetry._logs import SeverityNumber
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceResponse,
)
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from openclaw_otel_bridge.archive import event_details, trace_spans
from openclaw_otel_bridge.config import Config, IntakeSettings
from openclaw_otel_bridge.intake.keys import create_key
from openclaw_otel_bridge.services import EXTENSION
from tests.bridge.otlp_messages import exception_event, failing, log, logs, span, traces
from tests.bridge.running import Bridge

PROTOBUF, JSON = "application/x-protobuf", "application/json"


def rows(bridge: Bridge, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(bridge.database.url) as conn:
        return conn.execute(query, values).fetchall()  # type: ignore[call-overload,no-any-return]


def count(bridge: Bridge) -> int:
    return int(rows(bridge, "select count(*) from events")[0][0])


def post(
    bridge: Bridge, data: bytes, kind: str = PROTOBUF, path: str = "/v1/traces", **headers: str
) -> requests.Response:
    sent = {"Authorization": f"Bearer {bridge.ingest_key}", "Content-Type": kind, **headers}
    return requests.post(f"{bridge.url}{path}", data=data, headers=sent, timeout=30)


def as_json(message: Any) -> bytes:
    """OTLP JSON of a message: hex ids and integer enums, which protobuf's own JSON does not make."""
    document = MessageToDict(message, use_integers_for_enums=True)

    def mend(value: Any) -> Any:
        if isinstance(value, list):
            return [mend(item) for item in value]
        if not isinstance(value, dict):
            return value
        ids = ("traceId", "spanId", "parentSpanId")
        return {key: base64.b64decode(item).hex() if key in ids else mend(item) for key, item in value.items()}

    return json.dumps(mend(document)).encode()


# -- 1 to 4: success in both encodings -----------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/v1/traces", "/v1/logs"])
@pytest.mark.parametrize("kind", [PROTOBUF, JSON, "application/json; charset=utf-8", "APPLICATION/X-PROTOBUF"])
@pytest.mark.parametrize("coding", ["", "gzip", "deflate"])
def test_success(bridge: Bridge, path: str, kind: str, coding: str) -> None:
    message = traces(*failing(2)) if path == "/v1/traces" else logs(log({"exception.type": "E"}), log({}))
    data = as_json(message) if "json" in kind else message.SerializeToString()
    packed = {"": data, "gzip": gzip.compress(data), "deflate": zlib.compress(data)}[coding]
    answer = post(bridge, packed, kind, path, **({"Content-Encoding": coding} if coding else {}))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == (JSON if "json" in kind.lower() else PROTOBUF)
    if "json" in kind.lower():
        assert answer.json() == {}
    else:
        response = ExportTraceServiceResponse if path == "/v1/traces" else ExportLogsServiceResponse
        assert response.FromString(answer.content) == response()
    assert count(bridge) == (2 if path == "/v1/traces" else 1)


@pytest.mark.parametrize("compression", list(Compression))
def test_the_real_exporters(bridge: Bridge, compression: Compression) -> None:
    headers = {"Authorization": f"Bearer {bridge.ingest_key}"}
    resource = Resource.create({"service.name": "shop-sync", "service.version": "1.4.2"})
    tracing, logging = TracerProvider(resource=resource), LoggerProvider(resource=resource)
    spans = OTLPSpanExporter(f"{bridge.url}/v1/traces", headers=headers, compression=compression)
    records = OTLPLogExporter(f"{bridge.url}/v1/logs", headers=headers, compression=compression)
    tracing.add_span_processor(SimpleSpanProcessor(spans))
    logging.add_log_record_processor(SimpleLogRecordProcessor(records))
    tracer, logger = tracing.get_tracer("t"), logging.get_logger("t")
    with pytest.raises(ValueError, match="order 7"), tracer.start_as_current_span("outer"):  # noqa: PT012
        with tracer.start_as_current_span("inner") as inner:
            error = ValueError("order 7 refused")
            inner.record_exception(error)
            logger.emit(event_name="exception", severity_number=SeverityNumber.ERROR, exception=error)
            raise error
    tracing.shutdown()
    logging.shutdown()
    # The SDK records it three times on two spans, and the log makes four: one failure.
    assert rows(bridge, "select exception_type, message, service, release, sources from events") == [
        ("ValueError", "order 7 refused", "shop-sync", "1.4.2", 3)
    ]
    assert rows(bridge, "select n from counter_deltas") == [(1,)]


# -- 5 to 9: what is wrong is said in the request's encoding --------------------------------------------------


@pytest.mark.parametrize("path", ["/v1/traces", "/v1/logs"])
def test_bad_bodies(bridge: Bridge, path: str) -> None:
    for kind, data, headers in (
        (PROTOBUF, b"no protobuf at all", {}),
        (JSON, b"{", {}),
        (JSON, b'{"resourceSpans": 1, "resourceLogs": 1}', {}),
        (PROTOBUF, b"plain", {"Content-Encoding": "gzip"}),
    ):
        answer = post(bridge, data, kind, path, **headers)
        assert answer.status_code == 400
        assert answer.headers["Content-Type"] == kind
        if kind == JSON:
            assert answer.json()["code"] == 3
            assert answer.json()["message"]
        else:
            status = Status.FromString(answer.content)
            assert status.code == 3
            assert status.message
            assert status.details


def test_enum_names_are_refused(bridge: Bridge) -> None:
    document = {"resourceSpans": [{"scopeSpans": [{"spans": [{"kind": "SPAN_KIND_CLIENT"}]}]}]}
    answer = post(bridge, json.dumps(document).encode(), JSON)
    assert answer.status_code == 400
    assert "resourceSpans[0].scopeSpans[0].spans[0].kind" in answer.json()["message"]


def test_unknown_encoding_and_types(bridge: Bridge) -> None:
    assert post(bridge, b"", **{"Content-Encoding": "br"}).status_code == 415
    for kind in ("", "text/plain", "application/octet-stream"):
        answer = post(bridge, b"", kind)
        assert answer.status_code == 415
        assert answer.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_other_methods(bridge: Bridge, method: str) -> None:
    answer = requests.request(method, f"{bridge.url}/v1/traces", timeout=10)
    assert answer.status_code == 405
    assert answer.text == "405 method not allowed, supported: [POST]"
    assert answer.headers["Allow"] == "POST"
    assert answer.headers["Content-Type"].startswith("text/plain")


# -- 10, 11, 20, 21: sizes and broken connections -------------------------------------------------------------


@pytest.fixture
def small(make_bridge: Callable[[Config], Bridge], bridge_config: Config) -> Bridge:
    return make_bridge(replace(bridge_config, intake=IntakeSettings(max_body_bytes=20_000)))


def test_over_the_limit(small: Bridge) -> None:
    big = traces(*failing(400)).SerializeToString()
    for data, headers in ((big, {}), (gzip.compress(big), {"Content-Encoding": "gzip"})):
        answer = post(small, data, **headers)
        assert answer.status_code == 413
        assert "20000" in Status.FromString(answer.content).message
    assert post(small, traces(*failing(10)).SerializeToString()).status_code == 200
    assert count(small) == 10


@pytest.mark.parametrize("chunked", [False, True])
def test_only_the_limit_of_the_intake_holds_here(bridge: Bridge, chunked: bool) -> None:
    """Not that of pages and the API, 8 MiB."""
    event = exception_event("E", "m", note="x" * 20_000_000)
    data = traces(span(event)).SerializeToString()
    assert len(data) < bridge.app.extensions[EXTENSION].config.intake.max_body_bytes
    sent: Any = (data[at : at + 1_000_000] for at in range(0, len(data), 1_000_000)) if chunked else data
    assert post(bridge, sent).status_code == 200
    assert count(bridge) == 1


def test_empty_requests(bridge: Bridge) -> None:
    for path in ("/v1/traces", "/v1/logs"):
        assert post(bridge, b"", PROTOBUF, path).status_code == 200
        assert post(bridge, b"", JSON, path).json() == {}
        assert post(bridge, b"{}", JSON, path).json() == {}


def chunks(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), 100):
        yield data[start : start + 100]


def test_a_chunked_body(small: Bridge) -> None:
    data = traces(*failing(5)).SerializeToString()
    headers = {"Authorization": f"Bearer {small.ingest_key}", "Content-Type": PROTOBUF}
    assert requests.post(f"{small.url}/v1/traces", data=chunks(data), headers=headers, timeout=10).status_code == 200
    assert count(small) == 5
    big = traces(*failing(400)).SerializeToString()
    try:
        answer = requests.post(f"{small.url}/v1/traces", data=chunks(big), headers=headers, timeout=10)
        assert answer.status_code == 413
    except requests.ConnectionError:  # the answer came, and the connection went, before all was sent
        pass
    assert count(small) == 5


def test_a_client_that_goes_away(bridge: Bridge) -> None:
    data = traces(*failing(5)).SerializeToString()
    to = urlsplit(bridge.url)
    for _ in range(3):
        with socket.create_connection((to.hostname, to.port)) as connection:
            head = (
                f"POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: {PROTOBUF}\r\n"
                f"Authorization: Bearer {bridge.ingest_key}\r\nContent-Length: {len(data)}\r\n\r\n"
            )
            connection.sendall(head.encode() + data[: len(data) // 2])
    assert post(bridge, data).status_code == 200
    assert count(bridge) == 5


# -- 12 to 14: items and values ------------------------------------------------------------------------------


def test_a_bad_id_among_good_items(bridge: Bridge) -> None:
    answer = post(bridge, traces(*failing(2), span(exception_event("E", "m"), trace=b"short")).SerializeToString())
    assert answer.status_code == 200
    part = ExportTraceServiceResponse.FromString(answer.content).partial_success
    assert part.rejected_spans == 1
    assert "trace_id is not 16 bytes" in part.error_message
    assert count(bridge) == 2
    records = logs(log({"exception.type": "E"}, span_id=b"x"), log({"exception.type": "E"}))
    answer = post(bridge, as_json(records), JSON, "/v1/logs")
    assert answer.json()["partialSuccess"]["rejectedLogRecords"] == "1"
    bridge.app.extensions[EXTENSION].intake.rejects.flush()
    deadline = time.monotonic() + 5
    while not (kept := rows(bridge, "select protocol, n, project_id from rejects order by protocol")):
        assert time.monotonic() < deadline
    assert kept == [("otlp_logs", 1, 1), ("otlp_traces", 1, 1)]


def test_complex_values_are_kept(bridge: Bridge) -> None:
    values = {
        "nested": {"a": [1, None, {"b": 2.5}]},
        "none": None,
        "nul": "a\0b",
        "many": list(range(3)),
        "bytes": b"\xff",
    }
    post(bridge, traces(span(exception_event("E", "m\0n", "stack", **values))).SerializeToString())
    with bridge.database.connection() as conn:
        day, ident, chunk, shown = conn.execute("select day, id, chunk, attributes from events").fetchall()[0]
        kept = {**event_details(conn, day, ident, chunk).attributes, **shown}
    assert kept == {**values, "nul": "a␀b", "bytes": "/w=="}


def test_odd_times_have_a_place(bridge: Bridge) -> None:
    for nanos in (0, 1, 4_102_444_800 * 10**9, 2**64 - 1):
        event = exception_event("E", f"at {nanos}")
        event.time_unix_nano = nanos
        data = traces(span(event)).SerializeToString()
        assert [post(bridge, data).status_code for _ in range(2)] == [200, 200]
    found = rows(bridge, "select day::text, occurred_at from events")
    assert [day for day, _ in found] == ["1970-01-01"] * 4
    assert all(abs((datetime.now(UTC) - at).total_seconds()) < 60 for _, at in found)


# -- 15: keys ------------------------------------------------------------------------------------------------


def test_keys(bridge: Bridge) -> None:
    for given in ("", "Bearer", "Bearer wrong", f"Basic {bridge.ingest_key}", f"Bearer {bridge.sentry_key}"):
        answer = post(bridge, traces(*failing(1)).SerializeToString(), Authorization=given)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert Status.FromString(answer.content).code == 16
    assert count(bridge) == 0


# -- 16, 17: overload and resends ----------------------------------------------------------------------------


def test_a_full_queue_sends_back_and_the_exporter_comes_again(
    make_bridge: Callable[[Config], Bridge], bridge_config: Config
) -> None:
    bridge = make_bridge(replace(bridge_config, intake=IntakeSettings(queue_items=3, flush_items=1)))
    with psycopg.connect(bridge.database.url) as blocker:
        blocker.execute("lock table groupings in access exclusive mode")
        first = threading.Thread(target=post, args=(bridge, traces(*failing(2)).SerializeToString()))
        first.start()
        while bridge.app.extensions[EXTENSION].intake.depth == 0:
            time.sleep(0.01)
        answer = post(bridge, traces(*failing(4)).SerializeToString())
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "1"
        assert Status.FromString(answer.content).code == 14
        provider = TracerProvider()
        headers = {"Authorization": f"Bearer {bridge.ingest_key}"}
        exporter = OTLPSpanExporter(f"{bridge.url}/v1/traces", headers=headers, timeout=20)
        provider.add_span_processor(SimpleSpanProcessor(exporter))
        second = threading.Thread(target=fail_once, args=(provider,))
        second.start()
        time.sleep(0.5)
        blocker.rollback()
    first.join()
    second.join()
    provider.shutdown()
    assert sorted(rows(bridge, "select exception_type from events")) == [("KeyError",), *[("erp.Throttled",)] * 2]


@pytest.mark.parametrize("kind", [PROTOBUF, JSON])
@pytest.mark.parametrize("path", ["/v1/traces", "/v1/logs"])
def test_a_used_up_quota_sends_back_and_stores_nothing(bridge: Bridge, kind: str, path: str) -> None:
    with bridge.database.connection() as conn:
        conn.execute("""update projects set settings = '{"quota_per_day": 2}'""")
    assert post(bridge, traces(*failing(3)).SerializeToString()).status_code == 200
    message = traces(*failing(2)) if path == "/v1/traces" else logs(log({"exception.type": "E"}))
    answer = post(bridge, as_json(message) if kind == JSON else message.SerializeToString(), kind, path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (429, kind)
    assert 1 <= int(answer.headers["Retry-After"]) <= 600
    code = answer.json()["code"] if kind == JSON else Status.FromString(answer.content).code
    assert code == 8
    assert "quota of 2 events per day" in answer.text
    assert count(bridge) == 3
    intake = bridge.app.extensions[EXTENSION].intake
    protocol = f"otlp_{path[4:]}"
    assert intake.rejects.totals == {(protocol, "quota_exceeded"): 1}
    intake.close()
    assert rows(bridge, "select project_id, protocol, reason, n from rejects") == [(1, protocol, "quota_exceeded", 1)]


def test_the_next_day_there_is_room_again(bridge: Bridge) -> None:
    with bridge.database.connection() as conn:
        conn.execute("""update projects set settings = '{"quota_per_day": 1}'""")
    message = traces(*failing(1)).SerializeToString()
    assert post(bridge, message).status_code == 200
    message = traces(*failing(1)).SerializeToString()
    assert post(bridge, message).status_code == 429
    with bridge.database.connection() as conn:
        conn.execute("update quota_usage set day = day - 1")
    deadline = time.monotonic() + 10
    while post(bridge, message).status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert count(bridge) == 2


def fail_once(provider: TracerProvider) -> None:
    try:
        with provider.get_tracer("t").start_as_current_span("work"):
            raise KeyError("sku")
    except KeyError:
        pass


def test_the_same_batch_twice(bridge: Bridge) -> None:
    message = traces(*failing(40), span(failed=False)).SerializeToString()
    for _ in range(3):
        assert post(bridge, message).status_code == 200
    assert count(bridge) == 40
    assert rows(bridge, "select sum(n)::int from counter_deltas") == [(40,)]
    assert rows(bridge, "select count(*)::int from spans") == [(1,)]


def test_the_database_gone_and_back(bridge: Bridge) -> None:
    message = traces(*failing(3)).SerializeToString()
    name = bridge.database.url.rpartition("/")[2].partition("?")[0]
    with psycopg.connect(bridge.database.url.replace(f"/{name}", "/postgres"), autocommit=True) as server:
        assert post(bridge, message).status_code == 200
        server.execute(f'alter database "{name}" with allow_connections false')  # type: ignore[arg-type]
        server.execute("select pg_terminate_backend(pid, 2000) from pg_stat_activity where datname = %s", (name,))
        answer = post(bridge, traces(*failing(2)).SerializeToString())
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        server.execute(f'alter database "{name}" with allow_connections true')  # type: ignore[arg-type]
    deadline = time.monotonic() + 30
    while post(bridge, message).status_code != 200:
        assert time.monotonic() < deadline
    assert count(bridge) == 3


# -- what the bridge makes of it -----------------------------------------------------------------------------


def test_fifty_orders_of_one_trace_are_fifty_events(bridge: Bridge) -> None:
    trace, root = os.urandom(16), os.urandom(8)
    orders = [span(exception_event("erp.Refused", f"order {n} refused"), trace=trace, parent=root) for n in range(50)]
    post(bridge, traces(*orders, span(trace=trace, ident=root, kind=2)).SerializeToString())
    assert count(bridge) == 50
    assert rows(bridge, "select count(*)::int from issues") == [(1,)]
    with bridge.database.connection() as conn:
        assert len(trace_spans(conn, 1, trace.hex())) == 51


def test_spans_of_error_traces_are_kept_and_others_dropped(bridge: Bridge) -> None:
    trace, outer, inner = os.urandom(16), os.urandom(8), os.urandom(8)
    failed = span(exception_event("E", "m"), trace=trace, ident=inner, parent=outer)
    fine = span(trace=trace, ident=outer, failed=False, name="job for buyer@example.com", kind=5)
    other = span(failed=False)
    post(bridge, traces(failed, other).SerializeToString())
    post(bridge, traces(fine).SerializeToString())  # another service, a moment later
    with bridge.database.connection() as conn:
        kept = trace_spans(conn, 1, trace.hex())
        found = {(each.span_id, each.parent_id, each.status) for each in kept}
        assert found == {(inner.hex(), outer.hex(), 2), (outer.hex(), None, 0)}
        assert all("buyer@" not in each.name for each in kept)
        assert trace_spans(conn, 1, other.trace_id.hex()) == []


def test_nothing_personal_is_stored(bridge: Bridge) -> None:
    secret, mail = "shpat_0123456789abcdef0123456789abcdef", "jane.roe@example.com"
    text = f"token {secret} of {mail}"
    one = span(
        exception_event("E", text, f"Traceback\n  File x\nE: {text}", note=mail),
        name=f"send to {mail}",
        attributes={"url.full": f"https://h/x?access_token={secret}", "http.request.header.authorization": [secret]},
    )
    one.status.message = text
    post(bridge, traces(one, resource={"service.name": "s", "process.command": text}).SerializeToString())
    post(
        bridge,
        logs(log({"exception.type": "E", "exception.message": text}, body=text)).SerializeToString(),
        path="/v1/logs",
    )
    assert count(bridge) == 2
    with bridge.database.connection() as conn:
        stored = [
            str(conn.execute("select * from issues").fetchall()),
            str(conn.execute("select * from events").fetchall()),
        ]
        for day, ident, chunk, trace in conn.execute("select day, id, chunk, trace_id from events").fetchall():
            stored.append(str(event_details(conn, day, ident, chunk)))
            stored.append(str(trace_spans(conn, 1, trace.hex()) if trace else ""))
    assert all(secret not in text and mail not in text for text in stored)


def test_projects_do_not_meet(bridge: Bridge) -> None:
    with bridge.database.connection() as conn:
        other = conn.execute("insert into projects (slug, name) values ('b', 'B') returning id").fetchone()
        assert other is not None
        key = create_key(conn, other[0], "ingest")
    stamped = {"openclaw.integration.record.id": "018f0000-0000-7000-8000-000000000001"}
    message = traces(span(exception_event("E", "m", **stamped)), *failing(1)).SerializeToString()
    post(bridge, message)
    post(bridge, message, Authorization=f"Bearer {key}")
    assert rows(bridge, "select project_id, count(*)::int from events group by 1 order by 1") == [(1, 2), (other[0], 2)]
    assert rows(bridge, "select project_id, count(*)::int from issues group by 1 order by 1") == [(1, 2), (other[0], 2)]


def test_many_clients_at_once(bridge: Bridge) -> None:
    batches = [traces(*failing(20)).SerializeToString() for _ in range(16)]
    answers: list[int] = []

    def send(mine: list[bytes]) -> None:
        to = urlsplit(bridge.url)
        connection = http.client.HTTPConnection(to.hostname or "", to.port, timeout=60)
        headers = {"Content-Type": PROTOBUF, "Authorization": f"Bearer {bridge.ingest_key}"}
        for data in [*mine, *mine]:
            connection.request("POST", "/v1/traces", data, headers)
            with connection.getresponse() as response:
                response.read()
                answers.append(response.status)
        connection.close()

    threads = [threading.Thread(target=send, args=(batches[n::8] + batches[:2],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) == {200}
    assert count(bridge) == 320
    assert rows(bridge, "select sum(n)::int from counter_deltas") == [(320,)]


def test_opted_in_projects_take_plain_error_logs(bridge: Bridge) -> None:
    data = logs(log({}, body="disk full")).SerializeToString()
    post(bridge, data, path="/v1/logs")
    assert count(bridge) == 0
    with psycopg.connect(bridge.database.url) as conn:
        conn.execute("""update projects set settings = '{"error_logs": true}'""")
    bridge.app.extensions[EXTENSION].intake.projects._until = 0.0
    post(bridge, data, path="/v1/logs")
    assert rows(bridge, "select message from events") == [("disk full",)]


def test_the_same_batch_in_the_other_encoding(bridge: Bridge) -> None:
    message = traces(*failing(3))
    assert post(bridge, as_json(message), JSON).json() == {}
    assert post(bridge, message.SerializeToString()).status_code == 200
    assert count(bridge) == 3
