"""Where the embedded cluster is put."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest

from openclaw_otel_bridge import embedded_place
from openclaw_otel_bridge.embedded_place import EmbeddedError, find_place


def test_the_same_folder_gives_the_same_place(tmp_path: Path) -> None:
    assert find_place(tmp_path / "d") == find_place(tmp_path / "d")


def test_home_is_private_and_parents_keep_their_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    place = find_place(tmp_path / "d")
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
    assert stat.S_IMODE(place.home.stat().st_mode) == 0o700
    assert (place.binaries / "postgres").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")
def test_root_leaves_a_pointer_when_the_server_cannot_reach_the_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    place = find_place(tmp_path / "d")
    assert place.user is not None
    assert (tmp_path / "d" / "postgres.location").read_text().strip() == str(place.home)
    assert place.home.stat().st_uid == place.user.pw_uid


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "d").write_text("")
    with pytest.raises(EmbeddedError, match="cannot be made"):
        find_place(tmp_path / "d" / "e")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")
def test_a_removed_data_directory_starts_empty_and_its_data_are_kept_aside(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    home = find_place(tmp_path / "d").home
    (home / "kept").touch()
    (tmp_path / "d" / "postgres.location").unlink()
    assert not (find_place(tmp_path / "d").home / "kept").exists()
    assert (home.with_suffix(".orphan") / "kept").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")
def test_another_installation_leaves_the_copy_servers_run_from_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setattr(embedded_place, "SYSTEM_HOME", tmp_path / "system")
    first = find_place(tmp_path / "d").binaries
    (first / "in-use").touch()
    wheel = embedded_place._binaries().parent.parent
    for folder in (wheel, wheel.with_name(f"{wheel.name}.libs")):
        shutil.copytree(folder, tmp_path / "elsewhere" / folder.name, symlinks=True)
    other = tmp_path / "elsewhere" / embedded_place._binaries().relative_to(wheel.parent)
    monkeypatch.setattr(embedded_place, "_binaries", lambda: other)
    assert find_place(tmp_path / "e").binaries == first
    assert (first / "in-use").exists()
    assert [each.name for each in (tmp_path / "system").glob("binaries*")] == [first.parents[2].name]
