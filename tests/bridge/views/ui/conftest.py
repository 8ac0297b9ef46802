"""Browsers of people of every role."""

from __future__ import annotations

import pytest

from tests.bridge.running import Bridge
from tests.bridge.views.ui.browsing import Visitor, enter, join, stranger


@pytest.fixture
def admin(bridge: Bridge) -> Visitor:
    visitor = stranger(bridge)
    assert visitor.login(bridge.email, bridge.password).status_code == 303
    return visitor


@pytest.fixture
def dev(bridge: Bridge) -> Visitor:
    return enter(bridge, join(bridge, "Dora", "dev"))


@pytest.fixture
def ops(bridge: Bridge) -> Visitor:
    return enter(bridge, join(bridge, "Wang", "ops", locale="zh", timezone="Asia/Shanghai"))


@pytest.fixture
def support(bridge: Bridge) -> Visitor:
    return enter(bridge, join(bridge, "Sofia", "support"))
