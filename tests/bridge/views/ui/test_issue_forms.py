"""What people do on an issue's page, each step as a form without script."""

import re

import pytest

from tests.bridge.running import Bridge
from tests.bridge.views.ui.browsing import Visitor, raise_issue, text_of

FOUND = {
    "root_cause.kind": "credential_expired",
    "root_cause.text": "the token was revoked",
    "fix.kind": "credential_rotation",
    "fix.text": "stored a new one",
}


def number_of(bridge: Bridge, email: str) -> int:
    with bridge.database.connection() as conn:
        row = conn.execute("select id from people where email = %s", (email,)).fetchone()
    assert row is not None
    return int(row[0])


def test_the_whole_way_by_two_people(bridge: Bridge, ops: Visitor, dev: Visitor) -> None:
    issue = raise_issue(ops, "Token dead", platform="shopify")
    url = f"/issues/{issue}/transition"
    dora = number_of(bridge, "dora@example.com")
    assert "已分派" in ops.follow(ops.post(url, {"to": "assigned", "owner": f"person:{dora}"}))

    page = text_of(dev.get(f"/issues/{issue}"))
    assert "Send to review" in page
    assert "Take it" not in page
    page = dev.follow(dev.post(url, {"to": "in_review", **FOUND}))
    assert "The issue is now: In review." in page
    assert "Another person has to resolve it" in page
    assert dev.post(url, {"to": "resolved"}).status_code == 403

    page = text_of(ops.get(f"/issues/{issue}"))
    assert "确认解决" in page
    assert "the token was revoked" in page
    page = ops.follow(ops.post(url, {"to": "resolved", **FOUND, "fix.text": "stored a new one in the vault"}))
    assert "已解决" in page
    assert "stored a new one in the vault" in text_of(ops.get("/articles"))
    assert "重新打开" in page
    assert "The issue is now: New." in dev.follow(dev.post(url, {"to": "new", "comment": "it is back"}))
    page = text_of(dev.get(f"/issues/{issue}"))
    assert "it is back" in page
    assert "stored a new one in the vault" in page  # its article is offered


@pytest.mark.parametrize("htmx", [True, False])
def test_what_is_missing_is_named_and_what_was_typed_stays(bridge: Bridge, admin: Visitor, htmx: bool) -> None:
    issue = raise_issue(admin)
    admin.post(f"/issues/{issue}/transition", {"to": "assigned", "owner": f"person:{number_of(bridge, bridge.email)}"})
    headers = {"HX-Request": "true", "HX-Target": "main"} if htmx else {}
    form = {"to": "in_review", "root_cause.kind": "our_bug", "fix.text": "typed <already>"}
    response = admin.post(f"/issues/{issue}/transition", form, **headers)
    assert response.status_code == 422
    raw = response.get_data(as_text=True)
    assert ("<html" in raw) is not htmx
    for field in ("root_cause.text", "fix.kind"):
        assert re.search(rf'name="{re.escape(field)}"[^>]*aria-invalid="true"', raw), field
        assert f'id="fault-{field.replace(".", "-")}"' in raw
    assert not re.search(r'name="fix.text"[^>]*aria-invalid', raw)
    assert "typed &lt;already&gt;" in raw
    assert 'value="our_bug" selected' in raw
    assert response.headers["HX-Push-Url"] == "false"


def test_a_made_up_kind_is_refused_at_its_field(bridge: Bridge, admin: Visitor) -> None:
    issue = raise_issue(admin)
    admin.post(f"/issues/{issue}/transition", {"to": "assigned", "owner": f"person:{number_of(bridge, bridge.email)}"})
    response = admin.post(f"/issues/{issue}/transition", {"to": "in_review", **FOUND, "fix.kind": "magic"})
    assert response.status_code == 422
    assert "'magic' is not a kind" in text_of(response)


def test_a_step_the_workflow_does_not_have(admin: Visitor, ops: Visitor) -> None:
    issue = raise_issue(admin)
    response = admin.post(f"/issues/{issue}/transition", {"to": "resolved", **FOUND})
    assert response.status_code == 409
    assert "an issue that is new cannot become resolved" in text_of(response)
    response = ops.post(f"/issues/{issue}/transition", {"to": "in_review", **FOUND})
    assert response.status_code == 409
    assert "“新建”的问题不能变为“复核中”；从这里可以到：已分派" in text_of(response)
    assert admin.post(f"/issues/{issue}/transition", {"to": "nirvana"}).status_code == 422


def test_somebody_was_faster(admin: Visitor, ops: Visitor) -> None:
    issue = raise_issue(admin)
    seen = re.search(r'name="version" value="(\d+)"', text_of(ops.get(f"/issues/{issue}")))
    assert seen
    admin.post(f"/issues/{issue}/transition", {"to": "assigned", "owner": "person:1"})
    response = ops.post(f"/issues/{issue}/transition", {"to": "assigned", "owner": "person:1", "version": seen[1]})
    assert response.status_code == 412
    assert "内容已被他人修改" in text_of(response)


@pytest.mark.parametrize(("owner", "status"), [("", 422), ("person:99999", 422), ("nobody", 422), ("team:99999", 422)])
def test_an_owner_that_is_none(admin: Visitor, owner: str, status: int) -> None:
    issue = raise_issue(admin)
    response = admin.post(f"/issues/{issue}/transition", {"to": "assigned", "owner": owner})
    assert response.status_code == status
    assert 'class="fault"' in text_of(response)


def test_back_to_work_needs_a_reason(bridge: Bridge, admin: Visitor, ops: Visitor) -> None:
    issue = raise_issue(admin)
    url = f"/issues/{issue}/transition"
    admin.post(url, {"to": "assigned", "owner": f"person:{number_of(bridge, bridge.email)}"})
    admin.post(url, {"to": "in_review", **FOUND})
    response = ops.post(url, {"to": "assigned"})
    assert response.status_code == 422
    assert re.search(r'name="comment"[^>]*aria-invalid="true"', response.get_data(as_text=True))
    assert "退回处理" in ops.follow(ops.post(url, {"to": "assigned", "comment": "no test yet"}))


def test_comment_watch_and_mute(support: Visitor, admin: Visitor) -> None:
    issue = raise_issue(admin)
    assert "says <hello>" in support.follow(support.post(f"/issues/{issue}/comments", {"text": "says <hello>"}))
    assert support.post(f"/issues/{issue}/comments", {"text": "  "}).status_code == 422
    assert "Stop watching" in support.follow(support.post(f"/issues/{issue}/watch"))
    assert "You no longer watch it." in support.follow(support.post(f"/issues/{issue}/unwatch"))
    assert support.post(f"/issues/{issue}/mute", {"for": "1h"}).status_code == 403
    assert admin.post(f"/issues/{issue}/mute", {"for": "ever"}).status_code == 422
    for chosen in ("1h", "1000"):
        assert "End the mute" in admin.follow(admin.post(f"/issues/{issue}/mute", {"for": chosen}))
    assert "The mute is over." in admin.follow(admin.post(f"/issues/{issue}/unmute"))


def test_raising_needs_a_title(support: Visitor) -> None:
    response = support.post("/issues/new", {"title": " ", "note": "kept", "severity": "error"})
    assert response.status_code == 422
    assert "kept" in text_of(response)
    assert re.search(r'name="title"[^>]*aria-invalid="true"', response.get_data(as_text=True))
    assert support.post("/issues/new", {"title": "x", "severity": "awful"}).status_code == 422


def test_support_may_not_assign(support: Visitor) -> None:
    issue = raise_issue(support)
    assert support.post(f"/issues/{issue}/transition", {"to": "assigned", "owner": "person:1"}).status_code == 403
