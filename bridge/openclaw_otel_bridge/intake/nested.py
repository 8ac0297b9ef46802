"""Redacting what is nested in Sentry's events: the same frame comes a thousand times, and is redacted once.

Remembered are results, by a keyed digest of the raw part: no raw data is held, and the memory is bounded.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from openclaw_otel_bridge.json_bytes import dump

STACK = "sentry.stacktrace"
REPEATED = {STACK: "", "sentry.contexts": "contexts", "sentry.modules": "modules"}
"""Attributes that are much the same from event to event → key of their tree. All others stay with the record, where a
buyer's e-mail in them also gives the event its pseudonym."""
MOST = 2048
LARGEST = 4096
"""Bytes of a part that is remembered: 8 MiB in all at most."""


class Nested:
    """Redacts the nested attributes of one event after the other. Thread safe."""

    def __init__(self, redact: Callable[[Any, str], Any], most: int = MOST) -> None:
        """`redact` returns a tree redacted, or a text where it failed; it is given the tree and its key."""
        self._redact = redact
        self._most = most
        self._key = os.urandom(16)
        self._known: OrderedDict[bytes, Any] = OrderedDict()
        self._lock = threading.Lock()

    def split(self, attributes: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what stays with the record, raw, and the repeated parts, redacted."""
        plain, nested = {}, {}
        for name, value in attributes.items():
            if name in REPEATED and isinstance(value, dict):
                nested[name] = self._stack(value) if name == STACK else self._part(value, REPEATED[name])
            else:
                plain[name] = value
        return plain, nested

    def _stack(self, stack: Mapping[str, Any]) -> dict[str, Any]:
        return {"values": [self._error(error) for error in stack["values"]]}

    def _error(self, error: Mapping[str, Any]) -> Any:
        trace = error.get("stacktrace")
        frames = trace.get("frames") if isinstance(trace, dict) else None
        if not isinstance(trace, dict) or not isinstance(frames, list):
            return self._redact(dict(error), "")
        rest = {name: value for name, value in error.items() if name != "stacktrace"}
        done = self._redact(rest, "")
        more = {name: value for name, value in trace.items() if name != "frames"}
        shown = self._redact(more, "stacktrace") if more else {}
        if not isinstance(done, dict) or not isinstance(shown, dict):
            return done if not isinstance(done, dict) else shown
        return {**done, "stacktrace": {**shown, "frames": [self._part(frame, "") for frame in frames]}}

    def _part(self, value: Any, key: str) -> Any:
        raw = dump(value)
        if len(raw) > LARGEST:
            return self._redact(value, key)
        mark = hashlib.blake2b(key.encode() + b"\0" + raw, digest_size=16, key=self._key).digest()
        with self._lock:
            found = self._known.get(mark)
            if found is not None:
                self._known.move_to_end(mark)
                return found
        found = self._redact(value, key)
        if isinstance(found, dict):  # a failure is no result
            with self._lock:
                self._known[mark] = found
                while len(self._known) > self._most:
                    self._known.popitem(last=False)
        return found
