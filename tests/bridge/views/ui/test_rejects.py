"""Refusals as people see them: in words, counted in the menu, of their own project."""

from __future__ import annotations

import time

import pytest
import requests

from openclaw_otel_bridge.services import EXTENSION
from tests.bridge.otlp_messages import exception_event, span, traces
from tests.bridge.running import Bridge
from tests.bridge.views.ui.browsing import Visitor, text_of


def refused(bridge: Bridge, protocol: str, reason: str, n: int, age: str = "1 hour", project: int | None = 1) -> None:
    with bridge.database.connection() as conn:
        conn.execute(
            "insert into rejects (project_id, protocol, reason, n, detail, at)"
            " values (%s, %s, %s, %s, 'the <detail>', now() - %s::interval)",
            (project, protocol, reason, n, age),
        )


def test_what_a_sender_was_told_is_shown(bridge: Bridge, admin: Visitor, ops: Visitor) -> None:
    assert "Nothing was refused" in text_of(admin.get("/rejects"))
    assert "refused in the last 24 hours" not in text_of(admin.get("/"))
    key = {"Authorization": f"Bearer {bridge.ingest_key}", "Content-Type": "application/x-protobuf"}
    bad = traces(span(exception_event("E", "m"), trace=b"short")).SerializeToString()
    for body, headers in ((bad, key), (b"no protobuf", key), (bad, {**key, "Authorization": "Bearer wrong"})):
        requests.post(f"{bridge.url}/v1/traces", data=body, headers=headers, timeout=10)
    requests.post(f"{bridge.url}/webhook/shopify/nowhere", data=b"{}", timeout=10)
    requests.post(f"{bridge.url}/hooks/sentry/nowhere", data=b"{}", timeout=10)
    bridge.app.extensions[EXTENSION].intake.rejects.flush()
    deadline = time.monotonic() + 10
    while "5 refused in the last 24 hours" not in text_of(admin.get("/")):
        assert time.monotonic() < deadline
    page = text_of(admin.get("/rejects"))
    for part in (
        "trace id that is none",
        "<code>trace_id is not 16 bytes, or all zero</code>",
        "The body is no OTLP export request",
        "The key is missing, wrong or revoked",
        "<code>Authorization: Bearer <ingest key></code>",
        "A webhook for a store that is not configured",
        "There is no such project, store or integration",
        "not known",
    ):
        assert part in page, part
    page = text_of(ops.get("/rejects"))
    assert "密钥缺失、错误或已吊销" in page
    assert "最近 24 小时被拒 5 条" in page
    with bridge.database.connection() as conn:
        rows = conn.execute("select protocol, reason, project_id from rejects order by 1, 2").fetchall()
    assert rows == [
        ("otlp_traces", "bad_trace_id", 1),
        ("otlp_traces", "unauthenticated", None),
        ("otlp_traces", "undecodable", 1),
        ("sentry_hook", "not_found", None),
        ("webhook", "unknown_store", None),
    ]


def test_filters_and_pages(bridge: Bridge, admin: Visitor) -> None:
    refused(bridge, "webhook", "mismatch", 1200)
    refused(bridge, "otlp_logs", "too_large", 3, age="3 days")
    refused(bridge, "sentry", "brand_new", 1, age="20 days")
    page = text_of(admin.get("/rejects"))
    assert "1,200" in page
    assert "the <detail>" in page
    assert "<detail>" not in admin.get("/rejects").get_data(as_text=True)
    assert ("too_large" in page, "brand_new" in page) == (True, False)
    assert "too_large" not in text_of(admin.get("/rejects?range=day"))
    assert "brand_new" in text_of(admin.get("/rejects?range=all"))
    page = text_of(admin.get("/rejects?range=all&protocol=otlp_logs"))
    assert ("too_large" in page, "mismatch" in page) == (True, False)
    assert admin.get("/rejects?range=x&protocol=y&cursor=z").status_code == 200
    for number in range(60):
        refused(bridge, "webhook", f"reason {number}", 1)
    page = text_of(admin.get("/rejects"))
    following = page.partition('rel="next" href="')[2].partition('"')[0]
    assert "too_large" not in page
    assert "too_large" in text_of(admin.get(following))


def test_who_may(bridge: Bridge, support: Visitor, dev: Visitor, ops: Visitor) -> None:
    refused(bridge, "webhook", "mismatch", 5)
    assert support.get("/rejects").status_code == 403
    assert 'href="/rejects"' not in text_of(support.get("/"))
    for visitor in (dev, ops):
        assert visitor.get("/rejects").status_code == 200
        assert 'href="/rejects"' in text_of(visitor.get("/"))


def test_of_another_project_nothing_is_seen(bridge: Bridge, dev: Visitor) -> None:
    with bridge.database.connection() as conn:
        conn.execute("insert into projects (slug, name) values ('b', 'Brand B')")
    refused(bridge, "webhook", "mismatch", 5, project=2)
    page = text_of(dev.get("/rejects"))
    assert "Nothing was refused" in page
    assert "refused in the last 24 hours" not in page


def test_a_narrowed_view_is_told_why_it_sees_none(bridge: Bridge, dev: Visitor) -> None:
    refused(bridge, "webhook", "mismatch", 5)
    with bridge.database.connection() as conn:
        conn.execute("update memberships set view_scope = 'store:eu-*' where role = 'dev'")
    page = text_of(dev.get("/rejects"))
    assert "Your view is limited" in page
    assert "refused in the last 24 hours" not in page


def test_a_page_comes_without_the_number_when_it_cannot_be_counted(
    bridge: Bridge, admin: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    name = bridge.database.url.rpartition("/")[2].partition("?")[0]
    with bridge.database.connect(autocommit=True) as conn:
        conn.execute(f'alter database "{name}" set statement_timeout = 300')
    bridge.database.close()  # the pool's next connections have the limit
    with bridge.database.connect() as blocker:
        blocker.execute("lock table rejects in access exclusive mode")
        assert admin.get("/people").status_code == 200
        assert "the number of refusals is left out" in caplog.text
