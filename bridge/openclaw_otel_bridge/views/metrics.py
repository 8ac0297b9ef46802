"""GET /metrics: Prometheus text of all web processes together."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from flask import Blueprint, Response, request

from openclaw_otel_bridge.problems import Problem
from openclaw_otel_bridge.services import services
from openclaw_otel_bridge.shared_numbers import Series

PREFIX = "openclaw_otel_"
HELP: Mapping[str, str] = {
    "intake_items_total": "Spans, log records and deliveries by protocol: received, found (failures), dropped, …",
    "intake_answers_total": "Requests answered, by protocol and HTTP status",
    "intake_seconds": "How long senders wait for their answer, from the head of the request",
    "intake_rejects_total": "Items and requests refused, by protocol and reason",
    "stored_total": "What was committed, by queue: events, copies, resent, spans, issues, folded (kinds in a flood)",
    "commit_transactions_total": "Transactions of the group commit",
    "commit_seconds_total": "Seconds spent in them",
    "commit_repeats_total": "Transactions repeated after a deadlock or a lost connection",
    "commit_turned_away_total": "Items answered 503 because the queue was full",
    "queue_depth": "Items that wait for their commit",
    "pool_connections": "Database connections of the request pool: size, available",
    "pool_waiting": "Requests that wait for a connection",
    "pool_errors_total": "Requests that got no connection in time",
    "spool_deliveries_total": "Webhooks the database could not take: kept, stored later, bad (set aside), turned_away",
    "spool_files": "Webhooks that wait for the database now",
    "spool_bytes": "Bytes they take",
    "spool_oldest_seconds": "How long the oldest of them waits",
    "spool_bad_files": "Files set aside because they cannot be stored: somebody has to look",
    "plugin_calls_total": "Calls of each processor and redactor",
    "plugin_failures_total": "Calls that raised",
    "plugin_seconds_total": "Seconds spent in each",
    "plugin_switched_off": "Processes in which a processor is switched off",
}
blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
def metrics() -> Response:
    """The numbers, to who knows the token (when one is set)."""
    here = services()
    if here.config.metrics_token:
        _, _, given = request.headers.get("Authorization", "").partition(" ")
        if not hmac.compare_digest(given.strip().encode(), here.config.metrics_token.encode()):
            raise Problem(
                "the header `Authorization: Bearer <OPENCLAW_OTEL_METRICS_TOKEN>` is missing or wrong",
                status=401,
                code="unauthenticated",
                headers={"WWW-Authenticate": "Bearer"},
            )
    return Response(render(here.numbers.total()), content_type="text/plain; version=0.0.4; charset=utf-8")


def render(numbers: Mapping[Series, float]) -> str:
    """Return Prometheus text (https://prometheus.io/docs/instrumenting/exposition_formats/)."""
    lines = []
    last = ""
    for (name, labels), value in sorted(numbers.items(), key=_place):
        family = name.removesuffix("_bucket").removesuffix("_count").removesuffix("_sum")
        if family != last:
            kind = "counter" if name.endswith("_total") else "histogram" if family != name else "gauge"
            lines += [f"# HELP {PREFIX}{family} {HELP.get(family, '')}", f"# TYPE {PREFIX}{family} {kind}"]
            last = family
        text = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels)
        lines.append(f"{PREFIX}{name}{'{' + text + '}' if text else ''} {value:.15g}")
    return "\n".join(lines) + "\n"


def _place(item: tuple[Series, float]) -> tuple[str, list[tuple[str, str]], float]:
    """Return where a line stands: by its name and labels, buckets by their upper end."""
    (name, labels), _ = item
    end = next((float(text) for key, text in labels if key == "le"), 0.0)
    return name, [label for label in labels if label[0] != "le"], end


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
