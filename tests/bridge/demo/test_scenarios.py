"""Every scenario fails the way it is meant to, and the adapters understand it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from openclaw_otel.adapters import get_adapter
from openclaw_otel.record import Exchange
from openclaw_otel_bridge.demo.scenarios import SCENARIOS, Shop, play
from openclaw_otel_bridge.demo.world import PLATFORMS, FakePlatform


@pytest.fixture
def shop() -> Iterator[Shop]:
    world = {name: FakePlatform(name, route) for name, route in PLATFORMS.items()}
    for platform in world.values():
        platform.start()
    yield Shop({name: platform.url for name, platform in world.items()}, "http://127.0.0.1:9")
    for platform in world.values():
        platform.stop()


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_ends_where_it_began(name: str, shop: Shop) -> None:
    play(name, shop)


@pytest.mark.parametrize(("name", "platform"), [(n, p) for n, (p, _) in SCENARIOS.items() if p and ":" not in p])
def test_every_failure_is_understood(name: str, platform: str, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[requests.Response] = []
    send = requests.Session.send

    def watch(session: requests.Session, request: requests.PreparedRequest, **options: object) -> requests.Response:
        answer = send(session, request, **options)  # type: ignore[arg-type]
        seen.append(answer)
        return answer

    monkeypatch.setattr(requests.Session, "send", watch)
    play(name, shop)
    for answer in seen:
        request = answer.request
        body = request.body if isinstance(request.body, bytes) else (request.body or "").encode()
        exchange = Exchange(
            request.method or "", request.url or "", dict(request.headers), body,
            answer.status_code, dict(answer.headers), answer.content,
        )  # fmt: skip
        record = get_adapter(platform).handle_error(exchange)
        if name != "import address":  # there the answer is fine, and our own mapping fails
            assert record is not None
            assert record.category != "unknown"
