"""`openclaw-otel classify`: captured exchanges and exceptions → what each failure is, one JSON line for every input."""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from openclaw_otel import bodies
from openclaw_otel.classify import Classifier, Context, exception_from
from openclaw_otel.config import Config
from openclaw_otel.errors import OpenClawError
from openclaw_otel.har import HarError, exchange_from_har
from openclaw_otel.record import ErrorRecord, Exchange


class InputError(OpenClawError):
    """The input cannot be read."""


def main(argv: Sequence[str]) -> int:
    """Classify a file or standard input; 1 when a line could not be read (its output line says why)."""
    parser = argparse.ArgumentParser(prog="openclaw-otel classify", description=(__doc__ or "").partition(": ")[2])
    parser.add_argument(
        "file",
        metavar="FILE",
        help='JSON lines {"id", "exchange": HAR entry, "exception", "service"}, or a .har file; -',
    )
    parser.add_argument("--explain", action="store_true", help="add why, severity, owner, explanation and next step")
    parser.add_argument("--platform", help="the platform of every exchange, where the URL does not tell")
    options = parser.parse_args(argv)
    classifier = Classifier(Config.from_env())
    if options.platform:
        classifier.platforms.get(options.platform)  # an unknown name fails once, not on each line
    failed = False
    with ExitStack() as stack:
        for entry in _entries(options.file, stack):
            line = _line(classifier, entry, options.platform, explain=options.explain)
            failed = failed or "error" in line
            print(json.dumps(line, ensure_ascii=False))
    return 1 if failed else 0


def _entries(file: str, stack: ExitStack) -> Iterator[dict[str, Any]]:
    """Yield `{"id", …}` of each input; `{"id", "error"}` of one that cannot be read."""
    if file == "-":
        yield from _json_lines(io.TextIOWrapper(sys.stdin.buffer, "utf-8-sig", errors="replace"))
        return
    path = Path(file)
    try:
        lines = stack.enter_context(path.open(encoding="utf-8-sig", errors="replace"))
    except OSError as error:
        raise InputError(f"{file}: {error.strerror}") from error
    if path.suffix.lower() == ".har":
        yield from _har_entries(file, lines.read())
    else:
        yield from _json_lines(lines)


def _json_lines(lines: Any) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield {"id": f"line {number}", "error": f"line {number} is not JSON: {error}"}
            continue
        if not isinstance(value, dict):
            yield {"id": f"line {number}", "error": f"line {number} is not a JSON object"}
            continue
        yield value if "id" in value else {**value, "id": f"line {number}"}


def _har_entries(file: str, text: str) -> Iterator[dict[str, Any]]:
    try:
        entries = json.loads(text)["log"]["entries"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(f"{file}: not a HAR file, log.entries cannot be read: {error!r}") from error
    for number, entry in enumerate(bodies.items(entries), 1):
        yield {"id": f"entry {number}", "exchange": entry}


def _line(classifier: Classifier, entry: dict[str, Any], platform: str | None, *, explain: bool) -> dict[str, Any]:
    result: dict[str, Any] = {"id": entry["id"]}
    result |= dict.fromkeys(("platform", "operation", "category", "code", "retryable", "fingerprint"))
    if "error" in entry:
        return {**result, "error": entry["error"]}
    error = exception_from(entry.get("exception"))
    context = Context(bodies.text(entry.get("service")) or None, bodies.mapping(entry.get("attributes")))
    try:
        exchange = exchange_from_har(entry["exchange"], error) if entry.get("exchange") is not None else None
    except HarError as problem:
        return {**result, "error": f"exchange: {problem}"}
    named = platform or bodies.text(entry.get("platform")) or None
    if exchange is not None:
        adapter = classifier.adapter(exchange, named)
        result["platform"] = adapter.name if adapter else None
        record = classifier.exchange(exchange, platform=named, context=context)
    elif error is not None:
        record = classifier.exception(error, context)
    else:
        return {**result, "error": "neither exchange nor exception is given"}
    return {**result, **_fields(record), **(_explained(record, exchange) if explain else {})}


def _fields(record: ErrorRecord | None) -> dict[str, Any]:
    if record is None:
        return {}
    return {
        "platform": record.platform,
        "operation": record.operation,
        "category": record.category,
        "code": record.code,
        "retryable": record.retryable,
        "fingerprint": record.fingerprint.hash if record.fingerprint else None,
    }


def _explained(record: ErrorRecord | None, exchange: Exchange | None) -> dict[str, Any]:
    if record is None:
        return {"explain": {"why": ["it succeeded"]}}
    print_ = record.fingerprint
    return {
        "explain": {
            "why": list(record.notes),
            "evidence": record.evidence,
            "codes": list(record.codes),
            "fields": list(record.fields),
            "message": record.message,
            "severity": record.severity,
            "owner": record.owner_hint,
            "explanation": dict(record.explanation),
            "next_step": dict(record.next_step),
            "store": record.store,
            "request_id": record.request_id,
            "objects": dict(record.objects),
            "fingerprint_parts": list(print_.parts) if print_ else None,
            "grouping": print_.grouping if print_ else None,
            "status": exchange.status if exchange else None,
        }
    }
