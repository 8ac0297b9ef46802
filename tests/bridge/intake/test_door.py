"""Telemetry and webhooks wait in queues of their own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from uuid import uuid4

import psycopg
import pytest

from openclaw_otel.adapters.shopify import ShopifyAdapter
from openclaw_otel.catalog import Catalog
from openclaw_otel.errors import CatalogError
from openclaw_otel.hookspecs import Side
from openclaw_otel.pipeline import build_pipeline
from openclaw_otel.platforms import Platforms
from openclaw_otel_bridge.config import Config
from openclaw_otel_bridge.db import Database
from openclaw_otel_bridge.intake import Intake
from openclaw_otel_bridge.intake.calls import Calls
from openclaw_otel_bridge.intake.door import LARGE
from openclaw_otel_bridge.intake.items import InboxRow
from openclaw_otel_bridge.intake.parcels import Parcel
from openclaw_otel_bridge.intake.traces import read_traces
from tests.bridge.otlp_messages import failing, span, traces

FIND = Calls(Platforms()).read


@pytest.fixture
def intake(database_url: str) -> Iterator[Intake]:
    config = Config(database_url)
    with (
        closing(Database(database_url)) as database,
        closing(Intake(config, database, build_pipeline(Side.BRIDGE, config.library))) as intake,
    ):
        yield intake


class BrokenAdapter(ShopifyAdapter):
    """Another package's, whose catalog is gone."""

    def catalog(self) -> Catalog:
        raise CatalogError("acme.json: no such file")


def test_warming_up_takes_nothing_in_and_outlives_a_broken_adapter(
    intake: Intake, caplog: pytest.LogCaptureFixture
) -> None:
    intake.warm()
    assert not caplog.records
    vars(intake.platforms)["_all"] = (BrokenAdapter(),)
    intake.warm()
    assert "the catalog of platform shopify cannot be loaded" in caplog.text
    assert intake.depth == 0
    assert not intake.counts


def test_small_requests_are_computed_in_turns_and_wait_for_no_large_one(intake: Intake) -> None:
    done: list[str] = []

    def compute(name: str, items: int) -> None:
        with intake.turn(items):
            done.append(name)

    with intake.turn(LARGE):
        waiting = threading.Thread(target=compute, args=("large", LARGE))
        waiting.start()
        for n in range(3):
            compute(f"small {n}", LARGE - 1)
        assert done == ["small 0", "small 1", "small 2"]
    waiting.join()
    with intake.turn(1):
        waiting = threading.Thread(target=compute, args=("later", 1))
        waiting.start()
        waiting.join(0.2)
        assert done[-1] == "large"
    waiting.join()
    assert done[-1] == "later"


def take_turns(intake: Intake) -> None:
    with intake.turn(1), intake.turn(LARGE):
        pass


def test_traces_that_are_looked_up_keep_no_other_request_from_its_turn(intake: Intake, database_url: str) -> None:
    reading = read_traces(traces(span(failed=False)), 1, FIND)
    asking = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    with psycopg.connect(database_url) as conn, psycopg.connect(database_url, autocommit=True) as watch:
        conn.execute("lock table events in access exclusive mode")
        held = threading.Thread(target=intake.take, args=("otlp_traces", reading, 1))
        held.start()
        while watch.execute(asking).fetchone() == (0,):
            time.sleep(0.01)
        other = threading.Thread(target=take_turns, args=(intake,), daemon=True)
        other.start()
        other.join(10)
        assert not other.is_alive()
    held.join()


def test_taking(intake: Intake) -> None:
    reading = read_traces(traces(*failing(3), span(failed=False), span(trace=b"bad")), 1, FIND)
    assert intake.take("otlp_traces", reading, 1) == (1, "1: trace_id is not 16 bytes, or all zero")
    assert intake.counts == {
        ("otlp_traces", "received"): 5,
        ("otlp_traces", "found"): 3,
        ("otlp_traces", "dropped"): 0,
        ("otlp_traces", "spans_dropped"): 1,
        ("otlp_traces", "rejected"): 1,
    }
    assert intake.stores["telemetry"].stored.events == 3
    assert (intake.depth, intake.is_full) == (0, False)


def test_a_stuck_telemetry_queue_does_not_delay_a_webhook(intake: Intake, database_url: str) -> None:
    now = datetime.now(UTC)
    with psycopg.connect(database_url) as blocker:
        blocker.execute("lock table groupings in access exclusive mode")
        reading = read_traces(traces(*failing(2)), 1, FIND)
        stuck = threading.Thread(target=intake.take, args=("otlp_traces", reading, 1))
        stuck.start()
        while intake.depth == 0:
            time.sleep(0.01)
        row = InboxRow(1, "shopify", "demo", "k", uuid4(), now.date(), now, "t", None, True, None, b"")
        taken = intake.webhooks.take(Parcel("default", (row,)), time.monotonic() + 5, proved=True)
        assert taken == []
        assert stuck.is_alive()
        blocker.rollback()
    stuck.join()
