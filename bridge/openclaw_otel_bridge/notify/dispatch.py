"""Send what is due: claim a channel's deliveries, send them one by one or as one summary, record every attempt.

claim     one short transaction; a channel has one sender at a time, over all workers
| plan    few: one message each · many, or a full minute coming: one summary · minute full: later
| send    outside any transaction
| record  attempt, outcome, next try; a broken channel is switched off with the reason
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from psycopg.rows import class_row

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.notify.base import SENDERS, Channel, DeliveryError, Message, Sender, Sent, load_sender
from openclaw_otel_bridge.notify.faults import fault
from openclaw_otel_bridge.notify.messages import render, summary
from openclaw_otel_bridge.sealing import Sealer, SealError

_log = logging.getLogger(__name__)

SINGLES = 8
"""Deliveries of one moment that still go one by one; more become one summary."""
MOST = 500
"""Deliveries claimed at once, so the most one summary stands for."""
LEASE_SECONDS = 180
"""How long a claim holds when a worker dies; longer than SINGLES sends that all time out."""
BACKOFF = (10, 30, 60, 120, 300, 600, 1800, 3600, 7200)
"""Seconds to the next try after the 1st, 2nd … failure; after one more the delivery is dead."""
MAX_ATTEMPTS = len(BACKOFF) + 1
RATE_LIMITED_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Due:
    """One claimed delivery."""

    id: int
    project_id: int
    channel_id: int
    issue_id: int | None
    kind: str
    data: dict[str, Any]
    attempts: int


@dataclass(frozen=True, slots=True)
class _Batch:
    channel: Channel
    sender: Sender
    due: tuple[Due, ...]
    left: int


class Dispatcher:
    """Sends due deliveries over one autocommit connection; `stopping` is asked between two sends."""

    def __init__(
        self,
        *,
        sealer: Sealer,
        public_url: str,
        private: bool,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._sealer = sealer
        self._url = public_url.rstrip("/")
        self._stopping = stopping
        self._senders: Mapping[str, Sender] = {kind: load_sender(kind, private=private) for kind in SENDERS}

    def run_once(self, conn: Connection) -> int:
        """Send what is due now in every channel; return how many deliveries were tried."""
        tried = 0
        for (channel_id,) in conn.execute(queries("deliveries")["busy_channels"]).fetchall():
            if self._stopping():
                break
            with conn.transaction():
                batch = self._claim(conn, channel_id)
            if batch is not None:
                tried += self._send(conn, batch)
        return tried

    def _claim(self, conn: Connection, channel_id: int) -> _Batch | None:
        names = {"channel_id": channel_id}
        if not _first(conn, "lock_channel", names) or _first(conn, "under_way", names):
            return None
        with conn.cursor(row_factory=class_row(Channel)) as channels:
            stored = channels.execute(queries("deliveries")["channel_to_send"], names).fetchone()
        if stored is None:
            return None
        sender = self._senders.get(stored.kind)
        try:
            url, secret = self._sealer.open(stored.url), self._sealer.open(stored.secret)
        except SealError as error:
            self._break(conn, stored, str(error))
            return None
        if sender is None:
            self._break(conn, stored, f"no sender for channels of kind {stored.kind!r}")
            return None
        count, oldest = _row(conn, "messages_of_last_minute", names)
        with conn.cursor(row_factory=class_row(Due)) as cursor:
            due = cursor.execute(
                queries("deliveries")["claim"], {**names, "lease": LEASE_SECONDS, "most": MOST}
            ).fetchall()
        due.sort(key=lambda item: item.id)
        left = sender.per_minute - count
        if left <= 0:
            # a full minute: wait until its oldest message has left it
            _do(conn, "postpone", due, at=oldest + timedelta(seconds=61))
            return None
        channel = Channel(stored.id, stored.kind, stored.name, url, secret, stored.locale)
        return _Batch(channel, sender, tuple(due), left)

    def _break(self, conn: Connection, channel: Channel, reason: str) -> None:
        _log.error("channel %s (%s) is switched off: %s", channel.id, channel.name, reason)
        conn.execute(queries("deliveries")["break_channel"], {"channel_id": channel.id, "reason": reason})

    def _send(self, conn: Connection, batch: _Batch) -> int:
        tried = 0
        for group, message in self._plan(batch):
            if self._stopping():
                break
            tried += len(group)
            if not self._send_one(conn, batch, group, message):
                break
        rest = batch.due[tried:]
        if rest:
            _do(conn, "release", rest)
        return tried

    def _plan(self, batch: _Batch) -> list[tuple[tuple[Due, ...], Message]]:
        """Return what goes out as which message: one each, or all as one summary."""
        locale = batch.channel.locale
        if len(batch.due) <= min(SINGLES, batch.left):
            return [((due,), render(due.kind, due.data, locale, self._url)) for due in batch.due]
        return [(batch.due, summary([(due.kind, due.data) for due in batch.due], locale, self._url))]

    def _send_one(self, conn: Connection, batch: _Batch, group: Sequence[Due], message: Message) -> bool:
        """Send one message for its deliveries and record it; False when the channel had better rest."""
        at, started = datetime.now(UTC), time.monotonic()
        result: Sent | DeliveryError
        try:
            result = batch.sender.send(batch.channel, message)
        except DeliveryError as error:
            result = error
        except Exception as error:  # noqa: BLE001 - a fault of a sender is this delivery's failure, not the worker's end
            _log.exception("sending to channel %s (%s) failed unexpectedly", batch.channel.id, batch.channel.name)
            result = DeliveryError(fault("internal", kind=type(error).__name__))
        millis = round((time.monotonic() - started) * 1000)
        with conn.transaction():
            self._record(conn, batch.channel, group, result, (at, millis))
        return isinstance(result, Sent) or (result.permanent and not result.channel_fault)

    def _record(
        self,
        conn: Connection,
        channel: Channel,
        group: Sequence[Due],
        result: Sent | DeliveryError,
        timing: tuple[datetime, int],
    ) -> None:
        attempt = {"at": timing[0], "duration_ms": timing[1], "http_status": result.http_status}
        if isinstance(result, Sent):
            _do(conn, "note_attempts", group, **attempt, outcome="sent", answer=result.answer)
            _do(conn, "mark_sent", group)
            return
        error = str(result)
        for status, members in _by_fate(group, result).items():
            answer = f"{error} | {result.answer}" if result.answer else error
            _do(conn, "note_attempts", members, **attempt, outcome=status, answer=answer[:500])
            for tries in {due.attempts for due in members}:
                same = [due for due in members if due.attempts == tries]
                _do(conn, "mark_failed", same, status=status, error=error, at=_next_try(tries, result))
            ids = ", ".join(str(due.id) for due in members[:5])
            _log.warning("delivery %s to channel %s (%s) %s: %s", ids, channel.id, channel.name, status, error)
        if result.channel_fault:
            self._break(conn, channel, error)


def _by_fate(group: Sequence[Due], error: DeliveryError) -> dict[str, list[Due]]:
    fates: dict[str, list[Due]] = {}
    for due in group:
        # counted anew after each resend of a dead one, which keeps its numbered attempts
        last = (due.attempts + 1) % MAX_ATTEMPTS == 0
        fates.setdefault("dead" if error.permanent or last else "failed", []).append(due)
    return fates


def _next_try(attempts: int, error: DeliveryError) -> datetime:
    seconds = float(BACKOFF[attempts % MAX_ATTEMPTS]) if attempts % MAX_ATTEMPTS < len(BACKOFF) else 0.0
    if error.rate_limited:
        seconds = max(seconds, min(error.retry_after or RATE_LIMITED_SECONDS, 3600.0))
    return datetime.now(UTC) + timedelta(seconds=seconds * random.uniform(1.0, 1.25))


def _do(conn: Connection, name: str, due: Sequence[Due], **values: Any) -> None:
    conn.execute(queries("deliveries")[name], {**values, "ids": [item.id for item in due]})


def _first(conn: Connection, name: str, values: Mapping[str, Any]) -> Any:
    return _row(conn, name, values)[0]


def _row(conn: Connection, name: str, values: Mapping[str, Any]) -> Any:
    return conn.execute(queries("deliveries")[name], values).fetchone()
