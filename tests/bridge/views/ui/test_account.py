"""One's own account, and the project's settings."""

import re

import requests

from tests.bridge.running import Bridge
from tests.bridge.views.ui.browsing import PASSWORD, Visitor, enter, join, stranger, text_of


def test_language_and_zone(admin: Visitor) -> None:
    page = admin.follow(admin.post("/account", {"locale": "zh", "timezone": "Asia/Shanghai"}))
    assert "已保存。" in page
    assert 'value="Asia/Shanghai"' in page
    response = admin.post("/account", {"locale": "zh", "timezone": "Mars/Olympus"})
    assert response.status_code == 422
    assert 'id="fault-timezone"' in text_of(response)


def test_password(bridge: Bridge) -> None:
    person = join(bridge, "Ann", "dev")
    here, elsewhere = enter(bridge, person), enter(bridge, person)
    good = {"current": PASSWORD, "password": "a whole new sentence", "again": "a whole new sentence"}
    for change, field in (
        ({"current": "wrong"}, "current"),
        ({"password": "short", "again": "short"}, "password"),
        ({"again": "something else"}, "again"),
    ):
        response = here.post("/account/password", {**good, **change})
        assert response.status_code == 422
        assert f'id="fault-{field}"' in text_of(response)
    assert "Your password is changed." in here.follow(here.post("/account/password", good))
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 303
    assert stranger(bridge).login(person.email).status_code == 422
    assert stranger(bridge).login(person.email, "a whole new sentence").status_code == 303


def test_a_token_is_shown_once_works_and_can_be_revoked(bridge: Bridge, admin: Visitor) -> None:
    page = text_of(admin.post("/account/tokens", {"name": "nightly"}))
    shown = re.search(r'<code id="secret">([^<]+)</code>', page)
    assert shown
    page = text_of(admin.get("/account"))
    assert shown[1] not in page
    number = re.findall(r'<td class="title">nightly</td>.*?/account/tokens/(\d+)/revoke', page, re.DOTALL)[0]
    headers = {"Authorization": f"Bearer {shown[1]}"}

    def status() -> int:
        with requests.get(f"{bridge.url}/api/v1/issues", headers=headers, timeout=10) as answer:
            return answer.status_code

    assert status() == 200
    assert "revoked" in admin.follow(admin.post(f"/account/tokens/{number}/revoke"))
    assert status() == 401
    assert admin.post("/account/tokens", {"name": ""}).status_code == 422


def test_a_token_of_somebody_else(bridge: Bridge, dev: Visitor) -> None:
    assert dev.post("/account/tokens/1/revoke").status_code == 404


def test_settings(bridge: Bridge, admin: Visitor, dev: Visitor) -> None:
    page = text_of(admin.get("/settings"))
    assert f"OTEL_EXPORTER_OTLP_ENDPOINT={bridge.app.extensions['openclaw'].config.public_url}" in page
    assert bridge.ingest_key not in page
    assert "checked" not in page.split('name="solo_resolve"')[1].split(">")[0]
    page = admin.follow(admin.post("/settings", {"solo_resolve": "1"}))
    assert "checked" in page.split('name="solo_resolve"')[1].split(">")[0]
    assert dev.get("/settings").status_code == 200
    assert dev.post("/settings", {}).status_code == 403


def test_quotas(admin: Visitor, dev: Visitor) -> None:
    assert "No limit is set." in text_of(dev.get("/settings"))
    admin.get("/settings")
    page = admin.follow(admin.post("/settings/quotas", {"quota_per_minute": "", "quota_per_day": "100,000"}))
    assert 'value="100000"' in page
    assert "0 / 100,000" in page
    assert "0 / 100,000" in text_of(dev.get("/settings"))
    wrong = admin.post("/settings/quotas", {"quota_per_minute": "many", "quota_per_day": "7"})
    assert wrong.status_code == 422
    assert "a whole number, or nothing" in text_of(wrong)
    assert 'value="many"' in text_of(wrong)
    assert admin.post("/settings/quotas", {"quota_per_minute": "0"}).status_code == 422
    assert "checked" not in page.split('name="solo_resolve"')[1].split(">")[0]
    page = admin.follow(admin.post("/settings/quotas", {}))
    assert "Used today" not in page
    assert dev.post("/settings/quotas", {"quota_per_day": "1"}).status_code == 403
