"""A file is there whole or not at all, bounds hold, one process at a time empties."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from openclaw_otel_bridge.intake import spool as spooling
from openclaw_otel_bridge.intake.spool import Bounds, Spool, SpoolFull


def test_files_in_order_for_their_owner_alone(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "a" / "spool")
    assert (spool.waiting(), spool.look().files) == ([], 0)
    for number in range(5):
        spool.put(b"%d" % number)
    assert [file.read_bytes() for file in spool.waiting()] == [b"0", b"1", b"2", b"3", b"4"]
    assert {file.stat().st_mode & 0o777 for file in spool.waiting()} == {0o600}
    assert spool.folder.stat().st_mode & 0o777 == 0o700
    now = spool.look()
    assert (now.files, now.size, now.bad) == (5, 5, 0)
    assert 0 < now.oldest < 60
    spool.remove(spool.waiting()[0])
    bad = spool.set_aside(spool.waiting()[0])
    assert bad.read_bytes() == b"1"
    now = spool.look()
    assert (now.files, now.size, now.bad) == (3, 4, 1)


def test_every_file_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[tuple[str, list[str]]] = []
    real = os.fsync

    def noted(handle: int) -> None:
        name = Path(f"/proc/self/fd/{handle}").readlink().name
        steps.append((name.partition(".")[2] or name, sorted(file.suffix for file in tmp_path.iterdir())))
        real(handle)

    monkeypatch.setattr(os, "fsync", noted)
    Spool(tmp_path).put(b"x")
    assert steps == [("tmp", [".tmp"]), (tmp_path.name, [".json"])]


def test_bounds_of_files_and_bytes(tmp_path: Path) -> None:
    spool = Spool(tmp_path, Bounds(files=4, size=1000))
    for _ in range(2):
        spool.put(b"x", share=0.5)
    with pytest.raises(SpoolFull, match="2 deliveries of 2 bytes wait"):
        spool.put(b"x", share=0.5)
    spool.put(b"x")
    with pytest.raises(SpoolFull):
        spool.put(b"x" * 998)
    spool.put(b"x")
    with pytest.raises(SpoolFull):
        spool.put(b"x")
    assert len(list(tmp_path.iterdir())) == 4


def test_bad_files_count_as_bytes_and_what_is_stored_makes_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spooling, "_LOOK_SECONDS", 0.0)
    spool = Spool(tmp_path, Bounds(files=1, size=10))
    spool.put(b"x" * 6)
    spool.set_aside(spool.waiting()[0])
    with pytest.raises(SpoolFull):
        spool.put(b"x" * 6)
    spool.put(b"x" * 4)
    spool.remove(spool.waiting()[0])
    spool.put(b"x")


def test_many_threads_at_once(tmp_path: Path) -> None:
    spool = Spool(tmp_path, Bounds(files=50))
    full: list[bool] = []

    def write() -> None:
        for _ in range(10):
            try:
                spool.put(b"x" * 100)
            except SpoolFull:
                full.append(True)

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(spool.waiting()), len(full)) == (50, 30)


def test_a_directory_that_cannot_be_written_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        Spool(tmp_path / "file" / "spool").put(b"x")


def test_one_at_a_time_empties_it_and_a_lock_ends_with_its_process(tmp_path: Path) -> None:
    first, second = Spool(tmp_path), Spool(tmp_path)
    assert not Spool(tmp_path / "none").take_lock()
    assert first.take_lock()
    assert first.take_lock()
    assert not second.take_lock()
    first.release()
    program = (
        "import pathlib, sys, time; from openclaw_otel_bridge.intake.spool import Spool;"
        "s = Spool(pathlib.Path(sys.argv[1])); print(s.take_lock(), flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        assert not second.take_lock()
        other.kill()
    assert second.take_lock()
    assert second.holds_lock
    second.release()


def test_what_was_left_half_written_is_swept_away_and_a_writer_left_alone(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.put(b"x")
    now = time.time_ns()
    for age in (3600, 1):
        (tmp_path / f"{now - age * 10**9:020d}-aaaa.tmp").write_bytes(b"half")
    assert spool.take_lock()
    assert sorted(file.suffix for file in tmp_path.iterdir() if file.name != "lock") == [".json", ".tmp"]
    spool.release()
