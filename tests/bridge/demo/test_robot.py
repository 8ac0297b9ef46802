"""The demo robot takes what the real robots take, and shows it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from openclaw_otel_bridge.demo.robot import Robot


@pytest.fixture
def robot() -> Iterator[Robot]:
    robot = Robot()
    robot.start()
    yield robot
    robot.stop()


def test_shows_messages_newest_first_and_escaped(robot: Robot) -> None:
    assert "还没有通知" in requests.get(robot.url, timeout=5).text
    first = {"msgtype": "markdown", "markdown": {"content": "first <b>"}}
    assert requests.post(robot.wecom_url, json=first, timeout=5).json()["errcode"] == 0
    second = {"msg_type": "interactive", "card": {"header": "second"}}
    assert requests.post(robot.feishu_url, json=second, timeout=5).json()["code"] == 0
    page = requests.get(robot.url, timeout=5).text
    assert page.index("second") < page.index("first &lt;b&gt;")


def test_refuses_what_is_no_json_as_the_robots_do(robot: Robot) -> None:
    assert requests.post(robot.wecom_url, data=b"{", timeout=5).json()["errcode"] == 40008
    assert requests.post(robot.feishu_url, data=b"{", timeout=5).json()["code"] == 9499
    assert not robot.messages
