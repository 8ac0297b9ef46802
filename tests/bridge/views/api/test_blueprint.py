"""The description and the routes are the same, and every route asks who calls."""

from __future__ import annotations

import re

import pytest
from openapi_spec_validator import validate

from openclaw_otel_bridge.people.actor import Role
from openclaw_otel_bridge.people.permissions import PERMISSIONS
from openclaw_otel_bridge.views.api.blueprint import Route
from tests.bridge.seeding import NOW, insert
from tests.bridge.views.api.conftest import Api, described

OPEN = {"openapi"}


def routes(api: Api) -> dict[tuple[str, str], str]:
    """Return (method, path as OpenAPI writes it) → endpoint."""
    found = {}
    for rule in api.app.url_map.iter_rules():
        if rule.endpoint.startswith("api."):
            path = re.sub(r"<(?:[^<>:]*:)?(\w+)>", r"{\1}", rule.rule).removeprefix("/api/v1")
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                found[method, path] = rule.endpoint.removeprefix("api.")
    return found


def test_the_description_is_valid_and_names_exactly_the_routes(api: Api) -> None:
    validate(described())
    operations = {
        (method.upper(), path): operation["operationId"]
        for path, methods in described()["paths"].items()
        for method, operation in methods.items()
    }
    assert operations == routes(api)


def test_every_component_of_the_description_is_used() -> None:
    text = str(described())
    for family, components in described()["components"].items():
        for name in components if family != "securitySchemes" else ():
            assert f"#/components/{family}/{name}'" in text, name


def test_the_description_is_open_and_cacheable_by_nobody(api: Api) -> None:
    response = api.call(None, "GET", "/openapi.json")
    assert response.get_json() == described()
    assert response.headers["Cache-Control"] == "no-store"


@pytest.fixture
def places(api: Api) -> dict[str, object]:
    """Something real behind every id of a path."""
    ann = api.seed.person("Ann")
    issue = api.seed.issue()
    channel = insert(api.seed.conn, "channels", project_id=1, name="c", kind="wecom", url="https://x.example/?key=1")
    team = api.seed.team("spare")
    return {
        "issue_id": issue,
        "event_id": api.seed.event(issue),
        "channel_id": channel,
        "delivery_id": insert(
            api.seed.conn, "deliveries", project_id=1, channel_id=channel, issue_id=issue, kind="new"
        ),
        "rule_id": insert(api.seed.conn, "rules", project_id=1, position=1, name="r", query="", team_id=team),
        "team_id": team,
        "person_id": ann.id,
        "token_id": 2**60,
        "article_id": insert(
            api.seed.conn,
            "articles",
            project_id=1,
            issue_id=issue,
            title="t",
            root_cause_kind="other",
            root_cause_text="x",
            fix_kind="other",
            fix_text="x",
            grouping_keys=[],
            words="'t'",
            created_at=NOW,
        ),
    }


@pytest.mark.parametrize("role", Role)
def test_every_route_asks_the_table_who_may(api: Api, places: dict[str, object], role: Role) -> None:
    actor = api.seed.person("Walker", role)
    walked = 0
    # What removes things comes last, so that the others still find them.
    for (method, template), endpoint in sorted(routes(api).items(), key=lambda item: (item[0][0] == "DELETE", item)):
        path = template.format(**places)
        if endpoint in OPEN:
            continue
        view = api.app.view_functions[f"api.{endpoint}"]
        assert isinstance(view, Route)
        assert api.call(None, method, path).status_code == 401, path
        response = api.call(actor, method, path, json=None if method == "GET" else {})
        may = role in PERMISSIONS[view.action]
        assert (response.status_code == 403) is not may, (method, path, response.text)
        walked += 1
    assert walked == len(routes(api)) - len(OPEN)


def issue_routes(api: Api) -> list[tuple[str, str]]:
    return [key for key in routes(api) if "{issue_id}" in key[1] or "{event_id}" in key[1]]


@pytest.mark.parametrize("role", Role)
def test_out_of_scope_nothing_of_an_issue_is_there(api: Api, places: dict[str, object], role: Role) -> None:
    api.seed.event(int(str(places["issue_id"])), store="us-1")
    actor = api.seed.person("Outsider", role, scope="store:eu-*")
    for method, template in issue_routes(api):
        body = {"to": "assigned", "assignee": actor.id, "text": "x", "count": 1, "groupings": [1]}
        fields = {name: body[name] for name in described_fields(template, method) if name in body}
        response = api.call(actor, method, template.format(**places), json=None if method == "GET" else fields)
        action = api.app.view_functions[f"api.{routes(api)[method, template]}"].action  # type: ignore[attr-defined]
        expected = 404 if role in PERMISSIONS[action] else 403
        assert response.status_code == expected, (method, template, response.text)
    for path in ("/issues", "/articles", "/events?id=1001", *(["/deliveries"] if role != Role.SUPPORT else [])):
        assert api.ok(actor, "GET", path)["items"] == []
    for path in (f"/articles/{places['article_id']}", f"/deliveries/{places['delivery_id']}"):
        assert api.call(actor, "GET", path).status_code in (404, 403)


def test_half_in_scope_an_issue_is_there_with_its_half(api: Api) -> None:
    issue = api.seed.issue()
    api.seed.event(issue, store="us-1", order_id="1")
    mine = api.seed.event(issue, store="eu-1", order_id="2")
    actor = api.seed.person("Half", "ops", scope="store:eu-*", act="store:us-*")
    assert api.ok(actor, "GET", "/issues")["items"][0]["event_count"] == 1
    shown = api.ok(actor, "GET", f"/issues/{issue}")
    assert shown["places"] == [{"store": "eu-1", "env": None, "event_count": 1}]
    assert [event["id"] for event in api.ok(actor, "GET", f"/issues/{issue}/events")["items"]] == [str(mine)]
    assert api.ok(actor, "GET", "/issues?query=order:1")["items"] == []
    # The act scope lies on the other half: the issue as a whole may be changed through it.
    assert api.ok(actor, "POST", f"/issues/{issue}/mute", json={"count": 5})["muted"]
    limited = api.seed.person("Limited", "ops", scope="store:eu-*", act="store:cn-*")
    assert api.fault(limited, "POST", f"/issues/{issue}/mute", json={"count": 5})[0] == 403
    assert (
        api.fault(limited, "POST", f"/issues/{issue}/transitions", json={"to": "assigned", "assignee": actor.id})[0]
        == 403
    )


def described_fields(template: str, method: str) -> list[str]:
    body = described()["paths"][template][method.lower()].get("requestBody")
    return list(body["content"]["application/json"]["schema"]["properties"]) if body else []


def test_unknown_paths_and_methods_are_answered_in_json(api: Api) -> None:
    ann = api.seed.person("Ann")
    assert api.fault(ann, "GET", "/nothing")[0] == 404
    assert api.fault(ann, "GET", f"/issues/{2**70}")[0] == 404
    assert api.fault(ann, "PUT", "/issues")[0] == 405
