"""Refusals: equal reasons as one line, of the project and of nobody, pages that agree, words for every reason."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest

from openclaw_otel.errors import SignatureReason
from openclaw_otel_bridge.intake.rejects import item_reason
from openclaw_otel_bridge.messages import LOCALES, known
from openclaw_otel_bridge.reads.cursor import BadCursor
from openclaw_otel_bridge.reads.rejects import PROTOCOLS, Refusal, Wanted, list_rejects, rejects_of_day
from tests.bridge.seeding import NOW, Seed, hours, insert

BRIDGE = Path(__file__).parents[3] / "bridge" / "openclaw_otel_bridge"


def refuse(seed: Seed, reason: str, *, project: int | None = 1, age: float = 0, **values: object) -> None:
    row = {"protocol": "otlp_traces", "project_id": project, "reason": reason, "at": NOW - hours(age), **values}
    insert(seed.conn, "rejects", **row)


def lines(refusals: object) -> list[tuple[int | None, str, str, int]]:
    assert isinstance(refusals, list | tuple)
    return [(one.project_id, one.protocol, one.reason, one.n) for one in refusals]


def test_a_storm_is_one_line(seed: Seed) -> None:
    ann = seed.person("Ann")
    for age in (5, 3, 1):
        refuse(seed, "too_large", age=age, n=100, detail=f"{age} hours ago")
    refuse(seed, "too_large", age=0.5, detail="")
    refuse(seed, "too_large", age=2, protocol="sentry")
    refuse(seed, "unauthenticated", project=None, age=4, n=7)
    found = list_rejects(seed.conn, ann).items
    assert lines(list(found)) == [
        (None, "otlp_traces", "unauthenticated", 7),
        (1, "sentry", "too_large", 1),
        (1, "otlp_traces", "too_large", 301),
    ]
    storm = found[2]
    assert (storm.first_at, storm.last_at) == (NOW - hours(5), NOW - hours(0.5))
    assert (storm.detail, storm.project_name) == ("1 hours ago", "Default")


def test_other_projects_are_not_seen_and_a_narrowed_view_sees_none(seed: Seed) -> None:
    other = int(insert(seed.conn, "projects", slug="b", name="B"))
    refuse(seed, "item", project=other, at=NOW)
    refuse(seed, "item")
    ann, scoped = seed.person("Ann"), seed.person("Sam", scope="store:eu-*")
    assert lines(list_rejects(seed.conn, ann).items) == [(1, "otlp_traces", "item", 1)]
    assert lines(list_rejects(seed.conn, replace(ann, project_id=other)).items) == [(other, "otlp_traces", "item", 1)]
    assert lines(list_rejects(seed.conn, scoped).items) == []
    assert rejects_of_day(seed.conn, scoped) == 0


def test_filters(seed: Seed) -> None:
    ann = seed.person("Ann")
    for age in (30, 2):
        refuse(seed, "item", age=age)
        refuse(seed, "item", age=age, protocol="webhook")
    assert [one.n for one in list_rejects(seed.conn, ann).items] == [2, 2]
    late = Wanted(since=NOW - hours(24), protocol="webhook")
    assert lines(list_rejects(seed.conn, ann, late).items) == [(1, "webhook", "item", 1)]
    early = Wanted(until=NOW - hours(24))
    assert [one.n for one in list_rejects(seed.conn, ann, early).items] == [1, 1]
    assert list_rejects(seed.conn, ann, Wanted(protocol="sentry")).items == []


def test_pages_agree_while_more_is_refused(seed: Seed) -> None:
    ann = seed.person("Ann")
    for number in range(5):
        refuse(seed, f"r{number}")
    first = list_rejects(seed.conn, ann, limit=2)
    refuse(seed, "r0")
    refuse(seed, "new")
    second = list_rejects(seed.conn, ann, cursor=first.next, limit=2)
    third = list_rejects(seed.conn, ann, cursor=second.next, limit=2)
    reasons = [one.reason for page in (first, second, third) for one in page.items]
    assert (reasons, third.next) == (["r4", "r3", "r2", "r1", "r0"], None)
    with pytest.raises(BadCursor):
        list_rejects(seed.conn, ann, cursor="x")


def test_the_day_is_counted(seed: Seed) -> None:
    ann = seed.person("Ann")
    seed.conn.execute("insert into rejects (project_id, protocol, reason, n, at) values (1, 'a', 'b', 40, now())")
    seed.conn.execute("insert into rejects (protocol, reason, n, at) values ('a', 'b', 2, now() - interval '23 hours')")
    refuse(seed, "old", at=NOW - timedelta(days=900))
    assert rejects_of_day(seed.conn, ann) == 42


# -- words -------------------------------------------------------------------------------------------------


def reasons() -> set[str]:
    """Return every reason the doors give: codes of Problems, of signatures, of items, and what they note by name."""
    found = {"bad_request", *get_args(SignatureReason)}
    files = [*BRIDGE.glob("intake/*.py"), *(BRIDGE / "views" / f"{name}.py" for name in ("otlp", "sentry", "webhook"))]
    for file in [*files, BRIDGE / "views" / "sentry_hooks.py"]:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if (
                isinstance(node, ast.Assign)
                and isinstance(node.value, ast.Constant)
                and "code" in ast.dump(node.targets[0])
            ):
                found.add(str(node.value.value))
            for keyword in node.keywords if isinstance(node, ast.Call) else ():
                if keyword.arg == "code" and isinstance(keyword.value, ast.Constant):
                    found.add(str(keyword.value.value))
    texts = re.findall(r"reject\(f?\"([^\"]+)", "".join(file.read_text("utf-8") for file in BRIDGE.glob("intake/*.py")))
    assert len(texts) >= 6
    return found | {item_reason(text) for text in texts} | {item_reason("whatever PostgreSQL says")}


def test_every_reason_and_way_has_words() -> None:
    assert [name for name in sorted(reasons()) if not known(f"reject.{name}") or not known(f"reject_fix.{name}")] == []
    assert [name for name in PROTOCOLS if not known(f"reject_protocol.{name}")] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_a_reason_nobody_knows_is_shown_as_it_is(locale: str) -> None:
    one = Refusal(1, "P", "sentry", "brand_new", 1, NOW, NOW, 1, "")
    assert "brand_new" in one.meaning(locale)
    assert one.remedy(locale)
