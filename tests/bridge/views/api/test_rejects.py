"""What was refused, by the API; who may is walked with all routes."""

from __future__ import annotations

import pytest

from tests.bridge.seeding import NOW, hours, insert
from tests.bridge.views.api.conftest import Api


def test_refusals_with_filters_and_pages(api: Api) -> None:
    ann = api.seed.person("Ann", "dev")
    for number, reason in enumerate(("too_large", "too_large", "mismatch", "brand_new")):
        protocol = "webhook" if reason == "mismatch" else "otlp_logs"
        values = {"protocol": protocol, "reason": reason, "n": 3, "at": NOW - hours(4 - number), "detail": "x"}
        insert(api.seed.conn, "rejects", project_id=None if reason == "mismatch" else 1, **values)
    first = api.ok(ann, "GET", "/rejects?limit=2")
    rest = api.ok(ann, "GET", f"/rejects?limit=2&cursor={first['next']}")
    found = first["items"] + rest["items"]
    assert [(one["reason"], one["count"], one["project"]) for one in found] == [
        ("brand_new", 3, 1),
        ("mismatch", 3, None),
        ("too_large", 6, 1),
    ]
    assert found[2] == {
        "project": 1,
        "protocol": "otlp_logs",
        "reason": "too_large",
        "meaning": "The request is larger than the limit, after unpacking",
        "remedy": found[2]["remedy"],
        "count": 6,
        "first_at": "2026-03-01T08:00:00.000000Z",
        "last_at": "2026-03-01T09:00:00.000000Z",
        "detail": "x",
    }
    assert "OPENCLAW_OTEL_MAX_BODY_BYTES" in found[2]["remedy"]
    assert len(api.ok(ann, "GET", "/rejects?protocol=webhook")["items"]) == 1
    late = api.ok(ann, "GET", "/rejects?since=2026-03-01T08:30:00Z&until=2026-03-01T09:30:00%2B00:00")
    assert [one["count"] for one in late["items"]] == [3]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("protocol=grpc", "protocol"),
        ("since=yesterday", "since"),
        ("until=2026-03-01T08:00:00", "until"),
        ("cursor=x", "cursor"),
        ("limit=0", "limit"),
        ("reason=x", "reason"),
    ],
)
def test_what_cannot_be_asked(api: Api, query: str, field: str) -> None:
    assert api.fault(api.seed.person("Ann"), "GET", f"/rejects?{query}")[::2] == (400, field)
