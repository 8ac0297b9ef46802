from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from openclaw_otel_bridge.db import Connection, Database
from openclaw_otel_bridge.notify import post
from openclaw_otel_bridge.notify.base import DeliveryError
from openclaw_otel_bridge.notify.channels import update_channel
from openclaw_otel_bridge.notify.deliveries import resend
from openclaw_otel_bridge.notify.dispatch import BACKOFF, MAX_ATTEMPTS, Dispatcher, _next_try
from openclaw_otel_bridge.sealing import Sealer
from tests.bridge.seeding import insert
from tests.bridge.working import Company, Robot

KEY = "5ecre7-0bot-key-93f1"
RATE = {"errcode": 45009, "errmsg": "api freq out of limit"}
OK = {"errcode": 0, "errmsg": "ok"}


class Desk:
    """A channel at the robot, a dispatcher, and a second connection it works over."""

    def __init__(self, company: Company, robot: Robot, worker: Connection) -> None:
        self.company, self.robot, self.worker = company, robot, worker
        self.channel = company.channel(robot.url)
        self.dispatcher = Dispatcher(sealer=Sealer(), public_url="http://bridge.example/", private=True)
        company.conn.commit()

    def queue(self, number: int = 1, **values: Any) -> list[int]:
        ids = []
        for _ in range(number):
            data = {"issue": self.company.one("select count(*) + 1 from deliveries"), "platform": "shopify"}
            values = {"project_id": 1, "channel_id": self.channel, "kind": "new", "data": data, **values}
            ids.append(int(insert(self.company.conn, "deliveries", **{**values, "data": data})))
        self.company.conn.commit()
        return ids

    def run(self) -> int:
        tried = self.dispatcher.run_once(self.worker)
        self.company.conn.commit()  # a new snapshot of what it did
        return tried

    def hurry(self) -> None:
        self.company.conn.execute("update deliveries set next_attempt_at = now() where status in ('queued', 'failed')")
        self.company.conn.commit()

    def rows(self) -> list[tuple[Any, ...]]:
        return self.company.conn.execute(
            "select status, attempts, last_error, claimed_until from deliveries order by id"
        ).fetchall()

    def attempts(self) -> list[tuple[Any, ...]]:
        return self.company.conn.execute(
            "select delivery_id, n, http_status, outcome, answer from delivery_attempts order by at, delivery_id, n"
        ).fetchall()


@pytest.fixture
def desk(database_url: str, company: Company, robot: Robot) -> Iterator[Desk]:
    with Database(database_url).connect(autocommit=True) as worker:
        yield Desk(company, robot, worker)


def test_sent_once_and_the_attempt_is_kept(desk: Desk) -> None:
    (ident,) = desk.queue()
    assert desk.run() == 1
    assert desk.run() == 0
    assert desk.rows() == [("sent", 1, "", None)]
    ((delivery, n, status, outcome, answer),) = desk.attempts()
    assert (delivery, n, status, outcome) == (ident, 1, 200, "sent")
    assert '"errcode": 0' in answer
    assert "http://bridge.example/issues/1" in desk.robot.heard[0]["markdown"]["content"]


def test_tried_again_with_growing_pauses_until_it_is_dead_then_by_hand(desk: Desk) -> None:
    desk.robot.answers = [(502, {}, b"bad gateway", 0)]
    (ident,) = desk.queue()
    waits = []
    for _ in range(MAX_ATTEMPTS):
        assert desk.run() == 1
        assert desk.run() == 0, "not before its time"
        waits.append(desk.company.one("select extract(epoch from next_attempt_at - now()) from deliveries"))
        desk.hurry()
    assert desk.rows()[0][:3] == ("dead", MAX_ATTEMPTS, "HTTP 502")
    assert [round(float(wait) / base, 1) for wait, base in zip(waits, BACKOFF, strict=False)] == pytest.approx(
        [1.1] * len(BACKOFF), abs=0.2
    )
    assert [(n, status, outcome) for _, n, status, outcome, _ in desk.attempts()] == [
        (n, 502, "dead" if n == MAX_ATTEMPTS else "failed") for n in range(1, MAX_ATTEMPTS + 1)
    ]
    desk.hurry()
    assert desk.run() == 0
    desk.robot.answers = [OK]
    resend(desk.company.conn, desk.company.ops, ident)
    desk.company.conn.commit()
    assert desk.run() == 1
    assert desk.rows()[0][:2] == ("sent", MAX_ATTEMPTS + 1)


def test_a_message_the_robot_refuses_is_dead_at_once_and_the_next_goes_out(desk: Desk) -> None:
    desk.robot.answers = [{"errcode": 40058, "errmsg": "exceed max length"}, OK]
    desk.queue(2)
    assert desk.run() == 2
    assert [row[0] for row in desk.rows()] == ["dead", "sent"]
    assert desk.attempts()[0][4].startswith("errcode 40058: the message is longer than WeCom takes | {")


def test_a_broken_robot_switches_its_channel_off_with_the_reason_and_nothing_is_lost(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.robot.answers = [{"errcode": 93000, "errmsg": f"invalid webhook url {KEY}"}]
    desk.queue(3)
    assert desk.run() == 1
    assert [row[0] for row in desk.rows()] == ["dead", "queued", "queued"]
    enabled, reason = desk.company.row("select enabled, disabled_reason from channels")
    assert not enabled
    assert "copy it again" in reason
    assert desk.run() == 0
    assert "is switched off: errcode 93000" in caplog.text
    desk.robot.answers = [OK]
    update_channel(desk.company.conn, desk.company.ops, desk.channel, {"enabled": True}, Sealer())
    desk.company.conn.commit()
    assert desk.run() == 3
    assert [row[0] for row in desk.rows()] == ["sent"] * 3


def test_a_rate_limit_makes_the_channel_rest(desk: Desk) -> None:
    desk.robot.answers = [OK, RATE]
    desk.queue(4)
    assert desk.run() == 2
    assert [row[0] for row in desk.rows()] == ["sent", "failed", "queued", "queued"]
    assert all(row[3] is None for row in desk.rows())
    wait = desk.company.one(
        "select extract(epoch from next_attempt_at - now()) from deliveries where status = 'failed'"
    )
    assert 50 < wait < 80


def test_a_storm_becomes_one_message_and_the_minute_is_kept(desk: Desk) -> None:
    for _ in range(19):
        desk.queue()
        desk.run()
    desk.queue(45)
    assert desk.run() == 45
    assert len(desk.robot.heard) == 20
    assert "45 notifications at once" in desk.robot.heard[-1]["markdown"]["content"]
    assert {row[0] for row in desk.rows()} == {"sent"}
    assert len({row[4] for row in desk.attempts()[-45:]}) == 1
    late = desk.queue(2)
    assert desk.run() == 0, "20 in this minute already"
    when = desk.company.one("select next_attempt_at from deliveries where id = %s", late[0])
    assert timedelta(seconds=30) < when - datetime.now(UTC) < timedelta(seconds=62)
    assert [row[1] for row in desk.rows()[-2:]] == [0, 0], "waiting is no attempt"
    desk.company.conn.execute("update delivery_attempts set at = at - interval '1 minute'")
    desk.hurry()
    assert desk.run() == 2


def test_a_storm_that_fails_is_tried_again_as_one(desk: Desk) -> None:
    desk.robot.answers = [(500, {}, b"", 0), OK]
    desk.queue(12)
    assert desk.run() == 12
    assert {row[:3] for row in desk.rows()} == {("failed", 1, "HTTP 500")}
    desk.hurry()
    assert desk.run() == 12
    assert len(desk.robot.heard) == 2
    assert {row[:2] for row in desk.rows()} == {("sent", 2)}


def test_timeouts_and_pages_of_proxies_are_tried_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post, "READ_SECONDS", 0.2)
    desk.robot.answers = [(200, {}, b"{}", 0.5), (200, {"Content-Type": "text/html"}, b"<html>", 0), OK]
    desk.queue()
    for _ in range(3):
        desk.run()
        desk.hurry()
    assert [(row[2], row[3]) for row in desk.attempts()] == [(None, "failed"), (200, "failed"), (200, "sent")]


def test_no_key_in_attempts_log_or_errors(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "openclaw_otel_bridge")
    desk.robot.answers = [
        {"errcode": 1, "errmsg": f"{desk.robot.url}"},
        (500, {}, desk.robot.url.encode(), 0),
        {"errcode": 93000, "errmsg": KEY},
    ]
    desk.queue()
    for _ in range(3):
        desk.run()
        desk.hurry()
    desk.company.conn.execute("update channels set enabled = true, url = 'http://127.0.0.1:1/x?key=' || %s", (KEY,))
    desk.queue()
    desk.run()
    stored = desk.company.conn.execute(
        "select answer from delivery_attempts union all select last_error from deliveries"
        " union all select disabled_reason from channels"
    ).fetchall()
    assert len(desk.attempts()) == 4
    assert KEY not in str(stored)
    assert KEY not in caplog.text


def test_a_key_that_cannot_be_opened_switches_the_channel_off(desk: Desk) -> None:
    desk.company.conn.execute("update channels set url = 'sealed:v1:gAAAAAB'")
    desk.queue()
    assert desk.run() == 0
    assert "OPENCLAW_OTEL_ENCRYPTION_KEYS" in desk.company.one("select disabled_reason from channels")
    assert [row[0] for row in desk.rows()] == ["queued"]


def test_two_workers_send_each_delivery_once(desk: Desk, database_url: str) -> None:
    desk.robot.answers = [(200, {}, b'{"errcode": 0}', 0.02)]
    others = [desk.company.channel(desk.robot.url) for _ in range(3)]
    for channel in (desk.channel, *others):
        desk.queue(5, channel_id=channel)
    tried: list[int] = []

    def work() -> None:
        with Database(database_url).connect(autocommit=True) as conn:
            for _ in range(4):
                tried.append(desk.dispatcher.run_once(conn))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(tried) == 20
    assert len(desk.robot.heard) == 20
    assert [row[:2] for row in desk.rows()] == [("sent", 1)] * 20


def test_what_a_dead_worker_had_claimed_goes_out_after_its_lease(desk: Desk) -> None:
    desk.queue()
    desk.company.conn.execute("update deliveries set claimed_until = now() + interval '1 minute'")
    desk.company.conn.commit()
    assert desk.run() == 0
    desk.company.conn.execute("update deliveries set claimed_until = now() - interval '1 s'")
    desk.company.conn.commit()
    assert desk.run() == 1


def test_stopping_between_two_sends_gives_the_rest_back(desk: Desk) -> None:
    answered: list[int] = []
    desk.dispatcher = Dispatcher(
        sealer=Sealer(),
        public_url="http://b",
        private=True,
        stopping=lambda: len(answered) > 2 or bool(answered.append(1)),
    )
    desk.queue(5)
    tried = desk.run()
    assert 0 < tried < 5
    assert [row[0] for row in desk.rows()] == ["sent"] * tried + ["queued"] * (5 - tried)
    assert all(row[3] is None for row in desk.rows())


def test_a_long_retry_after_is_honoured_up_to_an_hour() -> None:
    for asked, low, high in ((900.0, 900, 1130), (1e9, 3600, 4510), (None, 60, 76)):
        wait = _next_try(0, DeliveryError("x", rate_limited=True, retry_after=asked)) - datetime.now(UTC)
        assert low - 1 <= wait.total_seconds() <= high
