import logging
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from openclaw_otel_bridge.people.actor import system_actor
from openclaw_otel_bridge.reads.issues import list_issues
from openclaw_otel_bridge.reads.view import context_of, view_of
from tests.bridge.seeding import NOW, Seed


def test_the_product_itself_sees_everything() -> None:
    assert view_of(system_actor(1)).everything


def test_a_scope_that_cannot_be_read_shows_nothing(seed: Seed, caplog: pytest.LogCaptureFixture) -> None:
    seed.event(seed.issue(), store="us-1")
    actor = seed.person("Ann", scope="nonsense:1")
    with caplog.at_level(logging.ERROR):
        assert list_issues(seed.conn, actor).items == []
    assert "shows nothing" in caplog.text


def test_context_is_the_actor_s(seed: Seed) -> None:
    actor = replace(seed.person("Ann"), timezone="Asia/Shanghai")
    context = context_of(actor, NOW)
    assert (context.now, context.zone, context.person_id) == (NOW, ZoneInfo("Asia/Shanghai"), actor.id)
