"""The project over the API."""

from tests.bridge.views.api.conftest import Api


def test_settings_are_read_and_changed(api: Api) -> None:
    ann, dev = api.seed.person("Ann"), api.seed.person("Dev", "dev")
    assert api.ok(dev, "GET", "/project") == {
        **{"id": 1, "slug": "default", "name": "Default", "usage": None},
        **{"solo_resolve": False, "error_logs": False, "quota_per_minute": None, "quota_per_day": None},
    }
    changed = api.ok(ann, "PATCH", "/project", json={"quota_per_day": 1000, "error_logs": True})
    assert (changed["quota_per_day"], changed["error_logs"]) == (1000, True)
    assert changed["usage"] == {"minute": 0, "day": 0}
    assert api.ok(ann, "PATCH", "/project", json={"quota_per_day": None})["usage"] is None
    assert api.ok(ann, "GET", "/project")["error_logs"] is True


def test_what_makes_no_sense_is_refused(api: Api) -> None:
    ann, dev = api.seed.person("Ann"), api.seed.person("Dev", "dev")
    for name, value in (("quota_per_day", 0), ("quota_per_minute", "5"), ("solo_resolve", None), ("nonsense", 1)):
        assert api.fault(ann, "PATCH", "/project", json={name: value})[::2] == (422, name)
    assert api.fault(dev, "PATCH", "/project", json={"error_logs": True})[0] == 403
