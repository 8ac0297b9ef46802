from collections.abc import Mapping

from werkzeug.test import TestResponse

from openclaw_otel_bridge.people.actor import Actor
from tests.bridge.views.api.conftest import Api


def with_session(
    api: Api, actor: Actor, method: str, headers: Mapping[str, str] | None = None, epoch: int = 1
) -> TestResponse:
    with api.app.test_client() as client:
        with client.session_transaction() as session:
            session.update(person=actor.id, epoch=epoch, project=1, csrf="right")
        return client.open("/api/v1/issues", method=method, headers=headers, json={} if method == "POST" else None)


def test_a_token_is_asked_for(api: Api) -> None:
    response = api.call(None, "GET", "/issues")
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_other_tokens_are_unknown(api: Api) -> None:
    api.token(api.seed.person("Ann"))
    for header in ("Bearer nothing", "Bearer", "Basic eA==", "oco_1", "Bearer \u00e9", "Bearer a b"):
        assert api.fault(None, "GET", "/issues", headers={"Authorization": header}) == (401, "unauthorized", None)


def test_a_revoked_token_and_a_disabled_person_are_unknown(api: Api) -> None:
    ann = api.seed.person("Ann")
    api.ok(ann, "GET", "/issues")
    api.seed.conn.execute("update people set disabled_at = now()")
    assert api.fault(ann, "GET", "/issues")[0] == 401
    api.seed.conn.execute("update people set disabled_at = null")
    api.seed.conn.execute("update api_tokens set revoked_at = now()")
    assert api.fault(ann, "GET", "/issues")[0] == 401


def test_a_session_reads_and_changes_with_its_csrf_token_only(api: Api) -> None:
    ann = api.seed.person("Ann")
    assert with_session(api, ann, "GET").status_code == 200
    assert with_session(api, ann, "POST").get_json()["error"]["code"] == "csrf"
    assert with_session(api, ann, "POST", {"X-CSRF-Token": "wrong"}).status_code == 403
    assert with_session(api, ann, "POST", {"X-CSRF-Token": "right"}).status_code == 422
    assert with_session(api, ann, "GET", epoch=2).status_code == 401


def test_a_generated_password_is_replaced_first(api: Api) -> None:
    ann = api.seed.person("Ann")
    api.seed.conn.execute("update people set must_change = true")
    assert with_session(api, ann, "GET").get_json()["error"]["code"] == "password_change_needed"
    api.ok(ann, "GET", "/issues")  # her token is for scripts and keeps working
