"""One issue from new to resolved through the API, and what stops it."""

from tests.bridge.flooding import flooded, folded_ids
from tests.bridge.views.api.conftest import Api

ROOT_CAUSE = {"kind": "credential_expired", "text": "The token ran out"}
FIX = {"kind": "credential_rotation", "text": "A new token"}


def test_the_whole_way(api: Api) -> None:
    ann, bob = api.seed.person("Ann", "dev"), api.seed.person("Bob", "ops")
    issue = api.seed.issue(platform="shopify", code="401", category="auth")
    api.seed.event(issue)
    path = f"/issues/{issue}/transitions"
    assigned = api.call(bob, "POST", path, json={"to": "assigned", "assignee": ann.id}, headers={"If-Match": '"1"'})
    assert (assigned.get_json()["status"], assigned.headers["ETag"]) == ("assigned", '"2"')
    assert api.fault(ann, "POST", path, json={"to": "in_review"}) == (422, "missing", "root_cause")
    body = {"to": "in_review", "root_cause": ROOT_CAUSE}
    assert api.fault(ann, "POST", path, json=body) == (422, "missing", "fix")
    stale = api.fault(ann, "POST", path, json={**body, "fix": FIX}, headers={"If-Match": '"1"'})
    assert stale == (412, "stale_version", None)
    reviewed = api.ok(ann, "POST", path, json={**body, "fix": FIX})
    assert (reviewed["status"], reviewed["root_cause"], reviewed["reviewed_by"]) == ("in_review", ROOT_CAUSE, ann.id)
    assert api.fault(ann, "POST", path, json={"to": "resolved"}) == (403, "not_allowed", None)
    assert api.ok(bob, "POST", path, json={"to": "resolved"})["status"] == "resolved"
    assert api.fault(bob, "POST", path, json={"to": "in_review"}) == (409, "illegal_transition", None)
    assert [one["root_cause"] for one in api.ok(bob, "GET", "/articles")["items"]] == [ROOT_CAUSE]
    actions = [one["action"] for one in api.ok(bob, "GET", f"/issues/{issue}/activity")["items"]]
    assert actions == ["resolved", "in_review", "assigned"]


def test_faults_of_a_step(api: Api) -> None:
    ann, sam = api.seed.person("Ann"), api.seed.person("Sam", "support")
    issue = api.seed.issue()
    path = f"/issues/{issue}/transitions"
    assert api.fault(ann, "POST", path, json={"to": "resolved"})[:2] == (409, "illegal_transition")
    assert api.fault(ann, "POST", path, json={"to": "done"}) == (422, "invalid", "to")
    assert api.fault(ann, "POST", path, json={"to": "assigned"}) == (422, "missing", "assignee")
    assert api.fault(ann, "POST", path, json={"to": "assigned", "assignee": 2**50}) == (422, "invalid", "assignee")
    assert api.fault(sam, "POST", path, json={"to": "assigned", "assignee": sam.id})[0] == 403
    assert api.fault(ann, "POST", f"/issues/{2**50}/transitions", json={"to": "assigned"})[0] == 404


def test_comments_mutes_and_watches(api: Api) -> None:
    sam, ann = api.seed.person("Sam", "support"), api.seed.person("Ann", "dev")
    issue = api.seed.issue()
    assert api.ok(sam, "POST", f"/issues/{issue}/comments", json={"text": "A buyer called"})["id"] > 0
    assert api.fault(sam, "POST", f"/issues/{issue}/comments", json={"text": "  "}) == (422, "missing", "text")
    assert api.fault(sam, "POST", f"/issues/{issue}/mute", json={"count": 3})[0] == 403
    muted = api.ok(ann, "POST", f"/issues/{issue}/mute", json={"count": 3})
    assert (muted["muted"], muted["muted_count"]) == (True, 3)
    assert api.ok(ann, "GET", "/issues?query=is:muted")["items"][0]["id"] == issue
    assert api.ok(ann, "DELETE", f"/issues/{issue}/mute")["muted"] is False
    assert api.fault(ann, "POST", f"/issues/{issue}/mute", json={})[0] == 422
    api.ok(sam, "POST", f"/issues/{issue}/watch")
    api.ok(sam, "POST", f"/issues/{issue}/watch", json={})
    assert [one["name"] for one in api.ok(sam, "GET", f"/issues/{issue}")["watchers"]] == ["Sam"]
    api.ok(sam, "DELETE", f"/issues/{issue}/watch")
    assert api.ok(sam, "GET", f"/issues/{issue}")["watchers"] == []


def test_folded_kinds_become_issues(api: Api) -> None:
    ann, sam = api.seed.person("Ann", "dev"), api.seed.person("Sam", "support")
    overflow = flooded(api.seed.conn, 5)
    ids = folded_ids(api.seed.conn)
    path = f"/issues/{overflow}/unfold"
    assert api.fault(sam, "POST", path, json={"all": True})[0] == 403
    for body, field in (
        ({}, "groupings"),
        ({"groupings": [1]}, "groupings"),
        ({"groupings": []}, "groupings"),
        ({"all": 1}, "all"),
        ({"all": True, "groupings": [ids["k2"]]}, "all"),
    ):
        assert api.fault(ann, "POST", path, json=body)[::2] == (422, field), body
    done = api.ok(ann, "POST", path, json={"groupings": [ids["k2"]]})
    assert (done["unfolded"][0]["grouping"], done["left"]) == (ids["k2"], 2)
    own = api.ok(ann, "GET", f"/issues/{done['unfolded'][0]['issue']}")
    assert (own["code"], own["event_count"], own["kinds"], own["origin"]) == ("k2", 1, None, "event")
    done = api.ok(ann, "POST", path, json={"all": True})
    assert (len(done["unfolded"]), done["left"]) == (2, 0)
    closed = api.ok(ann, "GET", f"/issues/{overflow}")
    assert (closed["status"], closed["kinds"], closed["event_count"]) == ("resolved", 0, 0)
    assert [one["action"] for one in api.ok(ann, "GET", f"/issues/{overflow}/activity")["items"]] == [
        *("emptied", "unfolded", "unfolded"),
        "created",
    ]
