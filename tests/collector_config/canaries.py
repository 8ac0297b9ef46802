"""Secrets nobody may find again, each one different, in every place a plain OpenTelemetry client can put text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg
import zstandard
from opentelemetry._logs import SeverityNumber
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, SpanKind, Status, StatusCode
from opentelemetry.util.types import AnyValue
from psycopg import sql

_HEX = "0123456789abcdef"


def _luhn(digits: str) -> str:
    """Return `digits` and their check digit."""
    total = sum(sum(divmod(int(digit) * (2 - at % 2), 10)) for at, digit in enumerate(reversed(digits)))
    return digits + str(-total % 10)


def _resident_id(body: str) -> str:
    """Return a Chinese resident identity number with its check character."""
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return body + "10X98765432"[sum(int(a) * b for a, b in zip(body, weights, strict=True)) % 11]


LINK = "link attribute"
KINDS: Mapping[str, tuple[str, str]] = {
    "email": ("wei.chen{n:04}@mail.example.com", "wei.chen{n:04}"),
    "mobile": ("1380013{n:04}", "1380013{n:04}"),
    "phone": ("+86 138 0013 {n:04}", "0013 {n:04}"),
    "shopify": ("shpat_0123456789abcdef0123456789ab{n:04}", "cdef0123456789ab{n:04}"),
    "woocommerce": ("cs_0123456789abcdef0123456789abcdef0123{n:04}", "abcdef0123{n:04}"),
    "stripe": ("sk_live_51HqLyjWDarjtT1zdp7dcXy{n:04}", "dcXy{n:04}"),
    "bearer": ("Authorization: Bearer mF9bq7Zx5d6WpRt2Ky8n{n:04}", "2Ky8n{n:04}"),
    "paypal": ("A21AAFEpH4PsADK7qSS7pSRsgzfENtu{n:04}", "fENtu{n:04}"),
    "amazon": ("Atza|IQEBLjAsAhRmHjNgHpi0U8Dme37rR6CuUpSR{n:04}", "UpSR{n:04}"),
    "tiktok": ("TTP_pwSm2AAAAABmmtFz1xlyKMnwg74T2GJ5s0uQ{n:04}", "s0uQ{n:04}"),
    "jwt": ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N{n:04}", "Hl0w5N{n:04}"),
    "password": ("password=hunter2horse{n:04}", "hunter2horse{n:04}"),
    "url": (
        "https://api.example.com/v1/orders?page=2&access_token=u7Hq2sLz9Qe{n:04}&sign=9f86d081884c7d65{n:04}",
        "(u7Hq2sLz9Qe|9f86d081884c7d65){n:04}",
    ),
}
"""Kind of secret → (how it is written, the part that must be nowhere); `n` makes each one different."""
KEYS = (
    "customer.name", "shipping.address", "http.request.header.authorization", "http.request.header.cookie",
    "http.request.header.x-shopify-access-token", "db.password", "client_secret", "X-Amz-Security-Token",
)  # fmt: skip
"""Attribute names that make any value a secret."""


@dataclass
class Canaries:
    """Makes canaries and knows where each was put."""

    places: dict[str, str] = field(default_factory=dict)
    """Pattern that must match nowhere → kind and place."""
    _n: int = 1000

    def text(self, place: str) -> str:
        """Return a text with one canary of every kind."""
        return "; ".join(self._make(kind, place) for kind in KINDS) + self._numbers(place)

    def one(self, kind: str, place: str) -> str:
        return self._make(kind, place)

    def keyed(self, place: str) -> dict[str, str]:
        """Return attributes whose names make their values secret."""
        return {key: self._plain(f"{key} in {place}") for key in KEYS}

    def found(self, text: str) -> list[str]:
        """Return kind and place of each canary that is in `text`."""
        return sorted(where for pattern, where in self.places.items() if re.search(pattern, text))

    def _next(self) -> int:
        self._n += 1
        return self._n

    def _make(self, kind: str, place: str) -> str:
        written, core = KINDS[kind]
        n = self._next()
        self.places[core.format(n=n)] = f"{kind} in {place}"
        return written.format(n=n)

    def _numbers(self, place: str) -> str:
        card = _luhn(f"41111111111{self._next():04}")
        resident = _resident_id(f"1101051949123{self._next():04}")
        self.places |= {card: f"card in {place}", resident: f"identity number in {place}"}
        return f"; card {card}; id {resident}"

    def _plain(self, place: str) -> str:
        value = f"Zhang Weiming {self._next()}"
        self.places[value] = place
        return value


def send(endpoint: str, canaries: Canaries) -> str:
    """Let a client that knows nothing of us send canaries everywhere; return the trace id."""
    tell = canaries.text
    resource = Resource({"service.name": "plain-service", "host.note": tell("resource attribute")})
    tracers = TracerProvider(resource=resource, shutdown_on_exit=False)
    tracers.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{endpoint}/v1/traces")))
    tracer = tracers.get_tracer("plain", attributes={"scope.note": tell("scope attribute")})
    loggers = LoggerProvider(resource=resource, shutdown_on_exit=False)
    loggers.add_log_record_processor(SimpleLogRecordProcessor(OTLPLogExporter(f"{endpoint}/v1/logs")))
    logger = loggers.get_logger("plain")
    with tracer.start_as_current_span("job") as root:
        link = Link(root.get_span_context(), {"link.note": tell(LINK)})
        with tracer.start_as_current_span(
            f"GET {tell('span name')}", kind=SpanKind.CLIENT, links=[link], set_status_on_exception=False
        ) as span:
            span.set_attributes({"note": tell("span attribute"), "list": [tell("span attribute list"), "b"]})
            span.set_attributes(
                {"url.full": canaries.one("url", "url.full"), "http.url": canaries.one("url", "http.url")}
            )
            span.set_attributes(canaries.keyed("span attributes"))
            span.add_event(tell("event name"), {"note": tell("event attribute"), **canaries.keyed("event attributes")})
            span.record_exception(ValueError(tell("exception message")))
            span.set_status(Status(StatusCode.ERROR, tell("status description")))
        failure = {"exception.type": "erp.Refused", "exception.message": tell("log exception message")}
        trail = {"exception.stacktrace": f'File "a.py", line 1, in f\nerp.Refused: {tell("log stack trace")}'}
        bodies: tuple[AnyValue, ...] = (
            tell("log body"),
            {"note": tell("log body map"), "deep": {"list": [tell("deep log body")]}},
        )
        for body in bodies:
            attributes: dict[str, Any] = {
                **failure,
                **trail,
                "note": tell("log attribute"),
                "nested": {"a": tell("map")},
            }
            logger.emit(
                severity_number=SeverityNumber.ERROR,
                body=body,
                attributes=attributes | canaries.keyed("log attributes"),
            )
        trace_id = f"{root.get_span_context().trace_id:032x}"
    tracers.shutdown()
    loggers.shutdown()
    return trace_id


def everything(database_url: str) -> str:
    """Return all that every table holds, unpacked."""
    with psycopg.connect(database_url) as conn:
        tables = conn.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace"
            " and relkind in ('r', 'p') and not relispartition"
        ).fetchall()
        return "\n".join(line for (name,) in tables for line in _rows(conn, name))


def _rows(conn: psycopg.Connection[Any], table: str) -> Iterator[str]:
    for row in conn.execute(sql.SQL("select * from {}").format(sql.Identifier(table))):
        yield " ".join(_text(value) for value in row)


def _text(value: object) -> str:
    if not isinstance(value, bytes):
        return str(value)
    try:
        value = zstandard.ZstdDecompressor().decompress(value, max_output_size=2**26)
    except zstandard.ZstdError:
        return repr(value)
    return value.decode("unicode_escape" if b"\\u" in value else "utf-8", "replace")
