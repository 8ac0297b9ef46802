"""A small company for tests of people, workflow, rules and notifications, on a real database."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from openclaw_otel.record import Category, ErrorRecord, Severity
from openclaw_otel_bridge.db import Connection, Database
from openclaw_otel_bridge.people.actor import Actor
from tests.bridge.seeding import Seed, insert

__all__ = ["Company", "Robot", "company", "conn", "robot"]


@dataclass
class Company:
    """People of every role, a team of two developers, and short ways to make what a test needs."""

    conn: Connection
    seed: Seed
    team: int
    admin: Actor
    dev: Actor
    dev2: Actor
    ops: Actor
    support: Actor

    def issue(self, **values: Any) -> int:
        values = {"platform": "shopify", "operation": "orders.get", "category": "auth", "code": "401", **values}
        return self.seed.issue(**values)

    def one(self, query: str, *values: Any) -> Any:
        row = self.conn.execute(query, values).fetchone()  # type: ignore[call-overload]
        return row[0] if row else None

    def row(self, query: str, *values: Any) -> Any:
        return self.conn.execute(query, values).fetchone()  # type: ignore[call-overload]

    def actions(self, issue: int) -> list[str]:
        return [
            row[0] for row in self.conn.execute("select action from activity where issue_id = %s order by id", (issue,))
        ]

    def last(self, issue: int) -> dict[str, Any]:
        found: dict[str, Any] = self.one(
            "select data from activity where issue_id = %s order by id desc limit 1", issue
        )
        return found

    def channel(self, url: str = "https://robot.example/send?key=0123456789abcdef", **values: Any) -> int:
        number = self.one("select count(*) from channels")
        values = {"name": f"channel {number}", "kind": "wecom", "locale": "en", **values}
        return int(insert(self.conn, "channels", project_id=1, url=url, **values))

    def deliveries(self, **where: Any) -> list[tuple[Any, ...]]:
        rows = self.conn.execute(
            "select kind, channel_id, issue_id, status, data from deliveries order by id"
        ).fetchall()
        names = ("kind", "channel_id", "issue_id", "status")
        return [row for row in rows if all(row[names.index(name)] == value for name, value in where.items())]

    @staticmethod
    def record(**values: Any) -> ErrorRecord:
        values = {"id": "018f0000-0000-7000-8000-000000000000", "platform": "shopify", "code": "401", **values}
        return ErrorRecord(**{"category": Category.AUTH, "severity": Severity.ERROR, **values})


@pytest.fixture
def conn(database_url: str) -> Iterator[Connection]:
    connection = Database(database_url).connect()
    yield connection
    connection.rollback()
    connection.close()


@pytest.fixture
def company(conn: Connection) -> Company:
    seed = Seed(conn)
    team = seed.team("platform")
    return Company(
        conn,
        seed,
        team,
        admin=seed.person("Ada", "admin"),
        dev=seed.person("Dev", "dev", teams=(team,)),
        dev2=seed.person("Dan", "dev", teams=(team,)),
        ops=seed.person("Olga", "ops"),
        support=seed.person("Sue", "support"),
    )


@dataclass
class Robot:
    """A robot on this machine that answers as the real ones do. `answers` are used up in order, the last one stays.

    An answer is JSON, or (status, headers, body, seconds to wait before answering).
    """

    url: str = ""
    answers: list[Any] = field(default_factory=lambda: [{"errcode": 0, "errmsg": "ok"}])
    heard: list[dict[str, Any]] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)

    def next_answer(self) -> tuple[int, dict[str, str], bytes, float]:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, tuple):
            status, headers, body, wait = answer
            return status, headers, body, wait
        return 200, {"Content-Type": "application/json"}, json.dumps(answer).encode(), 0.0


@pytest.fixture
def robot() -> Iterator[Robot]:
    found = Robot()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.raw.append(body)
            found.heard.append(json.loads(body))
            status, headers, answer, wait = found.next_answer()
            time.sleep(wait)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """A sender that gave up waiting is what the test wants."""

    server = Quiet(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_address[1]}/cgi-bin/webhook/send?key=5ecre7-0bot-key-93f1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()
