from tests.bridge.views.api.conftest import Api


def test_a_token_is_shown_once_and_works_until_it_ends(api: Api) -> None:
    sam = api.seed.person("Sam", "support")
    token = api.ok(sam, "POST", "/tokens", json={"name": "script"})["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert api.call(None, "GET", "/me", headers=bearer).status_code == 200
    (mine,) = [one for one in api.ok(sam, "GET", "/tokens")["items"] if one["name"] == "script"]
    assert token not in str(mine)
    api.ok(sam, "DELETE", f"/tokens/{mine['id']}")
    assert api.call(None, "GET", "/me", headers=bearer).status_code == 401


def test_others_tokens_are_for_admins(api: Api) -> None:
    ann, sam = api.seed.person("Ann"), api.seed.person("Sam", "support")
    token = api.ok(ann, "POST", "/tokens", json={"name": "for Sam", "person": sam.id})["token"]
    assert api.call(None, "GET", "/me", headers={"Authorization": f"Bearer {token}"}).get_json()["name"] == "Sam"
    everyones = api.ok(ann, "GET", "/tokens?of=everyone")["items"]
    assert {one["person_name"] for one in everyones} == {"Ann", "Sam"}
    (anns,) = [one["id"] for one in everyones if one["person"] == ann.id]
    assert api.fault(sam, "POST", "/tokens", json={"name": "x", "person": ann.id})[0] == 403
    assert api.fault(sam, "GET", "/tokens?of=everyone")[0] == 403
    assert api.fault(sam, "DELETE", f"/tokens/{anns}")[0] == 404
    assert api.fault(ann, "POST", "/tokens", json={"name": ""}) == (422, "invalid", "name")
