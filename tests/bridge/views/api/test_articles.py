from openclaw_otel_bridge.knowledge import words
from tests.bridge.seeding import NOW, insert
from tests.bridge.views.api.conftest import Api


def test_found_by_words_in_both_languages(api: Api) -> None:
    ann = api.seed.person("Ann")
    made = []
    for text in ("The token expired", "店铺的令牌已经过期"):
        made.append(
            insert(
                api.seed.conn,
                "articles",
                project_id=1,
                issue_id=api.seed.issue(),
                title=text,
                root_cause_kind="other",
                root_cause_text=text,
                fix_kind="other",
                fix_text="x",
                grouping_keys=[],
                words=" ".join(f"'{word}'" for word in words(text)),
                author_id=ann.id,
                created_at=NOW,
            )
        )
    assert [one["id"] for one in api.ok(ann, "GET", "/articles")["items"]] == made[::-1]
    for text, expected in (("token", made[:1]), ("过期", made[1:]), ("token 过期", []), ("?", [])):
        found = api.ok(ann, "GET", "/articles", query_string={"text": text})["items"]
        assert [one["id"] for one in found] == expected, text
    assert api.ok(ann, "GET", f"/articles/{made[0]}")["author_name"] == "Ann"
    assert api.fault(ann, "GET", f"/articles/{2**50}")[0] == 404
