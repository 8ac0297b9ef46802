"""eBay: vectors, samples, REST, bulk, Post-Order and Trading errors, challenge, observations."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from openclaw_otel import testing
from openclaw_otel.adapters.ebay import EbayAdapter
from openclaw_otel.errors import SignatureError
from openclaw_otel.http_values import timestamp
from openclaw_otel.record import Category, ErrorRecord, Exchange, WebhookRequest

PAYLOADS = Path(__file__).parents[2] / "payloads" / "ebay"
SAMPLES = json.loads((PAYLOADS / "samples.json").read_text("utf-8"))
VECTORS = testing.load_vectors(PAYLOADS / "vectors.json")
CHALLENGE = next(vector for vector in VECTORS if vector.name == "challenge")
EBAY = EbayAdapter()
API = "https://api.ebay.com"
SELL = f"{API}/sell"


def call(method: str, path: str, status: int, body: Any, sent: bytes = b"") -> Exchange:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Exchange(method, f"{API}{path}", {}, sent, status, {"X-EBAY-C-REQUEST-ID": "ri=1"}, raw)


def failed(exchange: Exchange) -> ErrorRecord:
    record = EBAY.handle_error(exchange)
    assert record is not None
    return record


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_webhook_vectors(vector: testing.Vector) -> None:
    testing.check_vector(EBAY, vector)


def test_a_challenge_is_a_ping_and_answered_with_its_hash() -> None:
    request, parameters = CHALLENGE.request, CHALLENGE.parameters
    assert EBAY.parse_webhook(request).is_ping
    assert EBAY.is_delivery_request(request)
    answer = EBAY.answer("ping", request, **parameters)
    assert (answer.status, answer.headers) == (200, {"Content-Type": "application/json"})
    assert json.loads(answer.body) == CHALLENGE.data["expected_response"]
    assert EBAY.answer("ping", request).status == 412
    with pytest.raises(SignatureError, match="no_secret"):
        EBAY.verify_webhook_signature(request, ["a secret"])
    posted = replace(request, method="POST")
    assert not EBAY.parse_webhook(posted).is_ping
    with pytest.raises(SignatureError, match="missing_header"):
        EBAY.verify_webhook_signature(posted, (), **parameters)


def test_answers() -> None:
    request = WebhookRequest("POST", "https://h.example/", {}, b"{}")
    assert (EBAY.answer("ok", request).status, EBAY.answer("bad_signature", request).status) == (204, 412)


def test_the_contract() -> None:
    paths = (
        "/fulfillment/v1/order/39-45722-57214/shipping_fulfillment",
        "/inventory/v1/inventory_item/mug-red",
        "/inventory/v1/offer/9454717010/publish",
        "/account/v1/fulfillment_policy/get_by_policy_name",
    )
    testing.check_adapter(EBAY, (*(f"{SELL}{path}" for path in paths), f"{API}/ws/api.dll"))


@pytest.mark.parametrize("sample", SAMPLES["webhooks"], ids=lambda sample: sample["name"])
def test_sample_webhooks(sample: dict[str, Any]) -> None:
    body = json.dumps(sample["body"]).encode()
    webhook = EBAY.parse_webhook(WebhookRequest("POST", "https://h.example/", sample["headers"], body))
    expected = sample["expect"]
    assert (webhook.topic, webhook.event_id, webhook.attempt) == (expected["topic"], expected["event_id"], 1)
    assert (webhook.occurred_at, webhook.is_ping) == (timestamp(expected["timestamp"]), False)


@pytest.mark.parametrize("sample", SAMPLES["api_errors"], ids=lambda sample: sample["name"])
def test_sample_errors(sample: dict[str, Any]) -> None:
    record = failed(call("GET", "/sell/fulfillment/v1/order/1-2-3", sample["http_status"], sample["body"]))
    assert (record.category, record.code) == (sample["expect"]["class"], sample["expect"]["code"])
    assert (record.retryable, record.request_id) == (False, "ri=1")


def fault(number: int, message: str = "m", **more: Any) -> dict[str, Any]:
    return {"errorId": number, "domain": "API_INVENTORY", "category": "REQUEST", "message": message, **more}


@pytest.mark.parametrize(
    ("status", "number", "message", "category", "retryable"),
    [
        (403, 1100, "Access denied", "permission", False),
        (400, 25002, "A user error has occurred. Offer entity already exists.", "conflict", False),
        (500, 25002, "A user error has occurred. System error. Please try again later.", "platform_outage", True),
        (400, 25002, "A user error has occurred. The title is wrong", "validation", False),
        (400, 25026, "Selling limits exceeded", "quota", False),
        (404, 25702, "SKU x is not available in the system", "not_found", False),
        (400, 34917, "This order was already refunded.", "business_rule", False),
        (400, 34922, "Refund can't be issued while previous refund is processing.", "conflict", True),
        (500, 30500, "System error", "platform_outage", True),
        (400, 99999, "The shipping address is invalid", "validation", False),
    ],
)
def test_codes(status: int, number: int, message: str, category: str, retryable: bool) -> None:
    record = failed(call("POST", "/sell/inventory/v1/offer", status, {"errors": [fault(number, message)]}))
    assert (record.code, record.category, record.retryable) == (str(number), category, retryable)


def test_named_fields() -> None:
    one = fault(25709, inputRefIds=["$.lineItems[0].shippingFulfillment"])
    two = fault(25022, parameters=[{"name": "fieldName", "value": "brand"}, {"name": "sku", "value": "S-1"}])
    record = failed(call("POST", "/sell/inventory/v1/offer", 400, {"errors": [one, two]}))
    assert record.codes == ("25022", "25709")
    assert record.fields == ("brand", "lineItems.shippingFulfillment")


def test_failures_inside_a_bulk_answer() -> None:
    body = {"responses": [{"statusCode": 200, "sku": "A"}, {"statusCode": 400, "errors": [fault(25707)]}]}
    record = failed(call("POST", "/sell/inventory/v1/bulk_create_offer", 207, body))
    assert (record.code, record.operation) == ("25707", "inventory.bulk_create_offer.create")
    assert EBAY.handle_error(call("POST", "/sell/inventory/v1/bulk_create_offer", 200, {"responses": [{}]})) is None
    warned = {"offerId": "1", "warnings": [fault(25101)]}
    assert EBAY.handle_error(call("POST", "/sell/inventory/v1/offer", 201, warned)) is None


def test_post_order_and_oauth() -> None:
    body: dict[str, Any] = {
        "errorMessage": {"error": [{"errorId": 1301, "severity": "ERROR", "message": "neither buyer nor seller"}]}
    }
    assert failed(call("GET", "/post-order/v2/return/5000", 400, body)).category is Category.PERMISSION
    body = {"error": [{"errorId": 1001, "message": "Application encountered an internal error."}]}
    assert failed(call("GET", "/post-order/v2/return/5000", 500, body)).category is Category.PLATFORM_OUTAGE
    body = {"error": "invalid_grant", "error_description": "the provided refresh token is invalid"}
    record = failed(call("POST", "/identity/v1/oauth2/token", 400, body))
    assert (record.code, record.category, record.operation) == ("invalid_grant", "auth", "identity.oauth2.token")


TRADING = (
    '<?xml version="1.0" encoding="UTF-8"?><{call}Response xmlns="urn:ebay:apis:eBLBaseComponents"><Ack>{ack}</Ack>'
    "{errors}<Version>1423</Version></{call}Response>"
)
ERROR = (
    "<Errors><ShortMessage>Short</ShortMessage><LongMessage>Long &amp; {code}</LongMessage>"
    "<ErrorCode>{code}</ErrorCode>"
    '<SeverityCode>{severity}</SeverityCode><ErrorParameters ParamID="0">'
    "<Value>Item.Title</Value></ErrorParameters></Errors>"
)


def trading(ack: str, *errors: tuple[str, str], call_name: str = "AddItem", text: str | None = None) -> Exchange:
    blocks = "".join(ERROR.format(code=code, severity=severity) for code, severity in errors)
    answer = TRADING.format(call=call_name, ack=ack, errors=blocks) if text is None else text
    sent = f'<?xml version="1.0"?><{call_name}Request xmlns="u"><ItemID>1101</ItemID></{call_name}Request>'
    return call("POST", "/ws/api.dll", 200, answer.encode(), sent.encode())


def test_trading_errors_under_200() -> None:
    record = failed(trading("Failure", ("21917053", "Error"), ("21915465", "Warning")))
    assert (record.codes, record.category, record.operation) == (("21917053",), "auth", "trading AddItem")
    assert (record.message, record.fields, record.objects) == ("Long & 21917053", ("Item.Title",), {"listing": "1101"})
    partial = failed(trading("PartialFailure", ("518", "Error")))
    assert (partial.category, partial.retryable) == (Category.QUOTA, False)
    assert failed(trading("Failure")).message == "Ack: Failure"
    for fine in ("Success", "Warning"):
        assert EBAY.handle_error(trading(fine, ("21915465", "Warning"))) is None
    whole = trading("Failure", ("240", "Error")).response_body.decode()
    assert failed(trading("", text=whole[: whole.index("<SeverityCode>")])).code == "240"


def test_the_name_of_a_trading_call() -> None:
    named = Exchange("POST", f"{API}/ws/api.dll", {"X-EBAY-API-CALL-NAME": "GetOrders"}, status=200)
    assert EBAY.operation(named) == "trading GetOrders"
    assert EBAY.operation(replace(named, request_headers={"X-EBAY-API-CALL-NAME": "1234567890"})) == "trading call"


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/sell/fulfillment/v1/order/39-45722-57214", "fulfillment.order.get"),
        ("POST", "/sell/fulfillment/v1/order/1/shipping_fulfillment", "fulfillment.order.shipping_fulfillment.create"),
        ("POST", "/sell/fulfillment/v1/order/1/issue_refund", "fulfillment.order.issue_refund"),
        ("PUT", "/sell/inventory/v1/inventory_item/mug-red", "inventory.inventory_item.update"),
        ("POST", "/sell/inventory/v1/offer/945/publish", "inventory.offer.publish"),
        ("GET", "/sell/inventory/v1/offer?sku=1", "inventory.offer.list"),
        ("GET", "/buy/browse/v1/item_summary/search", "browse.item_summary.search"),
        ("GET", "/developer/analytics/v1_beta/rate_limit", "analytics.rate_limit.list"),
    ],
)
def test_operations(method: str, path: str, expected: str) -> None:
    assert EBAY.operation(Exchange(method, f"{API}{path}")) == expected


def test_objects() -> None:
    assert EBAY.objects(Exchange("GET", f"{SELL}/fulfillment/v1/order/39-45722-57214")) == {"order": "39-45722-57214"}
    assert EBAY.objects(Exchange("PUT", f"{SELL}/inventory/v1/inventory_item/mug-red")) == {"item": "mug-red"}
    assert EBAY.objects(Exchange("GET", f"{SELL}/inventory/v1/inventory_item")) == {}


def test_observations() -> None:
    rates = [{"limit": 5000, "remaining": 250}, {"limit": 100, "remaining": 90}]
    body = {"rateLimits": [{"resources": [{"name": "sell.fulfillment", "rates": rates}]}]}
    seen = EBAY.observe(call("GET", "/developer/analytics/v1_beta/rate_limit", 200, body))
    assert seen is not None
    assert (seen.kind, seen.remaining, seen.operation) == ("rate_budget", 0.05, "sell.fulfillment")
    token = call("POST", "/identity/v1/oauth2/token", 200, {"expires_in": 7200})
    seen = EBAY.observe(replace(token, started_at=datetime(2026, 1, 1, tzinfo=UTC)))
    assert seen is not None
    assert (seen.kind, seen.expires_at) == ("token_expiry", datetime(2026, 1, 1, 2, tzinfo=UTC))
    text = (
        "<GetOrdersResponse><HardExpirationWarning>2026-05-01T00:00:00.000Z</HardExpirationWarning></GetOrdersResponse>"
    )
    seen = EBAY.observe(trading("", text=text))
    assert seen is not None
    assert seen.expires_at == datetime(2026, 5, 1, tzinfo=UTC)
    assert EBAY.observe(call("GET", "/sell/fulfillment/v1/order", 200, {"orders": []})) is None


@pytest.mark.parametrize(("status", "category"), [(503, "platform_outage"), (404, "not_found"), (429, "rate_limit")])
def test_answers_without_json(status: int, category: str) -> None:
    record = failed(call("GET", "/sell/fulfillment/v1/order/1", status, b"<html><body>x</body></html>"))
    assert (record.category, record.code, record.message) == (category, None, "")
