"""The classify processor: platforms by HTTP attributes, judgement from facts, overrides, and whose word counts."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from openclaw_otel import (
    Category,
    Config,
    ErrorRecord,
    Evidence,
    ExceptionInfo,
    Exchange,
    Processor,
    Side,
    Stage,
    get_adapter,
)
from openclaw_otel_plugins import classify
from openclaw_otel_plugins.classify import WITHHELD, exchange_of

URL = "https://a.myshopify.com/admin/api/2025-01/orders/123.json?fields=id"


def processor(config: Config = Config()) -> Processor:  # noqa: B008 - frozen
    (found,) = classify.register_processors(config)
    return found


def recorded(**attributes: str | int) -> ErrorRecord:
    error = ExceptionInfo("requests.exceptions.HTTPError", "404 Client Error: Not Found for url: x")
    return ErrorRecord(id="1", message=error.message, exception=error, attributes=attributes)


def denied() -> ErrorRecord:
    body = b'{"errors":"[API] This action requires merchant approval for read_orders scope."}'
    found = get_adapter("shopify").handle_error(Exchange("GET", URL, status=403, response_body=body))
    assert found is not None
    return found


def test_one_processor_for_both_sides() -> None:
    found = processor()
    assert isinstance(found, Processor)
    assert found.stage is Stage.CLASSIFY
    assert found.runs == {Side.SOURCE, Side.BRIDGE}


@pytest.mark.parametrize(
    "attributes",
    [
        {"url.full": URL, "http.request.method": "GET", "http.response.status_code": 404},
        {"http.url": URL, "http.method": "GET", "http.status_code": "404"},
        {"server.address": "a.myshopify.com", "url.path": "/admin/api/2025-01/orders/9.json", "http.status_code": 404},
        {"http.scheme": "https", "http.host": "a.myshopify.com", "http.target": "/admin/api/2025-01/orders/9.json",
         "http.status_code": 404},
    ],
)  # fmt: skip
def test_the_platform_of_what_others_recorded(attributes: dict[str, str | int]) -> None:
    record = processor()(recorded(**attributes))
    assert (record.platform, record.store, record.category) == ("shopify", "a.myshopify.com", Category.NOT_FOUND)
    assert record.operation == processor()(recorded(**{**attributes, "http.url": URL})).operation
    assert record.evidence is Evidence.ANSWER
    assert record.exception is not None


def test_a_call_without_an_answer() -> None:
    error = ExceptionInfo("requests.exceptions.ReadTimeout", "Read timed out.")
    record = processor()(replace(recorded(**{"url.full": URL}), exception=error, message=error.message))
    assert (record.platform, record.category, record.evidence) == ("shopify", Category.TIMEOUT, Evidence.FAILURE)
    assert record.message == "Read timed out."


def test_hosts_nobody_knows_stay_without_a_platform() -> None:
    record = processor()(recorded(**{"url.full": "https://erp.example/x", "http.response.status_code": 404}))
    assert record.platform is None
    assert record.classifier


def test_no_call_at_all() -> None:
    assert exchange_of(recorded()) is None
    assert exchange_of(recorded(**{"url.path": "/x"})) is None
    record = processor()(replace(recorded(), exception=ExceptionInfo("KeyError", "'sku'"), message="'sku'"))
    assert record.category is Category.DATA_MAPPING


def test_twice_is_as_good_as_once() -> None:
    for record in (denied(), recorded(**{"url.full": URL, "http.response.status_code": 404}), recorded()):
        once = processor()(record)
        assert processor()(once) == once


def test_overrides_of_the_deployment_win_and_the_shipped_category_stays(tmp_path: Path) -> None:
    row = {
        "id": "team_approval",
        "status": 403,
        "match": "merchant approval",
        "category": "business_rule",
        "severity": "warn",
        "owner": "ops",
        "explanation": {"en": "Ask the merchant.", "zh": "请联系商家。"},
        "next_step": {"en": "Ask.", "zh": "联系。"},
        "source": ["https://wiki.example/approval"],
    }
    (tmp_path / "shopify.json").write_text(json.dumps({"platform": "shopify", "rows": [row]}), "utf-8")
    record = processor(Config(catalog_dir=tmp_path))(denied())
    assert (record.category, record.shipped_category) == (Category.BUSINESS_RULE, Category.PERMISSION)
    assert record.explanation["zh"] == "请联系商家。"


def test_another_processors_decision_stays() -> None:
    theirs = replace(denied(), classifier="acme/1", category=Category.QUOTA)
    record = processor()(theirs)
    assert (record.category, record.shipped_category) == (Category.QUOTA, Category.PERMISSION)
    assert processor()(replace(recorded(), classifier="acme/1", category=Category.QUOTA)).category is Category.QUOTA


def test_a_custom_platform_only_its_sender_knows_keeps_its_judgement() -> None:
    theirs = replace(denied(), platform="custom:erp", category=Category.QUOTA, explanation={"en": "x"})
    assert processor()(theirs).category is Category.QUOTA
    unjudged = replace(theirs, classifier="")
    assert processor()(unjudged).classifier


def test_a_withheld_message_is_no_reason_to_judge_again() -> None:
    withheld = replace(denied(), message=WITHHELD)
    assert processor()(withheld).category is Category.PERMISSION
    assert processor()(withheld) == withheld
