"""Articles as a list, searched, and one by one: those of issues the viewer can see."""

from __future__ import annotations

from psycopg import sql

from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.knowledge import Article, tsquery, words
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.reads.cursor import encode
from openclaw_otel_bridge.reads.pages import Order, Page, cut
from openclaw_otel_bridge.reads.view import View, part, view_of
from openclaw_otel_bridge.workflow.errors import NotFound

_ORDER = Order("articles", (sql.SQL("a.id"),), ("bigint",))


def list_articles(
    conn: Connection, actor: Actor, text: str = "", cursor: str | None = None, limit: int = 50
) -> Page[Article]:
    """Return a page of the articles that hold every word of `text`, the latest first.

    Raises:
        BadCursor: the cursor is none of this list.
    """
    view = view_of(actor)
    asked = words(text)
    if text.strip() and not asked:
        return Page([])
    found = _rows(
        conn,
        view,
        after=_ORDER.after(cursor, view.binder),
        id=view.binder.bind(None),
        asked=view.binder.bind(tsquery(asked).replace(" | ", " & ") or None),
        limit=view.binder.bind(limit + 1),
    )
    return cut(found, limit, lambda last: encode("articles", (str(last.id),)))


def get_article(conn: Connection, actor: Actor, article_id: int) -> Article:
    """Return one article.

    Raises:
        NotFound: it is not there, or of an issue the actor does not see.
    """
    view = view_of(actor)
    found = _rows(
        conn,
        view,
        after=sql.SQL("true"),
        id=view.binder.bind(article_id),
        asked=view.binder.bind(None),
        limit=view.binder.bind(1),
    )
    if not found:
        raise NotFound("article", "知识条目", article_id)
    return found[0]


def _rows(conn: Connection, view: View, **places: sql.Composable) -> list[Article]:
    project = view.binder.bind(view.actor.project_id)
    seen = sql.SQL("true") if view.everything else part("of_visible_issue", visible=view.counted())
    return view.rows(conn, part("articles", project=project, seen=seen, **places), Article)
