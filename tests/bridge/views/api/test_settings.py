from tests.bridge.views.api.conftest import Api


def test_totals_kinds_and_the_audit_log(api: Api) -> None:
    ann = api.seed.person("Ann")
    issue = api.seed.issue()
    api.seed.event(issue, occurrences=3)
    assert api.ok(ann, "GET", "/stats") == {
        "events": 3,
        "issues": 1,
        "intake_queue": 0,
        "deliveries": {"queued": 0, "sent": 0, "failed": 0, "dead": 0},
    }
    kinds = api.ok(ann, "GET", "/kinds")
    assert kinds["root_cause"][0]["label"] == "Credential expired"
    assert [one["kind"] for one in kinds["fix"]][-1] == "other"
    api.ok(ann, "POST", "/teams", json={"slug": "a", "name": "A"})
    api.ok(ann, "POST", "/teams", json={"slug": "b", "name": "B"})
    first = api.ok(ann, "GET", "/audit?limit=1")
    rest = api.ok(ann, "GET", f"/audit?cursor={first['next']}")
    assert [(one["action"], one["person_name"]) for one in first["items"] + rest["items"]] == [
        ("team.create", "Ann")
    ] * 2
