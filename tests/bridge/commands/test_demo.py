"""`openclaw-otel demo`: refuses without a running `up`, in one line. Its traffic is walked in test_up and test_run."""

from __future__ import annotations

from pathlib import Path

import pytest

from openclaw_otel_bridge.commands.demo import main


@pytest.mark.parametrize("text", [None, "{", '{"url": "http://127.0.0.1:1"}'], ids=["absent", "no JSON", "incomplete"])
def test_a_connection_file_that_cannot_be_used_is_one_line(
    text: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "connection.json"
    if text is not None:
        file.write_text(text)
    assert main(["--connection", str(file)]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert "start `openclaw-otel up` first" in lines[0]
