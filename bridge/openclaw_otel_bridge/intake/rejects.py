"""What senders are told and mostly do not see: refusals, summed up and shown to people."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from openclaw_otel_bridge.intake.items import Reject

SECONDS = 2.0
"""How long refusals are summed up before they are written: a storm of bad requests makes few rows."""
MOST_KINDS = 500
LONGEST_DETAIL = 300
_Key = tuple[int | None, str, str]
_ITEM_REASONS = (
    ("trace_id ", "bad_trace_id"),
    ("span_id ", "bad_span_id"),
    ("the event is not ", "bad_event"),
    ("the event cannot be read", "bad_event"),
    ("the item cannot be decoded", "bad_item"),
    ("the item cannot be read", "bad_item"),
    ("item ", "bad_envelope"),
    ("the header of item ", "bad_envelope"),
)


def item_reason(text: str) -> str:
    """Return the reason, as people are shown it, of an item that was refused; `text` is what its sender is told."""
    return next((reason for start, reason in _ITEM_REASONS if text.startswith(start)), "item")


class Rejects:
    """Sums up refusals by project, protocol and reason. Thread safe."""

    def __init__(self, write: Callable[[Sequence[Reject]], None], redact: Callable[[str], str]) -> None:
        """`write` stores rows and must not wait; `redact` takes personal data out of a detail."""
        self._write = write
        self._redact = redact
        self._lock = threading.Lock()
        self._sums: dict[_Key, tuple[int, str]] = {}
        self._timer: threading.Timer | None = None
        self.totals: dict[tuple[str, str], int] = {}
        """Refusals since the start by protocol and reason, for /metrics."""

    def note(self, protocol: str, reason: str, *, n: int = 1, detail: str = "", project_id: int | None = None) -> None:
        """Count `n` refusals; the detail of the first is kept."""
        key = (project_id, protocol, reason)
        with self._lock:
            self.totals[(protocol, reason)] = self.totals.get((protocol, reason), 0) + n
            if key in self._sums:
                count, first = self._sums[key]
                self._sums[key] = (count + n, first)
            elif len(self._sums) < MOST_KINDS:
                self._sums[key] = (n, detail)
            if self._timer is None:
                self._timer = threading.Timer(SECONDS, self.flush)
                self._timer.daemon = True
                self._timer.start()

    def flush(self) -> None:
        """Write what has been summed up."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            sums, self._sums, self._timer = self._sums, {}, None
        rows = [
            Reject(protocol, reason, n, self._redact(detail)[:LONGEST_DETAIL] if detail else "", project_id)
            for (project_id, protocol, reason), (n, detail) in sums.items()
        ]
        if rows:
            self._write(rows)
