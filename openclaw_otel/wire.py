"""The one place that maps records to OTLP log attributes and back; the contract between library and bridge.

What travels outside the attributes: `occurred_at` (the log record's timestamp), trace and span id (its context).
`redacted` and `notes` do not travel: the bridge trusts no sender's redaction and makes its own notes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from openclaw_otel import attributes as names
from openclaw_otel.record import (
    AttributeValue,
    Category,
    ErrorRecord,
    Evidence,
    ExceptionInfo,
    Fingerprint,
    OwnerHint,
    Severity,
)
from openclaw_otel.snapshot_json import decode_snapshot, encode_snapshot, valid_text

MOST_OCCURRENCES = 10_000_000
"""Failures one record may stand for; a larger number is a mistake, and sums of such would not fit a column."""
_DIGITS = 19
_CONSUMED = names.OWN | {
    names.DEPLOYMENT_ENVIRONMENT_NAME,
    names.ERROR_TYPE,
    names.EXCEPTION_MESSAGE,
    names.EXCEPTION_STACKTRACE,
    names.EXCEPTION_TYPE,
    names.HTTP_RESPONSE_STATUS_CODE,
    names.SERVICE_NAME,
    names.SERVICE_VERSION,
}
"""Attributes that become fields of the record; all others stay in `record.attributes`."""
IDENTITY_CAP = 2000
"""Characters of a message on a span: enough for its template; the log record has it whole."""
_Word = TypeVar("_Word", bound=StrEnum)


def to_attributes(record: ErrorRecord) -> dict[str, AttributeValue]:
    """Return everything of the record as log attributes. Every text is valid UTF-8."""
    values: dict[str, Any] = {
        **record.attributes,
        **classification(record),
        **_exception(record.exception),
        names.ERROR_MESSAGE: record.message or None,
        names.ERROR_EXPLANATION: tuple(f"{locale}={text}" for locale, text in record.explanation.items()),
        names.ERROR_NEXT_STEP: tuple(f"{locale}={text}" for locale, text in record.next_step.items()),
        names.ERROR_CLASSIFIER: record.classifier or None,
        names.ERROR_OCCURRENCES: record.occurrences if record.occurrences != 1 else None,
        names.SERVICE_NAME: record.service,
        names.DEPLOYMENT_ENVIRONMENT_NAME: record.environment,
        names.SERVICE_VERSION: record.release,
        names.SNAPSHOT: encode_snapshot(record.snapshot) if record.snapshot else None,
    }
    if record.shipped_category is not record.category:
        values[names.ERROR_CATEGORY_SHIPPED] = record.shipped_category.value
    if record.fingerprint:
        values[names.ERROR_FINGERPRINT] = record.fingerprint.parts
        values[names.ERROR_GROUPING] = record.fingerprint.grouping_parts
        values[names.ERROR_GROUPING_HASH] = record.fingerprint.grouping
    return {name: valid_text(value) for name, value in values.items() if value is not None and value != ()}


def classification(record: ErrorRecord) -> dict[str, AttributeValue]:
    """Return the attributes that a span carries too: what failed and how it is classified, no long texts.

    All of a record's identity is among them, so that a span that comes before its log record leads to the same issue.
    """
    values: dict[str, Any] = {
        names.RECORD_ID: record.id,
        names.PLATFORM_NAME: record.platform,
        names.STORE_ID: record.store,
        names.OPERATION_NAME: record.operation,
        names.WEBHOOK_TOPIC: record.webhook_topic,
        names.REQUEST_ID: record.request_id,
        names.ORDER_ID: record.objects.get("order"),
        names.OBJECT_IDS: tuple(f"{kind}={value}" for kind, value in record.objects.items() if kind != "order"),
        names.ERROR_CATEGORY: record.category.value,
        names.ERROR_CODE: record.code,
        names.ERROR_CODES: record.codes,
        names.ERROR_FIELDS: record.fields,
        names.ERROR_MEANING: record.meaning,
        names.ERROR_MESSAGE: record.message[:IDENTITY_CAP] or None,
        names.ERROR_FINGERPRINT_EXPLICIT: record.explicit_fingerprint,
        names.ERROR_EVIDENCE: record.evidence.value,
        names.ERROR_RETRYABLE: record.retryable,
        names.ERROR_SEVERITY: record.severity.value,
        names.OWNER_HINT: record.owner_hint.value if record.owner_hint else None,
        names.ERROR_FINGERPRINT_HASH: record.fingerprint.hash if record.fingerprint else None,
        names.ERROR_TYPE: error_type(record),
        names.HTTP_RESPONSE_STATUS_CODE: record.status,
    }
    return {name: valid_text(value) for name, value in values.items() if value is not None and value != ()}


def error_type(record: ErrorRecord) -> str:
    """Return the low-cardinality `error.type`: the platform's code, else the HTTP status, else the exception."""
    if record.code:
        return record.code
    if record.evidence is not Evidence.FAILURE and record.status is not None:
        return str(record.status)
    return (record.exception.type if record.exception else "") or record.category.value


def body(record: ErrorRecord) -> str:
    """Return the one line a log viewer shows: `shopify orders.get: rate_limit (THROTTLED): Throttled`."""
    where = " ".join(part for part in (record.platform, record.operation) if part)
    what = f"{record.category}" + (f" ({record.code})" if record.code else "")
    return str(valid_text(": ".join(part for part in (where, what, record.message) if part)))


def from_attributes(
    attributes: Mapping[str, Any],
    body: Any = "",
    *,
    occurred_at: datetime | None = None,
    trace_id: str | None = None,
    span_id: str | None = None,
) -> ErrorRecord:
    """Return the record in log (or span event) attributes, ours or foreign; bad values are left out, never raised.

    Give the resource's attributes merged beneath the log record's own (`service.name`, …). `id` is "" when the
    sender stamped none; the message of a foreign one is its exception's, else the text of its body.
    """
    get = attributes.get
    exception = _read_exception(attributes)
    message = _text(get(names.ERROR_MESSAGE))
    if message is None and not get(names.RECORD_ID):
        message = (exception.message if exception else None) or (body if isinstance(body, str) else None)
    status = _number(get(names.HTTP_RESPONSE_STATUS_CODE, get("http.status_code")))
    category = _word(Category, get(names.ERROR_CATEGORY)) or Category.UNKNOWN
    record = ErrorRecord(
        id=_text(get(names.RECORD_ID)) or "",
        occurred_at=occurred_at or datetime.now(UTC),
        platform=_text(get(names.PLATFORM_NAME)),
        store=_text(get(names.STORE_ID)),
        operation=_text(get(names.OPERATION_NAME)),
        evidence=_word(Evidence, get(names.ERROR_EVIDENCE)) or _guess_evidence(exception, status),
        code=_text(get(names.ERROR_CODE)),
        codes=_texts(get(names.ERROR_CODES)),
        fields=_texts(get(names.ERROR_FIELDS)),
        meaning=_text(get(names.ERROR_MEANING)),
        status=status,
        message=message or "",
        exception=exception,
        request_id=_text(get(names.REQUEST_ID)),
        objects=_objects(attributes),
        webhook_topic=_text(get(names.WEBHOOK_TOPIC)),
        service=_text(get(names.SERVICE_NAME)),
        environment=_text(get(names.DEPLOYMENT_ENVIRONMENT_NAME, get("deployment.environment"))),
        release=_text(get(names.SERVICE_VERSION)),
        trace_id=trace_id,
        span_id=span_id,
        snapshot=decode_snapshot(get(names.SNAPSHOT)),
        attributes={name: _plain(value) for name, value in attributes.items() if name not in _CONSUMED},
        explicit_fingerprint=_texts(get(names.ERROR_FINGERPRINT_EXPLICIT)),
        category=category,
        shipped_category=_word(Category, get(names.ERROR_CATEGORY_SHIPPED)) or category,
        retryable=get(names.ERROR_RETRYABLE) is True,
    )
    return replace(record, **_judgement(attributes))


def _exception(error: ExceptionInfo | None) -> dict[str, Any]:
    if error is None:
        return {}
    return {
        names.EXCEPTION_TYPE: error.type,
        names.EXCEPTION_MESSAGE: error.message,
        names.EXCEPTION_STACKTRACE: error.stacktrace or None,
    }


def _read_exception(attributes: Mapping[str, Any]) -> ExceptionInfo | None:
    kind = _text(attributes.get(names.EXCEPTION_TYPE))
    message = _text(attributes.get(names.EXCEPTION_MESSAGE))
    if kind is None and message is None:
        return None
    return ExceptionInfo(kind or "", message or "", _text(attributes.get(names.EXCEPTION_STACKTRACE)) or "")


def _guess_evidence(exception: ExceptionInfo | None, status: int | None) -> Evidence:
    return Evidence.ANSWER if exception is None and (status or 0) >= 400 else Evidence.FAILURE


def _objects(attributes: Mapping[str, Any]) -> dict[str, str]:
    pairs = (text.partition("=") for text in _texts(attributes.get(names.OBJECT_IDS)))
    found = {kind: value for kind, _, value in pairs}
    order = _text(attributes.get(names.ORDER_ID))
    return found if order is None else {"order": order, **found}


def _judgement(attributes: Mapping[str, Any]) -> dict[str, Any]:
    get = attributes.get
    occurrences = _number(get(names.ERROR_OCCURRENCES))
    return {
        "severity": _word(Severity, get(names.ERROR_SEVERITY)) or Severity.ERROR,
        "owner_hint": _word(OwnerHint, get(names.OWNER_HINT)),
        "explanation": dict(text.split("=", 1) for text in _texts(get(names.ERROR_EXPLANATION)) if "=" in text),
        "next_step": dict(text.split("=", 1) for text in _texts(get(names.ERROR_NEXT_STEP)) if "=" in text),
        "classifier": _text(get(names.ERROR_CLASSIFIER)) or "",
        "fingerprint": _fingerprint(attributes),
        "occurrences": min(occurrences, MOST_OCCURRENCES) if occurrences and occurrences > 0 else 1,
    }


def _fingerprint(attributes: Mapping[str, Any]) -> Fingerprint | None:
    key, grouping = (_text(attributes.get(name)) for name in (names.ERROR_FINGERPRINT_HASH, names.ERROR_GROUPING_HASH))
    if not key or not grouping:
        return None
    return Fingerprint(
        version=key.partition(":")[0],
        parts=_texts(attributes.get(names.ERROR_FINGERPRINT)),
        hash=key,
        grouping_parts=_texts(attributes.get(names.ERROR_GROUPING)),
        grouping=grouping,
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        return ()
    return tuple(item for item in value if isinstance(item, str))


def _number(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and len(value) < _DIGITS and value.isdecimal():
        return int(value)
    return value if isinstance(value, int) else None


def _word(kind: Callable[[str], _Word], value: Any) -> _Word | None:
    try:
        return kind(value)
    except ValueError:
        return None


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
