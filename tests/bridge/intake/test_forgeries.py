"""A storm of refused deliveries makes few events, which stand for all of it."""

from __future__ import annotations

import pytest

from openclaw_otel_bridge.intake import forgeries
from openclaw_otel_bridge.intake.forgeries import EACH, FIRST, Forgeries


def test_the_first_make_an_event_each_and_what_comes_then_by_the_hundred() -> None:
    found = Forgeries()
    weights = [found.weigh("shopify", "us") for _ in range(FIRST + 10 * EACH + 7)]
    assert weights[:FIRST] == [1] * FIRST
    assert [weight for weight in weights[FIRST:] if weight] == [EACH] * 10
    assert found.weigh("shopify", "eu") == found.weigh("paypal", "us") == 1


def test_the_rest_is_counted_with_the_first_of_another_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    found = Forgeries()
    sent = [found.weigh("shopify", "us") for _ in range(FIRST + 42)]
    monkeypatch.setattr(forgeries.time, "monotonic", lambda: 1e12)
    assert found.weigh("shopify", "us") == 43
    assert found.weigh("shopify", "us") == 1
    assert sum(sent) + 43 == FIRST + 43
