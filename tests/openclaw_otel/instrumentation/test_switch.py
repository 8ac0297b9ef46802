"""switch: off until somebody watches."""

from __future__ import annotations

from openclaw_otel.instrumentation.switch import Switch


def test_off_at_first() -> None:
    assert Switch().calls is None
    assert Switch().patched == set()
