"""CSRF, ended sessions, generated passwords, local addresses, zones."""

import pytest

from openclaw_otel_bridge.people.actor import system_actor
from openclaw_otel_bridge.people.directory import end_sessions, set_password, update_person
from openclaw_otel_bridge.views.ui.session import local_path
from tests.bridge.running import PROJECT, Bridge
from tests.bridge.views.ui.browsing import Visitor, join, raise_issue, stranger, text_of


@pytest.mark.parametrize("token", ["", "0" * 32, "é"])
def test_a_form_without_its_token_is_refused(admin: Visitor, token: str) -> None:
    admin.token = token
    response = admin.post("/issues/new", {"title": "x"})
    assert response.status_code == 403
    assert "This form has expired" in text_of(response)


def test_every_form_of_every_page_carries_the_token(admin: Visitor) -> None:
    issue = raise_issue(admin)
    for path in (
        "/",
        f"/issues/{issue}",
        "/issues/new",
        "/rules/new",
        "/channels/new",
        "/people",
        "/account",
        "/settings",
    ):
        text = text_of(admin.get(path))
        forms = [form for form in text.split("<form")[1:] if 'method="post"' in form.split(">")[0]]
        assert forms
        for form in forms:
            assert 'name="csrf_token"' in form.split("</form>")[0], (path, form[:200])


def test_the_token_may_come_in_a_header(admin: Visitor) -> None:
    token, admin.token = admin.token, ""
    response = admin.post("/preferences", {"next": "/rules"}, **{"X-CSRF-Token": token})
    assert response.headers["Location"] == "/rules"


def test_a_session_ends_when_it_is_ended_elsewhere(bridge: Bridge) -> None:
    person = join(bridge, "Ann", "dev")
    visitor = stranger(bridge)
    visitor.login(person.email)
    with bridge.database.connection() as conn:
        end_sessions(conn, system_actor(PROJECT), person.id)
    assert visitor.get("/").headers["Location"].startswith("/login")


def test_a_disabled_person_is_out_at_once(bridge: Bridge) -> None:
    person = join(bridge, "Ann", "dev")
    visitor = stranger(bridge)
    visitor.login(person.email)
    with bridge.database.connection() as conn:
        update_person(conn, system_actor(PROJECT), person.id, {"disabled": True})
    assert visitor.get("/").status_code == 303
    assert visitor.login(person.email).status_code == 422


def test_a_fragment_is_never_filled_with_the_login_page(bridge: Bridge) -> None:
    response = stranger(bridge).get("/", **{"HX-Request": "true", "HX-Target": "list"})
    assert response.status_code == 204
    assert response.headers["HX-Redirect"].startswith("/login")


def test_a_generated_password_opens_only_its_own_page(bridge: Bridge) -> None:
    person = join(bridge, "Ann", "dev")
    with bridge.database.connection() as conn:
        set_password(conn, system_actor(PROJECT), person.id, "generated password", must_change=True)
    visitor = stranger(bridge)
    visitor.login(person.email, "generated password")
    for path in ("/", "/rules", "/account", "/issues/1"):
        assert visitor.get(path).headers["Location"] == "/account/password"
    page = text_of(visitor.get("/account/password"))
    assert "Your password was generated for you" in page
    assert 'aria-label="Main"' not in page
    form = {"current": "generated password", "password": "my very own words", "again": "my very own words"}
    assert "Your password is changed." in visitor.follow(visitor.post("/account/password", form))


def test_times_are_told_in_the_persons_zone_else_the_browsers(bridge: Bridge, ops: Visitor) -> None:
    issue = raise_issue(ops)
    with bridge.database.connection() as conn:
        conn.execute("update activity set at = '2026-01-31 20:15:00+00' where issue_id = %s", (issue,))
    assert 'title="2026-02-01 04:15:00"' in text_of(ops.get(f"/issues/{issue}"))
    join(bridge, "Zed", "dev")
    visitor = stranger(bridge)
    visitor.get("/login")
    form = {"email": "zed@example.com", "password": "correct horse battery", "browser_timezone": "America/Sao_Paulo"}
    visitor.post("/login", form)
    assert 'title="2026-01-31 17:15:00"' in text_of(visitor.get(f"/issues/{issue}"))


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/issues/3?x=1#log", "/issues/3?x=1#log"),
        ("", "/"),
        ("//evil", "/"),
        ("/\\evil", "/"),
        ("/\r\nSet-Cookie: x", "/"),
        ("http://evil/x", "/"),
    ],
)
def test_local_path(target: str, path: str) -> None:
    assert local_path(target) == path
