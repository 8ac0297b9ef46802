from tests.bridge.views.api.conftest import Api


def test_teams_and_their_members(api: Api) -> None:
    ann = api.seed.person("Ann")
    team = api.ok(ann, "POST", "/teams", json={"slug": "ops", "name": "Operations"})
    assert team == {"id": team["id"], "slug": "ops", "name": "Operations", "members": []}
    path = f"/teams/{team['id']}/members"
    assert api.ok(ann, "PUT", path, json={"members": [ann.id]})["members"] == [ann.id]
    assert api.fault(ann, "PUT", path, json={"members": [2**50]}) == (422, "invalid", "members")
    assert api.fault(ann, "POST", "/teams", json={"slug": "ops", "name": "x"}) == (409, "conflict", "slug")
    assert api.fault(ann, "POST", "/teams", json={"slug": "O p", "name": "x"}) == (422, "invalid", "slug")
    other = api.seed.team("dev")
    first = api.ok(ann, "GET", "/teams?limit=1")
    assert first["items"][0]["members"] == [ann.id]
    assert [one["id"] for one in api.ok(ann, "GET", f"/teams?cursor={first['next']}")["items"]] == [other]
