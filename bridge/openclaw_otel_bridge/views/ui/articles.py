"""The knowledge base: what each resolution taught, searched by words."""

from __future__ import annotations

from flask import Response, request, url_for

from openclaw_otel_bridge.messages import t
from openclaw_otel_bridge.people.permissions import require
from openclaw_otel_bridge.present import label, platform_name
from openclaw_otel_bridge.reads.articles import get_article, list_articles
from openclaw_otel_bridge.reads.cursor import BadCursor
from openclaw_otel_bridge.services import services
from openclaw_otel_bridge.views.ui.blueprint import blueprint
from openclaw_otel_bridge.views.ui.kinds import kind_names
from openclaw_otel_bridge.views.ui.page import page, quoted
from openclaw_otel_bridge.views.ui.session import viewer, viewer_locale

PAGE_SIZE = 30


@blueprint.get("/articles")
def articles() -> Response:
    """The articles, the latest first; `?query=` searches them."""
    actor, query = viewer(), request.args.get("query", "").strip()[:500]
    require(actor, "article.view")
    with services().database.connection() as conn:
        try:
            found = list_articles(conn, actor, query, request.args.get("cursor") or None, PAGE_SIZE)
        except BadCursor:
            found = list_articles(conn, actor, query, None, PAGE_SIZE)
        names = kind_names(conn, viewer_locale())
    return page(
        "articles.html",
        section="articles",
        articles=found.items,
        query=query,
        kind_label=names.label,
        next_url=url_for("ui.articles", query=query or None, cursor=found.next) if found.next else "",
    )


@blueprint.get("/articles/<int:article_id>")
def article(article_id: int) -> Response:
    """One article."""
    actor, locale = viewer(), viewer_locale()
    require(actor, "article.view")
    with services().database.connection() as conn:
        found = get_article(conn, actor, article_id)
        names = kind_names(conn, locale)
    facts = [
        ("word.platform", platform_name(found.platform, locale), f"platform:{quoted(found.platform or '')}"),
        ("word.operation", found.operation, f"operation:{quoted(found.operation or '')}"),
        ("word.category", found.category and label("category", found.category, locale), f"category:{found.category}"),
        ("word.code", found.code, f"code:{quoted(found.code or '')}"),
    ]
    return page(
        "article.html",
        section="articles",
        article=found,
        facts=[(t(key, locale), value, query) for key, value, query in facts if value],
        kind_label=names.label,
    )
