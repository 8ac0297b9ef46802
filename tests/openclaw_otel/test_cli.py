"""cli: one line for every failure, and nothing imported that is not asked for."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from openclaw_otel import cli


def run(*arguments: str, code: str = "") -> subprocess.CompletedProcess[str]:
    command = ["-c", code] if code else ["-m", "openclaw_otel.cli"]
    return subprocess.run(
        [sys.executable, *command, *arguments], capture_output=True, text=True, timeout=60, check=False
    )


def test_usage_lists_own_and_contributed_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0
    out = capsys.readouterr().out
    assert "  classify\n" in out
    assert "  up\n" in out


def test_no_command_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 2
    assert "usage:" in capsys.readouterr().err


def test_unknown_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["frobnicate"]) == 2
    assert "no command 'frobnicate'" in capsys.readouterr().err


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("openclaw-otel ")


def test_listing_imports_nothing_of_the_bridge() -> None:
    code = "import sys\nfrom openclaw_otel import cli\ncli.usage()\nprint('flask' in sys.modules)"
    assert run(code=code).stdout.strip() == "False"


def test_a_missing_extra_names_the_cure(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "flask", None)
    monkeypatch.setattr(cli, "OWN", {"serve": "openclaw_otel_bridge.needs_flask:main"})
    monkeypatch.setitem(sys.modules, "openclaw_otel_bridge.needs_flask", Lazy())
    assert cli.main(["serve"]) == 1
    err = capsys.readouterr().err
    assert "No module named 'flask'; try: pip install 'openclaw-otel[bridge]'" in err


class Lazy:
    """A module whose command needs flask."""

    @staticmethod
    def main(argv: Sequence[str]) -> int:
        raise ModuleNotFoundError("No module named 'flask'", name="flask")


def test_a_known_error_is_one_line() -> None:
    code = "import sys\nfrom openclaw_otel import cli\nsys.exit(cli.main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", code, "plugins"],
        env={"OPENCLAW_OTEL_PLUGINS": "no_such_plugin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "OPENCLAW_OTEL_PLUGINS: no plugin 'no_such_plugin'" in done.stderr


def test_a_closed_pipe_is_quiet(tmp_path: Path) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f"{sys.executable} -m openclaw_otel.cli plugins --hooks | true"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
