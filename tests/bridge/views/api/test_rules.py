from tests.bridge.views.api.conftest import Api


def test_add_change_order_remove(api: Api) -> None:
    ann, team = api.seed.person("Ann"), api.seed.team("ops")
    response = api.call(
        ann, "POST", "/rules", json={"name": "Auth", "query": "category:auth", "team": team, "due_minutes": 60}
    )
    first = response.get_json()
    assert response.headers["Location"] == f"/api/v1/rules/{first['id']}"
    assert (first["team_name"], first["enabled"], first["channels"]) == ("Ops", True, [])
    second = api.ok(ann, "POST", "/rules", json={"name": "All", "assignee": ann.id})
    changed = api.call(ann, "PATCH", f"/rules/{first['id']}", json={"enabled": False}, headers={"If-Match": '"1"'})
    assert (changed.get_json()["enabled"], changed.headers["ETag"]) == (False, '"2"')
    stale = api.fault(ann, "PATCH", f"/rules/{first['id']}", json={"enabled": True}, headers={"If-Match": '"1"'})
    assert stale == (412, "stale_version", None)
    ordered = api.ok(ann, "POST", "/rules/order", json={"ids": [second["id"], first["id"]]})["items"]
    assert [one["id"] for one in ordered] == [second["id"], first["id"]]
    api.ok(ann, "DELETE", f"/rules/{second['id']}")
    assert [one["id"] for one in api.ok(ann, "GET", "/rules")["items"]] == [first["id"]]
    assert api.fault(ann, "GET", f"/rules/{second['id']}")[0] == 404
    actions = [one["action"] for one in api.ok(ann, "GET", "/audit?limit=5")["items"]]
    assert actions == ["rule.delete", "rule.move", "rule.update", "rule.create", "rule.create"]


def test_faults(api: Api) -> None:
    ann = api.seed.person("Ann")
    good = {"name": "x", "assignee": ann.id}
    for body, expected in (
        ({**good, "query": "last_seen:<24h"}, (422, "invalid", "query")),
        ({**good, "query": "nonsense:1"}, (422, "invalid", "query")),
        ({**good, "colour": 1}, (422, "invalid", "colour")),
        ({**good, "channels": [2**50]}, (422, "invalid", "channels")),
        ({"name": "x"}, (422, "missing", "assignee")),
        ({"assignee": ann.id}, (422, "missing", "name")),
    ):
        assert api.fault(ann, "POST", "/rules", json=body) == expected, body


def test_preview_shows_what_a_query_would_match(api: Api) -> None:
    ann = api.seed.person("Ann")
    issue = api.seed.issue(category="auth", platform="shopify")
    api.seed.issue(category="auth", status="resolved")
    api.seed.issue(category="network")
    shown = api.ok(ann, "POST", "/rules/preview", json={"query": "category:auth"})
    assert ([one["id"] for one in shown["items"]], shown["total"]) == ([issue], 1)
    assert api.fault(ann, "POST", "/rules/preview", json={"query": "assignee:me"}) == (422, "invalid", "query")
