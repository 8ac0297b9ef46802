"""The ways into the database: telemetry and webhooks, each with its own queue, thread and connection."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Sequence, Set
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from openclaw_otel.judge import words
from openclaw_otel.pipeline import Pipeline
from openclaw_otel.platforms import Platforms
from openclaw_otel.record import ErrorRecord
from openclaw_otel_bridge.config import Config
from openclaw_otel_bridge.db import Database, queries
from openclaw_otel_bridge.intake.calls import Calls
from openclaw_otel_bridge.intake.committer import Committer, Limits, Refused
from openclaw_otel_bridge.intake.forgeries import Forgeries
from openclaw_otel_bridge.intake.found import Reading
from openclaw_otel_bridge.intake.items import Candidate, Item
from openclaw_otel_bridge.intake.keys import Keys
from openclaw_otel_bridge.intake.latency import Latency
from openclaw_otel_bridge.intake.process import Process
from openclaw_otel_bridge.intake.projects import Projects
from openclaw_otel_bridge.intake.quotas import QuotaExceeded, Quotas
from openclaw_otel_bridge.intake.rejects import Rejects, item_reason
from openclaw_otel_bridge.intake.spool import Bounds, Spool
from openclaw_otel_bridge.intake.store import Store
from openclaw_otel_bridge.intake.waits import Waits
from openclaw_otel_bridge.intake.webhooks import Ways, Webhooks
from openclaw_otel_bridge.sentry.keeping import SentryHook, keep_hooks

log = logging.getLogger(__name__)
LARGE = 64
"""Items of a large request."""
ITEM_BYTES = 500
"""About what a span or log record takes: how large a request is, before it is read."""
TRACE_DAYS = timedelta(days=2)
"""How far back the error of a trace may lie whose other spans come now."""
_FIRST = ErrorRecord(
    id="", message="order 1001 of buyer@example.com, phone: +49 151 23456789",
    attributes={"http.request.method": "POST", "url.full": "https://shop.example.com/orders/1001.json?page=1"},
)  # fmt: skip


class Intake:
    """Takes what senders send and returns when it is committed. A storm of telemetry does not delay a webhook."""

    def __init__(self, config: Config, database: Database, pipeline: Pipeline) -> None:
        bounds = config.intake
        limits = Limits(bounds.queue_items, bounds.flush_items, seconds=bounds.flush_seconds)
        self.platforms = Platforms(config.library)
        self.calls = Calls(self.platforms)
        self.keys = Keys(database)
        self.projects = Projects(database)
        self.process = Process(pipeline, hashlib.sha256(config.secret_key.encode()).digest())
        self.quotas = Quotas(database, self.projects)
        # Platforms are never refused, so what webhooks bring is not counted.
        self.stores = {
            "telemetry": Store(config.retention, bounds.new_issues, self.quotas),
            "webhooks": Store(config.retention, bounds.new_issues),
        }
        self.committers: dict[str, Committer[Item]] = {
            name: Committer(name, database, store.write, limits, store.prepare) for name, store in self.stores.items()
        }
        self.hooks: Committer[SentryHook] = Committer("sentry_hooks", database, keep_hooks, limits)
        self.webhooks = Webhooks(Ways(self.committers["webhooks"], self.hooks), self.projects, _spool(config))
        self.rejects = Rejects(self.committers["telemetry"].offer, pipeline.redact_text)
        figures = self.committers["telemetry"].figures
        self._waits = Waits(config.threads, lambda: figures.transactions)
        self.forgeries = Forgeries()
        self.latency = Latency()
        self.counts: dict[tuple[str, str], int] = {}
        """(protocol, what) → how many: received, found, dropped, spans_dropped, rejected; for /metrics."""
        self._database = database
        self._pipeline = pipeline
        self._lock = threading.Lock()
        self._large, self._small = threading.Lock(), threading.Lock()

    def warm(self) -> None:
        """Load now what the first failures would wait for: catalogs, words, what the redactor makes on first use."""
        words()
        for adapter in self.platforms.all():
            try:
                adapter.catalog()
            except Exception:  # foreign code: told again, with what it is about, when a failure of that platform comes
                log.exception("the catalog of platform %s cannot be loaded", adapter.name)
        self._pipeline.redact(_FIRST)

    def admit(self, protocol: str, project_id: int) -> None:
        """Return while the project's quota and the database let something in; asked before a request is read.

        Raises:
            QuotaExceeded: it is used up, which is noted for people.
            Unavailable: nothing is committed now.
        """
        self._waits.admit()
        try:
            self.quotas.check(project_id)
        except QuotaExceeded as problem:
            self.rejects.note(protocol, problem.code, detail=problem.message, project_id=project_id)
            raise

    def take(self, protocol: str, reading: Reading, project_id: int) -> tuple[int, str]:
        """Process and store what a request held; return how many of its items were refused, and why.

        Raises:
            Unavailable: the queue is full or the database is gone: nothing may be taken as stored.
        """
        quiet = reading.quiet
        known = self._known_traces(project_id, quiet) if quiet else frozenset()  # not in turn: the database may be slow
        with self.turn(reading.seen):
            done = self.process.run(reading, project_id, datetime.now(UTC), known)
        refused = self.telemetry(done.items)
        reasons = dict(reading.rejected)
        for each in refused:
            if isinstance(each.item, Candidate):
                reasons[each.reason] = reasons.get(each.reason, 0) + 1
        for reason, n in reasons.items():
            self.rejects.note(protocol, item_reason(reason), n=n, detail=reason, project_id=project_id)
        rejected = sum(reasons.values())
        self.count(protocol, received=reading.seen, found=len(reading.found), dropped=done.dropped)
        self.count(protocol, spans_dropped=done.spans_dropped, rejected=rejected)
        return rejected, "; ".join(f"{n}: {reason}" for reason, n in sorted(reasons.items()))

    def turn(self, items: int) -> AbstractContextManager[object]:
        """Let requests be read and processed one after the other in this process, the large ones beside the small.

        Threads that compute share one core anyway; in turns each is done sooner, its batch stays in the cache, and
        those that wait do not ask for the interpreter every millisecond.
        """
        return self._large if items >= LARGE else self._small

    def expect(self) -> None:
        """Say that this thread is about to bring telemetry."""
        self.committers["telemetry"].expect()

    def expect_no_more(self) -> None:
        """Say that this thread has brought what it would."""
        self.committers["telemetry"].expect_no_more()

    def telemetry(self, items: Sequence[Item]) -> list[Refused[Item]]:
        """Store what telemetry brought; return the items that cannot be stored. Raises as `take`."""
        if not items:
            return self.committers["telemetry"].submit(items)  # which waits for nobody
        with self._waits.one(len(items)) as patience:
            return self.committers["telemetry"].submit(items, patience)

    def count(self, protocol: str, **numbers: int) -> None:
        """Add to the counts of a protocol."""
        with self._lock:
            for what, n in numbers.items():
                self.counts[(protocol, what)] = self.counts.get((protocol, what), 0) + n

    @property
    def depth(self) -> int:
        """Items that wait for their commit in this process."""
        return self.hooks.depth + sum(committer.depth for committer in self.committers.values())

    @property
    def is_full(self) -> bool:
        """Say whether a queue of this process turns senders away."""
        return self.hooks.is_full or any(committer.is_full for committer in self.committers.values())

    def close(self) -> None:
        """Write what waits and end the threads; what is in the spool goes on waiting."""
        self.webhooks.close()
        self.rejects.flush()
        self.hooks.close()
        for committer in self.committers.values():
            committer.close()

    def _known_traces(self, project_id: int, traces: set[bytes]) -> Set[bytes]:
        first = (datetime.now(UTC) - TRACE_DAYS).date()
        parameters = {"project_id": project_id, "traces": sorted(traces), "first": first}
        with self._database.connection() as conn:
            return {row[0] for row in conn.execute(queries("keys")["traces_with_events"], parameters)}


def _spool(config: Config) -> Spool | None:
    wanted = config.spool
    return Spool(Path(wanted.folder).absolute(), Bounds(wanted.files, wanted.size)) if wanted.folder else None
