"""JSON for machines, a page for people, and a hook for how the page looks."""

from __future__ import annotations

import pytest
from flask import Flask

from openclaw_otel_bridge.error_answers import ErrorAnswer, render, set_error_page


@pytest.fixture
def app() -> Flask:
    return Flask("test")


def test_json_paths(app: Flask) -> None:
    answer = ErrorAnswer(422, "missing", "to: required", "to", {"X-Hint": "1"})
    for path in ("/api/v1/issues", "/v1/traces", "/webhook/shopify/main", "/hooks/sentry/x", "/metrics", "/readyz"):
        with app.test_request_context(path):
            response = render(answer)
        assert response.status_code == 422
        assert response.headers["X-Hint"] == "1"
        assert response.json == {"error": {"code": "missing", "message": "to: required", "field": "to"}}


def test_pages_without_a_ui_are_plain_and_escaped(app: Flask) -> None:
    with app.test_request_context("/issues/1"):
        response = render(ErrorAnswer(404, "not_found", "<script>"))
    assert response.status_code == 404
    assert "&lt;script&gt;" in response.get_data(as_text=True)


def test_the_ui_renders_its_own(app: Flask) -> None:
    set_error_page(app, lambda answer: f"page of {answer.code}")
    with app.test_request_context("/issues/1"):
        response = render(ErrorAnswer(403, "not_allowed", "no"))
    assert (response.status_code, response.get_data(as_text=True)) == (403, "page of not_allowed")
