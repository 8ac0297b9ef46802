"""Tags, user, release, request of a Sentry event as facts."""

from __future__ import annotations

from typing import Any

from openclaw_otel_bridge.intake.sentry_facts import facts_of, snapshot_of, text_of

EVENT: dict[str, Any] = {
    "platform": "python",
    "environment": "prod",
    "release": "erp-sync@1.4.2",
    "server_name": "sync-01",
    "transaction": "sync_order",
    "tags": [
        ["team", "erp"],
        ["retried", True],
        ["exception.type", "no"],
        ["openclaw.integration.platform.name", "shopify"],
    ],
    "user": {"id": 7, "email": "jane@example.com", "segment": "b2b"},
    "sdk": {"name": "sentry.python", "version": "2.75.0"},
    "breadcrumbs": {"values": [{"message": str(n)} for n in range(150)]},
    "contexts": {
        "trace": {"trace_id": "a" * 32},
        "otel": {"resource": {"deployment.environment.name": "staging"}},
        "runtime": {"name": "CPython"},
        "openclaw": {"openclaw.integration.order.id": "1001", "exception.type": "no", "other": 1},
    },
    "extra": {"order": {"id": 1001}},
    "modules": {"requests": "2.32"},
}


def test_facts() -> None:
    facts = facts_of(EVENT, [{"type": "A"}])
    crumbs = facts.pop("sentry.breadcrumbs")["values"]
    assert (len(crumbs), crumbs[-1]) == (100, {"message": "149"})
    assert facts == {
        "telemetry.sdk.language": "python",
        "telemetry.sdk.name": "sentry.python",
        "telemetry.sdk.version": "2.75.0",
        "deployment.environment.name": "prod",
        "service.version": "erp-sync@1.4.2",
        "service.name": "erp-sync",
        "host.name": "sync-01",
        "sentry.transaction": "sync_order",
        "team": "erp",
        "retried": "true",
        "openclaw.integration.platform.name": "shopify",
        "openclaw.integration.order.id": "1001",
        "user.id": "7",
        "user.email": "jane@example.com",
        "sentry.user": {"segment": "b2b"},
        "sentry.contexts": {"runtime": {"name": "CPython"}},
        "sentry.extra": {"order": {"id": 1001}},
        "sentry.modules": {"requests": "2.32"},
        "sentry.stacktrace": {"values": [{"type": "A"}]},
    }


def test_nothing_is_expected() -> None:
    odd: dict[str, Any] = dict.fromkeys(EVENT, 7) | {"tags": {"a": None, "b": []}, "user": [], "extra": "x"}
    assert "a" not in facts_of(odd, [])
    assert facts_of({}, []) == {}


def test_the_request_is_a_snapshot() -> None:
    found = snapshot_of(
        {
            "request": {
                "method": "POST",
                "url": "https://x/y",
                "query_string": "a=1",
                "headers": [["A", "b"]],
                "data": {"c": 1},
            }
        }
    )
    assert found is not None
    assert (found.method, found.url, found.request_headers, found.request_body) == (
        "POST",
        "https://x/y?a=1",
        {"A": "b"},
        '{"c":1}',
    )
    assert snapshot_of({"request": {"headers": {}}}) is None
    assert snapshot_of({}) is None


def test_texts() -> None:
    assert list(map(text_of, ("a", "", 7, True, None, []))) == ["a", None, "7", None, None, None]
