"""Deliveries: every attempt is shown, and can be made again."""

from datetime import UTC, datetime

from tests.bridge.running import Bridge
from tests.bridge.views.ui.browsing import Visitor, raise_issue, text_of
from tests.bridge.views.ui.test_channels import CHANNEL


def attempts(bridge: Bridge, delivery: int, *outcomes: tuple[str, int | None, str]) -> None:
    with bridge.database.connection() as conn:
        for n, (outcome, status, answer) in enumerate(outcomes, 1):
            conn.execute(
                "insert into delivery_attempts values (%s, %s, %s, 184, %s, %s, %s)",
                (delivery, n, datetime.now(UTC), status, outcome, answer),
            )
        conn.execute("update deliveries set status = %s, attempts = %s where id = %s", (outcome, n, delivery))


def test_each_attempt_with_time_status_duration_and_answer(bridge: Bridge, admin: Visitor) -> None:
    admin.post("/channels/new", CHANNEL)
    admin.post("/channels/1/test")
    attempts(bridge, 1, ("failed", None, "ConnectTimeout"), ("dead", 200, '{"errcode":93000,"errmsg":"<bad>"}'))
    response = admin.get("/deliveries")
    page = text_of(response)
    for part in (
        "2 attempts",
        "ConnectTimeout",
        "no answer · 184 ms",
        "HTTP 200 · 184 ms",
        '{"errcode":93000',
        "Given up",
    ):
        assert part in page, part
    assert "<bad>" not in response.get_data(as_text=True)
    assert "not tried yet" not in page
    page = admin.follow(admin.post("/deliveries/1/resend", {"next": "/deliveries?status=queued"}))
    assert "It is queued again." in page
    assert "Queued" in page


def test_filters_and_emptiness(admin: Visitor, ops: Visitor) -> None:
    assert "没有通知记录" in text_of(ops.get("/deliveries"))
    admin.post("/channels/new", CHANNEL)
    admin.post("/channels/1/test")
    assert "Test message" in text_of(admin.get("/deliveries?status=queued&channel=1"))
    assert "No deliveries" in text_of(admin.get("/deliveries?status=dead"))
    assert "No deliveries" in text_of(admin.get("/deliveries?channel=2"))
    assert admin.get("/deliveries?status=x&channel=y&cursor=z").status_code == 200


def test_who_may(support: Visitor, dev: Visitor) -> None:
    raise_issue(support)
    assert support.get("/deliveries").status_code == 403
    assert dev.get("/deliveries").status_code == 200
    assert dev.post("/deliveries/1/resend").status_code == 403


def test_unknown(admin: Visitor) -> None:
    assert admin.post("/deliveries/99/resend").status_code == 404
