"""The one entrance: exchanges of known and unknown platforms, exceptions alone."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from openclaw_otel.classify import Classifier, Context, classify_exchange, exception_from
from openclaw_otel.config import Config, StoreConfig
from openclaw_otel.errors import UnknownPlatform
from openclaw_otel.record import Category, ExceptionInfo, Exchange

THROTTLED = Exchange(
    "POST",
    "https://demo.myshopify.com/admin/api/2025-01/graphql.json",
    request_body=b'{"query": "{ orders { id } }"}',
    status=200,
    response_body=b'{"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]}',
)


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier(Config())


def test_the_public_function() -> None:
    record = classify_exchange(THROTTLED)
    assert record is not None
    assert (record.platform, record.operation, record.code) == ("shopify", "graphql orders", "THROTTLED")
    assert classify_exchange(replace(THROTTLED, response_body=b'{"data": {"orders": []}}')) is None
    with pytest.raises(UnknownPlatform):
        classify_exchange(THROTTLED, platform="myspace")


def test_a_platform_can_be_named(classifier: Classifier) -> None:
    exchange = replace(THROTTLED, url="http://127.0.0.1:1/admin/api/2025-01/graphql.json")
    assert classifier.adapter(exchange) is None
    record = classifier.exchange(exchange, platform="shopify")
    assert record is not None
    assert record.code == "THROTTLED"


def test_a_delivery_belongs_to_its_sender(classifier: Classifier) -> None:
    headers = {"X-Shopify-Topic": "orders/paid", "X-Shopify-Shop-Domain": "demo.myshopify.com"}
    exchange = Exchange("POST", "https://hooks.example/in", headers, b"{}", 401, {}, b'{"detail": "no"}')
    record = classifier.exchange(exchange)
    assert record is not None
    assert (record.platform, record.operation, record.category) == (
        "shopify",
        "orders/paid",
        Category.WEBHOOK_SIGNATURE,
    )
    assert record.store == "demo.myshopify.com"
    assert classifier.exchange(replace(exchange, status=200)) is None


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"error": {"code": "E1", "message": "sku missing"}}, "E1", "sku missing"),
        ({"code": 7, "message": "sku missing"}, "7", "sku missing"),
        ({"error": "bad_sku", "error_description": "sku missing"}, "bad_sku", "sku missing"),
        ({"title": "sku missing", "type": "about:blank"}, None, "sku missing"),
    ],
)
def test_a_stranger_is_read_by_common_envelopes(
    classifier: Classifier, body: object, code: str | None, message: str
) -> None:
    exchange = Exchange(
        "POST", "https://wms.example/api/v1/items/55", status=422, response_body=json.dumps(body).encode()
    )
    record = classifier.exchange(exchange)
    assert record is not None
    assert (record.platform, record.code, record.message) == (None, code, message)
    assert record.category is Category.VALIDATION
    assert classifier.exchange(replace(exchange, status=200, response_body=b"{}")) is None


def test_an_exception_alone(classifier: Classifier) -> None:
    record = classifier.exception(ExceptionInfo("KeyError", "'sku'"), Context("pricing", {"a": 1, "b": [1]}))
    assert (record.platform, record.service, record.category) == (None, "pricing", Category.DATA_MAPPING)
    assert record.attributes == {"a": 1}


def test_overrides_are_in_force(tmp_path: Path) -> None:
    (tmp_path / "shopify.json").write_text(
        json.dumps({"platform": "shopify", "rows": [{"id": "shopify.THROTTLED", "severity": "critical"}]})
    )
    record = Classifier(Config(catalog_dir=tmp_path)).exchange(THROTTLED)
    assert record is not None
    assert record.severity == "critical"


def test_exceptions_as_json() -> None:
    assert exception_from({"type": "A", "message": "b", "stacktrace": None}) == ExceptionInfo("A", "b", "")
    assert exception_from(None) is None
    assert exception_from({"type": ""}) is None
    assert exception_from("text") is None


def test_the_account_is_the_configured_store_of_the_url() -> None:
    store = StoreConfig("us", "shopify", base_url="http://127.0.0.1:9001", identifiers=("demo.myshopify.com",))
    classifier = Classifier(Config(stores=(store,)))
    record = classifier.exchange(Exchange("GET", "http://127.0.0.1:9001/admin/api/2025-01/shop.json", status=401))
    assert record is not None
    assert (record.platform, record.store) == ("shopify", "demo.myshopify.com")
