"""The two ways into the database: telemetry and webhooks, each with its own queue, thread and connection."""

from __future__ import annotations

from collections.abc import Sequence

from openclaw_otel_bridge.config import Config
from openclaw_otel_bridge.db import Database
from openclaw_otel_bridge.intake.committer import Committer, Limits, Refused
from openclaw_otel_bridge.intake.items import Item
from openclaw_otel_bridge.intake.store import Store


class Intake:
    """Stores items and returns when they are committed. A storm of telemetry does not delay a webhook."""

    def __init__(self, config: Config, database: Database) -> None:
        bounds = config.intake
        limits = Limits(bounds.queue_items, bounds.flush_items, bounds.flush_seconds)
        self.stores = {name: Store(config.retention) for name in ("telemetry", "webhooks")}
        self.committers: dict[str, Committer[Item]] = {
            name: Committer(name, database, store.write, limits, store.prepare) for name, store in self.stores.items()
        }

    def telemetry(self, items: Sequence[Item]) -> list[Refused[Item]]:
        """Store what telemetry brought; return the items that cannot be stored.

        Raises:
            Unavailable: the queue is full or the database is gone: nothing may be taken as stored.
        """
        return self.committers["telemetry"].submit(items)

    def webhook(self, items: Sequence[Item]) -> list[Refused[Item]]:
        """Store a delivery and what it raised; as `telemetry`."""
        return self.committers["webhooks"].submit(items)

    @property
    def depth(self) -> int:
        """Items that wait for their commit in this process."""
        return sum(committer.depth for committer in self.committers.values())

    @property
    def is_full(self) -> bool:
        """Say whether a queue of this process turns senders away."""
        return any(committer.is_full for committer in self.committers.values())

    def close(self) -> None:
        """Write what waits and end the threads."""
        for committer in self.committers.values():
            committer.close()
