from __future__ import annotations

from typing import Any

import pytest
from cryptography.fernet import Fernet

from openclaw_otel_bridge.notify.channels import (
    create_channel,
    delete_channel,
    get_channel,
    list_channels,
    send_test,
    update_channel,
)
from openclaw_otel_bridge.sealing import Sealer
from openclaw_otel_bridge.workflow.errors import Conflict, InvalidField, MissingField, NotAllowed, NotFound
from tests.bridge.working import Company

KEY = "693a91f6-7aaa-4bc4-97a0-0ec2sifa5aaa"
URL = f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}"
SEALER = Sealer([Fernet.generate_key().decode()])


def new(company: Company, **values: Any) -> Any:
    return create_channel(company.conn, company.ops, {"name": "Ops", "kind": "wecom", "url": URL, **values}, SEALER)


def test_a_channel_is_stored_sealed_and_shown_masked(company: Company) -> None:
    channel = new(company, secret="s3cret", locale="en", filter="severity:critical")
    assert (channel.url, channel.has_secret, channel.enabled) == (URL.replace(KEY, "…5aaa"), True, True)
    assert list_channels(company.conn, company.dev, SEALER) == [channel]
    url, secret = company.row("select url, secret from channels")
    assert KEY not in url
    assert "s3cret" not in secret
    assert (SEALER.open(url), SEALER.open(secret)) == (URL, "s3cret")
    assert KEY not in str(company.conn.execute("select * from audit_log").fetchall())
    assert get_channel(company.conn, company.ops, channel.id, Sealer()).url == "?", "without its key it cannot be shown"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"kind": "pager"}, "kind"),
        ({"url": "not a url"}, "url"),
        ({"url": "ftp://x.example/y"}, "url"),
        ({"url": "https://user:pw@x.example/y"}, "url"),
        ({"url": "https://[::1/y"}, "url"),
        ({"url": "http://qyapi.weixin.qq.com/x?key=1"}, "url"),
        ({"locale": "fr"}, "locale"),
        ({"filter": "nokey:1"}, "filter"),
        ({"filter": "last_seen:<1h"}, "filter"),
        ({"enabled": "no"}, "enabled"),
        ({"secret": 7}, "secret"),
        ({"secret": "a\0"}, "secret"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_each_bad_value_is_named(company: Company, values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidField) as raised:
        new(company, **values)
    assert raised.value.field == field


def test_missing_taken_foreign_and_forbidden(company: Company) -> None:
    with pytest.raises(MissingField) as raised:
        create_channel(company.conn, company.ops, {}, SEALER)
    assert raised.value.fields == ("name", "kind", "url")
    first = new(company)
    with pytest.raises(Conflict):
        new(company)
    second = new(company, name="Other")
    with pytest.raises(Conflict):
        update_channel(company.conn, company.ops, second.id, {"name": "Ops"}, SEALER)
    with pytest.raises(NotAllowed):
        create_channel(company.conn, company.dev, {}, SEALER)
    delete_channel(company.conn, company.ops, first.id)
    with pytest.raises(NotFound):
        get_channel(company.conn, company.ops, first.id, SEALER)


def test_a_change_leaves_the_rest_and_the_key_when_it_is_not_given(company: Company) -> None:
    channel = new(company, secret="s3cret")
    changed = update_channel(company.conn, company.ops, channel.id, {"name": "New", "enabled": False}, SEALER)
    assert (changed.name, changed.enabled, changed.has_secret, changed.url) == ("New", False, True, channel.url)


@pytest.mark.parametrize("values", [{"url": URL + "9"}, {"secret": "new"}, {"enabled": True}])
def test_mending_a_broken_channel_revives_what_died_of_it(company: Company, values: dict[str, Any]) -> None:
    channel = new(company)
    company.conn.execute("update channels set enabled = false, disabled_reason = 'errcode 93000: x'")
    for error in ("errcode 93000: x", "HTTP 400"):
        company.conn.execute(
            "insert into deliveries (project_id, channel_id, kind, status, last_error)"
            " values (1, %s, 'new', 'dead', %s)",
            (channel.id, error),
        )
    mended = update_channel(company.conn, company.ops, channel.id, values, SEALER)
    assert (mended.enabled, mended.disabled_reason) == (True, "")
    assert [row[3] for row in company.deliveries()] == ["queued", "dead"]


def test_removing_takes_its_history_and_its_place_in_rules_along(company: Company) -> None:
    channel = new(company)
    send_test(company.conn, company.ops, channel.id)
    company.conn.execute(
        "insert into rules (project_id, position, name, query, team_id, channel_ids) values (1, 1, 'x', '', %s, %s)",
        (company.team, [channel.id]),
    )
    delete_channel(company.conn, company.ops, channel.id)
    assert company.one("select channel_ids from rules") == []
    assert company.deliveries() == []


def test_a_test_message_mends_a_broken_channel_but_wakes_none_that_is_off(company: Company) -> None:
    channel = new(company)
    company.conn.execute("update channels set enabled = false, disabled_reason = 'x'")
    send_test(company.conn, company.ops, channel.id)
    assert company.row("select enabled, disabled_reason from channels") == (True, "")
    company.conn.execute("update channels set enabled = false")
    with pytest.raises(InvalidField):
        send_test(company.conn, company.ops, channel.id)
    assert [row[0] for row in company.deliveries()] == ["test"]
