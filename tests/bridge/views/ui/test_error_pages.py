"""Errors as pages, in both languages, with a way back."""

from dataclasses import replace

import pytest

from openclaw_otel_bridge.db import Database
from openclaw_otel_bridge.error_answers import ErrorAnswer
from openclaw_otel_bridge.services import EXTENSION
from openclaw_otel_bridge.views.ui.error_pages import error_page
from tests.bridge.running import Bridge
from tests.bridge.views.ui.browsing import Visitor, stranger, text_of


def test_an_address_of_nobody(bridge: Bridge, admin: Visitor) -> None:
    for visitor, heading in ((stranger(bridge, "zh"), "未找到"), (stranger(bridge), "Not found")):
        response = visitor.get("/no/such/page")
        assert response.status_code == 404
        assert heading in text_of(response)
    assert 'aria-label="Main"' in text_of(admin.get("/no/such/page"))


def test_a_wrong_method_and_a_forbidden_page(admin: Visitor, support: Visitor, ops: Visitor) -> None:
    response = admin.get("/issues/1/transition")
    assert response.status_code == 405
    assert "use its buttons" in text_of(response)
    assert "Not allowed" in text_of(support.get("/rules"))
    response = ops.get("/people/new")
    assert response.status_code == 403
    assert "没有权限" in text_of(response)


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 412, 413, 418, 422, 429, 500, 503, 599])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_status_reads_well(bridge: Bridge, status: int, language: str) -> None:
    with bridge.app.test_request_context("/x", headers={"Accept-Language": language}):
        response = error_page(ErrorAnswer(status, "code", "internal detail"))
        text = response.get_data(as_text=True)
    assert response.status_code == status
    assert "internal detail" not in text
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}"' in text


def test_a_bug_is_logged_and_shown_without_its_inside(
    bridge: Bridge, admin: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    with bridge.database.connection() as conn:
        conn.execute("alter table watchers rename to watchers_gone")
    admin.post("/issues/new", {"title": "x", "severity": "error"})
    response = admin.get("/issues/1")
    assert response.status_code in (404, 500)
    response = admin.post("/issues/new", {"title": "x", "severity": "error"})
    assert response.status_code == 500
    assert "Something failed here" in text_of(response)
    assert "watchers_gone" not in text_of(response)
    assert "failed" in caplog.text


def test_the_database_is_gone(bridge: Bridge, admin: Visitor) -> None:
    services = bridge.app.extensions[EXTENSION]
    gone = Database("postgresql://nobody:none@127.0.0.1:1/none", timeout=0.2)
    bridge.app.extensions[EXTENSION] = replace(services, database=gone)
    try:
        response = admin.get("/")
        assert response.status_code == 503
        assert "Not available right now" in text_of(response)
        assert response.headers["Retry-After"]
        with admin.client.get("/static/app.css") as style:
            assert style.status_code == 200
    finally:
        gone.close()
        bridge.app.extensions[EXTENSION] = services
