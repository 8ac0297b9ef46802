"""From the attributes of a span event, span or log record to the raw record of a failure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from openclaw_otel import attributes as names
from openclaw_otel.record import Category, ErrorRecord, Evidence, ExceptionInfo, Severity
from openclaw_otel.wire import from_attributes
from openclaw_otel_bridge.intake.calls import CallFacts
from openclaw_otel_bridge.intake.items import NONE

ReadCall = Callable[[str, str], CallFacts | None]
"""What a call says by its method and URL: `Calls.read`."""
OF_RESOURCE = (names.SERVICE_NAME, names.SERVICE_VERSION, names.DEPLOYMENT_ENVIRONMENT_NAME)
_RENAMED: Mapping[str, str] = {
    "deployment.environment": names.DEPLOYMENT_ENVIRONMENT_NAME,
    "http.flavor": "network.protocol.version",
    "http.host": names.SERVER_ADDRESS,
    "http.method": names.HTTP_REQUEST_METHOD,
    "http.scheme": "url.scheme",
    "http.status_code": names.HTTP_RESPONSE_STATUS_CODE,
    "http.target": "url.path",
    "http.url": names.URL_FULL,
    "http.user_agent": "user_agent.original",
    "net.peer.name": names.SERVER_ADDRESS,
    "net.peer.port": names.SERVER_PORT,
}
"""Attribute names of HTTP before its semantic conventions were stable: most Python senders still use them.
https://opentelemetry.io/docs/specs/semconv/non-normative/http-migration/"""
_OLD = frozenset(_RENAMED)
_CARRIER = (names.ERROR_GROUPING_HASH, names.ERROR_CLASSIFIER, names.SNAPSHOT)
_CONSUMED = frozenset(
    {
        *OF_RESOURCE,
        names.ERROR_TYPE,
        names.EXCEPTION_MESSAGE,
        names.EXCEPTION_STACKTRACE,
        names.EXCEPTION_TYPE,
        names.HTTP_RESPONSE_STATUS_CODE,
    }
)
"""Attributes that become fields of the record."""
_VIEWED = (
    names.ERROR_CATEGORY,
    names.ERROR_SEVERITY,
    names.ERROR_FINGERPRINT_HASH,
    names.ERROR_GROUPING_HASH,
    names.ERROR_CODE,
)
_BLANK = ErrorRecord(id="", occurred_at=datetime.min.replace(tzinfo=UTC))
"""What records are copied from: half the price of making one of its thirty fields."""
_HASH = re.compile(r"v\d+:[0-9a-f]{8,64}")


def modern(attributes: dict[str, Any]) -> dict[str, Any]:
    """Return the attributes with old names replaced by new ones; a new name that is there already wins."""
    if _OLD.isdisjoint(attributes):  # as nearly always
        return attributes
    for name in [name for name in _RENAMED if name in attributes]:
        value = attributes.pop(name)
        attributes.setdefault(_RENAMED[name], value)
    path = attributes.get("url.path")
    if isinstance(path, str) and "?" in path:
        attributes["url.path"], _, query = path.partition("?")
        attributes.setdefault("url.query", query)
    return attributes


def is_weak(attributes: Mapping[str, Any]) -> bool:
    """Say whether stamped attributes are only a short copy of a record, whose carrier tells more."""
    return not any(name in attributes for name in _CARRIER)


def has_ours(attributes: Mapping[str, Any]) -> bool:
    """Say whether one of our own attributes is there."""
    if names.PREFIX not in "".join(attributes):  # as nearly always; the loop costs twice as much
        return False
    return any(name.startswith(names.PREFIX) for name in attributes)


def sender_view(attributes: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the sender's own classification, sound values only; empty when it made none."""
    if attributes.keys().isdisjoint(_VIEWED):
        return NONE
    view: dict[str, Any] = {}
    for field, name, words in (
        ("category", names.ERROR_CATEGORY, frozenset(Category)),
        ("severity", names.ERROR_SEVERITY, frozenset(Severity)),
    ):
        value = attributes.get(name)
        if isinstance(value, str) and value in words:
            view[field] = value
    for field, name in (("fingerprint", names.ERROR_FINGERPRINT_HASH), ("grouping", names.ERROR_GROUPING_HASH)):
        value = attributes.get(name)
        if isinstance(value, str) and _HASH.fullmatch(value):
            view[field] = value
    code = attributes.get(names.ERROR_CODE)
    if isinstance(code, str):
        view["code"] = code[:200]
    if view and isinstance(attributes.get(names.ERROR_RETRYABLE), bool):
        view["retryable"] = attributes[names.ERROR_RETRYABLE]
    return view


class Occurrence(NamedTuple):
    """Where and when: `at` None when the sender gave no time that can be read; ids in hex."""

    at: datetime | None
    trace_id: str | None = None
    span_id: str | None = None
    body: str = ""
    """What the sender says in words, where no exception says more."""
    record_id: str = ""
    """What the record is to be called."""


def record_of(
    attributes: Mapping[str, Any], resource: Mapping[str, Any], where: Occurrence, read_call: ReadCall | None = None
) -> ErrorRecord:
    """Return the raw record of a failure; `attributes` in new names.

    With `read_call` (CLIENT spans), a call to a platform is read by its adapter: platform, operation, store, category.
    """
    if not has_ours(attributes):
        return _foreign(attributes, resource, where, read_call)
    merged = {name: resource[name] for name in OF_RESOURCE if name in resource} | dict(attributes)
    record = from_attributes(merged, where.body, occurred_at=where.at, trace_id=where.trace_id, span_id=where.span_id)
    if where.record_id:
        record = record.but(id=where.record_id)
    if read_call is None or record.platform is not None:
        return record
    return record.but(**_by_call(read_call, attributes, record.status, record.objects))


def _foreign(
    attributes: Mapping[str, Any], resource: Mapping[str, Any], where: Occurrence, read_call: ReadCall | None
) -> ErrorRecord:
    """What `from_attributes` makes of attributes without a single one of ours, at a fraction of its price."""
    get = attributes.get
    kind, message, stack = get(names.EXCEPTION_TYPE), get(names.EXCEPTION_MESSAGE), get(names.EXCEPTION_STACKTRACE)
    error = None
    if isinstance(kind, str) or isinstance(message, str):
        error = ExceptionInfo(_str(kind) or "", _str(message) or "", _str(stack) or "")
    status = _status(get(names.HTTP_RESPONSE_STATUS_CODE))
    facts = None if read_call is None else _by_call(read_call, attributes, status, {})
    if not facts:
        facts = {"evidence": Evidence.ANSWER if error is None and (status or 0) >= 400 else Evidence.FAILURE}
    known = resource.get
    return _BLANK.but(
        id=where.record_id,
        occurred_at=where.at or datetime.now(UTC),
        status=status,
        message=_str(message) or where.body,
        exception=error,
        service=_str(get(names.SERVICE_NAME, known(names.SERVICE_NAME))),
        environment=_str(get(names.DEPLOYMENT_ENVIRONMENT_NAME, known(names.DEPLOYMENT_ENVIRONMENT_NAME))),
        release=_str(get(names.SERVICE_VERSION, known(names.SERVICE_VERSION))),
        trace_id=where.trace_id,
        span_id=where.span_id,
        attributes={
            name: tuple(value) if type(value) is list else value
            for name, value in attributes.items()
            if name not in _CONSUMED
        },
        **facts,
    )


def _by_call(
    read_call: ReadCall, attributes: Mapping[str, Any], status: int | None, objects: Mapping[str, str]
) -> dict[str, Any]:
    """Return what the adapter of a call reads; empty when it is no call to a platform.

    Telemetry shows no bodies: of the answer only its status can be read; the pipeline judges it.
    """
    url = _url(attributes)
    if not url:
        return {}
    method = attributes.get(names.HTTP_REQUEST_METHOD)
    call = read_call(method if isinstance(method, str) else "GET", url)
    if call is None:
        return {}
    return {
        "platform": call.platform,
        "store": call.store,
        "operation": call.operation,
        "evidence": Evidence.ANSWER if status is not None and status >= 400 else Evidence.FAILURE,
        "objects": {**call.objects, **objects} if objects else call.objects,
    }


def _str(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _status(value: Any) -> int | None:
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 10:
        return int(value)
    return value if isinstance(value, int) else None


def _url(attributes: Mapping[str, Any]) -> str:
    url = attributes.get(names.URL_FULL)
    if isinstance(url, str) and url:
        return url
    host = attributes.get(names.SERVER_ADDRESS)
    if not isinstance(host, str) or not host:
        return ""
    path = attributes.get("url.path")
    made = f"https://{host}{path if isinstance(path, str) else '/'}"
    try:
        urlsplit(made)
    except ValueError:
        return ""
    return made
