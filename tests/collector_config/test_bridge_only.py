"""bridge_only.yaml in the real Collector: nothing accepted is lost, and the bridge redacts what nobody did before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.collector_config.canaries import Canaries, everything, send
from tests.collector_config.collector import CONFIG, Collector, collecting
from tests.collector_config.pause import send_through_a_pause
from tests.up_process import Running, free_port, running, wait_for

pytestmark = pytest.mark.collector


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory, otelcol: Path) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("bridge") / "data", free_port()) as up:
        up.ready(60)
        yield up


@pytest.fixture
def collector(up: Running, otelcol: Path, tmp_path: Path) -> Iterator[Collector]:
    connection = up.connection()
    environ = {
        "OPENCLAW_OTEL_BRIDGE_URL": connection["url"],
        "OPENCLAW_OTEL_INGEST_KEY": connection["ingest_key"],
    }
    with collecting(otelcol, CONFIG / "bridge_only.yaml", tmp_path, environ) as collector:
        yield collector


def test_the_bridge_stores_no_canary_though_the_collector_redacts_nothing(up: Running, collector: Collector) -> None:
    canaries = Canaries()
    trace_id = send(f"http://{collector.http}", canaries)
    wait_for(lambda: sum(issue["event_count"] for issue in up.get(f"/issues?query=trace:{trace_id}")["items"]) >= 3, 30)
    stored = everything(up.connection()["database_url"])
    assert "plain-service" in stored
    assert canaries.found(stored) == []
    assert canaries.found((up.data.parent / "up.log").read_text()) == []


def test_a_killed_collector_forgets_nothing_it_accepted(up: Running, collector: Collector) -> None:
    def crash() -> None:
        collector.kill()
        collector.start()

    send_through_a_pause(up, collector, meanwhile=crash)
