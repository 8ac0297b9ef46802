"""The knowledge base."""

from tests.bridge.running import Bridge
from tests.bridge.views.ui.browsing import Visitor, raise_issue, text_of
from tests.bridge.views.ui.test_issue_forms import FOUND


def resolve(admin: Visitor, other: Visitor, title: str, **found: str) -> int:
    issue = raise_issue(admin, title, platform="shopify")
    url = f"/issues/{issue}/transition"
    admin.post(url, {"to": "assigned", "owner": "person:1"})
    admin.post(url, {"to": "in_review", **FOUND, **found})
    assert other.post(url, {"to": "resolved"}).status_code == 303
    return issue


def test_a_resolution_is_found_again_by_its_words(admin: Visitor, ops: Visitor) -> None:
    assert "No articles yet" in text_of(admin.get("/articles"))
    issue = resolve(
        admin,
        ops,
        "Token dead",
        **{"root_cause.text": "应用重装后令牌被吊销", "fix.text": "authorised again\nin two lines"},
    )
    resolve(admin, ops, "Stock wrong")
    assert text_of(admin.get("/articles")).count("<article") == 2
    for query in ("令牌", "authorised", "dead token"):
        page = text_of(ops.get(f"/articles?query={query}"))
        assert page.count("<article") == 1, query
        assert "Token dead" in page
    assert "没有匹配的知识条目" in text_of(ops.get("/articles?query=penguin"))
    assert admin.get("/articles?query=%25%27%22!&cursor=x").status_code == 200
    page = text_of(admin.get("/articles/1"))
    assert "应用重装后令牌被吊销" in page
    assert f'href="/issues/{issue}"' in page
    assert "Credential expired" in page
    assert "凭证过期" in text_of(ops.get("/articles/1"))


def test_unknown(admin: Visitor) -> None:
    assert admin.get("/articles/99").status_code == 404


def test_of_issues_out_of_view(bridge: Bridge, admin: Visitor, ops: Visitor, support: Visitor) -> None:
    resolve(admin, ops, "Token dead")
    with bridge.database.connection() as conn:
        conn.execute("update memberships set view_scope = 'platform:paypal' where role = 'support'")
    assert "<article" not in text_of(support.get("/articles"))
    assert support.get("/articles/1").status_code == 404
