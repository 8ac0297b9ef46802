"""Articles: what resolutions taught."""

from __future__ import annotations

from typing import Any

from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.reads.articles import get_article, list_articles
from openclaw_otel_bridge.views.api import shapes
from openclaw_otel_bridge.views.api.asked import arguments, limit_of
from openclaw_otel_bridge.views.api.blueprint import ID, route


@route("GET", "/articles", "article.view")
def article_list(conn: Connection, actor: Actor) -> Any:
    """A page of the articles that hold every word of `text`, the latest first."""
    given = arguments("text", "cursor", "limit")
    page = list_articles(conn, actor, given.get("text", ""), given.get("cursor"), limit_of(given))
    return shapes.listed(page.items, shapes.article, page.next)


@route("GET", f"/articles/<{ID}:article_id>", "article.view")
def article_get(conn: Connection, actor: Actor, article_id: int) -> Any:
    """One article."""
    arguments()
    return shapes.article(get_article(conn, actor, article_id))
