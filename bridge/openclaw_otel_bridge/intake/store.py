"""One transaction for all that some requests brought: events, details, spans, counts, issues, rules, deliveries.

Locks are taken in one order (new groupings, events by key, issues by id), so that two processes never deadlock.
An issue that only gains an event is not touched: counts and last times are appended, the worker folds them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from openclaw_otel_bridge.config import Retention
from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.intake import writes
from openclaw_otel_bridge.intake.inbox import insert_deliveries
from openclaw_otel_bridge.intake.issues import Places
from openclaw_otel_bridge.intake.items import Candidate, InboxRow, Item, Reject, TraceSpans
from openclaw_otel_bridge.intake.quotas import Quotas
from openclaw_otel_bridge.intake.reconcile import Plan, reconcile
from openclaw_otel_bridge.intake.rows import candidate_of
from openclaw_otel_bridge.intake.statistics import Statistics
from openclaw_otel_bridge.intake.trace_chunks import store_spans
from openclaw_otel_bridge.partitions import EVENT_TABLES, INBOX_TABLES, SPAN_TABLES, Partitions


@dataclass(slots=True)
class Stored:
    """What has been stored so far, for /metrics."""

    events: int = 0
    copies: int = 0
    resent: int = 0
    spans: int = 0
    issues: int = 0
    folded: int = 0
    """New groupings that share an overflow issue."""


class Store:
    """Writes items. One per committer, used by its thread alone."""

    def __init__(self, retention: Retention, most_new: int = 0, quotas: Quotas | None = None) -> None:
        """`most_new` issues may a project get within a minute (see `Flood`), 0 is no limit; `quotas` count events."""
        self.stored = Stored()
        self._quotas = quotas
        self._most_new = most_new
        self._partitions = Partitions(retention)
        self._statistics = Statistics()

    def prepare(self, conn: Connection, items: Sequence[Item]) -> None:
        """Make the partitions the items need, outside their transaction, and see to the planner's statistics."""
        today = datetime.now(UTC).date()
        events = {item.day for item in items if isinstance(item, Candidate)}
        spans = events | {item.day for item in items if isinstance(item, TraceSpans)}
        inbox = {item.day for item in items if isinstance(item, InboxRow)}
        for tables, days in ((EVENT_TABLES, events), (SPAN_TABLES, spans), (INBOX_TABLES, inbox)):
            for table in tables:
                self._partitions.ensure(conn, table, days, today)
        self._statistics.refresh(conn)

    def write(self, conn: Connection, items: Sequence[Item]) -> None:
        """Store the items in the transaction of `conn`; with the same items again it adds nothing."""
        candidates = [item for item in items if isinstance(item, Candidate)]
        spans = [item for item in items if isinstance(item, TraceSpans)]
        if candidates:
            self._write_events(conn, candidates, spans)
        elif spans:
            self._write_spans(conn, spans, Plan())
        if deliveries := [item for item in items if isinstance(item, InboxRow)]:
            insert_deliveries(conn, deliveries)
        if rejects := [item for item in items if isinstance(item, Reject)]:
            writes.insert_rejects(conn, rejects)

    def _write_events(self, conn: Connection, candidates: Sequence[Candidate], spans: Sequence[TraceSpans]) -> None:
        plan = reconcile(candidates, writes.known_events(conn, candidates), writes.trace_mates(conn, candidates))
        places = Places(conn, self._most_new)
        places.resolve([candidate_of(event) for event in plan.fresh] + [carrier for _, carrier in plan.upgraded])
        writes.insert_fresh(conn, plan, places, self._write_spans(conn, spans, plan))
        counted = [(event.grouping_id, candidate_of(event), 1) for event in plan.fresh]
        for event, carrier in plan.upgraded:
            writes.upgrade(conn, event, carrier, places)
            place = places.of(carrier)
            if place.grouping_id != event.grouping_id:
                counted += [(event.grouping_id, carrier, -1), (place.grouping_id, carrier, 1)]
            places.describe(carrier)
        writes.add_sources(conn, plan.touched)
        writes.insert_copies(conn, plan.copies)
        writes.count(conn, counted)
        self._statistics.wrote([event.key[0] for event in plan.fresh])
        if self._quotas is not None:
            self._quotas.count(conn, (event.key[2] for event in plan.fresh))
        self.stored.issues += places.arrivals(candidate for _, candidate, sign in counted if sign > 0)
        self.stored.folded += places.folded
        self.stored.events += len(plan.fresh)
        self.stored.copies += len(plan.copies) + len(plan.touched) + len(plan.upgraded)
        self.stored.resent += plan.resent

    def _write_spans(self, conn: Connection, spans: Sequence[TraceSpans], plan: Plan) -> dict[int, int | None]:
        if not spans:
            return {}
        self.stored.spans += sum(len(group.lines) for group in spans)
        return store_spans(conn, spans, plan)
