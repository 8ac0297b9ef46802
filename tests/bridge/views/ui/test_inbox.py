"""The list: views, queries, sort, pages, bulk assignment, and what stands there when there is nothing."""

import re

import pytest

from openclaw_otel.record import Severity
from openclaw_otel_bridge.reads.walking import Bounds
from tests.bridge.running import Bridge
from tests.bridge.views.ui.browsing import Visitor, join, raise_issue, text_of
from tests.bridge.views.ui.sending import denied, send


def numbers(text: str) -> list[int]:
    """Return the issues a page lists."""
    return [int(found) for found in re.findall(r'<tr data-row="(\d+)"', text)]


def test_an_empty_bridge_says_how_to_send_a_first_event(admin: Visitor, ops: Visitor) -> None:
    page = text_of(admin.get("/"))
    assert "No issues yet" in page
    assert "instrument()" in page
    assert "还没有问题" in text_of(ops.get("/"))


def test_a_failure_that_was_sent_is_a_row(bridge: Bridge, admin: Visitor, ops: Visitor) -> None:
    send(bridge, denied(), denied(order="1002"))
    page = text_of(admin.get("/"))
    assert len(numbers(page)) == 1
    assert "Shopify: access refused" in page
    assert "us-main.myshopify.com" in page
    assert "2 events in the last 24 hours" in page
    assert "Shopify：认证被拒绝" in text_of(ops.get("/"))


def test_views(bridge: Bridge, admin: Visitor) -> None:
    mine, free, team = (raise_issue(admin, title) for title in ("Mine", "Free", "Team"))
    with bridge.database.connection() as conn:
        me = conn.execute("select id from people where email = %s", (bridge.email,)).fetchone()[0]
        ours = conn.execute(
            "insert into teams (project_id, slug, name) values (1, 'we', 'We') returning id"
        ).fetchone()[0]
        conn.execute("insert into team_members values (%s, %s)", (ours, me))
    admin.post(f"/issues/{mine}/transition", {"to": "assigned", "owner": f"person:{me}"})
    admin.post(f"/issues/{team}/transition", {"to": "assigned", "owner": f"team:{ours}"})
    expected = {
        "open": {mine, free, team},
        "mine": {mine, team},
        "team": {team},
        "unassigned": {free},
        "in_review": set(),
        "resolved": set(),
        "all": {mine, free, team},
    }
    for view, issues in expected.items():
        assert set(numbers(text_of(admin.get(f"/?view={view}")))) == issues, view
    assert "Nothing to review" in text_of(admin.get("/?view=in_review"))
    assert set(numbers(text_of(admin.get("/?view=nonsense")))) == {mine, free, team}


def test_a_query_and_its_faults(admin: Visitor, ops: Visitor) -> None:
    raise_issue(admin, "Payout stuck", platform="paypal")
    raise_issue(admin, "Stock wrong", platform="shopee")
    assert len(numbers(text_of(admin.get("/?query=platform:paypal")))) == 1
    assert len(numbers(text_of(admin.get("/issues?query=stock")))) == 1
    nothing = text_of(admin.get("/?query=platform:temu&view=open"))
    assert "Nothing matches" in nothing
    response = admin.get("/?query=platfrom:paypal")
    assert response.status_code == 200
    assert 'did you mean "platform"' in text_of(response)
    assert "是否指“platform”" in text_of(ops.get("/?query=platfrom:paypal"))
    assert 'value="<script>' not in admin.get('/?query="<script>').get_data(as_text=True)


@pytest.mark.parametrize("sort", ["last_seen", "first_seen", "events", "severity", "due", "nonsense"])
def test_sorts(admin: Visitor, sort: str) -> None:
    raise_issue(admin, "One", severity="info")
    critical = raise_issue(admin, "Two", severity="critical")
    raise_issue(admin, "Three", severity="warn")
    found = numbers(text_of(admin.get(f"/?sort={sort}")))
    assert len(found) == 3
    if sort == "severity":
        assert found[0] == critical


def test_pages_follow_each_other_without_gap(bridge: Bridge, admin: Visitor) -> None:
    send(bridge, *(denied(store=f"s{n}.myshopify.com") for n in range(53)))
    first = text_of(admin.get("/?sort=first_seen"))
    assert len(numbers(first)) == 50
    following = re.search(r'rel="next" data-key="next" href="([^"]+)"', first)
    assert following
    second = text_of(admin.get(following[1]))
    assert len({*numbers(first), *numbers(second)}) == 53
    assert "First page" in second
    assert len(numbers(text_of(admin.get("/?cursor=broken")))) == 50


def test_htmx_gets_the_list_alone_and_a_browser_the_page(admin: Visitor) -> None:
    raise_issue(admin)
    part = text_of(admin.get("/", **{"HX-Request": "true", "HX-Target": "list"}))
    assert "<html" not in part
    assert len(numbers(part)) == 1
    assert 'name="owner"' not in part
    main = text_of(admin.get("/", **{"HX-Request": "true", "HX-Target": "main"}))
    assert main.startswith("<title>Inbox")
    assert "<html" not in main
    assert "<html" in text_of(admin.get("/"))


def test_bulk_assignment_tells_what_it_could_not_do(bridge: Bridge, admin: Visitor, ops: Visitor) -> None:
    issues = [raise_issue(admin, f"Issue {n}") for n in range(3)]
    dora = join(bridge, "Dora", "dev")
    text = admin.follow(
        admin.post("/issues/bulk", {"issue": issues[:2], "owner": f"person:{dora.id}", "next": "/?view=all"})
    )
    assert "2 issues assigned to Dora." in text
    text = admin.follow(admin.post("/issues/bulk", {"issue": [issues[2], 99999], "owner": f"person:{dora.id}"}))
    assert "1 issue assigned to Dora." in text
    assert "#99999 there is no issue 99999" in text
    assert "请先选择问题和负责人" in ops.follow(ops.post("/issues/bulk", {"owner": f"person:{dora.id}"}))


def test_bulk_is_not_for_support(support: Visitor) -> None:
    issue = raise_issue(support)
    assert 'name="issue"' not in text_of(support.get("/"))
    assert support.post("/issues/bulk", {"issue": [issue], "owner": "person:1"}).status_code == 403


def test_a_severe_row_says_so_in_words(bridge: Bridge, admin: Visitor) -> None:
    send(bridge, denied(severity=Severity.CRITICAL))
    assert re.search(r'<span class="sr">(Critical|Error)</span>', admin.get("/").get_data(as_text=True))


def test_a_bounded_search_says_so_and_goes_on(bridge: Bridge, admin: Visitor, ops: Visitor) -> None:
    send(bridge, denied())
    with bridge.database.connection() as conn:
        conn.execute(
            """insert into issues (project_id, platform, first_seen, last_seen)
               select 1, 'shopify', now(), now() + n * interval '1 second' from generate_series(1, 310) n;
               insert into groupings (project_id, key, fingerprint, parts, issue_id, home_issue_id)
               select 1, 'k' || id, '', '{}', id, id from issues where id > 1;
               insert into attribute_unread (grouping_id, since, until)
               select id, '-infinity', 'infinity' from groupings"""
        )
    query = "/?query=attr.server.address:*"
    page = text_of(admin.get(query))
    assert f"stopped after {Bounds().groupings} issues" in page
    assert numbers(page) == []
    assert "Nothing matches" not in page
    following = re.search(r'href="(/\?view=open&[^"]*cursor=[^"]+)"', page)
    assert following
    rest = text_of(admin.get(following[1]))
    whole = text_of(admin.get(f"{query}&depth=all"))
    assert numbers(rest) == numbers(whole)
    assert "stopped after" not in rest + whole
    assert ("data-live" in rest, "data-live" in whole) == (True, False)
    assert f"查看 {Bounds().groupings} 个问题后停止" in text_of(ops.get(query))
