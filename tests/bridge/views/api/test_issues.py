from tests.bridge.flooding import flooded
from tests.bridge.seeding import NOW, hours
from tests.bridge.views.api.conftest import Api


def test_lists_filters_sorts_and_pages(api: Api) -> None:
    ann = api.seed.person("Ann")
    old = api.seed.issue(
        platform="shopify", operation="orders.get", category="auth", code="401", last_seen=NOW - hours(3)
    )
    api.seed.event(old, NOW - hours(3), store="us-1", order_id="1001", occurrences=9)
    new = api.seed.issue(platform="paypal", category="rate_limit", assignee_id=ann.id, status="assigned")
    first = api.ok(ann, "GET", "/issues?limit=1")
    assert [one["id"] for one in first["items"]] == [new]
    rest = api.ok(ann, "GET", f"/issues?limit=1&cursor={first['next']}")
    assert ([one["id"] for one in rest["items"]], rest["next"]) == ([old], None)
    assert rest["items"][0]["title"].startswith("Shopify orders.get")
    assert (rest["items"][0]["event_count"], rest["items"][0]["assignee"]) == (9, None)
    for query in ("platform:shopify", "order:1001", "1001", "is:unassigned", "store:us-*", "-assignee:me"):
        found = api.ok(ann, "GET", "/issues", query_string={"query": query})["items"]
        assert [one["id"] for one in found] == [old], query
    assert [one["id"] for one in api.ok(ann, "GET", "/issues?sort=events")["items"]] == [old, new]
    status, code, field = api.fault(ann, "GET", "/issues?sort=events&cursor=" + first["next"])
    assert (status, code, field) == (400, "bad_cursor", "cursor")


def test_a_query_s_fault_names_the_place_and_the_fix(api: Api) -> None:
    response = api.call(api.seed.person("Ann"), "GET", "/issues?query=platfrom:shopify")
    assert response.get_json()["error"] == {
        "code": "bad_query",
        "message": 'unknown key "platfrom" at position 1; did you mean "platform"?; put text with a colon in quotes'
        " to search for it",
        "field": "query",
    }


def test_one_in_full_with_its_etag(api: Api) -> None:
    ann = api.seed.person("Ann")
    issue = api.seed.issue(explanation={"en": "Expired"}, root_cause_kind="other", root_cause_text="x", version=4)
    api.seed.event(issue, store="us-1", env="prod")
    response = api.call(ann, "GET", f"/issues/{issue}")
    assert response.headers["ETag"] == '"4"'
    shown = response.get_json()
    assert shown["explanation"] == {"en": "Expired"}
    assert (shown["root_cause"], shown["fix"]) == ({"kind": "other", "text": "x"}, None)
    assert shown["places"] == [{"store": "us-1", "env": "prod", "event_count": 1}]
    assert len(shown["groupings"]) == 1


def test_titles_are_in_the_reader_s_language(api: Api) -> None:
    ann = api.seed.person("Ann")
    issue = api.seed.issue(platform="shopify", category="auth")
    english = api.ok(ann, "GET", f"/issues/{issue}")["title"]
    api.seed.conn.execute("update people set locale = 'zh'")
    assert api.ok(ann, "GET", f"/issues/{issue}")["title"] != english


def test_a_merged_issue_says_where_it_went(api: Api) -> None:
    ann = api.seed.person("Ann")
    target = api.seed.issue()
    response = api.call(ann, "GET", f"/issues/{api.seed.issue(merged_into=target)}")
    assert (response.status_code, response.get_json()["error"]["code"]) == (404, "merged")
    assert f"/api/v1/issues/{target}" in response.headers["Link"]


def test_raised_by_hand(api: Api) -> None:
    sam = api.seed.person("Sam", "support")
    other = api.seed.issue()
    event = api.seed.event(other, order_id="1001", store="us-1")
    response = api.call(
        sam,
        "POST",
        "/issues",
        json={"title": "Order 1001 is missing", "order": "1001", "store": "us-1", "note": "phone"},
    )
    assert response.status_code == 201
    raised = response.get_json()
    assert response.headers["Location"] == f"/api/v1/issues/{raised['id']}"
    assert (raised["title"], raised["order"], raised["origin"]) == ("Order 1001 is missing", "1001", "manual")
    assert raised["watchers"] == [{"id": sam.id, "name": "Sam"}]
    api.seed.conn.execute("update issues set created_at = %s where id = %s", (NOW, raised["id"]))
    assert [one["id"] for one in api.ok(sam, "GET", f"/issues/{raised['id']}/events")["items"]] == [str(event)]


def test_nobody_raises_what_they_could_not_see(api: Api) -> None:
    eve = api.seed.person("Eve", "support", scope="store:eu-*")
    assert api.fault(eve, "POST", "/issues", json={"title": "x"}) == (403, "not_allowed", None)
    assert api.ok(eve, "POST", "/issues", json={"title": "x", "store": "eu-1"})["store"] == "eu-1"
    assert [one["store"] for one in api.ok(eve, "GET", "/issues")["items"]] == ["eu-1"]


def test_the_kinds_of_an_issue_page(api: Api) -> None:
    ann = api.seed.person("Ann")
    overflow = flooded(api.seed.conn, 5)
    shown = api.ok(ann, "GET", f"/issues/{overflow}")
    assert (shown["origin"], shown["kinds"], shown["title"]) == (
        "overflow",
        3,
        "Flood of new errors: 3 kinds folded",
    )
    page = api.ok(ann, "GET", f"/issues/{overflow}/groupings?limit=2")
    rest = api.ok(ann, "GET", f"/issues/{overflow}/groupings?cursor={page['next']}")
    assert [(one["code"], one["folded"]) for one in page["items"] + rest["items"]] == [
        (kind, True) for kind in ("k4", "k3", "k2")
    ]
    (own,) = api.ok(ann, "GET", "/issues/1/groupings")["items"]
    assert (own["code"], own["folded"], own["event_count"]) == ("k0", False, 1)


def test_events_activity_and_similar_page(api: Api) -> None:
    ann = api.seed.person("Ann")
    issue = api.seed.issue()
    made = {str(api.seed.event(issue, NOW - hours(n))) for n in range(3)}
    api.seed.note(issue, None, "created")
    api.seed.note(issue, ann, "comment", text="hi")
    for path, count in (("events", 3), ("activity", 2)):
        seen = []
        cursor = ""
        while cursor is not None:
            page = api.ok(ann, "GET", f"/issues/{issue}/{path}?limit=1" + (f"&cursor={cursor}" if cursor else ""))
            seen += page["items"]
            cursor = page["next"]
        assert len(seen) == count
        if path == "events":
            assert {one["id"] for one in seen} == made
    assert api.ok(ann, "GET", f"/issues/{issue}/activity")["items"][0]["text"].startswith("Ann ")
    assert api.ok(ann, "GET", f"/issues/{issue}/similar") == {"items": [], "next": None}


def test_a_bounded_search_says_how_far_it_went(api: Api) -> None:
    ann = api.seed.person("Ann")
    hot = api.seed.issue()
    api.seed.conn.execute(
        """insert into events (day, id, project_id, grouping_id, occurred_at, received_at, category, severity,
                               attributes)
           select '2026-03-01', gen_random_uuid(), 1, (select max(id) from groupings), now() - n * interval '1 second',
                  now(), 'auth', 'error', jsonb_build_object('n', n)
           from generate_series(1, 8500) n;
           insert into attribute_unread (grouping_id, since, until)
           select max(id), '-infinity', 'infinity' from groupings"""
    )
    found = api.ok(ann, "GET", "/issues", query_string={"query": "attr.n:8499"})
    assert (found["items"], found["next"]) == ([], None)
    searched = found["searched"]
    assert (searched["issues"], searched["partly"], searched["unfinished"]) == (1, 1, False)
    assert searched["note"].startswith("Of one issue only the latest events")
    whole = api.ok(ann, "GET", "/issues", query_string={"query": "attr.n:8499", "depth": "all"})
    assert ([one["id"] for one in whole["items"]], "searched" in whole) == ([hot], False)
    assert "searched" not in api.ok(ann, "GET", "/issues", query_string={"query": "attr.n:7"})
    api.seed.conn.execute("update people set locale = 'zh'")
    note = api.ok(ann, "GET", "/issues", query_string={"query": "attr.n:8499"})["searched"]["note"]
    assert note.startswith("有 1 个问题")
    assert api.fault(ann, "GET", "/issues?depth=some")[1:] == ("bad_parameter", "depth")
