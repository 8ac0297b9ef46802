from tests.bridge.seeding import NOW, insert
from tests.bridge.views.api.conftest import Api


def test_attempts_show_what_the_robot_answered(api: Api) -> None:
    ann = api.seed.person("Ann")
    channel = insert(api.seed.conn, "channels", project_id=1, name="c", kind="wecom", url="https://x.example")
    issue = api.seed.issue()
    dead = insert(
        api.seed.conn,
        "deliveries",
        project_id=1,
        channel_id=channel,
        issue_id=issue,
        kind="new",
        status="dead",
        attempts=1,
        last_error="45009",
    )
    insert(
        api.seed.conn,
        "delivery_attempts",
        delivery_id=dead,
        n=1,
        at=NOW,
        duration_ms=20,
        http_status=200,
        outcome="dead",
        answer='{"errcode":45009}',
    )
    shown = api.ok(ann, "GET", f"/deliveries/{dead}")
    assert (shown["channel_name"], shown["last_error"], shown["next_attempt_at"]) == ("c", "45009", None)
    assert [one["answer"] for one in shown["tries"]] == ['{"errcode":45009}']
    assert [one["id"] for one in api.ok(ann, "GET", f"/deliveries?status=dead&issue={issue}")["items"]] == [dead]
    assert api.ok(ann, "GET", "/deliveries?status=sent")["items"] == []
    again = api.call(ann, "POST", f"/deliveries/{dead}/resend")
    assert (again.status_code, again.get_json()["status"]) == (202, "queued")
    assert api.fault(ann, "POST", f"/deliveries/{2**50}/resend")[0] == 404
