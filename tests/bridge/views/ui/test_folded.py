"""The page of an overflow issue: what is folded into it, and each of it given an issue of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from openclaw_otel_bridge.config import Config, IntakeSettings
from openclaw_otel_bridge.intake.door import Intake
from openclaw_otel_bridge.services import EXTENSION
from tests.bridge.flooding import event, flooded
from tests.bridge.running import Bridge
from tests.bridge.views.ui.browsing import Visitor, enter, join, text_of


@pytest.fixture
def overflow(bridge: Bridge) -> int:
    with bridge.database.connect(autocommit=True) as conn:
        return flooded(conn, 32)


def unfold_buttons(page: str) -> list[int]:
    return [int(ident) for ident in re.findall(r'name="grouping" value="(\d+)"', page)]


def test_the_kinds_are_listed_and_unfolded_one_by_one(admin: Visitor, overflow: int) -> None:
    page = text_of(admin.get(f"/issues/{overflow}"))
    for part in (
        "Flood of new errors: 30 kinds folded",
        "Shopify orders.get: request not accepted · k31",
        "failed k31",
        "25 of 30, the most frequent first",
        "Unfold all 30",
        "flood guard",
        "the further ones are kept here together",
    ):
        assert part in page, part
    for part in ("Why these events are one issue", "Retrying alone", "category:unknown"):
        assert part not in page, part
    ident = unfold_buttons(page)[0]
    page = admin.follow(admin.post(f"/issues/{overflow}/unfold", {"grouping": ident}))
    assert "The kind is issue #" in page
    assert "29 kinds folded" in page
    assert "gave 1 kind an issue of its own" in page
    assert ident not in unfold_buttons(page)
    own = page.split("The kind is issue #")[1].split()[0]
    assert f"unfolded it from flood #{overflow}" in text_of(admin.get(f"/issues/{own}"))


def test_the_list_goes_on_in_pages(admin: Visitor, overflow: int) -> None:
    first = text_of(admin.get(f"/issues/{overflow}"))
    address = first.split('rel="next" href="')[1].split('"')[0]
    second = text_of(admin.get(address))
    assert "Most frequent kinds" in second
    assert len(set(unfold_buttons(first) + unfold_buttons(second))) == 30
    assert admin.get(f"/issues/{overflow}?kinds=broken").status_code == 200


def test_all_at_once_closes_the_flood(admin: Visitor, ops: Visitor, overflow: int) -> None:
    page = admin.follow(admin.post(f"/issues/{overflow}/unfold", {"grouping": "all"}))
    assert "30 kinds have issues of their own now." in page
    assert "Every kind has an issue of its own now." in page
    assert "closed it: every kind has an issue of its own" in page
    assert "没有可拆分的种类" in ops.follow(ops.post(f"/issues/{overflow}/unfold", {"grouping": "all"}))


@pytest.mark.parametrize("ident", ["", "nonsense", "999999"])
def test_a_kind_that_is_not_folded_is_told_kindly(admin: Visitor, overflow: int, ident: str) -> None:
    page = admin.follow(admin.post(f"/issues/{overflow}/unfold", {"grouping": ident}))
    assert "Nothing was left to unfold." in page


def test_who_may_unfold(bridge: Bridge, dev: Visitor, ops: Visitor, support: Visitor, overflow: int) -> None:
    assert unfold_buttons(text_of(dev.get(f"/issues/{overflow}")))
    assert "拆分" in text_of(ops.get(f"/issues/{overflow}"))
    assert not unfold_buttons(text_of(support.get(f"/issues/{overflow}")))
    assert support.post(f"/issues/{overflow}/unfold", {"grouping": "all"}).status_code == 403
    person = join(bridge, "Eve", "ops")
    with bridge.database.connection() as conn:
        conn.execute("update memberships set act_scope = 'store:eu-*' where person_id = %s", (person.id,))
    eve = enter(bridge, person)
    assert not unfold_buttons(text_of(eve.get(f"/issues/{overflow}")))
    assert eve.post(f"/issues/{overflow}/unfold", {"grouping": "all"}).status_code == 403


def test_the_limit_of_the_settings_is_what_intake_keeps(
    make_bridge: Callable[[Config], Bridge], bridge_config: Config
) -> None:
    bridge = make_bridge(replace(bridge_config, intake=IntakeSettings(new_issues=1)))
    intake: Intake = bridge.app.extensions[EXTENSION].intake
    assert intake.telemetry([event("k0"), event("k1"), event("k2")]) == []
    assert intake.stores["telemetry"].stored.folded == 2
