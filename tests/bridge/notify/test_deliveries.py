from __future__ import annotations

import pytest

from openclaw_otel_bridge.notify.deliveries import resend
from openclaw_otel_bridge.workflow.errors import InvalidField, NotAllowed, NotFound
from tests.bridge.seeding import insert
from tests.bridge.working import Company


def delivery(company: Company, channel: int, **values: object) -> int:
    return int(insert(company.conn, "deliveries", project_id=1, channel_id=channel, kind="new", **values))


def test_anything_can_be_sent_again_at_once(company: Company) -> None:
    channel = company.channel()
    for status in ("sent", "dead", "failed"):
        ident = delivery(company, channel, status=status, attempts=3, last_error="x")
        resend(company.conn, company.ops, ident)
        row = company.row(
            "select status, attempts, last_error, next_attempt_at <= now() from deliveries where id = %s", ident
        )
        assert row == ("queued", 3, "", True)
    assert company.one("select count(*) from audit_log where action = 'delivery.resend'") == 3


def test_a_broken_channel_counts_as_mended_one_that_is_off_does_not(company: Company) -> None:
    broken = company.channel(enabled=False, disabled_reason="errcode 93000: x")
    other = delivery(company, broken, status="dead", last_error="errcode 93000: x")
    resend(company.conn, company.ops, delivery(company, broken, status="dead", last_error="errcode 93000: x"))
    assert company.one("select enabled from channels where id = %s", broken)
    assert company.one("select status from deliveries where id = %s", other) == "queued"
    off = company.channel(enabled=False)
    with pytest.raises(InvalidField) as raised:
        resend(company.conn, company.ops, delivery(company, off, status="dead"))
    assert raised.value.field == "channel"


def test_who_may_and_what_is_not_there(company: Company) -> None:
    with pytest.raises(NotFound):
        resend(company.conn, company.ops, 10**12)
    with pytest.raises(NotAllowed):
        resend(company.conn, company.dev, 1)
