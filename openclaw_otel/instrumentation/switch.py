"""What the wrapped libraries ask on every call: is anybody watching?

A wrapper is put in once and never taken out, because another instrumentation may have wrapped it since; switched off
it costs one attribute look-up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openclaw_otel.instrumentation.calls import Calls


@dataclass(slots=True)
class Switch:
    """On while `calls` is set."""

    calls: Calls | None = None
    patched: set[str] = field(default_factory=set)
    """Libraries whose wrappers are in place, or wait for the library to be imported."""
