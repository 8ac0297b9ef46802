"""The plain data every part of openclaw-otel passes on: exchanges, webhooks, records, observations.

Leaf module: it imports nothing of ours, holds no behaviour beyond look-ups, and everything in it is frozen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Self

AttributeValue = str | bool | int | float | tuple[str, ...]


class Category(StrEnum):
    """What kind of failure it is: the fifteen words of the product, in code, API, UI and attributes."""

    TIMEOUT = "timeout"
    NETWORK = "network"
    AUTH = "auth"
    PERMISSION = "permission"
    RATE_LIMIT = "rate_limit"
    QUOTA = "quota"
    VALIDATION = "validation"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    BUSINESS_RULE = "business_rule"
    PLATFORM_OUTAGE = "platform_outage"
    WEBHOOK_SIGNATURE = "webhook_signature"
    DATA_MAPPING = "data_mapping"
    INTERNAL = "internal"
    UNKNOWN = "unknown"


class Severity(StrEnum):
    """Business severity: how much a person should care."""

    INFO = "info"
    WARN = "warn"
    ERROR = "error"
    CRITICAL = "critical"


class OwnerHint(StrEnum):
    """Whose job a failure usually is."""

    DEV = "dev"
    OPS = "ops"
    SUPPORT = "support"


class Evidence(StrEnum):
    """What a record's identity rests on (DESIGN decision 2, a to c)."""

    CODE = "code"
    """The answer carries the platform's own code."""
    ANSWER = "answer"
    """An error answer without a code: HTTP status, message template and named fields decide."""
    FAILURE = "failure"
    """No answer, or a fine answer and our side failed: exception type and message template decide."""


class Headers(Mapping[str, str]):
    """HTTP headers with case-insensitive look-up; iteration gives the names as they came."""

    __slots__ = ("_by_lower", "_items")

    def __init__(self, items: Mapping[str, str] | None = None) -> None:
        self._items = dict(items or {})
        self._by_lower = {name.lower(): value for name, value in self._items.items()}

    def __getitem__(self, name: str) -> str:
        return self._by_lower[name.lower()]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._by_lower

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return f"Headers({sorted(self._items)})"  # values may be secrets


_NO_HEADERS = Headers()
"""Shared: most exchanges that are read from telemetry have none."""


@dataclass(frozen=True, slots=True)
class ExceptionInfo:
    """An exception as text: `type` (qualified name), `message`, `stacktrace` as the runtime prints it."""

    type: str
    message: str = ""
    stacktrace: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP request to a platform and its answer, or the network error instead of one.

    `status` is None when no answer came. `error` is whatever was raised, also after a fine response.
    Bodies are the raw bytes, decoded of their content-encoding; `*_truncated` says the capture cap cut them.
    `elapsed` is in seconds, `attempt` counts from 0 (the first try).
    """

    method: str
    url: str
    request_headers: Mapping[str, str] = field(default_factory=lambda: _NO_HEADERS)
    request_body: bytes = b""
    status: int | None = None
    response_headers: Mapping[str, str] = field(default_factory=lambda: _NO_HEADERS)
    response_body: bytes = b""
    error: ExceptionInfo | None = None
    elapsed: float | None = None
    attempt: int = 0
    started_at: datetime | None = None
    request_truncated: bool = False
    response_truncated: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.request_headers, Headers):
            object.__setattr__(self, "request_headers", Headers(self.request_headers))
        if not isinstance(self.response_headers, Headers):
            object.__setattr__(self, "response_headers", Headers(self.response_headers))


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """A delivery from a platform: `body` are the raw bytes as received, never re-encoded."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes

    def __post_init__(self) -> None:
        if not isinstance(self.headers, Headers):
            object.__setattr__(self, "headers", Headers(self.headers))


@dataclass(frozen=True, slots=True)
class Webhook:
    """What a verified delivery says of itself.

    `delivery_id` names this delivery (a redelivery may share it), `event_id` the thing to deduplicate on.
    `attempt` counts from 1 where the platform tells it. `is_ping`: a test, challenge or handshake, not an event.
    """

    topic: str
    delivery_id: str | None = None
    event_id: str | None = None
    store: str | None = None
    occurred_at: datetime | None = None
    attempt: int | None = None
    is_ping: bool = False


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """The HTTP answer a platform wants to a delivery."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Observation:
    """A rare record of health: `kind` is rate_budget, token_expiry, subscription_expiry or deprecation.

    `remaining` is 0..1 of the budget; `expires_at` for expiries.
    """

    kind: str
    platform: str
    store: str | None = None
    operation: str | None = None
    remaining: float | None = None
    expires_at: datetime | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Request and answer of a failure as a person reads them; redacted before it leaves the process.

    Header values and bodies are text; bodies are cut to the cap with `request_truncated` / `response_truncated`.
    """

    method: str = ""
    url: str = ""
    request_headers: Mapping[str, str] = field(default_factory=dict)
    request_body: str = ""
    status: int | None = None
    response_headers: Mapping[str, str] = field(default_factory=dict)
    response_body: str = ""
    elapsed: float | None = None
    attempt: int = 0
    request_truncated: bool = False
    response_truncated: bool = False
    withheld: bool = False
    """True when no redactor was loaded, so that URL, headers and bodies were left out."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The identity of a failure, `version` frozen once released.

    `parts` name the kind of failure, store-free; `grouping_parts` are the same with what the split table adds.
    `hash` and `grouping` are `v1:<32 hex>` of each.
    """

    version: str
    parts: tuple[str, ...]
    hash: str
    grouping_parts: tuple[str, ...]
    grouping: str


@dataclass(frozen=True, kw_only=True)
class ErrorRecord:
    """One failure, as the library makes it and the pipeline refines it.

    Facts (set once by an adapter or by reading telemetry): platform, store, operation, evidence, codes, fields,
    meaning, status, message, exception, request_id, objects, webhook_topic, snapshot.
    Judgement (re-made by `classify`): category, retryable, severity, owner_hint, explanation, next_step.
    """

    id: str
    """UUIDv7; every copy of one failure (span, log record, Sentry event) carries the same."""
    occurred_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    platform: str | None = None
    store: str | None = None
    operation: str | None = None
    evidence: Evidence = Evidence.FAILURE
    code: str | None = None
    """The platform's own code as people read it; the first of `codes`, or None."""
    codes: tuple[str, ...] = ()
    """All platform codes of the answer, raw, sorted, without repeats."""
    fields: tuple[str, ...] = ()
    """Named field paths without list positions, sorted, without repeats."""
    meaning: str | None = None
    """Id of the shipped catalog row, only where one code has several meanings."""
    status: int | None = None
    """HTTP status of the answer; None when none came."""
    message: str = ""
    """The platform's message for an answer; else the exception's."""
    exception: ExceptionInfo | None = None
    request_id: str | None = None
    objects: Mapping[str, str] = field(default_factory=dict)
    """Ids support searches by: {"order": "1001", "product": "…", "payout_batch": "…"}."""
    webhook_topic: str | None = None
    service: str | None = None
    environment: str | None = None
    release: str | None = None
    trace_id: str | None = None
    """32 lower hex digits."""
    span_id: str | None = None
    snapshot: Snapshot | None = None
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)
    explicit_fingerprint: tuple[str, ...] = ()
    """A fingerprint the team set itself (Sentry's, or an attribute); it wins inside its project."""

    category: Category = Category.UNKNOWN
    shipped_category: Category = Category.UNKNOWN
    """The category before any override of a deployment: the split table reads this one."""
    retryable: bool = False
    severity: Severity = Severity.ERROR
    owner_hint: OwnerHint | None = None
    explanation: Mapping[str, str] = field(default_factory=dict)
    """{"en": …, "zh": …} from the catalog."""
    next_step: Mapping[str, str] = field(default_factory=dict)
    classifier: str = ""
    """`name/version` of what decided the category."""
    fingerprint: Fingerprint | None = None
    occurrences: int = 1
    """How many failures this record stands for (burst)."""
    redacted: bool = False
    notes: tuple[str, ...] = ()
    """Why each decision was taken, for `--explain`."""

    def but(self, **changes: Any) -> Self:
        """Return a copy with some fields changed: `dataclasses.replace`, ten times faster on this many fields.

        Raises:
            TypeError: there is no field of that name.
        """
        known = self.__dict__
        fields = known | changes  # one block of memory copied: filling a new one entry by entry takes twice as long
        if len(fields) != len(known):
            raise TypeError(f"a record has no field {', '.join(changes.keys() - known.keys())}")
        made = object.__new__(type(self))
        object.__setattr__(made, "__dict__", fields)
        return made
