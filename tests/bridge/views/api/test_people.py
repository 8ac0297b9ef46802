from tests.bridge.views.api.conftest import Api


def test_people_and_oneself(api: Api) -> None:
    team = api.seed.team("ops")
    ann = api.seed.person("Ann")
    sam = api.seed.person("Sam", "support", scope="store:us-*", teams=(team,))
    shown = api.ok(sam, "GET", "/people")["items"]
    assert [(one["name"], one["role"], one["teams"]) for one in shown] == [
        ("Ann", "admin", []),
        ("Sam", "support", [team]),
    ]
    assert "view_scope" not in shown[1]
    first = api.ok(ann, "GET", "/people?limit=1")
    rest = api.ok(ann, "GET", f"/people?limit=1&cursor={first['next']}")
    assert (rest["items"][0]["view_scope"], rest["next"]) == ("store:us-*", None)
    me = api.ok(sam, "GET", "/me")
    assert (me["name"], me["teams"], "issue.raise" in me["may"], "rule.edit" in me["may"]) == (
        "Sam",
        [team],
        True,
        False,
    )


def test_adding_and_changing(api: Api) -> None:
    ann = api.seed.person("Ann")
    api.seed.team("ops")
    added = api.ok(
        ann,
        "POST",
        "/people",
        json={"email": "bo@shop.example", "role": "ops", "password": "a long password", "teams": ["ops"]},
    )
    assert (added["name"], len(added["teams"]), added["disabled"]) == ("bo", 1, False)
    changed = api.ok(ann, "PATCH", f"/people/{added['id']}", json={"view_scope": "store:us-*", "disabled": True})
    assert (changed["view_scope"], changed["disabled"]) == ("store:us-*", True)
    for body, expected in (
        ({"email": "bo@shop.example", "role": "ops"}, (409, "conflict", "email")),
        ({"email": "x", "role": "ops"}, (422, "invalid", "email")),
        ({"email": "c@shop.example", "role": "king"}, (422, "invalid", "role")),
        ({"email": "c@shop.example", "role": "ops", "password": "short"}, (422, "invalid", "password")),
        ({"email": "c@shop.example", "role": "ops", "teams": "ops"}, (422, "invalid", "teams")),
        ({"role": "ops"}, (422, "missing", "email")),
    ):
        assert api.fault(ann, "POST", "/people", json=body) == expected, body
    assert api.fault(ann, "PATCH", f"/people/{added['id']}", json={"view_scope": "x:1"}) == (
        422,
        "invalid",
        "view_scope",
    )
    assert api.fault(ann, "PATCH", f"/people/{ann.id}", json={"role": "dev"})[0] == 403
    actions = [one["action"] for one in api.ok(ann, "GET", "/audit")["items"]]
    assert actions == ["person.update", "person.create"]
