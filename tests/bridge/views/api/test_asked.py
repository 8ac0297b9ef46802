"""Bad input is refused by name. Many cases share one application, because each has a database of its own."""

from typing import Any

from tests.bridge.views.api.conftest import Api

PARAMETERS = {
    "/issues?limit=0": ("bad_parameter", "limit"),
    "/issues?limit=201": ("bad_parameter", "limit"),
    "/issues?limit=x": ("bad_parameter", "limit"),
    "/issues?limit=1&limit=2": ("bad_parameter", "limit"),
    "/issues?colour=red": ("unknown_parameter", "colour"),
    "/issues?sort=colour": ("bad_parameter", "sort"),
    "/issues?cursor=zzz": ("bad_cursor", "cursor"),
    "/issues?query=colour:red": ("bad_query", "query"),
    "/issues?query=%00": ("bad_parameter", "query"),
    "/deliveries?channel=x": ("bad_parameter", "channel"),
    "/deliveries?status=lost": ("bad_parameter", "status"),
    "/articles?cursor=x": ("bad_cursor", "cursor"),
    "/people?cursor=x": ("bad_cursor", "cursor"),
    "/audit?cursor=x": ("bad_cursor", "cursor"),
    "/events": ("bad_parameter", "id"),
    "/stats?x=1": ("unknown_parameter", "x"),
}
JSON = "application/json"
BODIES: list[tuple[dict[str, Any], tuple[int, str, str | None]]] = [
    ({"data": b"{", "content_type": JSON}, (400, "bad_json", None)),
    ({"data": b"[" * 100_000, "content_type": JSON}, (400, "bad_json", None)),
    ({"data": b"\xff", "content_type": JSON}, (400, "bad_json", None)),
    ({"json": [1]}, (400, "bad_json", None)),
    ({"data": b"title=x", "content_type": "text/plain"}, (415, "unsupported_media_type", None)),
    ({"data": b" " * 1_048_577, "content_type": JSON}, (413, "too_large", None)),
    ({"json": {"title": "x", "colour": "red"}}, (422, "invalid", "colour")),
    ({"json": {"title": 7}}, (422, "invalid", "title")),
    ({"json": {"title": "a\0b"}}, (422, "invalid", "title")),
    ({"json": {"title": "\ud800"}}, (422, "invalid", "title")),
    ({"json": {"title": "x", "severity": "high"}}, (422, "invalid", "severity")),
    ({"json": {}}, (422, "missing", "title")),
    ({}, (422, "missing", "title")),
]
MUTES: list[tuple[dict[str, Any], str]] = [
    ({"until": "tomorrow"}, "until"),
    ({"until": "2026-01-31T08:00:00"}, "until"),
    ({"count": "7"}, "count"),
    ({"count": True}, "count"),
    ({"count": 2**70}, "count"),
]
STEPS: list[tuple[dict[str, Any], str]] = [
    ({"to": "resolved", "fix": {"kind": 3}}, "fix.kind"),
    ({"to": "resolved", "fix": {"colour": 3}}, "fix.colour"),
    ({"to": "resolved", "fix": "x"}, "fix"),
    ({"to": "resolved", "assignee": "Ann"}, "assignee"),
    ({"to": 5}, "to"),
]


def test_parameters_are_checked_by_name(api: Api) -> None:
    ann = api.seed.person("Ann")
    found = {path: api.fault(ann, "GET", path) for path in PARAMETERS}
    assert found == {path: (400, *expected) for path, expected in PARAMETERS.items()}


def test_bodies_are_checked_by_name(api: Api) -> None:
    ann = api.seed.person("Ann")
    for body, expected in BODIES:
        assert api.fault(ann, "POST", "/issues", **body) == expected, body


def test_fields_are_checked_by_type_and_named_in_full(api: Api) -> None:
    ann = api.seed.person("Ann")
    issue = api.seed.issue()
    for path, cases in (("mute", MUTES), ("transitions", STEPS)):
        for body, field in cases:
            fault = api.fault(ann, "POST", f"/issues/{issue}/{path}", json=body)
            assert fault == (422, "invalid", field), body
    assert api.fault(ann, "POST", f"/issues/{issue}/transitions", json={}) == (422, "missing", "to")
    assert api.fault(ann, "POST", "/rules/order", json={"ids": [True]}) == (422, "invalid", "ids")
    assert api.fault(ann, "POST", "/rules/order", json={}) == (422, "missing", "ids")


def test_if_match_must_be_an_etag(api: Api) -> None:
    ann = api.seed.person("Ann")
    path = f"/issues/{api.seed.issue()}/mute"
    for header in ("x", '"1', "-1", '"1", "2"'):
        fault = api.fault(ann, "POST", path, json={"count": 1}, headers={"If-Match": header})
        assert fault == (400, "bad_header", "If-Match"), header
    for header in ('W/"1"', "2", "*"):
        api.ok(ann, "POST", path, json={"count": 1}, headers={"If-Match": header})
