"""What all adapters share: the order of evidence from exchange to record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from openclaw_otel.adapters.base import Adapter, AnswerFacts, plain_answer
from openclaw_otel.errors import SignatureError
from openclaw_otel.record import Category, Evidence, ExceptionInfo, Exchange, Webhook, WebhookRequest

URL = "https://api.acme.example/v1/orders/77"


class Acme(Adapter):
    """A small platform: JSON codes in a header, so that the tests stay short."""

    name = "acme"
    hosts = ("api.acme.example",)
    delivery_headers = ("x-acme-event",)
    request_id_headers = ("x-acme-trace", "x-request-id")

    def verify_webhook_signature(self, request: WebhookRequest, secrets: Sequence[str], **parameters: Any) -> None:
        raise SignatureError("mismatch")

    def parse_webhook(self, request: WebhookRequest) -> Webhook:
        return Webhook(topic=request.headers.get("x-acme-event") or "unknown", store="s1")

    def operation(self, exchange: Exchange) -> str:
        return "orders.get"

    def read_answer(self, exchange: Exchange) -> AnswerFacts | None:
        codes = tuple((exchange.response_headers.get("x-acme-codes") or "").split())
        if codes:
            return AnswerFacts(codes, ("b", "a", "b"), "text", {"order": "77"})
        return plain_answer(exchange)


ACME = Acme()


def test_no_answer() -> None:
    record = ACME.handle_error(Exchange("GET", URL, error=ExceptionInfo("ReadTimeout", "Read timed out")))
    assert record is not None
    assert (record.evidence, record.category, record.message) == (Evidence.FAILURE, Category.TIMEOUT, "Read timed out")
    silent = ACME.handle_error(Exchange("GET", URL))
    assert silent is not None
    assert silent.message == "no answer"


def test_codes_and_fields_are_sets_and_the_first_code_is_shown() -> None:
    exchange = Exchange("GET", URL, status=200, response_headers={"X-Acme-Codes": "Z A Z", "X-Request-Id": "r1"})
    record = ACME.handle_error(exchange)
    assert record is not None
    assert (record.evidence, record.code, record.codes, record.fields) == (Evidence.CODE, "Z", ("A", "Z"), ("a", "b"))
    assert (record.request_id, dict(record.objects), record.store) == ("r1", {"order": "77"}, "api.acme.example")
    assert record.snapshot is not None


def test_an_answer_without_code() -> None:
    record = ACME.handle_error(Exchange("GET", URL, status=503, response_body=b"<html>nope</html>"))
    assert record is not None
    assert (record.evidence, record.message, record.status) == (Evidence.ANSWER, "", 503)
    plain = ACME.handle_error(Exchange("GET", URL, status=429, response_body=b"slow down"))
    assert plain is not None
    assert plain.message == "slow down"


def test_a_fine_answer() -> None:
    assert ACME.handle_error(Exchange("GET", URL, status=200)) is None
    record = ACME.handle_error(Exchange("GET", URL, status=200, error=ExceptionInfo("KeyError", "'x'")))
    assert record is not None
    assert (record.evidence, record.category, record.status) == (Evidence.FAILURE, Category.DATA_MAPPING, 200)


def delivery(
    status: int | None, error: ExceptionInfo | None = None, body: bytes = b"", url: str = "https://us.example/in"
) -> Any:
    return ACME.handle_error(
        Exchange("POST", url, {"X-Acme-Event": "order.paid"}, b"{}", status, {}, body, error=error)
    )


@pytest.mark.parametrize("status", [401, 403, 412])
def test_a_refused_delivery_is_a_signature_failure_whoever_refused_it(status: int) -> None:
    record = delivery(status, body=b"anything")
    assert (record.category, record.operation, record.webhook_topic, record.store) == (
        *(Category.WEBHOOK_SIGNATURE, "order.paid", "order.paid", "s1"),
    )
    assert (record.status, record.message) == (None, "")


def test_other_ways_to_say_that_a_signature_is_wrong() -> None:
    assert delivery(400, body=b'{"error": "invalid signature"}').category is Category.WEBHOOK_SIGNATURE
    assert delivery(500, ExceptionInfo("app.BadSignature")).category is Category.WEBHOOK_SIGNATURE
    assert delivery(None, ExceptionInfo("ValueError", "HMAC mismatch")).category is Category.WEBHOOK_SIGNATURE


def test_deliveries_that_fail_otherwise_or_not() -> None:
    assert delivery(200) is None
    assert delivery(None) is None
    assert delivery(500).message == "we answered 500"
    assert delivery(500, ExceptionInfo("KeyError", "'id'")).category is Category.DATA_MAPPING
    assert delivery(200, ExceptionInfo("RuntimeError", "x")).category is Category.INTERNAL


def test_a_call_to_the_platform_is_no_delivery_whatever_its_headers() -> None:
    assert delivery(401, url=URL).webhook_topic is None


def test_hosts() -> None:
    assert ACME.owns("https://API.acme.example:443/x")
    for url in ("https://api.acme.example.evil.example/", "http://[", ""):
        assert not ACME.owns(url)
    assert not ACME.owns_path(URL)


def test_defaults() -> None:
    request = WebhookRequest("POST", URL, {}, b"")
    assert (ACME.answer("ok", request).status, ACME.answer("bad_signature", request).status) == (200, 401)
    assert ACME.retry_after(Exchange("GET", URL, response_headers={"Retry-After": "1.5"})) == 1.5
    assert ACME.observe(Exchange("GET", URL)) is None
    assert ACME.catalog().rows == ()
    assert (ACME.signs, ACME.deadline, dict(ACME.console_links)) == ("body", 5.0, {})
