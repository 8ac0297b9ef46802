"""People and teams."""

import re

import pytest

from openclaw_otel_bridge.views.ui.people import slug_of
from tests.bridge.running import Bridge
from tests.bridge.views.ui.browsing import Visitor, enter, join, stranger, text_of

NEW = {"name": "李伟", "email": "li@example.com", "role": "dev", "locale": "zh", "timezone": "Asia/Shanghai"}


def test_a_new_person_logs_in_with_the_password_shown_once(bridge: Bridge, admin: Visitor) -> None:
    response = admin.post("/people/new", {**NEW, "view_scope": "platform:shopify"})
    assert response.status_code == 200
    shown = re.search(r'<code id="secret">([^<]+)</code>', text_of(response))
    assert shown
    assert 'id="secret"' not in text_of(admin.get("/people"))
    visitor = stranger(bridge)
    assert visitor.login("li@example.com", shown[1]).status_code == 303
    assert visitor.get("/").headers["Location"] == "/account/password"
    assert 'value="platform:shopify"' in text_of(admin.get(f"/people/{person_id(bridge)}"))


def person_id(bridge: Bridge, email: str = "li@example.com") -> int:
    with bridge.database.connection() as conn:
        row = conn.execute("select id from people where email = %s", (email,)).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize(
    ("change", "field", "status"),
    [
        ({"email": "li"}, "email", 422),
        ({"email": "admin@example.com"}, "email", 409),
        ({"role": "king"}, "role", 422),
        ({"timezone": "Mars"}, "timezone", 422),
        ({"view_scope": "-env:x"}, "view_scope", 422),
    ],
)
def test_faults_name_their_field(admin: Visitor, change: dict[str, str], field: str, status: int) -> None:
    response = admin.post("/people/new", {**NEW, **change})
    assert response.status_code == status
    assert f'id="fault-{field}"' in text_of(response)
    assert "李伟" in text_of(response)


def test_edit_disable_and_reset(bridge: Bridge, admin: Visitor) -> None:
    person = join(bridge, "Ann", "dev")
    visitor = enter(bridge, person)
    form = {**NEW, "name": "Anna", "email": "anna@example.com"}
    assert "Anna is saved." in admin.follow(admin.post(f"/people/{person.id}", form))
    assert admin.post(f"/people/{person.id}", {**form, "email": "x"}).status_code == 422
    response = admin.post(f"/people/{person.id}/password")
    assert 'id="secret"' in text_of(response)
    assert visitor.get("/").status_code == 303  # their sessions ended
    assert "disabled" in admin.follow(admin.post(f"/people/{person.id}/disable", {"disabled": "1"}))
    admin.post(f"/people/{person.id}/disable", {"disabled": ""})
    assert "disabled</span>" not in text_of(admin.get("/people"))


def test_the_last_admin_stays(bridge: Bridge, admin: Visitor) -> None:
    me = person_id(bridge, bridge.email)
    response = admin.post(f"/people/{me}", {**NEW, "email": bridge.email, "role": "dev"})
    assert response.status_code == 403
    assert "no admin left" in text_of(response)


def test_teams(bridge: Bridge, admin: Visitor) -> None:
    ann = join(bridge, "Ann", "dev")
    assert "The team “Night Shift” is saved." in admin.follow(admin.post("/teams", {"name": "Night Shift"}))
    page = text_of(admin.get("/people"))
    assert "team:night-shift" in page
    team = re.search(r'action="/teams/(\d+)"', page)
    assert team
    assert "1 member" in admin.follow(admin.post(f"/teams/{team[1]}", {"member": [ann.id]}))
    assert admin.post("/teams", {"name": "夜班"}).status_code == 422  # no latin letter to make a short name of
    assert admin.post("/teams", {"name": "夜班", "slug": "night-shift"}).status_code == 409
    assert admin.post("/teams", {"name": "夜班", "slug": "nights"}).status_code == 303


def test_only_admins_change_people(dev: Visitor) -> None:
    assert "Add a person" not in text_of(dev.get("/people"))
    for path in ("/people/new", "/people/1"):
        assert dev.get(path).status_code == 403
    for path in ("/people/new", "/people/1", "/people/1/password", "/people/1/disable", "/teams", "/teams/1"):
        assert dev.post(path, {**NEW, "slug": "x"}).status_code == 403, path


def test_unknown(admin: Visitor) -> None:
    assert admin.get("/people/999").status_code == 404


@pytest.mark.parametrize(
    ("name", "slug"), [("Ops", "ops"), ("Night  Shift!", "night-shift"), ("夜班", ""), ("x" * 80, "x" * 50)]
)
def test_slug_of(name: str, slug: str) -> None:
    assert slug_of(name) == slug
