"""The numbers of one web process, as /metrics names them."""

from __future__ import annotations

from collections.abc import Iterator

from openclaw_otel.pipeline import Pipeline
from openclaw_otel_bridge.db import Database
from openclaw_otel_bridge.intake import Intake
from openclaw_otel_bridge.intake.latency import Latency
from openclaw_otel_bridge.intake.webhooks import Webhooks
from openclaw_otel_bridge.shared_numbers import Series


def numbers(database: Database, pipeline: Pipeline, intake: Intake) -> Iterator[tuple[Series, float]]:
    """Yield every counter and gauge of this process."""
    for (protocol, what), n in dict(intake.counts).items():
        yield _series("intake_items_total", protocol=protocol, what=what), n
    for (protocol, reason), n in dict(intake.rejects.totals).items():
        yield _series("intake_rejects_total", protocol=protocol, reason=reason), n
    yield from _answers(intake.latency)
    for name, committer in intake.committers.items():
        done, stored = committer.figures, intake.stores[name].stored
        for what in ("events", "copies", "resent", "spans", "issues", "folded"):
            yield _series("stored_total", queue=name, what=what), getattr(stored, what)
        yield _series("commit_transactions_total", queue=name), done.transactions
        yield _series("commit_seconds_total", queue=name), done.seconds
        yield _series("commit_repeats_total", queue=name), done.repeats
        yield _series("commit_turned_away_total", queue=name), done.turned_away
        yield _series("queue_depth", queue=name), committer.depth
    yield _series("queue_depth", queue=intake.hooks.name), intake.hooks.depth
    yield from _spooled(intake.webhooks)
    pool = database.stats()
    yield _series("pool_connections", state="size"), pool.get("pool_size", 0)
    yield _series("pool_connections", state="available"), pool.get("pool_available", 0)
    yield _series("pool_waiting"), pool.get("requests_waiting", 0)
    yield _series("pool_errors_total"), pool.get("requests_errors", 0)
    for plugin, timing in pipeline.timings.items():
        yield _series("plugin_calls_total", plugin=plugin), timing.calls
        yield _series("plugin_failures_total", plugin=plugin), timing.failures
        yield _series("plugin_seconds_total", plugin=plugin), timing.seconds
        yield _series("plugin_switched_off", plugin=plugin), 1 if timing.off else 0


def _answers(latency: Latency) -> Iterator[tuple[Series, float]]:
    for (protocol, status), n in latency.answers().items():
        yield _series("intake_answers_total", protocol=protocol, status=str(status)), n
    for protocol, buckets, seconds in latency.histogram():
        for end, n in buckets.items():
            yield _series("intake_seconds_bucket", le=end, protocol=protocol), n
        yield _series("intake_seconds_count", protocol=protocol), buckets["+Inf"]
        yield _series("intake_seconds_sum", protocol=protocol), seconds


def _spooled(webhooks: Webhooks) -> Iterator[tuple[Series, float]]:
    """Yield the counters of the spool; what waits is told by the one process that empties it, so that it adds up."""
    spool, drain = webhooks.spool, webhooks.drain
    if spool is None or drain is None:
        return
    yield _series("spool_deliveries_total", what="kept"), webhooks.spooled
    yield _series("spool_deliveries_total", what="stored"), drain.stored
    yield _series("spool_deliveries_total", what="bad"), drain.bad
    yield _series("spool_deliveries_total", what="turned_away"), webhooks.turned_away
    if spool.holds_lock:
        now = spool.look()
        yield _series("spool_files"), now.files
        yield _series("spool_bytes"), now.size
        yield _series("spool_oldest_seconds"), now.oldest
        yield _series("spool_bad_files"), now.bad


def _series(name: str, **labels: str) -> Series:
    return name, tuple(sorted(labels.items()))
