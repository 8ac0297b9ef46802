"""Rules: list, add, edit, order, switch, delete with undo, preview."""

import re

import pytest

from tests.bridge.running import Bridge
from tests.bridge.views.ui.browsing import Visitor, raise_issue, text_of

RULE = {"name": "Tokens", "query": "category:auth", "owner": "person:1", "due_minutes": "240", "enabled": "1"}


def names(visitor: Visitor) -> list[str]:
    return re.findall(r'<a class="strong" href="/rules/\d+">([^<]+)</a>', text_of(visitor.get("/rules")))


def ids(visitor: Visitor) -> list[int]:
    return [
        int(found) for found in re.findall(r'<a class="strong" href="/rules/(\d+)">', text_of(visitor.get("/rules")))
    ]


def test_none_yet(admin: Visitor) -> None:
    assert "No rules yet" in text_of(admin.get("/rules"))


def test_add_edit_and_switch(admin: Visitor) -> None:
    assert "The rule “Tokens” is saved." in admin.follow(admin.post("/rules/new", RULE))
    (rule,) = ids(admin)
    form = text_of(admin.get(f"/rules/{rule}"))
    assert 'value="category:auth"' in form
    assert 'value="240"' in form
    assert '<option value="person:1" selected>' in form
    version = re.search(r'name="version" value="(\d+)"', form)
    assert version
    admin.post(f"/rules/{rule}", {**RULE, "name": "Keys", "query": "", "due_minutes": "", "version": version[1]})
    assert names(admin) == ["Keys"]
    assert "everything" in text_of(admin.get("/rules"))
    assert admin.post(f"/rules/{rule}", {**RULE, "version": version[1]}).status_code == 412
    assert "Turn on" in admin.follow(admin.post(f"/rules/{rule}/change", {"do": "disable"}))
    assert "Turn off" in admin.follow(admin.post(f"/rules/{rule}/change", {"do": "enable"}))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"query": "platfrom:x"}, "query"),
        ({"query": "last_seen:<24h"}, "query"),
        ({"owner": ""}, "assignee"),
        ({"owner": "x"}, "assignee"),
        ({"due_minutes": "soon"}, "due_minutes"),
        ({"due_minutes": "0"}, "due_minutes"),
        ({"channel": "99"}, "channels"),
    ],
)
def test_faults_name_their_field_and_keep_the_rest(admin: Visitor, change: dict[str, object], field: str) -> None:
    response = admin.post("/rules/new", {**RULE, **change})
    assert response.status_code == 422
    text = text_of(response)
    assert f'id="fault-{field}"' in text
    assert change.get("name", "Tokens") in text
    assert ids(admin) == []


def test_order(admin: Visitor) -> None:
    for name in "ABC":
        admin.post("/rules/new", {**RULE, "name": name})
    a, _, c = ids(admin)
    admin.post(f"/rules/{c}/change", {"do": "up"})
    assert names(admin) == ["A", "C", "B"]
    admin.post(f"/rules/{a}/change", {"do": "down"})
    assert names(admin) == ["C", "A", "B"]
    admin.post(f"/rules/{c}/change", {"do": "up"})  # already first
    assert names(admin) == ["C", "A", "B"]


def test_a_deletion_can_be_undone_in_its_place(admin: Visitor) -> None:
    for name in "ABC":
        admin.post("/rules/new", {**RULE, "name": name})
    page = admin.follow(admin.post(f"/rules/{ids(admin)[1]}/change", {"do": "delete"}))
    assert names(admin) == ["A", "C"]
    undo = re.search(r'action="(/rules/undo\?what=[^"]+)"', page)
    assert undo
    assert "The rule “B” is back." in admin.follow(admin.post(undo[1]))
    assert names(admin) == ["A", "B", "C"]
    assert admin.post("/rules/undo?what=forged").status_code == 409


def test_preview_with_and_without_htmx(admin: Visitor, ops: Visitor) -> None:
    raise_issue(admin, "Stock wrong", platform="shopee")
    part = text_of(
        ops.post("/rules/preview", {"query": "platform:shopee"}, **{"HX-Request": "true", "HX-Target": "preview"})
    )
    assert "将匹配 1 个未解决问题" in part
    assert "Stock wrong" in part
    assert "<form" not in part
    page = text_of(admin.post("/rules/new", {**RULE, "query": "platform:temu", "preview": "1"}))
    assert "Would match no open issue" in page
    assert ids(admin) == []
    bad = text_of(admin.post("/rules/preview", {"query": "nope:1"}, **{"HX-Request": "true", "HX-Target": "preview"}))
    assert "unknown key" in bad


def test_who_may(bridge: Bridge, dev: Visitor, support: Visitor) -> None:
    assert dev.get("/rules").status_code == 200
    assert "New rule" not in text_of(dev.get("/rules"))
    assert dev.get("/rules/new").status_code == 403
    assert dev.post("/rules/new", RULE).status_code == 403
    assert support.get("/rules").status_code == 403
    assert 'href="/rules"' not in text_of(support.get("/"))


def test_unknown(admin: Visitor) -> None:
    assert admin.get("/rules/99").status_code == 404
    admin.post("/rules/new", RULE)
    assert admin.post(f"/rules/{ids(admin)[0]}/change", {"do": "dance"}).status_code == 400
