"""A service that tells every failure of a file of lines to Sentry's SDK; run as a process.

    python -m tests.telling.sentry_service LINES DSN ours|plain

`ours` has OpenClawIntegration, whose redaction is the last thing before the wire; `plain` has the SDK alone, as a
service sends that nobody redacts for. A failure is put wherever an event has room: exception, frame variables, request,
breadcrumbs, extra, tags, user, logentry.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sentry_sdk

from openclaw_otel.har import exchange_from_har
from openclaw_otel.sentry import OpenClawIntegration
from tests.generators.lines import Line, read

FRAME = re.compile(r'File "([^"\n]+)", line (\d+), in (\S+)')


def main(argv: list[str]) -> None:
    """Tell every line."""
    logging.basicConfig(level="WARNING")
    file, dsn, kind = argv
    sentry_sdk.init(
        dsn,
        integrations=[OpenClawIntegration()] if kind == "ours" else [],
        default_integrations=False,
        send_default_pii=True,
        max_value_length=100_000,
        event_scrubber=None,
    )
    for number, line in enumerate(read(Path(file))):
        with sentry_sdk.new_scope() as scope:
            if number % 3 == 0:
                scope.set_user({"id": "u-1", "email": _first(line, "email"), "username": _first(line, "name")})
            scope.capture_event(event_of(line))
        if number % 20 == 19:
            sentry_sdk.flush(30)  # its queue holds a hundred, and drops what comes beyond
    sentry_sdk.flush(60)


def event_of(line: Line) -> dict[str, Any]:
    """Return the event of a line, with everything people put into events."""
    error: Mapping[str, str] = line.get("exception") or {"type": "HTTPError", "message": "the call failed"}
    stack = error.get("stacktrace") or ""
    known = {"attributes": line.get("attributes"), "delivery": line.get("delivery")}
    event: dict[str, Any] = {
        "level": "error",
        "platform": "python",
        "exception": {
            "values": [
                {
                    "type": error["type"],
                    "value": error["message"],
                    "stacktrace": {"frames": _frames(stack, {"error": repr(error["message"]), **known})},
                }
            ]
        },
        "extra": {"stack": stack, **known},
    }
    if line.get("exchange"):
        exchange = exchange_from_har(line["exchange"])
        answer = exchange.response_body.decode(errors="replace")
        event["request"] = {
            "method": exchange.method,
            "url": exchange.url,
            "headers": dict(exchange.request_headers),
            "data": exchange.request_body.decode(errors="replace"),
        }
        event["extra"]["response"] = {"headers": dict(exchange.response_headers), "body": answer}
        event["breadcrumbs"] = {"values": [{"category": "httplib", "message": answer, "data": {"url": exchange.url}}]}
        event["logentry"] = {"message": "call failed: %s", "params": [answer], "formatted": f"call failed: {answer}"}
    return event


def _frames(stack: str, variables: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = [{"filename": file, "lineno": int(at), "function": name} for file, at, name in FRAME.findall(stack)]
    found = found or [{"filename": "shop/job.py", "lineno": 7, "function": "run"}]
    found[-1]["vars"] = dict(variables)
    return found


def _first(line: Line, kind: str) -> str | None:
    return next((each["value"] for each in line["canaries"] if each["kind"] == kind), None)


if __name__ == "__main__":
    main(sys.argv[1:])
