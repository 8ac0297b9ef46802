"""The way of deliveries into the database, and into the spool for as long as it cannot take them in time."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from openclaw_otel_bridge.intake.committer import Committer, Refused
from openclaw_otel_bridge.intake.draining import GONE, Drain
from openclaw_otel_bridge.intake.items import Candidate, InboxRow, Item
from openclaw_otel_bridge.intake.parcels import BadParcel, Kept, Parcel, of_project, pack_parcel
from openclaw_otel_bridge.intake.projects import Projects
from openclaw_otel_bridge.intake.spool import Spool, SpoolFull
from openclaw_otel_bridge.problems import Unavailable
from openclaw_otel_bridge.sentry.keeping import SentryHook

log = logging.getLogger(__name__)
UNKNOWN = 0
"""Stands for the id of a project nobody could look up: no project has it."""
LEAST_PATIENCE = 0.3
MOST_PATIENCE = 5.0
"""Seconds a delivery waits for its commit where it can wait in the spool instead."""
TROUBLE_SECONDS = 2.0
"""After a commit that failed, how long deliveries go to the spool at once instead of finding out one by one."""
UNPROVED_SHARE = 0.5
"""Of the spool's bounds, for what nobody has proved: anybody can send it, and must not fill all of it."""
DRAIN_PATIENCE = 30.0
TELL_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Ways:
    """The two queues of deliveries: what becomes an event or lies in the inbox, and what the worker hears of Sentry."""

    items: Committer[Item]
    hooks: Committer[SentryHook]

    def submit(self, given: Sequence[Kept], patience: float) -> list[Refused[Kept]]:
        """Store what is given within `patience` seconds; return what cannot be. Raises as a committer."""
        until = time.monotonic() + patience
        items = [item for item in given if not isinstance(item, SentryHook)]
        hooks = [item for item in given if isinstance(item, SentryHook)]
        refused: list[Refused[Kept]] = [Refused(bad.item, bad.reason) for bad in self.items.submit(items, patience)]
        # After the events: the worker looks for the one that came along.
        late = self.hooks.submit(hooks, max(0.05, until - time.monotonic()))
        return refused + [Refused(bad.item, bad.reason) for bad in late]


class Webhooks:
    """Stores deliveries, or keeps them until they can be stored. Thread safe."""

    def __init__(self, ways: Ways, projects: Projects, spool: Spool | None) -> None:
        """`spool` None: what cannot be stored in time is sent back."""
        self.spool = spool
        self.drain = Drain(spool, self._store) if spool else None
        self.spooled = 0
        """Deliveries kept in the spool so far."""
        self.turned_away = 0
        """Deliveries sent back because the spool was full or could not be written."""
        self._ways = ways
        self._projects = projects
        self._lock = threading.Lock()
        self._trouble_until = 0.0
        self._tell_at = 0.0

    def until(self, deadline: float) -> float:
        """Return the monotonic time up to which a platform with this deadline is kept waiting for the commit.

        An answer after the platform's patience would only bring the delivery once more.
        """
        patience = max(LEAST_PATIENCE, deadline * 0.8)
        return time.monotonic() + (min(patience, MOST_PATIENCE) if self.spool else patience)

    def project(self, slug: str, until: float) -> int | None:
        """Return the project's id, None when there is none, UNKNOWN when it cannot be looked up and need not be yet."""
        if self.spool is None:
            return self._projects.id_of(slug)
        try:
            return self._projects.id_of(slug, patience=max(0.05, (until - time.monotonic()) / 3))
        except GONE as error:
            log.info("the project %s cannot be looked up now: %s", slug, error)
            return UNKNOWN

    def take(self, parcel: Parcel, until: float, *, proved: bool) -> Sequence[Refused[Kept]]:
        """Store a delivery or keep it in the spool; return what cannot be stored.

        `proved`: the platform signed it.

        Raises:
            Unavailable: neither can be done now; nothing may be taken as stored.
        """
        known = all(item.project_id != UNKNOWN for item in parcel.items if isinstance(item, Candidate | InboxRow))
        if self.spool is None or (known and time.monotonic() >= self._trouble_until):
            try:
                return self._ways.submit(parcel.items, max(0.05, until - time.monotonic()))
            except Unavailable:
                if self.spool is None:
                    log.error("a delivery is sent back: OPENCLAW_OTEL_SPOOL_DIR names no directory for it to wait in")
                    raise
                self._trouble_until = time.monotonic() + TROUBLE_SECONDS
        self._keep(parcel, self.spool, 1.0 if proved else UNPROVED_SHARE)
        return ()

    def start(self) -> None:
        """Begin to store what waits in the spool; a second call in a process does nothing."""
        if self.drain is not None:
            self.drain.start()

    def close(self) -> None:
        """End that."""
        if self.drain is not None:
            self.drain.close()

    def _keep(self, parcel: Parcel, spool: Spool, share: float) -> None:
        try:
            spool.put(pack_parcel(parcel), share)
        except (SpoolFull, OSError) as error:
            with self._lock:
                self.turned_away += 1
            log.error("a delivery is sent back, the spool takes no more: %s", error)
            raise Unavailable("neither database nor spool can take it now; send it again", retry_after=30) from error
        with self._lock:
            self.spooled += 1
            tell = time.monotonic() >= self._tell_at
            if tell:
                self._tell_at = time.monotonic() + TELL_SECONDS
        if tell:
            log.warning(
                "the database takes no delivery now; they wait in %s (%d since the start)", spool.folder, self.spooled
            )

    def _store(self, parcels: Sequence[Parcel]) -> Sequence[Refused[Kept]]:
        """Commit parcels from the spool; see `Drain`."""
        given: dict[int, Kept] = {}
        items: list[Kept] = []
        for parcel in parcels:
            project_id = self._projects.id_of(parcel.project)
            if project_id is None:
                raise BadParcel(f"there is no project {parcel.project!r}")
            for item in parcel.items:
                made = of_project(item, project_id)
                items.append(made)
                given[id(made)] = item
        refused = self._ways.submit(items, DRAIN_PATIENCE)
        self._trouble_until = 0.0
        return [Refused(given[id(bad.item)], bad.reason) for bad in refused]
