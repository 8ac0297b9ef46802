"""Opening and sealing stored credentials with this deployment's keys."""

from __future__ import annotations

from openclaw_otel_bridge.sealing import Sealer
from openclaw_otel_bridge.services import services


def sealer() -> Sealer:
    """Return the sealer of OPENCLAW_OTEL_ENCRYPTION_KEYS."""
    return Sealer(services().config.encryption_keys)
