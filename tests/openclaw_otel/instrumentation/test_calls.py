"""calls: which are watched, and as whose."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from opentelemetry import context as otel_context

from openclaw_otel import attributes as names
from openclaw_otel.config import Config, StoreConfig
from openclaw_otel.errors import ConfigError
from openclaw_otel.instrumentation import instrument, switch

ORDER = "/admin/api/2025-04/orders/1001.json"
ERP: dict[str, Any] = {"hosts": ["erp.example"]}


class Broken:
    """An adapter with a bug in every method."""

    name = "broken"

    def __getattr__(self, name: str) -> Any:
        def fail(*args: Any, **kwargs: Any) -> Any:
            raise RuntimeError(f"bug in {name}")

        return fail


@pytest.mark.parametrize("status", [200, 401])
def test_an_adapter_with_a_bug_hurts_nobody(
    shop: Any, answer: Any, watch: Any, telemetry: Any, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = shop.on(ORDER, answer(status, b"{}"))
    watch()
    calls = switch().calls
    monkeypatch.setattr(type(calls.platforms), "adapter_for_url", lambda self, url, hosts: Broken())
    assert requests.get(url, timeout=2).status_code == status
    assert len(telemetry.clients) == 1


def test_suppressed_instrumentation_is_respected(shop: Any, watch: Any, telemetry: Any) -> None:
    watch()
    token = otel_context.attach(otel_context.set_value(otel_context._SUPPRESS_INSTRUMENTATION_KEY, True))
    try:
        requests.get(shop.url(ORDER), timeout=2)
    finally:
        otel_context.detach(token)
    assert telemetry.spans == []


def test_without_a_redactor_texts_are_withheld(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    url = shop.on(ORDER, answer(401, b'{"errors": "Invalid API key of jane.doe@example.com"}')) + "?token=s3cr3t-value"
    watch(config=Config(plugins=("fingerprint",)))
    with pytest.raises(requests.HTTPError), telemetry.provider.get_tracer("app").start_as_current_span("job"):
        requests.get(url, headers={"X-Shopify-Access-Token": "shpat_1"}, timeout=2).raise_for_status()
    (record,) = telemetry.records
    assert record.attributes[names.ERROR_CATEGORY] == "auth"
    assert record.attributes[names.ERROR_MESSAGE] == "[withheld]"
    text = telemetry.text()
    for raw in ("jane.doe", "s3cr3t-value", "shpat_1", "Invalid API key"):
        assert raw not in text


@pytest.mark.parametrize(
    ("hosts", "problem"),
    [
        ({"https://a.example": "shopify"}, "is not a host"),
        ({"": "shopify"}, "is not a host"),
        ({"a.example": "shopfy"}, "a.example: no adapter for 'shopfy'"),
        ({"a.example": "custom:erp"}, "a.example: .*custom:erp"),
    ],
)
def test_bad_hosts_are_named(hosts: dict[str, str], problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        instrument(hosts)


def test_a_store_of_an_unknown_platform_is_named() -> None:
    with pytest.raises(ConfigError, match="store demo: no adapter for 'shopfy'"):
        instrument(config=Config(stores=(StoreConfig("demo", "shopfy"),)))


def test_the_store_of_openclaw_toml_is_the_account_of_its_calls(
    shop: Any, answer: Any, watch: Any, telemetry: Any
) -> None:
    url = shop.on(ORDER, answer(401, b"{}"))
    store = StoreConfig("us", "shopify", base_url=shop.url(""), identifiers=("demo.myshopify.com",))
    watch(config=Config(stores=(store,)))
    requests.get(url, timeout=2)
    requests.get(shop.url("/admin/api/2025-04/shop.json"), timeout=2)
    assert telemetry.records[0].attributes[names.STORE_ID] == "demo.myshopify.com"
    assert {span.attributes[names.STORE_ID] for span in telemetry.clients} == {"demo.myshopify.com"}
