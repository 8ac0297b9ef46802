"""The fake platforms fail as the real ones do: the adapters must understand every one of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from openclaw_otel_bridge.demo.world import PLATFORMS, FakePlatform


@pytest.fixture
def world() -> Iterator[dict[str, FakePlatform]]:
    platforms = {name: FakePlatform(name, route) for name, route in PLATFORMS.items()}
    for platform in platforms.values():
        platform.start()
    yield platforms
    for platform in platforms.values():
        platform.stop()


def test_errors_inside_http_200(world: dict[str, FakePlatform]) -> None:
    answer = requests.post(
        f"{world['shopify'].url}/admin/api/2026-07/graphql.json", json={"query": "{ orders }"}, timeout=5
    )
    assert answer.status_code == 200
    assert answer.json()["errors"][0]["extensions"]["code"] == "THROTTLED"


def test_statuses_and_headers(world: dict[str, FakePlatform]) -> None:
    answer = requests.get(f"{world['shopify'].url}/admin/api/2026-07/orders.json", timeout=5)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "2.0"
    assert requests.get(f"{world['paypal'].url}/nowhere", timeout=5).status_code == 404
    assert requests.get(f"{world['custom:erp'].url}/api/stock/1", timeout=5).headers["Content-Type"] == "text/html"


def test_a_client_that_gives_up_does_not_stop_the_server(world: dict[str, FakePlatform]) -> None:
    with pytest.raises(requests.Timeout):
        requests.get(f"{world['shopify'].url}/admin/api/2026-07/reports.json", timeout=0.1)
    assert requests.get(f"{world['shopify'].url}/admin/api/2026-07/orders.json", timeout=5).status_code == 429
