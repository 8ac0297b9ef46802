"""Channels: add, edit without showing secrets, test, delete."""

import pytest

from tests.bridge.running import Bridge
from tests.bridge.views.ui.browsing import Visitor, text_of

KEY = "693a91f6-7b0c-4d3e-9a51-6f1f0e2e7b11"
CHANNEL = {
    "name": "Ops robot",
    "kind": "wecom",
    "locale": "zh",
    "url": f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}",
    "secret": "",
    "filter": "severity:>=error",
    "enabled": "1",
}


def test_none_yet(ops: Visitor) -> None:
    assert "还没有通知渠道" in text_of(ops.get("/channels"))


def test_add_edit_and_delete(bridge: Bridge, admin: Visitor) -> None:
    assert "The channel “Ops robot” is saved." in admin.follow(admin.post("/channels/new", CHANNEL))
    form = text_of(admin.get("/channels/1"))
    assert KEY not in form
    assert KEY not in text_of(admin.get("/channels"))
    kept = {**CHANNEL, "name": "Robot", "url": "", "filter": ""}
    assert "The channel “Robot” is saved." in admin.follow(admin.post("/channels/1", kept))
    with bridge.database.connection() as conn:
        row = conn.execute("select url, filter, enabled from channels").fetchone()
    assert row is not None
    assert KEY in row[0]
    assert row[1:] == ("", True)
    assert "off" in admin.follow(admin.post("/channels/1", {**kept, "enabled": ""}))
    assert "No channels yet" in admin.follow(admin.post("/channels/1/delete"))
    assert admin.get("/channels/1").status_code == 404


@pytest.mark.parametrize(
    ("change", "field", "status"),
    [
        ({"name": ""}, "name", 422),
        ({"url": ""}, "url", 422),
        ({"url": "robot"}, "url", 422),
        ({"kind": "pigeon"}, "kind", 422),
        ({"filter": "nope:1"}, "filter", 422),
        ({"locale": "fr"}, "locale", 422),
    ],
)
def test_faults_name_their_field(admin: Visitor, change: dict[str, str], field: str, status: int) -> None:
    response = admin.post("/channels/new", {**CHANNEL, **change})
    assert response.status_code == status
    assert f'id="fault-{field}"' in text_of(response)
    assert "No channels yet" in text_of(admin.get("/channels"))


def test_a_name_is_taken(admin: Visitor) -> None:
    admin.post("/channels/new", CHANNEL)
    response = admin.post("/channels/new", CHANNEL)
    assert response.status_code == 409
    assert 'id="fault-name"' in text_of(response)


def test_a_test_message_is_queued_and_seen(admin: Visitor) -> None:
    admin.post("/channels/new", CHANNEL)
    page = admin.follow(admin.post("/channels/1/test"))
    assert "A test is on its way to “Ops robot”" in page
    assert "Test message</td>" in page
    assert "Queued" in page


def test_who_may(support: Visitor, dev: Visitor) -> None:
    assert support.get("/channels").status_code == 403
    assert dev.get("/channels").status_code == 200
    for path in ("/channels/new", "/channels/1"):
        assert dev.get(path).status_code == 403
    assert dev.post("/channels/new", CHANNEL).status_code == 403
