"""The Collector built by collector_config/build.sh, or a loud reason why it is not here."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.collector_config.collector import CONFIG
from tests.conftest import absent


@pytest.fixture(scope="session")
def binaries() -> Path:
    """Folder of openclaw-otelcol and telemetrygen; building takes minutes and is not done by a test."""
    found = subprocess.run([CONFIG / "build.sh", "--built"], capture_output=True, text=True, check=False)
    if found.returncode != 0:
        absent("collector", f"{found.stderr.strip()}; run collector_config/build.sh (Go >= 1.25)")
    return Path(found.stdout.strip())


@pytest.fixture(scope="session")
def otelcol(binaries: Path) -> Path:
    return binaries / "openclaw-otelcol"
