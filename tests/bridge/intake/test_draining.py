"""What waits is stored in order and once; what cannot be stored stops nobody."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from openclaw_otel_bridge.intake import draining
from openclaw_otel_bridge.intake.committer import Refused
from openclaw_otel_bridge.intake.draining import BATCH, Drain
from openclaw_otel_bridge.intake.items import InboxRow, Item
from openclaw_otel_bridge.intake.parcels import BadParcel, Parcel, pack_parcel
from openclaw_otel_bridge.intake.spool import Spool
from openclaw_otel_bridge.problems import Unavailable
from tests.bridge.intake.test_parcels import ROW


class Kept:
    """A store that remembers; `fault` is raised, and keys in `refused` cannot be stored."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.fault: Exception | None = None
        self.refused: set[str] = set()
        self.calls = 0

    def __call__(self, parcels: Sequence[Parcel]) -> list[Refused[Item]]:
        self.calls += 1
        if self.fault is not None:
            raise self.fault
        for parcel in parcels:
            if parcel.project == "gone":
                raise BadParcel("there is no project 'gone'")
        rows = [item for parcel in parcels for item in parcel.items if isinstance(item, InboxRow)]
        self.keys += [row.dedup_key for row in rows if row.dedup_key not in self.refused]
        return [Refused(row, "no room") for row in rows if row.dedup_key in self.refused]


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path)


def put(spool: Spool, *keys: str, project: str = "default") -> None:
    for key in keys:
        spool.put(pack_parcel(Parcel(project, (replace(ROW, dedup_key=key),))))


def test_in_order_and_in_batches(spool: Spool, kept: Kept) -> None:
    keys = [f"e{number}" for number in range(2 * BATCH + 1)]
    put(spool, *keys)
    drain = Drain(spool, kept)
    assert drain.drain() == len(keys)
    assert (kept.keys, kept.calls, spool.waiting(), drain.stored) == (keys, 3, [], len(keys))
    assert drain.drain() == 0


def test_while_the_database_is_gone_everything_waits(spool: Spool, kept: Kept) -> None:
    put(spool, "a", "b")
    kept.fault = Unavailable("gone")
    with pytest.raises(Unavailable):
        Drain(spool, kept).drain()
    assert len(spool.waiting()) == 2
    kept.fault = None
    assert Drain(spool, kept).drain() == 2


def test_what_cannot_be_stored_is_set_aside_and_counted(
    spool: Spool, kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    put(spool, "a")
    spool.put(b"{ half a par")
    put(spool, "b", project="gone")
    put(spool, "c", "d")
    kept.refused = {"c"}
    drain = Drain(spool, kept)
    assert drain.drain() == 2
    assert (kept.keys, spool.waiting(), drain.bad) == (["a", "d"], [], 3)
    assert spool.look().bad == 3
    for reason in ("it cannot be read", "there is no project 'gone'", "no room"):
        assert reason in caplog.text


def wait(condition: object, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_the_thread_waits_for_the_database_and_one_of_two_works(
    spool: Spool, kept: Kept, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(draining, "PAUSE", 0.01)
    monkeypatch.setattr(draining, "LONGEST_PAUSE", 0.05)
    kept.fault = psycopg.OperationalError("no such host")
    put(spool, "a")
    drains = [Drain(spool, kept), Drain(Spool(spool.folder), kept)]
    for drain in drains:
        drain.start()
        drain.start()
    wait(lambda: kept.calls > 2)
    assert caplog.text.count("1 deliveries wait, the oldest for") == 1
    assert "no such host" in caplog.text
    kept.fault = RuntimeError("a fault of ours")
    wait(lambda: "cannot be emptied" in caplog.text)
    kept.fault = None
    wait(lambda: not spool.waiting())
    put(spool, "b")
    wait(lambda: kept.keys == ["a", "b"])
    for drain in drains:
        drain.close()
    assert sorted(drain.stored for drain in drains) == [0, 2]
