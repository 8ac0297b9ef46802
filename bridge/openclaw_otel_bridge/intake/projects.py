"""Settings of projects that intake asks for with each request, remembered for some seconds."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import psycopg
import psycopg_pool

from openclaw_otel_bridge.db import Database, queries
from openclaw_otel_bridge.project_settings import ProjectSettings, settings_of

log = logging.getLogger(__name__)
REMEMBERED_SECONDS = 10.0
RETRY_SECONDS = 1.0
"""Between two tries to read them from a database that is gone: nobody waits for it meanwhile."""
PATIENCE = 10.0
"""Seconds that those wait who are in no hurry."""
_UNSET = ProjectSettings()


class Projects:
    """Settings by project id, ids by slug. Thread safe.

    While the database is gone, what was read last holds; each method raises its error when nothing ever was.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._until = 0.0
        self._settings: dict[int, ProjectSettings] = {}
        self._ids: dict[str, int] = {}
        self._failure: Exception | None = None
        self._reading: _Reading | None = None
        self.limited: frozenset[int] = frozenset()
        """Projects with a quota, as last read: whoever stores must not wait for a look-up."""

    def settings(self, project_id: int) -> ProjectSettings:
        """Return what a project is set to."""
        return self._held().get(project_id, _UNSET)

    def takes_plain_errors(self, project_id: int) -> bool:
        """Say whether ERROR logs without an exception become events."""
        return self.settings(project_id).error_logs

    def id_of(self, slug: str, patience: float | None = None) -> int | None:
        """Return the id of a project, None when there is none of that slug; `patience` in seconds, for the database.

        Raises:
            OperationalError: the database is gone, and the slug is none of those read before.
        """
        self._fresh(patience)
        found = self._ids.get(slug)
        if found is None and self._failure is not None:
            raise psycopg.OperationalError(str(self._failure))
        return found

    def exists(self, project_id: int) -> bool:
        """Say whether there is a project of that id."""
        return project_id in self._held()

    def _held(self) -> Mapping[int, ProjectSettings]:
        """Return the settings; where some are known, a server that stands still holds no thread for long."""
        return self._fresh(RETRY_SECONDS if self._settings else None)

    def _fresh(self, patience: float | None = None) -> Mapping[int, ProjectSettings]:
        with self._lock:
            if self._reading is None and time.monotonic() >= self._until:
                self._reading = _Reading()
                threading.Thread(target=self._read, args=(self._reading,), name="projects", daemon=True).start()
            reading = self._reading
        late = reading is not None and not reading.finished(patience)
        with self._lock:
            if late and self._failure is None:
                log.warning("projects cannot be read in time, those known hold")
                self._failure = TimeoutError("the database does not answer in time")
            if self._failure is not None and not self._settings:
                raise psycopg.OperationalError(str(self._failure))
            return self._settings

    def _read(self, reading: _Reading) -> None:
        """Read them in a thread of its own: a server that stands still keeps its caller waiting, whatever the time."""
        settings, ids, failure = self._settings, self._ids, None
        try:
            with self._database.connection() as conn:
                rows = conn.execute(queries("keys")["projects"]).fetchall()
            settings = {ident: settings_of(stored) for ident, _, stored in rows}
            ids = {slug: ident for ident, slug, _ in rows}
        except Exception as error:  # whatever it was: those who wait are told
            gone = isinstance(error, psycopg.Error | psycopg_pool.PoolTimeout)
            log.warning("projects cannot be read now, those known hold: %s", error, exc_info=not gone)
            failure = error
        with self._lock:
            self._settings, self._ids, self._failure = settings, ids, failure
            self.limited = frozenset(ident for ident, found in settings.items() if found.has_quota)
            self._until = time.monotonic() + (RETRY_SECONDS if failure else REMEMBERED_SECONDS)
            self._reading = None
        reading.done.set()


@dataclass(frozen=True, slots=True)
class _Reading:
    """One look into the database."""

    began: float = field(default_factory=time.monotonic)
    done: threading.Event = field(default_factory=threading.Event)

    def finished(self, patience: float | None) -> bool:
        """Wait for its end; of those in a hurry nobody waits for one that is late already."""
        if patience is None:
            return self.done.wait(PATIENCE)
        return self.done.wait(max(0.0, min(patience, self.began + RETRY_SECONDS - time.monotonic())))
