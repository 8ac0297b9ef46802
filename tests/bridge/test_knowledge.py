from __future__ import annotations

import pytest

from openclaw_otel_bridge.knowledge import find_similar, latest_of, tsquery, words
from openclaw_otel_bridge.workflow.issue import lock
from openclaw_otel_bridge.workflow.transition import Finding, Transition, transition
from tests.bridge.working import Company, company, conn

__all__ = ["company", "conn"]


def solve(company: Company, cause: str, fix: str, **values: object) -> int:
    issue = company.issue(status="assigned", assignee_id=company.dev.id, **values)
    found = {"root_cause": Finding("other", cause), "fix": Finding("other", fix)}
    transition(company.conn, company.dev, issue, Transition(to="in_review", **found))  # type: ignore[arg-type]
    transition(company.conn, company.dev2, issue, Transition(to="resolved"))
    return issue


def test_found_by_grouping_then_code_then_words(company: Company) -> None:
    solve(company, "店铺授权已过期", "重新授权", platform="shopee", code="error_auth", message="invalid access_token")
    other_code = solve(company, "token gone", "rotated", code="401")
    mine = solve(company, "scope missing", "added the scope", code="403")
    asked = company.issue(code="401", message="the access_token expired for this shop")
    company.conn.execute("update groupings set key = key || 'x', issue_id = %s where issue_id = %s", (mine, asked))
    company.conn.execute(
        "update articles set grouping_keys = array(select key from groupings where issue_id = %s) where issue_id = %s",
        (mine, mine),
    )
    company.conn.execute("update groupings set issue_id = %s where issue_id = %s", (asked, mine))
    found = find_similar(company.conn, lock(company.conn, company.dev, asked))
    assert [(one.article.issue_id, one.reason) for one in found][:2] == [(mine, "grouping"), (other_code, "code")]
    assert found[2].reason == "text"
    assert found[0].score > found[1].score > found[2].score
    assert found[0].article.author == "Dan"


def test_chinese_is_found_by_its_pairs_of_characters(company: Company) -> None:
    solved = solve(company, "买家地址缺少邮编", "补全地址", platform="lazada", code="E1", message="地址校验失败")
    asked = company.issue(
        platform="custom:erp", operation="orders.create", code=None, message="收货地址校验失败，请检查"
    )
    found = find_similar(company.conn, lock(company.conn, company.dev, asked))
    assert [(one.article.issue_id, one.reason) for one in found] == [(solved, "text")]
    stranger = company.issue(platform="ebay", operation="x.y", code="9", message="completely different words here")
    assert find_similar(company.conn, lock(company.conn, company.dev, stranger)) == []


def test_the_latest_article_of_an_issue_stands_for_it(company: Company) -> None:
    issue = solve(company, "first", "first fix")
    transition(company.conn, company.ops, issue, Transition(to="new"))
    transition(company.conn, company.ops, issue, Transition(to="assigned", assignee=company.dev.id))
    found = {"root_cause": Finding("other", "second"), "fix": Finding("other", "second fix")}
    transition(company.conn, company.dev, issue, Transition(to="in_review", **found))  # type: ignore[arg-type]
    transition(company.conn, company.dev2, issue, Transition(to="resolved"))
    company.conn.execute("update articles set created_at = created_at + interval '1 s' where fix_text = 'second fix'")
    latest = latest_of(company.conn, issue)
    assert latest
    assert latest.fix_text == "second fix"
    found_again = find_similar(company.conn, lock(company.conn, company.dev, issue))
    assert [one.article.fix_text for one in found_again] == ["second fix"]
    assert latest_of(company.conn, company.issue()) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Invalid access_token!", ["invalid", "access_token", "access", "token"]),
        ("店铺授权过期 error_auth", ["店铺", "铺授", "授权", "权过", "过期", "error_auth", "error", "auth"]),
        ("订单1001失败", ["订单", "1001", "失败"]),
        ("a 的 _x_", ["的"]),
        ("ขออภัย", ["ขอ", "ออ", "อภ", "ภั", "ัย"]),
        ("", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_words_are_bounded_and_quoted(company: Company) -> None:
    assert len(words(" ".join(f"word{n}" for n in range(5000)))) == 400
    nasty = ["it's", "back\\slash", "'; drop table issues; --", "a|b", "&"]
    query = tsquery(nasty)
    assert company.one("select querytree(%s::tsquery)", query)
    assert company.one("select array_to_tsvector(%s::text[]) @@ %s::tsquery", nasty[:1], tsquery(nasty[:1]))
    assert tsquery([]) == ""
