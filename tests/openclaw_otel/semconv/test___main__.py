"""`python -m openclaw_otel.semconv` writes the same two files again."""

from __future__ import annotations

import subprocess
import sys

from openclaw_otel.semconv import generate


def test_running_it_changes_nothing() -> None:
    before = generate.CONSTANTS.read_bytes(), generate.PAGE.read_bytes()
    subprocess.run([sys.executable, "-m", "openclaw_otel.semconv"], check=True, timeout=60)
    assert (generate.CONSTANTS.read_bytes(), generate.PAGE.read_bytes()) == before
