"""Pages and lists as people of several scopes ask for them, with the time the server takes."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from flask import Flask

from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.people.actor import Actor, system_actor
from openclaw_otel_bridge.people.directory import NewPerson, add_person
from openclaw_otel_bridge.people.login import authenticate
from openclaw_otel_bridge.people.tokens import create_token
from tests.benchmarks.filling import PROJECT
from tests.benchmarks.measuring import cpu_of_children
from tests.bridge.views.ui.browsing import PASSWORD, Visitor
from tests.generators.answers import PLATFORMS, RESOURCES
from tests.generators.services import NOUNS, SERVICES

SCOPES: Mapping[str, str] = {
    "everything": "",
    "stores": "store:us-*",
    "platform": "platform:shopify,paypal",
    "services": "service:erp-sync,shopify-sync env:production",
}
"""Who asks: a dev who sees everything, and Support of some stores, of a platform, of some services."""
CATEGORIES = ("auth", "validation", "rate_limit", "permission", "business_rule", "not_found", "unknown", "conflict")


@dataclass(frozen=True)
class Known:
    """What there is to ask for: some of the largest, of the smallest and of any issues, and of events and orders."""

    issues: Sequence[int]
    events: Sequence[tuple[str, int]]
    """Each with its issue."""
    orders: Sequence[str]


@dataclass(frozen=True)
class Timing:
    """The times of one question in milliseconds: what passed, and what CPUs were at work for it (ours, PostgreSQL's).

    On a machine that does nothing else both are the same; on a busy one the second is what the first would be.
    """

    who: str
    question: str
    times: Sequence[float]
    work: Sequence[float]

    @property
    def p95(self) -> float:
        """The CPU time that 95 of 100 requests stay below."""
        return statistics.quantiles(self.work, n=20)[-1]

    def __str__(self) -> str:
        figures = [(statistics.median(each), statistics.quantiles(each, n=20)[-1]) for each in (self.times, self.work)]
        (passed, passed95), (spent, spent95) = figures
        return (
            f"{self.who:10} {self.question:16} p50 {passed:6.1f} p95 {passed95:6.1f} ms, "
            f"of CPU p50 {spent:6.1f} p95 {spent95:6.1f} ms"
        )


class Asker:
    """A person who has logged in, with an API token beside."""

    def __init__(self, app: Flask, conn: Connection, name: str, scope: str) -> None:
        role = "support" if scope else "dev"
        new = NewPerson(email=f"{name}@example.com", role=role, name=name, password=PASSWORD)
        person = add_person(conn, system_actor(PROJECT), new)
        conn.execute(
            "update memberships set view_scope = %s, act_scope = %s where person_id = %s", (scope, scope, person.id)
        )
        actor = authenticate(conn, new.email, PASSWORD)
        assert actor is not None
        self.actor: Actor = actor
        self._token = create_token(conn, actor, "benchmark")
        conn.commit()
        self._app = app
        self._browser = Visitor(app.test_client())
        assert self._browser.login(new.email).status_code == 303

    def ask(self, path: str, server: int) -> tuple[int, float, float]:
        """Return the status of a GET and the milliseconds it took, on the clock and of CPU.

        Pages with the session, the API with the token; `server` is the process id of PostgreSQL.
        """
        headers = {"Authorization": f"Bearer {self._token}"} if path.startswith("/api/") else {}
        client = self._app.test_client() if headers else self._browser.client
        theirs, ours, started = cpu_of_children(server), time.thread_time(), time.perf_counter()
        response = client.get(path, headers=headers)
        response.get_data()
        passed, ours = time.perf_counter() - started, time.thread_time() - ours
        return response.status_code, passed * 1000, (ours + cpu_of_children(server) - theirs) * 1000


def look(conn: Connection) -> Known:
    """Return what can be asked for: hot and cold, the largest issue first."""
    hot = conn.execute("select id from issues order by event_count desc, id limit 30").fetchall()
    some = conn.execute("select id from issues order by hashint8(id) limit 90").fetchall()
    cold = conn.execute("select id from issues order by last_seen, id limit 30").fetchall()
    events = conn.execute(
        """select e.id::text, g.issue_id, e.order_id from events e join groupings g on g.id = e.grouping_id
           order by hashtextextended(e.id::text, 0) limit 4000"""
    ).fetchall()
    return Known(
        [row[0] for row in (*hot, *some, *cold)],
        [(event, issue) for event, issue, _ in events],
        [order for _, _, order in events if order],
    )


def questions(known: Known) -> Mapping[str, Callable[[int], str]]:
    """Return question → path of its nth request."""

    def at(values: Sequence[str], n: int) -> str:
        return values[n % len(values)]

    views = ("open", "all", "unassigned", "mine", "in_review", "resolved", "team")
    sorts = ("last_seen", "last_seen", "events", "severity", "first_seen", "due")
    regions = ("us", "eu", "sea", "br", "mx")

    def filtered(n: int) -> str:
        text = f"platform:{at(PLATFORMS, n)} category:{at(CATEGORIES, n // 6)} store:{at(regions, n)}-* -env:staging"
        return f"/issues?view=all&query={quote(text)}"

    def listed(n: int) -> str:
        asked = (
            "",
            f"status:new platform:{at(PLATFORMS, n)}",
            "is:unassigned last_seen:<24h",
            f"service:{at(SERVICES, n)}",
            "env:production -store:us-*",
            "severity:>=critical -status:resolved",
        )
        return f"/api/v1/issues?limit=50&sort={at(sorts, n // 8)}&query={quote(at(asked, n))}"

    def by_attribute(n: int) -> str:
        """Events are looked at: many or few or no matches, of values that many share or that are ids."""
        asked = (
            f"release:2026.{n % 29} attr.url.path:*{at(NOUNS, n)}",
            f"attr.thread.name:worker-{n % 8}",
            f"attr.url.path:/v1/{4_640_068_944_122 + n}/reserve_quota",
            f"attr.thread.name:worker-{n % 8} attr.url.path:*{n % 10}9999*",
            "-attr.http.request.method:POST",
            f"env:dev release:2026.{n % 29} store:{at(regions, n)}-*",
        )
        return f"/api/v1/issues?query={quote(at(asked, n))}&sort={at(sorts, n // 6)}"

    return {
        "inbox": lambda n: f"/?view={at(views, n)}&sort={at(sorts, n // 7)}",
        "filtered search": filtered,
        "order search": lambda n: f"/issues?view=all&query=order:{at(known.orders, n)}",
        "order alone": lambda n: f"/?query={at(known.orders, n + 50)}",
        "free text": lambda n: f"/issues?view=all&query={quote(at((*RESOURCES, *NOUNS, 'token expired', 'x1'), n))}",
        "issue page": lambda n: f"/issues/{known.issues[n % len(known.issues)]}",
        "event page": lambda n: "/issues/{1}?event={0}".format(*known.events[n % len(known.events)]),
        "API event": lambda n: f"/api/v1/events/{known.events[n % len(known.events)][0]}",
        "API list": listed,
        "by attribute": by_attribute,
        "API issue": lambda n: f"/api/v1/issues/{known.issues[n % len(known.issues)]}",
        "API events": lambda n: f"/api/v1/issues/{known.issues[n % len(known.issues)]}/events?limit=50",
        "similar": lambda n: f"/api/v1/issues/{known.issues[n % len(known.issues)]}/similar",
        "stats": lambda n: "/api/v1/stats",
    }


def measure(asker: Asker, who: str, known: Known, times: int, server: int) -> Iterator[Timing]:
    """Yield how long each question takes this person; what is out of their scope is answered 404, fast too."""
    for question, path in questions(known).items():
        for n in range(3):
            asker.ask(path(n), server)  # caches of code, not of data
        gc.collect()
        taken, work = [], []
        for n in range(times):
            status, passed, spent = asker.ask(path(n), server)
            assert status in (200, 303) or (status == 404 and who != "everything"), (path(n), status)
            taken.append(passed)
            work.append(spent)
        yield Timing(who, question, taken, work)
