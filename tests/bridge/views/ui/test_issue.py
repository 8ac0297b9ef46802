"""The page of one issue."""

from datetime import UTC, datetime

import pytest

from openclaw_otel_bridge.messages import LOCALES
from openclaw_otel_bridge.reads.activity import Entry
from openclaw_otel_bridge.views.ui.issue import log_line
from tests.bridge.running import Bridge
from tests.bridge.views.ui.browsing import Visitor, raise_issue, text_of
from tests.bridge.views.ui.sending import CALL, TRACE, denied, send, send_trace


def test_what_happened_is_all_there(bridge: Bridge, admin: Visitor) -> None:
    record = denied(trace_id=TRACE, span_id=CALL)
    send(bridge, record)
    send_trace(bridge, record.occurred_at)
    page = text_of(admin.get("/issues/1"))
    for part in (
        "us-main.myshopify.com",
        "https://us-main.myshopify.com/admin/api/2025-10/orders/1001.json",
        "Request headers",
        "Response headers",
        '<span class="j-key">"errors"</span>',
        "420 ms",
        "attempt 2",
        "requests.exceptions.HTTPError",
        'class="app">File "/srv/sync/jobs/orders.py", line 88, in push',
        "client.get(order)",
        "sync orders",
        "GET orders.get",
        "failed here",
        "Why these events are one issue",
        'href="https://us-main.myshopify.com/admin/orders/1001"',
        'href="/?view=all&query=order:1001"',
        "order-sync",
        "production",
    ):
        assert part in page, part
    assert "<b>bold</b>" not in admin.get("/issues/1").get_data(as_text=True)


def test_events_are_walked_one_by_one(bridge: Bridge, admin: Visitor) -> None:
    records = [denied(order=str(1000 + n)) for n in range(3)]
    send(bridge, *records)
    newest = text_of(admin.get("/issues/1"))
    assert "Older →" in newest
    assert "← Newer" not in newest
    middle = text_of(admin.get(f"/issues/1?event={records[1].id}"))
    assert f"event={records[0].id}" in middle
    assert f"event={records[2].id}" in middle
    assert "Latest" in middle
    assert admin.get("/issues/1?event=nonsense").status_code == 200


def test_an_event_of_another_issue_is_not_shown(bridge: Bridge, admin: Visitor) -> None:
    other = denied(store="eu.myshopify.com")
    send(bridge, denied(), other)
    missing = [issue for issue in (1, 2) if admin.get(f"/issues/{issue}?event={other.id}").status_code == 404]
    assert len(missing) == 1


def test_support_sees_no_bodies_no_headers_no_stack(bridge: Bridge, support: Visitor) -> None:
    send(bridge, denied())
    page = text_of(support.get("/issues/1"))
    assert "Bodies and headers are not shown to your role." in page
    for hidden in ("Invalid API key or access token", "Request headers", "jobs/orders.py"):
        assert hidden not in page.split('aria-labelledby="event-title"')[1].split("</section>")[0].replace(
            "[API] Invalid API key or access token", ""
        ), hidden
    assert "jobs/orders.py" not in page
    assert "Send to review" not in page
    assert "Watch" in page


@pytest.mark.parametrize("path", ["/issues/999", "/issues/9999999999999999999", "/issues/0"])
def test_no_such_issue(admin: Visitor, ops: Visitor, path: str) -> None:
    assert admin.get(path).status_code == 404
    assert "未找到" in text_of(ops.get(path))


def test_a_merged_issue_leads_to_where_it_went(bridge: Bridge, admin: Visitor) -> None:
    one, two = raise_issue(admin, "One"), raise_issue(admin, "Two")
    with bridge.database.connection() as conn:
        conn.execute("update issues set merged_into = %s where id = %s", (one, two))
    assert admin.get(f"/issues/{two}").headers["Location"] == f"/issues/{one}"


def test_an_issue_raised_by_hand_shows_the_events_of_its_order(bridge: Bridge, admin: Visitor) -> None:
    issue = raise_issue(admin, "Paid twice", order="1001")
    assert "none has matched yet" in text_of(admin.get(f"/issues/{issue}"))
    send(bridge, denied())
    page = text_of(admin.get(f"/issues/{issue}"))
    assert "orders/1001.json" in page
    assert "raised by hand" in page


def test_the_log_goes_back_in_pages(admin: Visitor) -> None:
    issue = raise_issue(admin)
    for n in range(51):
        admin.post(f"/issues/{issue}/comments", {"text": f"comment number {n}."})
    first = text_of(admin.get(f"/issues/{issue}"))
    assert "comment number 50." in first
    assert "comment number 0." not in first
    address = first.split("Older activity")[0].rsplit('href="', 1)[1].split('"')[0]
    assert "comment number 0." in text_of(admin.get(address))
    assert admin.get(f"/issues/{issue}?log=broken").status_code == 200


@pytest.mark.parametrize("locale", LOCALES)
def test_log_line_says_what_people_wrote(locale: str) -> None:
    data = {
        "text": "because",
        "root_cause": {"kind": "our_bug", "text": "a typo"},
        "fix": {"kind": "code_change", "text": "fixed"},
    }
    line = log_line(Entry(1, datetime.now(UTC), 2, "Ana", "person", "resolved", data), locale)
    assert line.said == ("because", "a typo", "fixed")
    assert line.name == "Ana"
