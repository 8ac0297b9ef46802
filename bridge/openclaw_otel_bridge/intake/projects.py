"""Settings of projects that intake asks for with each request, remembered for some seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

from openclaw_otel_bridge.db import Database, queries

REMEMBERED_SECONDS = 10.0


class Projects:
    """Settings by project id, ids by slug. Thread safe."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._until = 0.0
        self._settings: dict[int, Mapping[str, Any]] = {}
        self._ids: dict[str, int] = {}

    def takes_plain_errors(self, project_id: int) -> bool:
        """Say whether ERROR logs without an exception become events."""
        return self._fresh().get(project_id, {}).get("error_logs") is True

    def id_of(self, slug: str) -> int | None:
        """Return the id of a project, None when there is none of that slug."""
        self._fresh()
        return self._ids.get(slug)

    def exists(self, project_id: int) -> bool:
        """Say whether there is a project of that id."""
        return project_id in self._fresh()

    def _fresh(self) -> Mapping[int, Mapping[str, Any]]:
        with self._lock:
            if time.monotonic() >= self._until:
                with self._database.connection() as conn:
                    rows = conn.execute(queries("keys")["projects"]).fetchall()
                self._settings = {ident: settings for ident, _, settings in rows}
                self._ids = {slug: ident for ident, slug, _ in rows}
                self._until = time.monotonic() + REMEMBERED_SECONDS
            return self._settings
