"""runtime: one per process, made of the environment, on first use."""

from __future__ import annotations

import subprocess
import sys

from openclaw_otel.config import Config
from openclaw_otel.runtime import build_runtime, process, runtime


def test_shared_state_is_one() -> None:
    assert process() is process()
    assert runtime() is runtime()
    assert build_runtime(Config()).process is runtime().process


def test_settings_make_it() -> None:
    built = build_runtime(Config(plugins=("fingerprint",)))
    assert built.pipeline.redactors == ()
    assert built.config.plugins == ("fingerprint",)


def test_a_bad_environment_is_named() -> None:
    code = "from openclaw_otel.runtime import runtime; runtime()"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"OPENCLAW_OTEL_CATALOG_DIR": "/nowhere"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "ConfigError: OPENCLAW_OTEL_CATALOG_DIR: /nowhere is not a folder" in done.stderr
