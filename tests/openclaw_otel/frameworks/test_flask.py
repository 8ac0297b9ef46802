"""Flask: only verified deliveries reach the view."""

from __future__ import annotations

from typing import Any

import flask
import pytest

from openclaw_otel import Webhook
from openclaw_otel import attributes as names
from openclaw_otel.frameworks.flask import webhook

BODY = b'{"id": 1001}'


@pytest.fixture
def client(secret: str, telemetry: Any) -> Any:
    """A small application."""
    app = flask.Flask(__name__)
    app.testing = True

    @app.post("/hooks/<path:kind>")
    @webhook("shopify", [secret], store="eu")
    def orders(delivery: Webhook, kind: str) -> Any:
        if kind == "fail":
            raise KeyError("sku")
        assert flask.request.get_json() == {"id": 1001}
        return (f"{delivery.topic} {delivery.store}", 202) if kind == "own" else None

    return app.test_client()


def test_a_good_delivery_is_answered_ok(client: Any, headers: Any, telemetry: Any) -> None:
    with client.post("/hooks/x", data=BODY, headers=headers(BODY)) as response:
        assert response.status_code == 200
    assert telemetry.records == []


def test_the_views_own_answer(client: Any, headers: Any) -> None:
    with client.post("/hooks/own", data=BODY, headers=headers(BODY)) as response:
        assert (response.status_code, response.data) == (202, b"orders/create eu")


def test_a_bad_signature_never_reaches_the_view(client: Any, headers: Any, telemetry: Any) -> None:
    with client.post("/hooks/fail", data=BODY, headers=headers(BODY, "other")) as response:
        assert response.status_code == 401
    assert [record.attributes[names.ERROR_CATEGORY] for record in telemetry.records] == ["webhook_signature"]


def test_a_failing_view_is_recorded(client: Any, headers: Any, telemetry: Any) -> None:
    with pytest.raises(KeyError):
        client.post("/hooks/fail", data=BODY, headers=headers(BODY))
    assert [record.attributes[names.EXCEPTION_TYPE] for record in telemetry.records] == ["KeyError"]
