"""Conditions are put together from parts, and values never are among them."""

from psycopg import sql

from openclaw_otel_bridge.query.binding import TRUE, Binder, all_of, any_of, fragment, negated


def shown(condition: sql.Composable) -> str:
    return condition.as_string(None)


def test_values_get_names_of_their_own() -> None:
    binder = Binder("v")
    assert [shown(binder.bind(value)) for value in ("x'; --", 2)] == ["%(v0)s", "%(v1)s"]
    assert binder.parameters == {"v0": "x'; --", "v1": 2}


def test_and_or_not() -> None:
    a, b = sql.SQL("a or c"), sql.SQL("b")
    assert shown(all_of([a, b])) == "(a or c) and (b)"
    assert all_of([]) is TRUE
    assert shown(any_of([a, b])) == "((a or c) or (b))"
    assert any_of([b]) is b
    assert shown(negated(a)) == "(a or c) is not true"


def test_named_parts_have_places() -> None:
    assert "s.issue_id = i.id" in shown(fragment("of_folded"))
    assert shown(fragment("for_many", condition=TRUE)).endswith("case when true then true else false end")
