"""Calls of Sentry's API: what they send, and which failures are worth another try."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from openclaw_otel_bridge.sentry.api import SentryApi, SentryError
from tests.bridge.fake_sentry import FakeSentry, running_sentry


@pytest.fixture
def sentry() -> Iterator[FakeSentry]:
    with running_sentry() as found:
        yield found


def test_calls(sentry: FakeSentry) -> None:
    api = SentryApi(sentry.settings())
    api.update_issue("12", {"status": "resolved"})
    assert sentry.puts == [("12", {"status": "resolved"})]
    sentry.events["12"] = {"eventID": "a" * 32}
    assert api.latest_event("12") == {"eventID": "a" * 32}


@pytest.mark.parametrize(("status", "permanent"), [(500, False), (429, False), (403, True), (404, True), (302, True)])
def test_refusals(sentry: FakeSentry, status: int, permanent: bool) -> None:
    sentry.answers = [status]
    with pytest.raises(SentryError, match=f"HTTP {status}") as caught:
        SentryApi(sentry.settings()).update_issue("12", {})
    assert caught.value.permanent is permanent
    assert "sntrys_token" not in str(caught.value)


def test_nobody_there() -> None:
    settings = FakeSentry().settings(base_url="http://127.0.0.1:1")
    with pytest.raises(SentryError, match="ConnectionError") as caught:
        SentryApi(settings).latest_event("12")
    assert not caught.value.permanent
