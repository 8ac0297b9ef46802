"""Log lines: UTC, one each, to stderr."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import logging
from openclaw_otel_bridge.logs import configure_logging
configure_logging("INFO")
configure_logging("INFO")
logging.getLogger("mine").info("said once")
logging.getLogger("mine").debug("not said")
logging.getLogger("urllib3").info("noise")
"""


def test_one_utc_line_a_record() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    lines = done.stderr.splitlines()
    assert len(lines) == 1
    assert lines[0].endswith("Z INFO mine: said once")
