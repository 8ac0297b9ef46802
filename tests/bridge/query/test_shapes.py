"""Whatever a pattern finds among values it finds among their shapes, in Python and in PostgreSQL alike."""

from __future__ import annotations

import re

import psycopg
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from openclaw_otel_bridge.query.patterns import Pattern, fold
from openclaw_otel_bridge.query.shapes import ANYTHING, LONGEST, MASK, shape, shape_regex

texts = st.text(st.sampled_from("aB1234/2-_.é\\%+(\n" + MASK + ANYTHING), max_size=8)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("/v1/4640068944122/reserve_quota", f"/v1/{MASK}/reserve_quota"),
        ("worker-7", "worker-7"),
        ("500", "500"),
        ("3f2a9c1e-7b1d-4c1e-8f00-0a1b2c3d4e5f", f"{MASK}-7b1d-4c1e-8f00-{MASK}"),
        ("订单4640068944122失败", f"订单{MASK}失败"),
        ("us-east", "us-east"),
        ("", ""),
        ("a " * LONGEST, ANYTHING),
        (f"1{MASK}", MASK),
    ],
)
def test_ids_are_masked_and_nothing_else(value: str, expected: str) -> None:
    assert shape(value) == expected


@st.composite
def values_with_patterns(draw: st.DrawFn) -> tuple[str, Pattern]:
    """A value and a pattern that matches it: every other part of the value is hidden by a star."""
    parts = [fold(part) for part in draw(st.lists(texts, min_size=1, max_size=7).filter(lambda found: len(found) % 2))]
    return "".join(parts), Pattern(tuple(parts[::2]))


@settings(max_examples=2000, deadline=None)
@given(values_with_patterns())
@example(("1ab2cd3", Pattern(("", "ab", "cd", ""))))
@example(("x12345/y", Pattern(("", "23", "45/y"))))
def test_what_matches_a_value_matches_its_shape(pair: tuple[str, Pattern]) -> None:
    value, pattern = pair
    assert pattern.matches(value)
    assert matches(shape(value), pattern)


def test_shapes_tell_most_values_apart() -> None:
    quota = shape("/v1/4640068944122/reserve_quota")
    assert matches(quota, Pattern.glob("*quota"))
    assert matches(quota, Pattern.glob("/v1/4640068944122/*"))
    assert not matches(quota, Pattern.glob("*refund"))
    assert not matches(quota, Pattern.glob("/v2/*"))
    assert not matches(shape("worker-7"), Pattern.glob("worker-8"))
    assert not matches(shape("500"), Pattern.glob("503"))


@given(st.lists(values_with_patterns(), min_size=20, max_size=20))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_postgresql_agrees(database_url: str, pairs: list[tuple[str, Pattern]]) -> None:
    shapes = [shape(value) for value, _ in pairs]
    asked = [(one, *shape_regex(pattern)) for one in shapes for _, pattern in pairs]
    with psycopg.connect(database_url) as conn:
        found = conn.execute(
            """select replace(a.shape, %s, repeat(%s, a.times)) ~ a.regex
               from unnest(%s::text[], %s::text[], %s::int[]) with ordinality a (shape, regex, times, n) order by n""",
            (MASK, MASK, *map(list, zip(*asked, strict=True))),
        ).fetchall()
    expected = [matches(one, pattern, anything=False) for one in shapes for _, pattern in pairs]
    assert [row[0] for row in found] == expected


def matches(one: str, pattern: Pattern, *, anything: bool = True) -> bool:
    regex, times = shape_regex(pattern)
    repeated = one.replace(MASK, MASK * times)
    return (anything and one == ANYTHING) or re.search(regex.removesuffix("$") + r"\Z", repeated, re.DOTALL) is not None
