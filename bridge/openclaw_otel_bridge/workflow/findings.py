"""Root cause and fix: what a person found and did, each a kind of the seeded table and a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.workflow.errors import InvalidField, MissingField
from openclaw_otel_bridge.workflow.issue import IssueState

MAX_TEXT = 20_000
"""Characters of a root cause, fix, comment or note."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A root cause or a fix: `kind` is one of the table `kinds`, `text` says it in words."""

    kind: str = ""
    text: str = ""


class Asked(Protocol):
    """The fields of a step that may be given (see `transition.Transition`)."""

    @property
    def assignee(self) -> int | None: ...
    @property
    def team(self) -> int | None: ...
    @property
    def root_cause(self) -> Finding | None: ...
    @property
    def fix(self) -> Finding | None: ...
    @property
    def comment(self) -> str | None: ...


def given_fields(step: Asked, issue: IssueState) -> set[str]:
    """Return which of the fields a step may need are at hand: asked for, or already on the issue."""
    offered = issue.status == "new" and (issue.assignee_id is not None or issue.team_id is not None)
    given = {
        "assignee": step.assignee is not None or step.team is not None or offered,
        "root_cause": step.root_cause is not None or bool(issue.root_cause_kind and issue.root_cause_text),
        "fix": step.fix is not None or bool(issue.fix_kind and issue.fix_text),
        "comment": bool(step.comment and step.comment.strip()),
    }
    return {name for name, there in given.items() if there}


def checked(conn: Connection, family: str, finding: Finding) -> Finding:
    """Return the finding trimmed, or say what is wrong with it; `family` is root_cause or fix.

    Raises:
        MissingField: kind or text is empty.
        InvalidField: the kind is not in the table or no longer in use, or the text is too long.
    """
    found = Finding(finding.kind.strip(), finding.text.strip())
    missing = [f"{family}.{name}" for name in ("kind", "text") if not getattr(found, name)]
    if missing:
        raise MissingField(*missing)
    checked_text(f"{family}.text", found.text)
    row = conn.execute(queries("issues")["active_kind"], {"family": family, "kind": found.kind}).fetchone()
    if row is None or not row[0]:
        kinds = [r[0] for r in conn.execute(queries("issues")["active_kinds"], {"family": family})]
        raise InvalidField(
            f"{family}.kind",
            f"{found.kind!r} is not a kind; use one of: {', '.join(kinds)}",
            f"没有类型 {found.kind!r}；可用：{'、'.join(kinds)}",
        )
    return found


def checked_text(field: str, text: str, limit: int = MAX_TEXT) -> str:
    """Return the text trimmed, or raise InvalidField when PostgreSQL could not store it or it is too long."""
    text = text.strip()
    if "\x00" in text:
        raise InvalidField(field, "holds a NUL character", "含有 NUL 字符")
    if len(text) > limit:
        raise InvalidField(field, f"at most {limit} characters", f"最多 {limit} 个字符")
    return text
