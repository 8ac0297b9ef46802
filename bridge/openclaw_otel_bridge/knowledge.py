"""What resolutions taught: an article each, found again by grouping, by code and platform, and by words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from psycopg.rows import class_row

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.workflow.issue import IssueState

Reason = Literal["grouping", "code", "text"]
MOST_WORDS = 400
"""Distinct words of one article that are looked for; a text of 20,000 characters has more than anyone asks for."""
LONGEST_WORD = 60
LIKE_ENOUGH = 0.12
"""Share of an issue's words an article must hold to be offered for its text alone."""

_SCRIPTS = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_RUN = re.compile(rf"(?:[^\W_]|[{_SCRIPTS}])+(?:_(?:[^\W_]|[{_SCRIPTS}])+)*")  # vowel marks of Thai are no \w
_UNSPACED = re.compile(rf"[{_SCRIPTS}]+")
"""Scripts written without spaces (Thai, Lao, Burmese, Khmer, Japanese, Chinese): cut into pairs of characters."""


@dataclass(frozen=True, slots=True)
class Article:
    """One lesson, as stored."""

    id: int
    project_id: int
    issue_id: int
    title: str
    platform: str | None
    operation: str | None
    category: str | None
    code: str | None
    root_cause_kind: str
    root_cause_text: str
    fix_kind: str
    fix_text: str
    grouping_keys: list[str]
    author_id: int | None
    author: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Similar:
    """An article that may help, why it was found, and how near it is (0..1; grouping > code > text)."""

    article: Article
    reason: Reason
    score: float


class Described(Protocol):
    """What an issue is looked up by; `IssueState` and the rows of reads are such."""

    @property
    def id(self) -> int: ...
    @property
    def project_id(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def platform(self) -> str | None: ...
    @property
    def operation(self) -> str | None: ...
    @property
    def code(self) -> str | None: ...
    @property
    def message(self) -> str: ...
    @property
    def exception_type(self) -> str | None: ...


def write_article(conn: Connection, actor: Actor, issue: IssueState) -> int:
    """Store what the resolution of this issue taught and return the article's id.

    The issue must be resolved: its root cause and fix are there.
    """
    texts = (*_texts(issue), issue.root_cause_text, issue.fix_text)
    row = conn.execute(
        queries("articles")["write_article"],
        {
            "project_id": issue.project_id,
            "issue_id": issue.id,
            "title": article_title(issue),
            "platform": issue.platform,
            "operation": issue.operation,
            "category": issue.category,
            "code": issue.code,
            "root_cause_kind": issue.root_cause_kind,
            "root_cause_text": issue.root_cause_text,
            "fix_kind": issue.fix_kind,
            "fix_text": issue.fix_text,
            "words": words(*texts),
            "author_id": actor.person_id,
        },
    ).fetchone()
    assert row is not None
    return int(row[0])


def article_title(issue: Described) -> str:
    """Return a title in no language: the place, and the code or message that tells; what a person gave wins."""
    if issue.title:
        return issue.title
    where = " ".join(part for part in (issue.platform, issue.operation) if part)
    what = issue.code or " ".join(issue.message.split())[:90] or issue.exception_type or ""
    return ": ".join(part for part in (where, what) if part) or f"#{issue.id}"


def find_similar(conn: Connection, issue: Described, limit: int = 5) -> list[Similar]:
    """Return the articles that may help with an issue, the nearest first.

    First those whose resolution was of the same grouping, then those of the same platform and code, then those that
    share words. One article per resolved issue: the latest.
    """
    asked = words(*_texts(issue))
    with conn.cursor(row_factory=class_row(_Candidate)) as cursor:
        found = cursor.execute(
            queries("articles")["candidates"],
            {
                "project_id": issue.project_id,
                "issue_id": issue.id,
                "platform": issue.platform,
                "code": issue.code,
                "asked": tsquery(asked),
                "most": 60,
            },
        ).fetchall()
    ranked = sorted(filter(None, (_rank(candidate, set(asked)) for candidate in found)), key=_nearness)
    latest = {similar.article.issue_id: similar for similar in reversed(ranked)}
    return sorted(latest.values(), key=_nearness)[:limit]


def latest_of(conn: Connection, issue_id: int) -> Article | None:
    """Return the latest article of one issue, or None."""
    with conn.cursor(row_factory=class_row(Article)) as cursor:
        return cursor.execute(queries("articles")["latest_of"], {"issue_id": issue_id}).fetchone()


def words(*texts: str | None) -> list[str]:
    """Return the distinct words of the texts, lower case, in order; of unspaced scripts the pairs of characters.

    A name like `token_expired` gives itself and its pieces.
    """
    found: dict[str, None] = {}
    for text in texts:
        for word in _words(text or ""):
            found[word[:LONGEST_WORD]] = None
            if len(found) >= MOST_WORDS:
                return list(found)
    return list(found)


def tsquery(asked: Sequence[str]) -> str:
    """Return a tsquery that finds what holds any of the words; "" finds nothing."""
    return " | ".join("'" + word.replace("\\", "\\\\").replace("'", "''") + "'" for word in asked)


def _words(text: str) -> Iterator[str]:
    for run in _RUN.findall(text.lower()):
        at = 0
        for unspaced in _UNSPACED.finditer(run):
            yield from _spaced(run[at : unspaced.start()])
            yield from _pairs(unspaced.group())
            at = unspaced.end()
        yield from _spaced(run[at:])


def _spaced(run: str) -> Iterator[str]:
    run = run.strip("_")
    if len(run) > 1:
        yield run
    if "_" in run:
        yield from (piece for piece in run.split("_") if len(piece) > 1)


def _pairs(run: str) -> Iterator[str]:
    if len(run) == 1:
        yield run
    for at in range(len(run) - 1):
        yield run[at : at + 2]


def _texts(issue: Described) -> tuple[str | None, ...]:
    return (issue.title, issue.platform, issue.operation, issue.code, issue.message, issue.exception_type)


@dataclass(frozen=True, slots=True)
class _Candidate(Article):
    same_grouping: bool
    same_code: bool
    lexemes: list[str]


def _rank(found: _Candidate, asked: set[str]) -> Similar | None:
    share = len(asked.intersection(found.lexemes)) / len(asked) if asked else 0.0
    article = Article(*(getattr(found, name) for name in Article.__dataclass_fields__))
    if found.same_grouping:
        return Similar(article, "grouping", 1.0)
    if found.same_code:
        return Similar(article, "code", round(0.7 + 0.2 * share, 3))
    return Similar(article, "text", round(0.6 * share, 3)) if share >= LIKE_ENOUGH else None


def _nearness(similar: Similar) -> tuple[float, float]:
    return -similar.score, -similar.article.created_at.timestamp()
