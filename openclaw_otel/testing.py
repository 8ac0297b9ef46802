"""The kit for whoever writes an adapter: one suite every first-party adapter runs too.

    from openclaw_otel.testing import check_adapter, load_vectors

    @pytest.mark.parametrize("vector", load_vectors("tests/payloads/acme/vectors.json"), ids=lambda vector: vector.name)
    def test_vectors(vector): check_vector(AcmeAdapter(), vector)

    def test_contract(): check_adapter(AcmeAdapter())

No test framework is needed: each check raises AssertionError with what is wrong.
"""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, get_args

from openclaw_otel.adapters.base import Adapter, AnswerKind
from openclaw_otel.catalog import Catalog
from openclaw_otel.errors import SignatureError
from openclaw_otel.paths import is_id
from openclaw_otel.record import ErrorRecord, ExceptionInfo, Exchange, Webhook, WebhookAnswer, WebhookRequest

Given = TypeVar("Given")
ODD_BODIES = (
    b"",
    b"\x00\xff\xfe\x80",
    b"null",
    b"[]",
    b"{}",
    b'"text"',
    b"[" * 5000,
    b'{"a":' * 5000,
    b'{"errors": [{"code": ',
    b'{"errors": {"' + b"x" * 9000,
    b'{"error": {"code": [1, {"deep": null}], "message": 7}}',
    b'{"details": [null, 1, "x", {"issue": {}, "field": 3}], "name": []}',
    b'{"data": {"x": {"userErrors": [null, {"field": {"a": 1}, "code": 5}]}}}',
    b'{"n": ' + b"9" * 5000 + b"}",
    b"<html><body>502 Bad Gateway</body></html>",
    "中文 🚚 \u2028".encode(),
    b'{"event_type": "\\ud800", "id": "\\ud800"}',
    "\ufeff{}".encode(),
)
ODD_VALUES = ("", " ", "签名", "\udcff", "=" * 500, "x" * 20_000, "-1", "1e999", "nan", "[]", "2026-99-99", "t=1,v1=")
ODD_URLS = (
    "",
    "::::",
    "https://",
    "http://[::1",
    "https://a.example:99999999/x",
    "https://例え.example/%ff%00/..//",
    "/only/a/path",
)


@dataclass(frozen=True, slots=True)
class Vector:
    """One signed delivery and its verdict; `parameters` go to the verifier, `certificate` is what a fetch brings."""

    name: str
    valid: bool
    request: WebhookRequest
    secrets: tuple[str, ...] = ()
    now: datetime | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    certificate: bytes | None = None
    strict: bool = False
    """A negative stricter than needed: an adapter may accept it knowingly."""
    primitive_only: bool = False
    data: Mapping[str, Any] = field(default_factory=dict)
    """The vector as written."""

    def fetch(self, url: str) -> bytes:
        """Return the certificate; raises OSError when there is none, as a fetch without network does."""
        if self.certificate is None:
            raise OSError(f"no network in tests: {url}")
        return self.certificate


def load_vectors(path: str | Path) -> list[Vector]:
    """Return the vectors of a file `{"vectors": [{"name", "valid", "headers", "body_b64", "secret", …}]}`."""
    return [_vector(data) for data in json.loads(Path(path).read_text("utf-8"))["vectors"]]


def _vector(data: Mapping[str, Any]) -> Vector:
    secret = data.get("secret") or ()
    known = {"webhook_id", "app_key", "callback_url", "verification_token", "endpoint"}
    parameters = {key: data[key] for key in known if data.get(key) is not None}
    if "root_pem" in data:
        parameters["trust_roots"] = data["root_pem"]
    if isinstance(data.get("tolerate"), int | float):  # text names a leniency of the scheme itself
        parameters["tolerance"] = float(data["tolerate"])
    return Vector(
        name=data["name"],
        valid=data["valid"],
        request=WebhookRequest(
            data.get("method") or "POST",
            data.get("url") or "https://hooks.example.com/in",
            data.get("headers") or {},
            base64.b64decode(data.get("body_b64") or ""),
        ),
        secrets=(secret,) if isinstance(secret, str) else tuple(secret),
        now=datetime.fromtimestamp(data["now"], UTC) if isinstance(data.get("now"), int | float) else None,
        parameters=parameters,
        certificate=(data.get("cert_pem") or data.get("public_key") or "").encode() or None,
        strict=bool(data.get("strict")),
        primitive_only=bool(data.get("primitive_only")),
        data=data,
    )


def verdict(adapter: Adapter, vector: Vector, request: WebhookRequest | None = None) -> SignatureError | None:
    """Return why the adapter refuses a vector, or None when it accepts it."""
    try:
        adapter.verify_webhook_signature(
            request or vector.request, vector.secrets, now=vector.now, fetch=vector.fetch, **vector.parameters
        )
    except SignatureError as error:
        return error
    return None


def check_vector(adapter: Adapter, vector: Vector) -> None:
    """Assert the stated verdict; of a valid vector also that one changed byte of the body is refused."""
    refusal = verdict(adapter, vector)
    if not vector.valid:
        assert refusal is not None or vector.strict, f"{vector.name}: accepted, but it is forged"
        assert refusal is None or refusal.reason, f"{vector.name}: refused without a reason"
        return
    assert refusal is None, f"{vector.name}: refused ({refusal}), but it is right"
    if adapter.signs == "body" and vector.request.body:
        for position in {0, len(vector.request.body) // 2, len(vector.request.body) - 1}:
            changed = bytearray(vector.request.body)
            changed[position] ^= 1
            other = replace(vector.request, body=bytes(changed))
            assert verdict(adapter, vector, other) is not None, f"{vector.name}: accepted with byte {position} changed"


def check_adapter(adapter: Adapter, sample_urls: tuple[str, ...] = (), *, seed: int = 0, count: int = 200) -> None:
    """Assert what holds for every adapter: declarations are whole, nothing raises on any bytes, no id in an operation.

    `sample_urls`: calls the platform really has, ids included. `seed` and `count` choose the random calls.
    """
    assert adapter.name, "name is empty"
    assert adapter.signs in ("body", "headers", "nothing"), f"signs is {adapter.signs!r}"
    assert adapter.deadline > 0, "deadline is not positive"
    for kind in get_args(AnswerKind):
        answer = adapter.answer(kind, WebhookRequest("POST", "https://h.example/", {}, b""))
        assert isinstance(answer, WebhookAnswer), f"answer({kind}) is no WebhookAnswer"
        assert 200 <= answer.status < 600, f"answer({kind}) has status {answer.status}"
    check_catalog(adapter.catalog())
    for url in sample_urls:
        check_operation(adapter, Exchange("GET", url, status=200))
    for odd in odd_requests(adapter):
        _holds(_read_delivery, adapter, odd)
    for exchange in odd_exchanges(adapter, sample_urls, seed=seed, count=count):
        _holds(_read_call, adapter, exchange)


def check_catalog(catalog: Catalog) -> None:
    """Assert that each row has an id of its own, and says in English and Chinese what is wrong and what to do."""
    seen: set[str] = set()
    for row in catalog.rows:
        assert row.id not in seen, f"catalog: {row.id} is there twice"
        seen.add(row.id)
        for key, texts in (("explanation", row.explanation), ("next_step", row.next_step)):
            spoken = {language for language in texts if texts[language]}
            assert spoken >= {"en", "zh"}, f"catalog: {row.id}: {key} needs en and zh"


def check_operation(adapter: Adapter, exchange: Exchange) -> None:
    """Assert that the operation of a call is a short name without ids."""
    name = adapter.operation(exchange)
    assert name, f"{exchange.url}: no operation"
    assert len(name) <= 120, f"{exchange.url}: {name!r} is too long for a name"
    for part in name.replace(" ", ".").replace(",", ".").split("."):
        assert not is_id(part), f"{exchange.url}: {part!r} in {name!r} is an id"


def _read_delivery(adapter: Adapter, request: WebhookRequest) -> None:
    webhook = adapter.parse_webhook(request)
    assert isinstance(webhook, Webhook), "parse_webhook returned no Webhook"
    assert webhook.topic, "topic is empty"
    try:
        adapter.verify_webhook_signature(request, ["secret"], fetch=_no_network)
    except SignatureError:
        return
    assert adapter.signs != "body", "odd bytes passed for signed"


def _read_call(adapter: Adapter, exchange: Exchange) -> None:
    record = adapter.handle_error(exchange)
    assert record is None or isinstance(record, ErrorRecord), "handle_error returned no ErrorRecord"
    delivery = adapter.is_delivery(exchange.request_headers)
    if not delivery and (exchange.status is None or exchange.status >= 400):
        assert record is not None, f"status {exchange.status} is not taken for an error"
    assert record is None or record.platform == adapter.name, "the record names another platform"
    wait = adapter.retry_after(exchange)
    assert wait is None or wait >= 0, f"retry_after is {wait}"
    adapter.observe(exchange)
    assert isinstance(adapter.owns(exchange.url), bool), "owns does not say yes or no"
    assert isinstance(adapter.owns_path(exchange.url), bool), "owns_path does not say yes or no"


def _no_network(url: str) -> bytes:
    raise OSError(f"no network in tests: {url}")


def _holds(check: Callable[[Adapter, Given], None], adapter: Adapter, given: Given) -> None:
    try:
        check(adapter, given)
    except AssertionError as error:
        raise AssertionError(f"{error}; given {given!r:.500}") from error
    except Exception as error:
        raise AssertionError(f"{type(error).__name__}: {error}; given {given!r:.500}") from error


def odd_requests(adapter: Adapter) -> Iterator[WebhookRequest]:
    """Yield deliveries with odd bodies, header values and URLs."""
    for body in ODD_BODIES:
        yield WebhookRequest("POST", "https://h.example/in", {}, body)
        yield WebhookRequest("POST", "https://h.example/in", dict.fromkeys(adapter.delivery_headers, "x"), body)
    for value in ODD_VALUES:
        headers = dict.fromkeys((*adapter.delivery_headers, "authorization", "content-type"), value)
        yield WebhookRequest("POST", f"https://h.example/in?x={value}", headers, b"{}")
    for url in ODD_URLS:
        yield WebhookRequest("GET", url, {}, b"")


def odd_exchanges(
    adapter: Adapter, urls: tuple[str, ...] = (), *, seed: int = 0, count: int = 200
) -> Iterator[Exchange]:
    """Yield calls with odd bodies, headers, statuses, URLs and errors, then `count` random mixtures of them."""
    host = next(iter(adapter.hosts), "api.example.com").replace("*", "shop")
    places = (*urls, f"https://{host}/v1/things/123", *ODD_URLS)
    for url in places:
        for body in ODD_BODIES:
            yield Exchange("POST", url, request_body=body, status=200, response_body=body)
            yield Exchange("POST", url, request_body=body, status=500, response_body=body)
    chance = random.Random(seed)
    names = (*adapter.request_id_headers, "content-type", "retry-after", "x-request-id", *adapter.delivery_headers)
    for _ in range(count):
        yield Exchange(
            method=chance.choice(("GET", "POST", "", "delete", "中")),
            url=chance.choice(places),
            request_headers={chance.choice(names): chance.choice(ODD_VALUES)} if chance.random() < 0.3 else {},
            request_body=_mangled(chance),
            status=chance.choice((None, 100, 200, 204, 302, 400, 404, 422, 429, 500, 599, 783, 999)),
            response_headers={name: chance.choice(ODD_VALUES) for name in names if chance.random() < 0.3},
            response_body=_mangled(chance),
            error=chance.choice((None, ExceptionInfo("", ""), ExceptionInfo("KeyError", "'x'", "\x00" * 100))),
        )


def _mangled(chance: random.Random) -> bytes:
    body = bytearray(chance.choice(ODD_BODIES)[:3000])
    for _ in range(chance.randint(0, 3) if body else 0):
        body[chance.randrange(len(body))] = chance.randrange(256)
    return bytes(body[: chance.randint(0, len(body))])
