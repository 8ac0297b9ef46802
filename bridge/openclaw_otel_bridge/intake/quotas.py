"""Quotas of projects: so many events a minute and a day are stored, what comes then is the sender's to keep.

Each process counts in a row of its own, in the transaction that stores the events, and asks once a second what all have
counted. A quota is passed by what is stored within that second and by requests under way, and by nothing else.
"""

from __future__ import annotations

import math
import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import uuid4

from psycopg.rows import class_row

from openclaw_otel_bridge.db import Connection, Database, queries
from openclaw_otel_bridge.intake.projects import Projects
from openclaw_otel_bridge.problems import Problem
from openclaw_otel_bridge.project_settings import ProjectSettings

BELIEVED_SECONDS = 1.0
LONGEST_WAIT = 600
"""Seconds a sender is told to wait at most: a quota that was raised is found out that soon."""


class QuotaExceeded(Problem):
    """The project has used up its quota; the client sends it again after `Retry-After` seconds."""

    status = 429
    code = "quota_exceeded"


@dataclass(frozen=True, slots=True)
class Usage:
    """Events of a project stored in the current minute and UTC day, and the seconds left of both."""

    project_id: int
    in_minute: int = 0
    in_day: int = 0
    minute_left: float = 60.0
    day_left: float = 86_400.0


def refusal(settings: ProjectSettings, used: Usage) -> QuotaExceeded | None:
    """Return why nothing more is taken now, None while something is."""
    spans = (
        ("day", settings.quota_per_day, used.in_day, used.day_left),
        ("minute", settings.quota_per_minute, used.in_minute, used.minute_left),
    )
    for span, quota, n, left in spans:
        if quota is not None and n >= quota:
            wait = min(max(math.ceil(left), 1), LONGEST_WAIT)
            text = f"the project's quota of {quota} events per {span} is used up"
            return QuotaExceeded(text, headers={"Retry-After": str(wait)})
    return None


def usage_of(conn: Connection, projects: Iterable[int]) -> dict[int, Usage]:
    """Return what all processes have stored of each of the projects."""
    with conn.cursor(row_factory=class_row(Usage)) as cursor:
        rows = cursor.execute(queries("quotas")["usage"], {"projects": sorted(projects)}).fetchall()
    return {row.project_id: row for row in rows}


class Quotas:
    """What is left of the quotas, as one process sees it. Thread safe."""

    def __init__(self, database: Database, projects: Projects) -> None:
        self._database = database
        self._projects = projects
        self._writer = uuid4()
        self._asking = threading.Lock()
        self._lock = threading.Lock()
        """Guards the counts; never held while the database is asked, or storing would wait for a connection."""
        self._used: dict[int, Usage] = {}
        self._since: Counter[int] = Counter()
        """What this process has stored since it asked."""
        self._asked = self._ends = 0.0

    def check(self, project_id: int) -> None:
        """Return while something may be stored; asks nothing of the database for a project without a quota.

        Raises:
            QuotaExceeded: the quota is used up.
        """
        settings = self._projects.settings(project_id)
        if settings.has_quota and (found := refusal(settings, self._usage(project_id))) is not None:
            raise found

    def count(self, conn: Connection, stored: Iterable[int]) -> None:
        """Count events by their projects in the transaction that stores them; only where there are quotas."""
        limited = self._projects.limited
        if not limited:
            return
        sums = Counter(project_id for project_id in stored if project_id in limited)
        if not sums:
            return
        parameters = {"writer": self._writer, "projects": list(sums), "counts": list(sums.values())}
        conn.execute(queries("quotas")["count"], parameters)
        with self._lock:
            self._since.update(sums)

    def _usage(self, project_id: int) -> Usage:
        with self._asking:
            now = time.monotonic()
            if now >= self._ends:
                self._ask(now)
        with self._lock:
            used = self._used.get(project_id, Usage(project_id))
            more, passed = self._since[project_id], now - self._asked
        return Usage(
            project_id, used.in_minute + more, used.in_day + more, used.minute_left - passed, used.day_left - passed
        )

    def _ask(self, now: float) -> None:
        with self._database.connection() as conn:
            used = usage_of(conn, self._projects.limited)
        minute = min((one.minute_left for one in used.values()), default=BELIEVED_SECONDS)
        with self._lock:
            self._used = used
            self._since.clear()
            self._asked = now
        self._ends = now + min(minute, BELIEVED_SECONDS)
