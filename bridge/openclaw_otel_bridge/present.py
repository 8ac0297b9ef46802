"""What is stored as code and parameters, as a person reads it: titles, activity, names, labels.

Used by the pages and by the notifications; pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from openclaw_otel_bridge.messages import LOCALES, best_locale, known, t, word

__all__ = [
    "LOCALES",
    "activity_text",
    "actor_name",
    "best_locale",
    "bounds_told",
    "label",
    "platform_name",
    "t",
    "title",
]

DETAIL = 90
"""Characters of a message that a title may carry."""

NO_ANSWER = ("timeout", "network")
"""Their messages are host and port; the exception's name says it in a word."""


class Titled(Protocol):
    """What a title is made of: an issue, a row of the inbox, a notification's parameters."""

    @property
    def title(self) -> str: ...
    @property
    def platform(self) -> str | None: ...
    @property
    def operation(self) -> str | None: ...
    @property
    def category(self) -> str: ...
    @property
    def code(self) -> str | None: ...
    @property
    def message(self) -> str: ...
    @property
    def exception_type(self) -> str | None: ...
    @property
    def kinds(self) -> int | None: ...


class Entry(Protocol):
    """One line of the activity log. `actor` is person, rule, system or sentry; `data` the action's parameters."""

    @property
    def actor(self) -> str: ...
    @property
    def actor_name(self) -> str | None: ...
    @property
    def action(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Any]: ...


class Far(Protocol):
    """How far a search went, see `reads.pages.Searched`."""

    @property
    def issues(self) -> int: ...
    @property
    def partly(self) -> int: ...
    @property
    def unfinished(self) -> bool: ...


def bounds_told(searched: Far, locale: str) -> list[str]:
    """Return what bounded a search and how to go on, a sentence for each; none when nothing did."""
    told = [t("inbox.searched_unfinished", locale, n=searched.issues)] if searched.unfinished else []
    if searched.partly:
        told.append(t("inbox.searched_partly", locale, n=searched.partly))
    return told


def title(issue: Titled, locale: str) -> str:
    """Return an issue's title: where it failed, what happened, the code or message that tells.

    An issue raised by hand keeps the title a person gave it; an overflow issue tells how many kinds it holds.
    """
    if issue.title:
        return issue.title
    if issue.kinds is not None:
        return t("title.flood" if issue.kinds else "title.flood_over", locale, n=issue.kinds)
    if not issue.platform:
        return _exception_title(issue) or t("title.empty", locale)
    where = " ".join(part for part in (platform_name(issue.platform, locale), issue.operation) if part)
    text = t("title.platform", locale, where=where, what=word("headline", issue.category, locale))
    raised = _last_name(issue.exception_type)
    said = _short(issue.message)
    detail = issue.code or (raised or said if issue.category in NO_ANSWER else said or raised)
    return t("title.detail", locale, title=text, detail=detail) if detail else text


def platform_name(platform: str | None, locale: str) -> str:
    """Return a platform's name as people call it; `custom:erp` is `erp`."""
    if not platform:
        return ""
    return word("platform", platform, locale) if known(f"platform.{platform}") else platform.removeprefix("custom:")


def label(family: str, value: object, locale: str) -> str:
    """Return the word of a category, severity, status, role, owner …; the value where no word is known."""
    return word(family, value, locale)


def actor_name(entry: Entry, locale: str) -> str:
    """Return who acted: a person's name, the rule, Sentry, or the bridge itself."""
    if entry.actor == "person":
        return entry.actor_name or t("actor.person_unknown", locale)
    rule = entry.data.get("rule_name") or entry.data.get("rule")
    if entry.actor == "rule" and isinstance(rule, str):
        return t("actor.rule_named", locale, name=rule)
    return t(f"actor.{entry.actor}", locale)


def activity_text(entry: Entry, locale: str) -> str:
    """Return what an actor did, to be read after the actor's name."""
    data = entry.data
    match entry.action:
        case "created":
            return t("activity.created_manual" if entry.actor == "person" else "activity.created", locale)
        case "assigned":
            return _assigned(data, locale)
        case "in_review" | "resolved":
            return t(
                f"activity.{entry.action}",
                locale,
                root_cause=_kind("root_cause", data, locale),
                fix=_kind("fix", data, locale),
            )
        case "muted":
            return _muted(data, locale)
        case "merged" | "unmerged" | "unfolded_from":
            return t(f"activity.{entry.action}", locale, issue=data.get("issue", "?"))
        case "delivery":
            return t("activity.delivery", locale, channel=data.get("channel", "?"))
        case action if known(f"activity.{action}"):
            return t(f"activity.{action}", locale, n=data.get("n", 0))
        case action:
            return t("activity.other", locale, action=action)


def _assigned(data: Mapping[str, Any], locale: str) -> str:
    new = data.get("assignee_name") or data.get("team_name") or t("activity.nobody", locale)
    old = data.get("from_name")
    if old and old != new:
        return t("activity.reassigned", locale, to=new, **{"from": old})
    return t("activity.assigned", locale, to=new)


def _muted(data: Mapping[str, Any], locale: str) -> str:
    if data.get("until"):
        return t("activity.muted_until", locale, until=str(data["until"])[:16].replace("T", " "))
    if data.get("count"):
        return t("activity.muted_count", locale, count=data["count"])
    return t("activity.muted", locale)


def _kind(family: str, data: Mapping[str, Any], locale: str) -> str:
    """Root cause and fix come as {"kind", "text"}; a deployment's own kinds have no word here, so they show as is."""
    value = data.get(family)
    kind = value.get("kind") if isinstance(value, Mapping) else value
    return word(family, kind, locale) if kind else "–"


def _exception_title(issue: Titled) -> str:
    parts = (_last_name(issue.exception_type), _short(issue.message))
    return ": ".join(part for part in parts if part)


def _last_name(qualified: str | None) -> str:
    return qualified.rsplit(".", 1)[-1] if qualified else ""


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= DETAIL else f"{line[: DETAIL - 1].rstrip()}…"
