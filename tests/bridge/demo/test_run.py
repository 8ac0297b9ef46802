"""The demo introduces its team and channels once, and moves the channels to the robot's new port."""

from __future__ import annotations

import threading

from openclaw_otel_bridge.assign.defaults import seed_defaults
from openclaw_otel_bridge.demo.robot import Robot
from openclaw_otel_bridge.demo.run import PEOPLE, Connection, await_ready, introduce
from tests.bridge.running import Bridge


def test_introduces_team_and_channels_once(bridge: Bridge) -> None:
    connection = Connection(bridge.url, bridge.token, bridge.ingest_key)
    with bridge.database.connection() as conn:
        seed_defaults(conn)  # `up` does so at its first start
    robot = Robot()
    introduce(connection, robot)
    moved = Robot()
    introduce(connection, moved)
    people = connection.api("GET", "/people").json()["items"]
    assert {person["email"] for person in PEOPLE} <= {person["email"] for person in people}
    channels = connection.api("GET", "/channels").json()["items"]
    assert sorted(channel["kind"] for channel in channels) == ["feishu", "wecom"]
    robot.start()
    moved.start()
    for channel in channels:
        connection.api("POST", f"/channels/{channel['id']}/test")
    assert not robot.messages
    robot.stop()
    moved.stop()


def test_waits_until_ready_and_not_for_ever(bridge: Bridge) -> None:
    stop = threading.Event()
    assert await_ready(Connection(bridge.url, bridge.token, bridge.ingest_key), stop)
    assert not await_ready(Connection("http://127.0.0.1:9", "", ""), stop, timeout=0.3)
    stop.set()
    assert not await_ready(Connection("http://127.0.0.1:9", "", ""), stop)
