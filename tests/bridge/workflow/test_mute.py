from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from openclaw_otel_bridge.counting import fold
from openclaw_otel_bridge.workflow.comment import comment
from openclaw_otel_bridge.workflow.errors import InvalidField, MissingField, NotAllowed
from openclaw_otel_bridge.workflow.mute import live_count, mute, unmute, unmute_over
from tests.bridge.working import Company

SOON = datetime.now(UTC) + timedelta(hours=1)


def test_a_muted_issue_is_silent_until_unmuted(company: Company) -> None:
    company.channel()
    issue = company.issue()
    assert mute(company.conn, company.dev, issue, until=SOON).muted_until == SOON
    comment(company.conn, company.dev, issue, "quiet")
    assert company.deliveries() == []
    assert not unmute(company.conn, company.dev, issue).is_muted
    comment(company.conn, company.dev, issue, "loud")
    assert len(company.deliveries()) == 1
    assert company.actions(issue) == ["muted", "comment", "unmuted", "comment"]
    assert unmute(company.conn, company.dev, issue).version == 3, "ending no mute changes nothing"


def test_the_worker_ends_mutes_by_time_and_by_count(company: Company) -> None:
    company.channel()
    timed, counted, running = company.issue(), company.issue(), company.issue()
    company.seed.event(counted)
    mute(company.conn, company.dev, timed, until=SOON)
    mute(company.conn, company.dev, running, until=SOON)
    assert mute(company.conn, company.dev, counted, count=2).muted_count == 3
    company.conn.execute("update issues set muted_until = now() - interval '1 s' where id = %s", (timed,))
    for _ in range(2):
        company.seed.event(counted)
    company.conn.commit()
    company.conn.autocommit = True
    fold(company.conn)
    assert (live_count(company.conn, counted), unmute_over(company.conn)) == (3, 1), "two more are not more than two"
    company.seed.event(counted)
    fold(company.conn)
    assert unmute_over(company.conn) == 1
    assert unmute_over(company.conn) == 0
    assert company.last(timed)["was"]["until"]
    assert sorted(row[2] for row in company.deliveries(kind="unmuted")) == sorted([timed, counted])


def test_what_is_refused(company: Company) -> None:
    issue = company.issue()
    with pytest.raises(MissingField):
        mute(company.conn, company.dev, issue)
    for values, field in (
        ({"until": datetime.now(UTC) - timedelta(seconds=1)}, "until"),
        ({"until": datetime.now(UTC) + timedelta(days=400)}, "until"),
        ({"until": datetime(2030, 1, 1)}, "until"),
        ({"count": 0}, "count"),
    ):
        with pytest.raises(InvalidField) as raised:
            mute(company.conn, company.dev, issue, **values)  # type: ignore[arg-type]
        assert raised.value.field == field
    with pytest.raises(NotAllowed):
        mute(company.conn, company.support, issue, count=1)
