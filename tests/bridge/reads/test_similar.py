from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.reads.issues import get_issue
from openclaw_otel_bridge.reads.similar import similar
from tests.bridge.seeding import NOW, Seed, insert


def article(seed: Seed, issue: int, author: Actor) -> int:
    return int(
        insert(
            seed.conn,
            "articles",
            project_id=1,
            issue_id=issue,
            title="Token",
            platform="shopify",
            code="401",
            root_cause_kind="other",
            root_cause_text="x",
            fix_kind="other",
            fix_text="y",
            grouping_keys=[],
            words="'token'",
            author_id=author.id,
            created_at=NOW,
        )
    )


def test_offers_articles_of_visible_issues_only(seed: Seed) -> None:
    ann = seed.person("Ann")
    eve = seed.person("Eve", "dev", scope="store:eu-1")
    solved_us, solved_eu, issue = (seed.issue(platform="shopify", code="401") for _ in range(3))
    seed.event(solved_us, store="us-1")
    seed.event(solved_eu, store="eu-1")
    seed.event(issue, store="eu-1")
    us, eu = article(seed, solved_us, ann), article(seed, solved_eu, ann)
    of_ann = similar(seed.conn, ann, get_issue(seed.conn, ann, issue))
    of_eve = similar(seed.conn, eve, get_issue(seed.conn, eve, issue))
    assert {one.article.id for one in of_ann} == {us, eu}
    assert [one.article.id for one in of_eve] == [eu]
