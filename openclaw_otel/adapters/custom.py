"""A platform made by data alone: an ERP, a WMS, a payment gateway. `[platforms.<name>]` of openclaw.toml.

[platforms.erp]
hosts = ["erp.example.com"]
store = "header:X-Tenant"                      # or "/json/pointer" into the request body; default: the host
operations = [{ method = "POST", path = "/api/orders/{id}/release", name = "orders.release" }]
request_id_headers = ["X-Request-Id"]

[platforms.erp.error]                          # when is an answer an error, and where does it say so
status_from = 400
when = [{ pointer = "/success", equals = false }, { pointer = "/code", not_in = [0, "0"] }]
code = ["/error/code", "/code"]
message = ["/error/message", "/message"]
fields = ["/error/details/*/field"]

[platforms.erp.objects]                        # ids people search by: request body first, then the answer
order = ["/orderNo"]

[platforms.erp.webhook]
signature = { header = "X-Signature", encoding = "hex", prefix = "sha256=", text = "{timestamp}.{body}" }
timestamp_header = "X-Timestamp"
tolerance = 300
topic = "header:X-Topic"                       # or a JSON pointer into the body; the same for delivery_id, event_id

[[platforms.erp.catalog]]                      # rows as in catalogs/schema.json
id = "erp.credit"
code = "E-4711"
...
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openclaw_otel import bodies, http_values, paths, signing
from openclaw_otel.adapters.base import Adapter, AnswerFacts, Fetch, error_status, plain_answer
from openclaw_otel.catalog import Catalog, parse_catalog
from openclaw_otel.errors import CatalogError, ConfigError, SignatureError
from openclaw_otel.record import Exchange, Webhook, WebhookRequest

SIGNED_PARTS = ("body", "timestamp", "method", "path", "url", "app_key")
_ALGORITHMS = ("sha1", "sha256", "sha384", "sha512", "md5")
_PLACE = re.compile(r"\{(\w+)\}")
_KEYS = {
    "": {
        "hosts",
        "store",
        "operations",
        "request_id_headers",
        "error",
        "objects",
        "webhook",
        "catalog",
        "console_links",
    },
    "error": {"status_from", "when", "code", "message", "fields"},
    "webhook": {
        "signature",
        "timestamp_header",
        "tolerance",
        "topic",
        "delivery_id",
        "event_id",
        "store",
        "occurred_at",
    },
    "webhook.signature": {"header", "algorithm", "encoding", "prefix", "text"},
}


@dataclass(frozen=True, slots=True)
class _Template:
    method: str
    pattern: re.Pattern[str]
    name: str


class CustomAdapter(Adapter):
    """One `[platforms.<name>]` table as an adapter; see the module docstring for the table."""

    def __init__(self, name: str, table: Mapping[str, Any]) -> None:
        """Raise ConfigError, naming table and key, when the table cannot be used."""
        self.name = f"custom:{name}"
        self._where = f"[platforms.{name}]"
        self._table = table
        for part, known in _KEYS.items():
            self._check_keys(part, known)
        self.hosts = self._texts(table, "hosts")
        self.request_id_headers = self._texts(table, "request_id_headers")
        self.console_links = dict(self._section("console_links"))
        self._error, self._webhook = self._section("error"), self._section("webhook")
        self._signature = bodies.mapping(self._webhook.get("signature"))
        self._check_signature()
        header = self._signature.get("header")
        self.delivery_headers = (str(header),) if header else ()
        self.signs = "body" if "{body}" in str(self._signature.get("text", "{body}")) and header else "nothing"
        self._templates = tuple(self._template(entry) for entry in bodies.items(table.get("operations")))
        self._catalog = self._read_catalog()

    # -- webhooks ---------------------------------------------------------------------------------------

    def verify_webhook_signature(
        self,
        request: WebhookRequest,
        secrets: Sequence[str],
        *,
        now: datetime | None = None,
        fetch: Fetch | None = None,
        **parameters: Any,
    ) -> None:
        """Raise SignatureError unless one of `secrets` signed the text the table describes (`app_key`: a parameter)."""
        signature = self._signature
        if not signature.get("header"):
            raise SignatureError("unsigned_scheme", self.name, "no webhook.signature is set for this platform")
        received = signing.required_header(request.headers, str(signature["header"]))
        prefix = str(signature.get("prefix", ""))
        if not received.startswith(prefix):
            raise SignatureError("malformed", f"{signature['header']} does not begin with {prefix!r}")
        parts = self._signed_parts(request, parameters)
        text = b"".join(parts.get(part, part.encode()) for part in _pieces(str(signature.get("text", "{body}"))))
        algorithm, encoding = str(signature.get("algorithm", "sha256")), signature.get("encoding", "hex")
        signing.check_hmac(received[len(prefix) :], secrets, text, algorithm=algorithm, encoding=encoding)
        self._check_age(parts.get("{timestamp}", b""), now, parameters)

    def _signed_parts(self, request: WebhookRequest, parameters: Mapping[str, Any]) -> dict[str, bytes]:
        path = "/" + "/".join(paths.segments(request.url))
        stamp = request.headers.get(str(self._webhook.get("timestamp_header", ""))) or ""
        texts = {"timestamp": stamp, "method": request.method.upper(), "path": path, "url": request.url}
        texts["app_key"] = str(parameters.get("app_key", ""))
        return {
            "{body}": request.body,
            **{f"{{{key}}}": text.encode("utf-8", "replace") for key, text in texts.items()},
        }

    def _check_age(self, stamp: bytes, now: datetime | None, parameters: Mapping[str, Any]) -> None:
        tolerance = parameters.get("tolerance", self._webhook.get("tolerance"))
        if tolerance is None:
            return
        signed_at = http_values.timestamp(stamp.decode("utf-8", "replace"))
        if signed_at is None:
            raise SignatureError("malformed", f"{self._webhook.get('timestamp_header')} is missing or no time")
        signing.check_time(signed_at, now, float(tolerance))

    def parse_webhook(self, request: WebhookRequest) -> Webhook:
        """Return what the table says where to find."""
        body = bodies.read_json(request.body)

        def found(key: str) -> str | None:
            return self._value(self._webhook.get(key), request.headers, body)

        return Webhook(
            topic=found("topic") or "unknown",
            delivery_id=found("delivery_id"),
            event_id=found("event_id"),
            store=found("store"),
            occurred_at=http_values.timestamp(found("occurred_at")),
        )

    # -- calls ------------------------------------------------------------------------------------------

    def operation(self, exchange: Exchange) -> str:
        """Return the name of the first template that fits, else resource and verb without ids."""
        path = "/" + "/".join(paths.segments(exchange.url))
        for template in self._templates:
            if template.method in ("*", exchange.method.upper()) and template.pattern.fullmatch(path):
                return template.name
        return paths.rest_operation(
            exchange.method, (paths.without_suffix(part) for part in paths.segments(exchange.url))
        )

    def store(self, exchange: Exchange) -> str | None:
        """Return the account the table points to, else the host."""
        found = self._value(self._table.get("store"), exchange.request_headers, bodies.read_json(exchange.request_body))
        return found or super().store(exchange)

    def objects(self, exchange: Exchange) -> Mapping[str, str]:
        """Return the ids the table points to, from the request body, else from the answer."""
        both = [bodies.read_json(exchange.request_body), bodies.read_json(exchange.response_body)]
        found: dict[str, str] = {}
        for kind, pointers in self._section("objects").items():
            values = (bodies.code(value) for body in both for value in self._all(body, pointers))
            found[kind] = next((value for value in values if value), "")
        return {kind: value for kind, value in found.items() if value}

    def read_answer(self, exchange: Exchange) -> AnswerFacts | None:
        """Return code, message and fields when status or body say that the answer is an error."""
        body = bodies.read_json(exchange.response_body)
        limit = self._error.get("status_from", 400)
        by_status = exchange.status is not None and exchange.status >= limit
        if not by_status and not any(_holds(condition, body) for condition in bodies.items(self._error.get("when"))):
            return None
        codes = [bodies.code(value) for value in self._all(body, self._error.get("code"), first=True)]
        messages = {bodies.text(value) for value in self._all(body, self._error.get("message"), first=True)} - {""}
        fields = [paths.field_path(value) for value in self._all(body, self._error.get("fields"))]
        plain = plain_answer(exchange) if not isinstance(body, Mapping | list) and error_status(exchange) else None
        return AnswerFacts(
            codes=tuple(dict.fromkeys(code for code in codes if code)),
            fields=tuple(field for field in fields if field),
            message="; ".join(sorted(messages)) or (plain.message if plain else ""),
        )

    def catalog(self) -> Catalog:
        """Return the rows of the table."""
        return self._catalog

    # -- reading the table ------------------------------------------------------------------------------

    def _bad(self, problem: str) -> ConfigError:
        return ConfigError("OPENCLAW_OTEL_CONFIG", f"{self._where}: {problem}")

    def _section(self, name: str) -> Mapping[str, Any]:
        value = self._table.get(name, {})
        if not isinstance(value, Mapping):
            raise self._bad(f"{name} is not a table")
        return value

    def _check_keys(self, part: str, known: set[str]) -> None:
        table: Any = self._table
        for step in part.split(".") if part else ():
            table = bodies.mapping(table).get(step, {})
        for key in bodies.mapping(table):
            if key not in known:
                raise self._bad(f"unknown key {f'{part}.{key}'.strip('.')!r}; known: {', '.join(sorted(known))}")

    def _texts(self, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self._bad(f"{key} is not a list of texts")
        return tuple(value)

    def _check_signature(self) -> None:
        signature = self._signature
        if signature and not isinstance(signature.get("header"), str):
            raise self._bad("webhook.signature.header is missing")
        for key, allowed in (("algorithm", _ALGORITHMS), ("encoding", ("hex", "base64"))):
            if key in signature and signature[key] not in allowed:
                raise self._bad(f"webhook.signature.{key} must be one of {', '.join(allowed)}")
        for part in _PLACE.findall(str(signature.get("text", ""))):
            if part not in SIGNED_PARTS:
                raise self._bad(f"webhook.signature.text knows no {{{part}}}; use {', '.join(SIGNED_PARTS)}")

    def _template(self, entry: Any) -> _Template:
        path, name = bodies.mapping(entry).get("path"), bodies.mapping(entry).get("name")
        if not isinstance(path, str) or not isinstance(name, str):
            raise self._bad("each of operations needs path and name")
        pattern = "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in _pieces(path))
        return _Template(str(entry.get("method", "*")).upper(), re.compile(pattern), name)

    def _read_catalog(self) -> Catalog:
        try:
            return parse_catalog({"platform": self.name, "rows": self._table.get("catalog", [])})
        except (CatalogError, AttributeError, TypeError) as error:
            raise self._bad(f"catalog: {error}") from error

    def _value(self, place: Any, headers: Mapping[str, str], body: Any) -> str | None:
        if not isinstance(place, str):
            return None
        if place.startswith("header:"):
            return headers.get(place.removeprefix("header:")) or None
        return next((bodies.code(value) for value in bodies.pointer(body, place) if bodies.code(value)), None)

    def _all(self, body: Any, pointers: Any, *, first: bool = False) -> list[Any]:
        """Return the values of one pointer or a list of them; `first`: of the first that finds something."""
        found: list[Any] = []
        for path in [pointers] if isinstance(pointers, str) else bodies.items(pointers):
            found += [value for value in bodies.pointer(body, str(path)) if value not in (None, "")]
            if first and found:
                break
        return found


def _pieces(text: str) -> list[str]:
    return [piece for piece in re.split(r"(\{\w+\})", text) if piece]


def _holds(condition: Any, body: Any) -> bool:
    """Say whether `{pointer, equals | not_equals | in | not_in | exists}` holds for the answer."""
    rule = bodies.mapping(condition)
    values = list(bodies.pointer(body, str(rule.get("pointer", ""))))
    if "exists" in rule:
        return bool([value for value in values if value not in (None, "", [], {})]) == bool(rule["exists"])
    if "equals" in rule:
        return any(_same(value, rule["equals"]) for value in values)
    if "not_equals" in rule:
        return any(not _same(value, rule["not_equals"]) for value in values)
    allowed = bodies.items(rule.get("in", rule.get("not_in")))
    inside = any(_same(value, one) for value in values for one in allowed)
    return inside if "in" in rule else bool(values) and not inside


def _same(left: Any, right: Any) -> bool:
    return type(left) is type(right) and left == right
