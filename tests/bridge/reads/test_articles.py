import pytest

from openclaw_otel_bridge.reads.articles import get_article, list_articles
from openclaw_otel_bridge.workflow.errors import NotFound
from tests.bridge.seeding import NOW, Seed, insert


def test_pages_words_and_scopes(seed: Seed) -> None:
    ann = seed.person("Ann")
    eve = seed.person("Eve", "dev", scope="store:eu-1")
    seen, hidden = seed.issue(), seed.issue()
    seed.event(seen, store="eu-1")
    seed.event(hidden, store="us-1")
    made = []
    for issue, words in ((seen, "'token' 'expired'"), (hidden, "'token'")):
        values = {"root_cause_kind": "other", "root_cause_text": "x", "fix_kind": "other", "fix_text": "y"}
        made.append(
            insert(
                seed.conn,
                "articles",
                project_id=1,
                issue_id=issue,
                title="t",
                grouping_keys=[],
                words=words,
                created_at=NOW,
                **values,
            )
        )
    page = list_articles(seed.conn, ann, "token", None, 1)
    assert [one.id for one in page.items] == made[1:]
    assert [one.id for one in list_articles(seed.conn, ann, "token", page.next, 1).items] == made[:1]
    assert [one.id for one in list_articles(seed.conn, ann, "Token EXPIRED").items] == made[:1]
    assert list_articles(seed.conn, ann, "'").items == []
    assert [one.id for one in list_articles(seed.conn, eve).items] == made[:1]
    with pytest.raises(NotFound):
        get_article(seed.conn, eve, made[1])
