"""Which queries have to look at events. That their parts find the same is in test_compile."""

import pytest

from openclaw_otel_bridge.query import Context, parse, parse_scope
from openclaw_otel_bridge.query.walk import needs_walk, walk_of


@pytest.mark.parametrize(
    ("query", "needed"),
    [
        ("", False),
        ("platform:shopify token", False),
        ("store:us-* -env:staging", False),
        ("order:1001 attr.k:v", False),
        ("-order:1001", True),
        ("release:v1", True),
        ("store:us-* attr.k:v", True),
    ],
)
def test_only_what_nothing_else_answers(query: str, needed: bool) -> None:
    assert needs_walk(parse(query)) is needed


def test_groupings_are_narrowed_only_where_that_can_be() -> None:
    def grouping(query: str, scope: str = "") -> str:
        found = walk_of(parse(query), 1, Context(), parse_scope(scope) if scope else None).grouping
        return found.as_string(None) if found else ""

    assert grouping("-attr.k:v") == ""
    assert grouping("-release:v1", "store:us-*") == ""
    assert "attribute_shapes" in grouping("attr.k:v")
    assert "sightings" in grouping("-attr.k:v -env:staging")
    assert "sightings" not in grouping("attr.k:v", "store:us-*")
