"""Logging in and out, and what a browser may choose before it does."""

import re

import pytest

from tests.bridge.running import Bridge
from tests.bridge.views.ui.browsing import PASSWORD, Visitor, join, stranger, text_of


def test_a_stranger_is_sent_to_the_login_page_and_back(bridge: Bridge) -> None:
    visitor = stranger(bridge)
    response = visitor.get("/rules?x=1")
    assert response.status_code == 303
    assert response.headers["Location"] == "/login?next=/rules?x%3D1"
    page = visitor.get(response.headers["Location"])
    assert page.status_code == 200
    assert 'value="/rules?x=1"' in text_of(page)
    assert visitor.login(bridge.email, bridge.password, next="/rules?x=1").headers["Location"] == "/rules?x=1"
    assert visitor.get("/rules").status_code == 200


def test_who_is_logged_in_does_not_see_the_login_page(admin: Visitor) -> None:
    assert admin.get("/login").headers["Location"] == "/"


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:x", "x"])
def test_login_leads_nowhere_else(bridge: Bridge, target: str) -> None:
    visitor = stranger(bridge)
    visitor.get("/login")
    form = {"email": bridge.email, "password": bridge.password, "next": target}
    assert visitor.post("/login", form).headers["Location"] == "/"


def test_a_wrong_password_and_an_unknown_person_read_the_same(bridge: Bridge) -> None:
    visitor = stranger(bridge)
    answers = []
    for email in (bridge.email, "nobody@example.com"):
        response = visitor.login(email, "wrong password!")
        assert response.status_code == 422
        answers.append(re.sub(r'value="[^"]*"', "", text_of(response)))
    assert answers[0] == answers[1]
    assert "E-mail or password is wrong." in answers[0]


def test_too_many_failures_wait_even_with_the_right_password(bridge: Bridge) -> None:
    visitor = stranger(bridge, "zh-CN")
    for _ in range(5):
        assert visitor.login(bridge.email, "wrong password!").status_code == 422
    response = visitor.login(bridge.email, bridge.password)
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) == 900
    assert "请在 15 分钟后重试" in text_of(response)
    other = join(bridge, "Other", "dev")
    assert stranger(bridge).login(other.email).status_code == 303  # others at the same address still can


def test_logout_ends_the_session(admin: Visitor) -> None:
    assert admin.post("/logout").headers["Location"] == "/login"
    assert admin.get("/").headers["Location"].startswith("/login")


def test_the_session_before_login_is_forgotten(bridge: Bridge) -> None:
    visitor = stranger(bridge)
    visitor.get("/login")
    before = visitor.token
    visitor.login(bridge.email, bridge.password)
    assert visitor.token != before


def test_language_follows_browser_then_choice_then_person(bridge: Bridge) -> None:
    visitor = stranger(bridge, "zh-CN,zh;q=0.9")
    assert '<html lang="zh-CN"' in text_of(visitor.get("/login"))
    response = visitor.post("/preferences", {"locale": "en", "next": "/login"})
    assert '<html lang="en"' in visitor.follow(response)
    visitor.login(join(bridge, "Wei", "dev", locale="zh").email)
    assert "收件箱" in text_of(visitor.get("/"))
    visitor.post("/preferences", {"locale": "en", "next": "/"})
    assert "Inbox" in text_of(visitor.get("/"))
    fresh = stranger(bridge, "zh")
    fresh.login("wei@example.com", PASSWORD)
    assert "Inbox" in text_of(fresh.get("/"))  # the person's choice, in every browser


def test_theme(admin: Visitor) -> None:
    for theme, mark in (
        ("dark", ' data-theme="dark">'),
        ("light", ' data-theme="light">'),
        ("auto", '<html lang="en">'),
    ):
        assert mark in admin.follow(admin.post("/preferences", {"theme": theme, "next": "/"}))


def test_unknown_choices_change_nothing(admin: Visitor) -> None:
    assert admin.post("/preferences", {"theme": "pink", "locale": "xx", "next": "//x"}).headers["Location"] == "/"
    assert '<html lang="en">' in text_of(admin.get("/"))
