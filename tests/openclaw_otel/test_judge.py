"""The order of evidence, with codes and texts no catalog knows."""

from __future__ import annotations

from typing import Any

import pytest

from openclaw_otel.catalog import Catalog, parse_catalog
from openclaw_otel.judge import judge, speaks_of_signature, spelled_out, words
from openclaw_otel.record import ErrorRecord, Evidence, ExceptionInfo, Snapshot

EMPTY = Catalog("p", ())
BASE: dict[str, Any] = {"id": "r", "platform": "p", "snapshot": Snapshot()}


def answer(message: str = "", code: str | None = None, status: int = 200) -> ErrorRecord:
    evidence = Evidence.CODE if code else Evidence.ANSWER
    record = ErrorRecord(
        **BASE, evidence=evidence, code=code, codes=(code,) if code else (), status=status, message=message
    )
    return judge(record, EMPTY)


def failure(type_: str, message: str = "", status: int | None = None, stack: str = "", **other: Any) -> ErrorRecord:
    given = {**BASE, **other}
    return judge(ErrorRecord(**given, status=status, exception=ExceptionInfo(type_, message, stack)), EMPTY)


@pytest.mark.parametrize(
    ("code", "message", "category"),
    [
        ("ORDER_ALREADY_SHIPPED", "", "business_rule"),
        ("stockNotEnough", "Insufficient stock for SKU", "business_rule"),
        ("E-77", "Buyer account is restricted", "business_rule"),
        ("PromotionActive", "Item is under an ongoing promotion", "business_rule"),
        ("4711", "Order cannot be cancelled in its current status", "business_rule"),
        ("EXPIRED_TOKEN", "", "auth"),
        ("99", "The access_token has expired", "auth"),
        ("sign_error", "", "auth"),
        ("TimestampExpired", "request timestamp expired", "auth"),
        ("98", "令牌已过期", "auth"),
        ("NO_SCOPE", "Your app lacks the write_orders scope", "permission"),
        ("97", "seller account has been suspended", "permission"),
        ("ip_blocked", "IP 1.2.3.4 is not in the allow list", "permission"),
        ("96", "没有权限访问该接口", "permission"),
        ("TooManyRequests", "", "rate_limit"),
        ("95", "API call frequency exceeds the limit", "rate_limit"),
        ("94", "请求过于频繁", "rate_limit"),
        ("93", "Daily limit of 500 listings reached", "quota"),
        ("PLAN", "Your plan does not include this feature", "quota"),
        ("DUPLICATE_SKU", "", "conflict"),
        ("92", "A product with this handle already exists", "conflict"),
        ("91", "Another request for this order is in progress", "conflict"),
        ("ITEM_NOT_FOUND", "", "not_found"),
        ("90", "商品不存在", "not_found"),
        ("89", "API version v1 is no longer supported", "not_found"),
        ("SYS_BUSY", "System busy, please try again later", "platform_outage"),
        ("88", "Internal server error", "platform_outage"),
        ("87", "系统繁忙", "platform_outage"),
        ("UPSTREAM_TIMEOUT", "request timed out", "timeout"),
        ("INVALID_PRICE", "price must be greater than 0", "validation"),
        ("86", "缺少必填参数", "validation"),
        ("unknown_error", "Please contact us", "unknown"),
        ("85", "qwerty", "unknown"),
    ],
)
def test_unknown_codes_are_judged_by_their_words(code: str, message: str, category: str) -> None:
    assert answer(message, code).category == category


@pytest.mark.parametrize(
    ("message", "status", "category"),
    [
        ("Locked", 423, "permission"),
        ("Unavailable Shop", 402, "quota"),
        ("Forbidden", 403, "permission"),
        ("Bad Request", 400, "validation"),
        ("", 405, "validation"),
        ("", 408, "timeout"),
        ("", 410, "not_found"),
        ("", 412, "conflict"),
        ("", 418, "validation"),
        ("", 429, "rate_limit"),
        ("", 430, "permission"),
        ("upstream connect error. reset reason: connection timeout", 503, "platform_outage"),
        ("", 504, "platform_outage"),
        ("", 599, "platform_outage"),
        ("has already been taken", 422, "conflict"),
        ("This action requires merchant approval for read_orders scope", 403, "permission"),
    ],
)
def test_answers_without_a_code(message: str, status: int, category: str) -> None:
    assert answer(message, status=status).category == category


def test_a_weak_word_does_not_outrank_a_telling_status() -> None:
    assert answer("Invalid something", "X", 404).category == "not_found"
    assert answer("Invalid something", "X", 500).category == "platform_outage"
    assert answer("Invalid something", "X", 400).category == "validation"


@pytest.mark.parametrize(
    ("type_", "message", "category", "retryable"),
    [
        ("requests.exceptions.ConnectTimeout", "", "timeout", True),
        ("requests.exceptions.ConnectionError", "Read timed out.", "timeout", True),
        ("urllib3.exceptions.NewConnectionError", "[Errno 111] Connection refused", "network", True),
        ("requests.exceptions.ConnectionError", "[Errno 110] Connection timed out", "timeout", True),
        ("requests.exceptions.SSLError", "[SSL: CERTIFICATE_VERIFY_FAILED] certificate has expired", "network", False),
        ("requests.exceptions.SSLError", "[SSL: UNEXPECTED_EOF_WHILE_READING]", "network", True),
        ("httpx.ConnectError", "[Errno -2] Name or service not known", "network", True),
        ("httpx.PoolTimeout", "", "timeout", True),
        ("httpx.RemoteProtocolError", "Server disconnected without sending a response.", "network", True),
        ("aiohttp.client_exceptions.ServerTimeoutError", "", "timeout", True),
        ("aiohttp.client_exceptions.ClientConnectorCertificateError", "", "network", False),
        ("aiohttp.client_exceptions.ServerDisconnectedError", "", "network", True),
        ("asyncio.exceptions.TimeoutError", "", "timeout", True),
        ("Error", "connect ECONNREFUSED 127.0.0.1:443", "network", True),
        ("Error", "getaddrinfo EAI_AGAIN api.example.com", "network", True),
        ("AxiosError", "timeout of 10000ms exceeded", "timeout", True),
        ("Error", "self signed certificate in certificate chain", "network", False),
        ("TypeError", "fetch failed", "network", True),
        (
            "GuzzleHttp\\Exception\\ConnectException",
            "cURL error 28: Operation timed out after 10001 milliseconds",
            "timeout",
            True,
        ),
        ("GuzzleHttp\\Exception\\ConnectException", "cURL error 6: Could not resolve host", "network", True),
        ("GuzzleHttp\\Exception\\RequestException", "cURL error 60: SSL certificate problem", "network", False),
        ("java.net.SocketTimeoutException", "Read timed out", "timeout", True),
        ("java.net.UnknownHostException", "api.example.com", "network", True),
        ("javax.net.ssl.SSLHandshakeException", "PKIX path building failed", "network", False),
        ("", "", "network", True),
    ],
)
def test_no_answer(type_: str, message: str, category: str, retryable: bool) -> None:
    record = failure(type_, message)
    assert (record.category, record.retryable) == (category, retryable)


@pytest.mark.parametrize(
    ("type_", "message", "category"),
    [
        ("KeyError", "'shipping_address'", "data_mapping"),
        ("json.decoder.JSONDecodeError", "Expecting value: line 1 column 1 (char 0)", "data_mapping"),
        ("requests.exceptions.JSONDecodeError", "Expecting value", "data_mapping"),
        ("pydantic_core._pydantic_core.ValidationError", "1 validation error for Order", "data_mapping"),
        ("TypeError", "'NoneType' object is not subscriptable", "data_mapping"),
        ("AttributeError", "'NoneType' object has no attribute 'get'", "data_mapping"),
        ("TypeError", "Cannot read properties of undefined (reading 'id')", "data_mapping"),
        ("ErrorException", 'Undefined array key "sku"', "data_mapping"),
        ("com.fasterxml.jackson.databind.exc.MismatchedInputException", "Cannot deserialize", "data_mapping"),
        ("decimal.InvalidOperation", "[<class 'decimal.ConversionSyntax'>]", "data_mapping"),
        ("erp.UnknownCarrier", "unknown carrier 'YTO'", "data_mapping"),
        ("psycopg.OperationalError", "server closed the connection unexpectedly", "internal"),
        ("sqlalchemy.exc.IntegrityError", "duplicate key value violates unique constraint", "internal"),
        ("redis.exceptions.TimeoutError", "Timeout reading from socket", "internal"),
        ("kombu.exceptions.OperationalError", "[Errno 111] Connection refused", "internal"),
        ("PDOException", "SQLSTATE[40001]: deadlock found", "internal"),
        ("NameError", "name 'x' is not defined", "internal"),
        ("TypeError", "f() got an unexpected keyword argument 'x'", "internal"),
        ("RuntimeError", "boom", "internal"),
        ("requests.exceptions.ChunkedEncodingError", "Connection broken: IncompleteRead(12 bytes read)", "network"),
        ("httpx.ReadTimeout", "", "timeout"),
    ],
)
def test_a_fine_answer_and_our_side_failed(type_: str, message: str, category: str) -> None:
    assert failure(type_, message, status=200).category == category


def test_frames_tell_where_the_exception_does_not() -> None:
    stack = 'Traceback\n  File "/app/shop/mappers.py", line 3, in map_order\n    raise RuntimeError\nRuntimeError: no'
    other = stack.replace("mappers", "jobs").replace("map_order", "run")
    assert failure("RuntimeError", "no", 200, stack).category == "data_mapping"
    assert failure("RuntimeError", "no", 200, other).category == "internal"


def test_deliveries() -> None:
    refused = ErrorRecord(**BASE, evidence=Evidence.ANSWER, webhook_topic="orders/create")
    assert judge(refused, EMPTY).category == "webhook_signature"
    assert failure("KeyError", "'id'", None, webhook_topic="orders/create").category == "data_mapping"
    assert failure("httpx.ReadTimeout", "", None, webhook_topic="orders/create").category == "internal"


def test_an_exception_alone() -> None:
    alone = {"platform": None, "snapshot": None}
    assert failure("requests.exceptions.ReadTimeout", "Read timed out", None, **alone).category == "timeout"
    assert (
        failure("psycopg.errors.LockNotAvailable", "canceling statement due to lock timeout", None, **alone).category
        == "internal"
    )
    assert failure("KeyError", "'x'", None, **alone).category == "data_mapping"
    assert failure("RuntimeError", "x", None, **alone).category == "internal"


def test_one_code_of_several_meanings() -> None:
    texts = {"explanation": {"en": "e", "zh": "z"}, "next_step": {"en": "e", "zh": "z"}}
    rows = [
        {"id": "token", "code": "E", "match": "token", "category": "auth", **texts},
        {"id": "rest", "code": "E", "category": "permission", **texts},
    ]
    found = parse_catalog({"platform": "p", "rows": rows})
    record = ErrorRecord(**BASE, evidence=Evidence.CODE, code="E", codes=("E",), status=403)
    import dataclasses

    assert judge(dataclasses.replace(record, message="bad token"), found).meaning == "token"
    named = judge(dataclasses.replace(record, message="坏", fields=("access_token",)), found)
    assert (named.meaning, named.category) == ("token", "auth")
    assert judge(dataclasses.replace(record, message="no"), found).meaning == "rest"


def test_the_first_known_code_of_several_decides() -> None:
    texts = {"explanation": {"en": "e", "zh": "z"}, "next_step": {"en": "e", "zh": "z"}}
    found = parse_catalog({"platform": "p", "rows": [{"id": "k", "code": "K", "category": "quota", **texts}]})
    record = ErrorRecord(**BASE, evidence=Evidence.CODE, code="A", codes=("A", "K"), status=200)
    assert judge(record, found).category == "quota"


def test_judging_twice_gives_the_same() -> None:
    once = answer("Too many requests", "X", 429)
    twice = judge(once, EMPTY)
    assert (twice.category, twice.retryable, twice.explanation) == (once.category, once.retryable, once.explanation)


@pytest.mark.parametrize(
    ("text", "spoken"),
    [("OrderAlreadyCaptured", "order already captured"), ("a.b_c-D", "a b c d"), ("SKUTooLong", "sku too long")],
)
def test_codes_spelled_out(text: str, spoken: str) -> None:
    assert spelled_out(text) == spoken


@pytest.mark.parametrize(
    ("type_", "message", "expected"),
    [
        ("shop.InvalidSignature", "", True),
        ("ValueError", "HMAC verification failed", True),
        ("stripe.error.SignatureVerificationError", "", True),
        ("SuspiciousOperation", "webhook could not be verified", True),
        ("KeyError", "'order'", False),
        ("ValueError", "design failed", False),
    ],
)
def test_exceptions_about_signatures(type_: str, message: str, expected: bool) -> None:
    assert speaks_of_signature(ExceptionInfo(type_, message)) is expected


def test_every_pattern_names_a_row() -> None:
    found = words()
    for patterns in (
        found.strong,
        found.weak,
        found.unanswered,
        found.ours,
        found.unread,
        found.answered,
        found.frames,
    ):
        assert all(row in found.rows for row in patterns.rows)
