"""Settings of projects that intake asks for with each request, remembered for some seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping

from openclaw_otel_bridge.db import Database, queries
from openclaw_otel_bridge.project_settings import ProjectSettings, settings_of

REMEMBERED_SECONDS = 10.0
_UNSET = ProjectSettings()


class Projects:
    """Settings by project id, ids by slug. Thread safe."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._until = 0.0
        self._settings: dict[int, ProjectSettings] = {}
        self._ids: dict[str, int] = {}
        self.limited: frozenset[int] = frozenset()
        """Projects with a quota, as last read: whoever stores must not wait for a look-up."""

    def settings(self, project_id: int) -> ProjectSettings:
        """Return what a project is set to."""
        return self._fresh().get(project_id, _UNSET)

    def takes_plain_errors(self, project_id: int) -> bool:
        """Say whether ERROR logs without an exception become events."""
        return self.settings(project_id).error_logs

    def id_of(self, slug: str) -> int | None:
        """Return the id of a project, None when there is none of that slug."""
        self._fresh()
        return self._ids.get(slug)

    def exists(self, project_id: int) -> bool:
        """Say whether there is a project of that id."""
        return project_id in self._fresh()

    def _fresh(self) -> Mapping[int, ProjectSettings]:
        with self._lock:
            if time.monotonic() >= self._until:
                with self._database.connection() as conn:
                    rows = conn.execute(queries("keys")["projects"]).fetchall()
                self._settings = {ident: settings_of(settings) for ident, _, settings in rows}
                self._ids = {slug: ident for ident, slug, _ in rows}
                self.limited = frozenset(ident for ident, found in self._settings.items() if found.has_quota)
                self._until = time.monotonic() + REMEMBERED_SECONDS
            return self._settings
