"""gateway.yaml in the real Collector: the library and telemetrygen in front, the bridge and Jaeger behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from openclaw_otel_bridge.demo.world import PLATFORMS, FakePlatform
from tests.collector_config.canaries import LINK, Canaries, everything, send
from tests.collector_config.collector import CONFIG, Collector, Receiver, collecting, fake_jaeger
from tests.collector_config.pause import send_through_a_pause
from tests.up_process import Running, free_port, running, wait_for

pytestmark = pytest.mark.collector
GATEWAY = CONFIG / "gateway.yaml"
SERVICE = """
import sys, requests
from openclaw_otel import instrument, setup, shutdown
from opentelemetry import trace
host = sys.argv[1]
setup("order-sync")
instrument({host: "shopify"})
with trace.get_tracer("jobs").start_as_current_span("fulfil order"):
    with trace.get_tracer("jobs").start_as_current_span("load order"):
        pass
    requests.post(f"http://{host}/admin/api/2026-07/orders/1001/fulfillments.json", json={}, timeout=5)
shutdown()
"""


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory, otelcol: Path) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("bridge") / "data", free_port()) as up:
        up.ready(60)
        yield up


@pytest.fixture
def jaeger(otelcol: Path, tmp_path: Path) -> Iterator[Receiver]:
    with fake_jaeger(otelcol, tmp_path) as receiver:
        yield receiver


@pytest.fixture
def gateway(up: Running, jaeger: Receiver, otelcol: Path, tmp_path: Path) -> Iterator[Collector]:
    connection = up.connection()
    environ = {
        "OPENCLAW_OTEL_BRIDGE_URL": connection["url"],
        "OPENCLAW_OTEL_INGEST_KEY": connection["ingest_key"],
        "OTELCOL_TRACES_ENDPOINT": jaeger.endpoint,
    }
    with collecting(otelcol, GATEWAY, tmp_path, environ) as collector:
        yield collector


def event_of(up: Running, query: str, spans: int = 3) -> Any:
    """Return one event of the issue a query finds, once its trace has that many spans."""
    (issue, *_) = wait_for(lambda: up.get(f"/issues?query={query}")["items"], 30)
    (event, *_) = wait_for(lambda: up.get(f"/issues/{issue['id']}/events")["items"], 30)
    wait_for(lambda: len(up.get(f"/events/{event['id']}")["spans"]) >= spans, 30)
    return up.get(f"/events/{event['id']}")


def test_an_error_of_the_library_has_its_trace_in_the_bridge_and_in_jaeger(
    up: Running, gateway: Collector, jaeger: Receiver
) -> None:
    shopify = FakePlatform("shopify", PLATFORMS["shopify"])
    shopify.start()
    try:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("OPENCLAW_")}
        environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = f"http://{gateway.http}"
        subprocess.run([sys.executable, "-c", SERVICE, shopify.host], env=environ, check=True, timeout=60)
    finally:
        shopify.stop()
    event = event_of(up, "platform:shopify")
    assert {"fulfil order", "load order"} <= {span["name"] for span in event["spans"]}
    assert event["snapshot"]["status"] == 422
    wait_for(lambda: {"fulfil order", "load order"} <= {span.name for span in jaeger.spans()}, 20)


def test_error_traces_of_telemetrygen_are_whole_in_both(
    up: Running, gateway: Collector, jaeger: Receiver, binaries: Path
) -> None:
    command = [
        str(binaries / "telemetrygen"),
        "traces",
        "--otlp-endpoint",
        gateway.grpc,
        "--otlp-insecure",
        "--rate",
        "0",
    ]
    command += ["--traces", "5", "--child-spans", "3", "--status-code", "Error", "--service", "telemetrygen-service"]
    subprocess.run(command, check=True, timeout=60, capture_output=True)
    event = event_of(up, "service:telemetrygen-service")
    assert len(event["spans"]) == 4
    wait_for(lambda: len(jaeger.spans()) >= 20, 20)


def test_no_canary_of_a_plain_client_gets_anywhere(up: Running, gateway: Collector, jaeger: Receiver) -> None:
    canaries = Canaries()
    trace_id = send(f"http://{gateway.http}", canaries)
    wait_for(lambda: [span for span in jaeger.spans() if span.trace_id.hex() == trace_id], 20)
    event_of(up, f"trace:{trace_id}", spans=2)
    time.sleep(1)
    sent = canaries.found("\n".join(body.decode("utf-8", "replace") for body in jaeger.bodies))
    assert [where for where in sent if LINK not in where] == []  # what the Collector cannot reach: its README says so
    stored = everything(up.connection()["database_url"])
    assert "plain-service" in stored
    assert canaries.found(stored) == []
    assert canaries.found(requests.get(f"http://{gateway.prometheus}/metrics", timeout=5).text) == []
    assert canaries.found(gateway.log.read_text()) == []


def test_what_was_accepted_while_the_bridge_was_away_is_there_once(up: Running, gateway: Collector) -> None:
    send_through_a_pause(up, gateway)
