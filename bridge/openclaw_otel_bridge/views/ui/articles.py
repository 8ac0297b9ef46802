"""The knowledge base: what each resolution taught, searched by words."""

from __future__ import annotations

from flask import Response, request, url_for
from psycopg.rows import class_row

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.knowledge import Article, tsquery, words
from openclaw_otel_bridge.messages import t
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.people.permissions import require
from openclaw_otel_bridge.present import label, platform_name
from openclaw_otel_bridge.reads.issues import get_issues
from openclaw_otel_bridge.reads.view import view_of
from openclaw_otel_bridge.services import services
from openclaw_otel_bridge.views.ui.blueprint import blueprint
from openclaw_otel_bridge.views.ui.issue import kinds_of
from openclaw_otel_bridge.views.ui.page import kind_names, page, quoted
from openclaw_otel_bridge.views.ui.session import viewer, viewer_locale
from openclaw_otel_bridge.workflow.errors import NotFound

PAGE_SIZE = 30


@blueprint.get("/articles")
def articles() -> Response:
    """The articles, the latest first; `?query=` searches them."""
    query = request.args.get("query", "").strip()[:500]
    before = request.args.get("before", type=int)
    with services().database.connection() as conn:
        found = list_articles(conn, viewer(), query, before)
        kinds = kinds_of(conn, viewer_locale())
    more = len(found) > PAGE_SIZE and not query  # a search shows its best page
    return page(
        "articles.html",
        section="articles",
        articles=found[:PAGE_SIZE],
        query=query,
        kind_label=lambda family, kind: kind_names(kinds, family, kind),
        next_url=url_for("ui.articles", before=found[PAGE_SIZE - 1].id) if more else "",
    )


@blueprint.get("/articles/<int:article_id>")
def article(article_id: int) -> Response:
    """One article."""
    actor, locale = viewer(), viewer_locale()
    require(actor, "article.view")
    with services().database.connection() as conn:
        with conn.cursor(row_factory=class_row(Article)) as cursor:
            row = cursor.execute(queries("ui")["article"], {"id": article_id, "project": actor.project_id}).fetchone()
        if row is None or not get_issues(conn, actor, [row.issue_id]):
            raise NotFound("article", "知识条目", article_id)
        kinds = kinds_of(conn, locale)
    facts = [
        ("word.platform", platform_name(row.platform, locale), f"platform:{quoted(row.platform or '')}"),
        ("word.operation", row.operation, f"operation:{quoted(row.operation or '')}"),
        ("word.category", row.category and label("category", row.category, locale), f"category:{row.category}"),
        ("word.code", row.code, f"code:{quoted(row.code or '')}"),
    ]
    return page(
        "article.html",
        section="articles",
        article=row,
        facts=[(t(key, locale), value, query) for key, value, query in facts if value],
        kind_label=lambda family, kind: kind_names(kinds, family, kind),
    )


def list_articles(conn: Connection, actor: Actor, query: str, before: int | None) -> list[Article]:
    """Return at most one more than a page of articles whose issues the actor can see."""
    require(actor, "article.view")
    asked = tsquery(words(query)) if query else None
    if asked == "":
        return []
    parameters = {"project": actor.project_id, "asked": asked, "before": before, "limit": PAGE_SIZE + 1}
    with conn.cursor(row_factory=class_row(Article)) as cursor:
        found = cursor.execute(queries("ui")["articles"], parameters).fetchall()
    if view_of(actor).everything:
        return found
    seen = {issue.id for issue in get_issues(conn, actor, [one.issue_id for one in found])}
    return [one for one in found if one.issue_id in seen]
