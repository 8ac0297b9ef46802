"""Numbers of several processes add up; those of dead ones stay counted."""

from __future__ import annotations

import os
from pathlib import Path

from openclaw_otel_bridge.shared_numbers import Series, SharedNumbers, is_alive

DONE: Series = ("done_total", (("queue", "a"),))
DEPTH: Series = ("depth", ())


def test_processes_add_up(tmp_path: Path) -> None:
    mine = SharedNumbers(lambda: {DONE: 5, DEPTH: 1}, tmp_path)
    child = os.fork()
    if child == 0:
        SharedNumbers(lambda: {DONE: 7, DEPTH: 2}, tmp_path).total()
        os._exit(0)
    os.waitpid(child, 0)
    assert not is_alive(child)
    assert mine.total() == {DONE: 12, DEPTH: 1}
    assert mine.total() == {DONE: 12, DEPTH: 1}


def test_half_written_files_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "1.x.json").write_text("[[")
    assert SharedNumbers(lambda: {DEPTH: 1}, tmp_path).total() == {DEPTH: 1}


def test_closing_forgets(tmp_path: Path) -> None:
    numbers = SharedNumbers(lambda: {DEPTH: 1}, tmp_path)
    numbers.start()
    numbers.start()
    numbers.total()
    assert list(tmp_path.glob("*.json"))
    numbers.close()
    assert not list(tmp_path.glob("*.json"))


def test_the_default_folder_is_private() -> None:
    numbers = SharedNumbers(lambda: {DEPTH: 1})
    numbers.start()
    try:
        assert numbers.total()[DEPTH] >= 1
        folder = numbers._place()
        assert folder.stat().st_mode & 0o077 == 0
    finally:
        numbers.close()
