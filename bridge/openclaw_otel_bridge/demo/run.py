"""Playing the demo: servers up, team and channels told to the bridge, then the scenarios, over and over."""

from __future__ import annotations

import contextlib
import logging
import os
import random
import signal
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import requests

from openclaw_otel import Config, Platforms, StoreConfig, UnknownPlatform
from openclaw_otel_bridge.demo.robot import Robot
from openclaw_otel_bridge.demo.scenarios import SCENARIOS, Shop, play
from openclaw_otel_bridge.demo.world import ACCOUNTS, PLATFORMS, FakePlatform

log = logging.getLogger(__name__)
FIRST_ROUNDS = 2
"""How often each scenario is played at once at the start."""
PAUSE_SECONDS = (2.0, 8.0)
"""Between two scenarios afterwards."""
PEOPLE: Sequence[Mapping[str, Any]] = (
    {"name": "林悦", "email": "lin.yue@demo.example", "role": "ops", "teams": ["ops"]},
    {"name": "Alex Kim", "email": "alex@demo.example", "role": "dev", "teams": ["dev"]},
    {"name": "陈晨", "email": "chen.chen@demo.example", "role": "dev", "teams": ["dev"]},
    {"name": "Maria Souza", "email": "maria@demo.example", "role": "support", "teams": ["support"]},
)


@dataclass(frozen=True, slots=True)
class Connection:
    """What the demo needs of `connection.json`."""

    url: str
    api_token: str
    ingest_key: str

    def api(self, method: str, path: str, body: Any = None) -> requests.Response:
        """Call the bridge's REST API as its admin."""
        headers = {"Authorization": f"Bearer {self.api_token}"}
        return requests.request(method, f"{self.url}/api/v1{path}", json=body, headers=headers, timeout=10)


def run(connection: Connection) -> None:
    """Play until SIGTERM. Everything goes the way a customer's data goes."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if not await_ready(connection, stop):
        return
    robot = Robot()
    robot.start()
    introduce(connection, robot)
    config = Config.from_env()
    world = {name: FakePlatform(name, PLATFORMS[name]) for name in known_platforms(config)}
    for platform in world.values():
        platform.start()
    shutdown = instrument_clients(connection, world, config)
    shop = Shop({name: platform.url for name, platform in world.items()}, connection.url)
    log.info("demo: notifications can be read at %s", robot.url)
    try:
        play_on(shop, stop)
    finally:
        shutdown()


def play_on(shop: Shop, stop: threading.Event) -> None:
    """Play every scenario a few times, then one after the other at random until told to stop."""
    names = [name for name, (platform, _) in SCENARIOS.items() if platform is None or platform in shop.urls]
    for name in names * FIRST_ROUNDS:
        if stop.is_set():
            return
        _play(name, shop)
    while not stop.wait(random.uniform(*PAUSE_SECONDS)):
        _play(random.choice(names), shop)


def _play(name: str, shop: Shop) -> None:
    try:
        play(name, shop)
    except Exception:
        log.exception("demo: %s went wrong in a way it was not meant to", name)


def known_platforms(config: Config) -> list[str]:
    """Return the platforms of the demo that these settings know: an openclaw.toml of the user's own has no demo ERP."""
    platforms = Platforms(config)
    known = []
    for name in PLATFORMS:
        with contextlib.suppress(UnknownPlatform):
            platforms.get(name)
            known.append(name)
    return known


def instrument_clients(connection: Connection, world: Mapping[str, FakePlatform], config: Config) -> Any:
    """Set the library up exactly as the README tells; return the function that flushes and ends it.

    Each fake platform is a store by its base URL, as `[[stores]]` of openclaw.toml would say.
    """
    from openclaw_otel import instrument, setup, shutdown

    os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = connection.url
    os.environ["OTEL_EXPORTER_OTLP_HEADERS"] = f"authorization=Bearer%20{connection.ingest_key}"
    os.environ["OTEL_RESOURCE_ATTRIBUTES"] = "deployment.environment.name=demo"
    os.environ["OTEL_BSP_SCHEDULE_DELAY"] = "1000"
    os.environ["OTEL_BLRP_SCHEDULE_DELAY"] = "1000"
    setup("shop-sync")
    stores = (StoreConfig(ACCOUNTS[name], name, base_url=platform.url) for name, platform in world.items())
    instrument(config=replace(config, stores=tuple(stores)))
    return shutdown


def introduce(connection: Connection, robot: Robot) -> None:
    """Give the bridge a team and two channels, unless an earlier demo on these data did."""
    known = {person["email"] for person in connection.api("GET", "/people?limit=200").json()["items"]}
    for person in PEOPLE:
        if person["email"] not in known:
            _expect(connection.api("POST", "/people", dict(person)), f"person {person['email']}")
    channels = {channel["name"]: channel for channel in connection.api("GET", "/channels").json()["items"]}
    for name, kind, url, locale in (
        ("演示群 (WeCom)", "wecom", robot.wecom_url, "zh"),
        ("Demo group (Feishu)", "feishu", robot.feishu_url, "en"),
    ):
        wanted = {"name": name, "kind": kind, "url": url, "locale": locale, "enabled": True}
        if name in channels:  # the robot has a new port at each start
            _expect(connection.api("PATCH", f"/channels/{channels[name]['id']}", wanted), f"channel {name}")
        else:
            _expect(connection.api("POST", "/channels", wanted), f"channel {name}")


def _expect(answer: requests.Response, what: str) -> None:
    if answer.status_code >= 400:
        log.error("demo: %s was refused: %d %s", what, answer.status_code, answer.text[:300])


def await_ready(connection: Connection, stop: threading.Event, timeout: float = 120) -> bool:
    """Wait until the bridge is ready; False when told to stop, or when it does not come up."""
    deadline = time.monotonic() + timeout
    while not stop.is_set() and time.monotonic() < deadline:
        with contextlib.suppress(requests.RequestException):
            if requests.get(f"{connection.url}/readyz", timeout=2).status_code == 200:
                return True
        stop.wait(0.2)
    return False
