"""The parts of an identity: what makes two failures the same, in the order of evidence. Pure.

    with a platform     code     platform, operation, codes (and their meaning), fields
                        answer   platform, operation, status, message template, fields
                        failure  platform, operation, exception type, message template
    without             exception type, raise site (function, file), message template

Never in it: category, owner, store, service, or anything a deployment's catalog may change.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources

from openclaw_otel import ErrorRecord, Evidence, ExceptionInfo, Fingerprint
from openclaw_otel_plugins.v1.stack import raise_site
from openclaw_otel_plugins.v1.template import template

VERSION = "v1"
DEFAULT = "{{ default }}"
"""In an explicit fingerprint: the parts we would have made (Sentry's convention)."""

_SEPARATOR = "\x1f"
_MARKUP = re.compile(r"\s*(?:\ufeff)?<(?:!doctype|!--|html|\?xml|head|body|title|h1|p|div|center)\b", re.IGNORECASE)
_VENDORED = re.compile(r"^(?:builtins|__main__|exceptions)\.|(?:requests\.packages|pip\._vendor|botocore\.vendored)\.")
_CLASS_PRINT = re.compile(r"^<class '([^']+)'>$")

Part = tuple[str, str]


def fingerprint_of(record: ErrorRecord) -> Fingerprint:
    """Return the fingerprint and the grouping of a record, format v1."""
    split = "" if record.platform is None else record.shipped_category._value_
    return _fingerprint(identity_parts(record), record.explicit_fingerprint, split, record.store or "")


@lru_cache(maxsize=4096)  # failures of one kind come by the thousand
def _fingerprint(parts: tuple[Part, ...], explicit: tuple[str, ...], category: str, store: str) -> Fingerprint:
    """Return the fingerprint of identity parts; `category` "": the split table does not speak of the record."""
    grouping = _grouping_parts(parts, category, store)
    if explicit:
        parts = grouping = explicit_parts(explicit, parts)
    named = _named(parts)
    own = digest(named)
    if grouping is parts:
        return Fingerprint(VERSION, named, own, named, own)
    grouped = _named(grouping)
    return Fingerprint(VERSION, named, own, grouped, digest(grouped))


def identity_parts(record: ErrorRecord) -> tuple[Part, ...]:
    """Return the parts of the kind of failure, store-free."""
    if record.platform is None:
        return _exception_parts(record)
    common = (("platform", record.platform), ("operation", record.operation or ""))
    if record.evidence is Evidence.CODE:
        meaning = (("meaning", record.meaning),) if record.meaning else ()
        return (*common, ("codes", _joined(record.codes)), *meaning, *_fields(record))
    if record.evidence is Evidence.ANSWER:
        text = "" if _MARKUP.match(record.message) else template(record.message)
        status = "" if record.status is None else str(record.status)
        return (*common, ("status", status), ("message", text), *_fields(record))
    error = record.exception or ExceptionInfo("", record.message)
    return (*common, ("exception", exception_type(error.type)), ("message", template(error.message)))


def _grouping_parts(parts: tuple[Part, ...], category: str, store: str) -> tuple[Part, ...]:
    """Return the parts a project groups by: the identity as the split table of the shipped category changes it."""
    rule = _split().get(category)
    if rule is None:
        return parts
    kept = tuple(part for part in parts if part[0] not in rule.get("without", ()))
    return (*kept, *((name, store) for name in rule.get("with", ()) if name == "store"))


def explicit_parts(explicit: tuple[str, ...], default: tuple[Part, ...]) -> tuple[Part, ...]:
    """Return the parts of a fingerprint the team set itself; `{{ default }}` in it stands for ours."""
    parts: list[Part] = []
    for value in explicit:
        if value.replace(" ", "") == DEFAULT.replace(" ", ""):
            parts += default
        else:
            parts.append(("explicit", value))
    return tuple(parts)


def digest(named: tuple[str, ...]) -> str:
    """Return `v1:<32 hex>` of parts."""
    return f"{VERSION}:{hashlib.sha256(_SEPARATOR.join(named).encode('utf-8', 'replace')).hexdigest()[:32]}"


def exception_type(name: str) -> str:
    """Return an exception type without what the way of importing or printing it adds."""
    printed = _CLASS_PRINT.match(name)
    return _VENDORED.sub("", (printed[1] if printed else name).lstrip("\\"))


def _exception_parts(record: ErrorRecord) -> tuple[Part, ...]:
    error = record.exception or ExceptionInfo("", record.message)
    site = raise_site(error.stacktrace)
    return (
        ("exception", exception_type(error.type)),
        ("function", site.function),
        ("file", site.file),
        ("message", template(error.message)),
    )


def _fields(record: ErrorRecord) -> tuple[Part, ...]:
    return (("fields", _joined(record.fields)),) if record.fields else ()


def _joined(values: tuple[str, ...]) -> str:
    return ",".join(sorted(set(values)))


def _named(parts: tuple[Part, ...]) -> tuple[str, ...]:
    return tuple(f"{name}={value.replace(_SEPARATOR, ' ')}" for name, value in parts)


@cache
def _split() -> Mapping[str, Mapping[str, list[str]]]:
    table: Mapping[str, Mapping[str, list[str]]] = json.loads(
        (resources.files("openclaw_otel_plugins") / "v1" / "split.json").read_text("utf-8")
    )
    return table
