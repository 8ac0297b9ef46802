"""From a delivery's kind and parameters to the message a person reads, in the channel's language. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openclaw_otel_bridge import present
from openclaw_otel_bridge.notify.base import Message, Tone
from openclaw_otel_bridge.notify.texts import text

SUMMARY_LINES = 10
"""Issues a summary names; the rest is a number."""

_TONES: Mapping[str, Tone] = {
    "regressed": Tone.ALARM,
    "resolved": Tone.GOOD,
    "in_review": Tone.WARN,
    "sent_back": Tone.WARN,
    "reopened": Tone.WARN,
    "unassigned": Tone.WARN,
}
_ALARMING = frozenset({"error", "critical"})


@dataclass(frozen=True, slots=True)
class _Titled:
    """The parameters of a title, as they were when the delivery was queued."""

    title: str
    platform: str | None
    operation: str | None
    category: str
    code: str | None
    message: str
    exception_type: str | None
    kinds: int | None


def render(kind: str, data: Mapping[str, Any], locale: str, public_url: str) -> Message:
    """Return the message of one delivery; `data` as `queue.parameters` made it. An unknown kind shows its title."""
    if kind == "test":
        body = text("test_body", locale, channel=data.get("channel", ""))
        return Message(text("test", locale), body=body, links=((text("inbox", locale), f"{public_url}/"),))
    title = present.title(_titled(data), locale)
    owner = _owner(data) or text("nobody", locale)
    actor = data.get("actor_name") or "openclaw-otel"
    key = kind if kind in _KINDS else "new"
    return Message(
        title=text(key, locale, title=title, owner=owner, actor=actor),
        facts=tuple(_facts(kind, data, locale)),
        body="\n".join(_body(kind, data, locale)),
        links=((text("open", locale, id=data["issue"]), f"{public_url}/issues/{data['issue']}"),),
        tone=_tone(kind, data),
        colon=text("colon", locale),
    )


def summary(items: Sequence[tuple[str, Mapping[str, Any]]], locale: str, public_url: str) -> Message:
    """Return one message for many deliveries (kind, data): what a storm becomes, so that a robot keeps up.

    One line per issue with its latest kind; the newest issues are named, the rest counted.
    """
    latest: dict[int, tuple[str, Mapping[str, Any]]] = {}
    for kind, data in items:
        if "issue" in data:
            latest[data["issue"]] = (kind, data)
    shown = list(reversed(latest.items()))[:SUMMARY_LINES]
    lines = [f"#{issue} {_line(kind, data, locale)}" for issue, (kind, data) in shown]
    if len(latest) > len(shown):
        lines.append(text("summary_more", locale, n=len(latest) - len(shown)))
    return Message(
        title=text("summary", locale, n=len(items)),
        body="\n".join(lines),
        links=((text("inbox", locale), f"{public_url}/"),),
        tone=Tone.ALARM,
    )


_KINDS = frozenset(
    {"new", "regressed", "assigned", "unassigned", "in_review", "sent_back", "resolved", "reopened", "comment"}
    | {"sentry_resolved", "unmuted"}
)


def _titled(data: Mapping[str, Any]) -> _Titled:
    return _Titled(
        title=data.get("title", ""),
        platform=data.get("platform"),
        operation=data.get("operation"),
        category=data.get("category", "unknown"),
        code=data.get("code"),
        message=data.get("message", ""),
        exception_type=data.get("exception_type"),
        kinds=data.get("kinds"),
    )


def _line(kind: str, data: Mapping[str, Any], locale: str) -> str:
    title = present.title(_titled(data), locale)
    owner = _owner(data) or text("nobody", locale)
    key = kind if kind in _KINDS else "new"
    return text(key, locale, title=title, owner=owner, actor=data.get("actor_name") or "openclaw-otel")


def _facts(kind: str, data: Mapping[str, Any], locale: str) -> list[tuple[str, str]]:
    facts = [
        ("severity", present.label("severity", data["severity"], locale) if data.get("severity") else ""),
        ("platform", present.platform_name(data.get("platform"), locale)),
        ("store", data.get("store") or ""),
        ("code", data.get("code") or ""),
        ("order", data.get("order") or ""),
        ("service", data.get("service") or ""),
        ("offered" if data.get("is_offer") else "owner", _owner(data)),
        ("due", _minute(data.get("due_at"))),
        ("rule", data.get("rule_name") or ""),
        ("by", data.get("actor_name") or "" if kind != "comment" else ""),
    ]
    return [(text(key, locale), str(value)) for key, value in facts if value]


def _body(kind: str, data: Mapping[str, Any], locale: str) -> list[str]:
    if kind == "comment":
        return [str(data.get("text", ""))]
    parts: list[tuple[str, str]] = []
    if kind in ("in_review", "resolved"):
        parts += [(family, _finding(family, data.get(family), locale)) for family in ("root_cause", "fix")]
    if data.get("last"):
        parts.append(("last_fix", _last(data["last"], locale)))
    if kind not in ("resolved", "in_review"):
        parts += [
            ("why", _by_locale(data.get("explanation"), locale)),
            ("next_step", _by_locale(data.get("next_step"), locale)),
            ("message", " ".join(str(data.get("message") or "").split())[:300]),
        ]
    parts.append(("comment_text", str(data.get("text") or "")))
    return [f"{text(key, locale)}{text('colon', locale)}{value}" for key, value in parts if value]


def _finding(family: str, value: Any, locale: str) -> str:
    if not isinstance(value, Mapping) or not value.get("kind"):
        return ""
    return f"{present.label(family, value['kind'], locale)}{text('colon', locale)}{value.get('text') or ''}"


def _last(value: Mapping[str, Any], locale: str) -> str:
    cause = present.label("root_cause", value.get("root_cause_kind"), locale)
    fix = present.label("fix", value.get("fix_kind"), locale)
    return f"{cause} → {fix}{text('colon', locale)}{value.get('fix_text', '')}"


def _by_locale(texts: Any, locale: str) -> str:
    if not isinstance(texts, Mapping):
        return ""
    return str(texts.get(locale) or texts.get("en") or "")


def _owner(data: Mapping[str, Any]) -> str:
    names = (data.get("assignee_name"), data.get("team_name"))
    return " · ".join(str(name) for name in names if name)


def _minute(moment: Any) -> str:
    return f"{str(moment)[:16].replace('T', ' ')} UTC" if moment else ""


def _tone(kind: str, data: Mapping[str, Any]) -> Tone:
    if kind == "new":
        return Tone.ALARM if data.get("severity") in _ALARMING else Tone.WARN
    return _TONES.get(kind, Tone.INFO)
