from tests.bridge.views.api.conftest import Api

ROBOT = {"name": "Ops", "kind": "wecom", "url": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=very-secret-key"}


def test_add_change_test_remove(api: Api) -> None:
    ann = api.seed.person("Ann")
    added = api.ok(ann, "POST", "/channels", json={**ROBOT, "secret": "hidden"})
    assert "very-secret-key" not in added["url"]
    assert (added["has_secret"], added["locale"], added["enabled"]) == (True, "zh", True)
    path = f"/channels/{added['id']}"
    changed = api.ok(ann, "PATCH", path, json={"locale": "en", "filter": "severity:>=error"})
    assert (changed["locale"], changed["filter"]) == ("en", "severity:>=error")
    assert api.call(ann, "POST", f"{path}/test").status_code == 202
    (queued,) = api.ok(ann, "GET", f"/deliveries?channel={added['id']}")["items"]
    assert (queued["kind"], queued["status"], queued["issue"]) == ("test", "queued", None)
    api.ok(ann, "DELETE", path)
    assert api.ok(ann, "GET", "/channels")["items"] == []
    assert "hidden" not in str(api.ok(ann, "GET", "/audit"))


def test_faults(api: Api) -> None:
    ann = api.seed.person("Ann")
    api.ok(ann, "POST", "/channels", json=ROBOT)
    for body, expected in (
        (ROBOT, (409, "conflict", "name")),
        ({**ROBOT, "name": "b", "kind": "pigeon"}, (422, "invalid", "kind")),
        ({**ROBOT, "name": "b", "url": "ftp://x"}, (422, "invalid", "url")),
        ({**ROBOT, "name": "b", "filter": "due:<1d"}, (422, "invalid", "filter")),
        ({**ROBOT, "name": "b", "colour": "red"}, (422, "invalid", "colour")),
        ({"name": "b"}, (422, "missing", "kind")),
    ):
        assert api.fault(ann, "POST", "/channels", json=body) == expected, body
    assert api.fault(ann, "GET", f"/channels/{2**50}")[0] == 404
