"""The application is wired, opens nothing early, and answers errors in the caller's form."""

from __future__ import annotations

import psycopg
import pytest
import requests
from flask import Flask

from openclaw_otel_bridge.app import BLUEPRINTS, create_app
from openclaw_otel_bridge.config import Config
from openclaw_otel_bridge.db import Database
from openclaw_otel_bridge.problems import Problem, Unavailable
from openclaw_otel_bridge.workflow.errors import MissingField
from tests.bridge.running import Bridge

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


@pytest.fixture
def app() -> Flask:
    app = create_app(Config(NOWHERE), Database(NOWHERE, timeout=0.2))

    def fail(kind: str) -> str:
        errors = {
            "problem": Problem("no such state", status=422, code="missing", field="to"),
            "work": MissingField("root_cause.kind"),
            "busy": Unavailable("queue full", retry_after=7),
            "gone": psycopg.OperationalError("connection refused"),
            "bug": RuntimeError("secret detail"),
        }
        raise errors[kind]

    app.add_url_rule("/api/v1/_fail/<kind>", "fail_api", fail)
    app.add_url_rule("/_fail/<kind>", "fail_page", fail)
    return app


def test_nothing_is_opened_early(app: Flask) -> None:
    assert app.test_client().get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("kind", "status", "code", "field"),
    [
        ("problem", 422, "missing", "to"),
        ("work", 422, "missing", "root_cause.kind"),
        ("busy", 503, "unavailable", None),
        ("gone", 503, "unavailable", None),
        ("bug", 500, "internal", None),
    ],
)
def test_errors_of_the_api_are_json(app: Flask, kind: str, status: int, code: str, field: str | None) -> None:
    answer = app.test_client().get(f"/api/v1/_fail/{kind}")
    assert answer.status_code == status
    assert answer.json is not None
    assert (answer.json["error"]["code"], answer.json["error"]["field"]) == (code, field)
    assert "secret detail" not in answer.text
    assert (answer.headers.get("Retry-After") is not None) is (status == 503)


def test_unknown_paths(app: Flask) -> None:
    answer = app.test_client().get("/api/v1/nothing")
    assert answer.json is not None
    assert (answer.status_code, answer.json["error"]["code"]) == (404, "not_found")
    assert app.test_client().delete("/healthz").status_code == 405


def test_every_blueprint_is_there(bridge: Bridge) -> None:
    assert set(bridge.app.blueprints) == {name.partition(":")[0].split(".")[2] for name in BLUEPRINTS}


def test_answers_carry_security_headers(bridge: Bridge) -> None:
    headers = requests.get(f"{bridge.url}/healthz", timeout=10).headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_cookies_are_careful() -> None:
    app = create_app(Config(NOWHERE, public_url="https://errors.example.com"), Database(NOWHERE))
    assert app.config["SESSION_COOKIE_SECURE"]
    assert app.config["SESSION_COOKIE_HTTPONLY"]
    assert app.config["SESSION_COOKIE_SAMESITE"] == "Lax"
