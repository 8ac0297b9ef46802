import pytest

from openclaw_otel_bridge.query.errors import QueryError
from openclaw_otel_bridge.query.parse import parse, parse_scope, refuse_relative
from openclaw_otel_bridge.query.terms import Term

EXAMPLE = (
    "platform:shopify category:auth,rate_limit store:us-* -env:staging is:unassigned order:1001 "
    'last_seen:<24h "token expired"'
)


def test_reads_the_example() -> None:
    query = parse(EXAMPLE)
    assert [term.key.name if isinstance(term, Term) else "" for term in query.terms] == [
        *("platform category store env is order last_seen".split()),
        "",
    ]
    assert [term.key.name for term in query.event_terms] == ["store", "env", "order"]
    assert parse(str(query)) == query
    assert query.written == EXAMPLE


def test_nothing_matches_everything() -> None:
    assert parse("").terms == parse("  ").terms == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a stor:x", 'unknown key "stor" at position 3; did you mean "store"?'),
        ("Status:new", 'did you mean "status"?'),
        ("http://x", "put text with a colon in quotes"),
        ("status:reslved", '"reslved" is no value of status (position 8); did you mean "resolved"?'),
        ("is:un*", "is no value of is"),
        ("severity:>=high", "known: info, warn, error, critical"),
        ("severity:><warn", "is no value of severity"),
        ("last_seen:yesterday", "write <24h, >7d"),
        ("last_seen:2026-02-30", "is no time"),
        ("due:<9999d", "out of range"),
        ("trace:abc", "32 hex digits"),
        ("attr.:x", "needs a name"),
    ],
)
def test_faults_name_the_place_and_the_fix(text: str, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert message in str(caught.value)


def test_levels_compare() -> None:
    (term,) = parse("severity:>=error,info").terms
    assert isinstance(term, Term)
    assert getattr(term.values[0], "levels") == ("error", "critical")  # noqa: B009


def test_scopes_are_positive_terms_over_server_fields() -> None:
    assert len(parse_scope("project:default store:us-*,eu-1 env:prod").terms) == 3
    for bad in ("-store:x", "free", "order:1", "status:new", "attr.x:1"):
        with pytest.raises(QueryError, match="scope"):
            parse_scope(bad)
    with pytest.raises(QueryError, match="unknown key"):
        parse("project:default")


@pytest.mark.parametrize("text", ["last_seen:<24h", "-due:3d", "assignee:me", "status:new first_seen:2026-01-01,7d"])
def test_rules_refuse_what_changes_by_itself(text: str) -> None:
    with pytest.raises(QueryError) as caught:
        refuse_relative(parse(text))
    assert caught.value.code == "relative"


def test_rules_take_fixed_values() -> None:
    refuse_relative(parse('first_seen:>2026-01-01 assignee:"me",li* is:muted x'))


def test_too_many_values_are_refused() -> None:
    parse("store:" + ",".join("x" * 100))
    with pytest.raises(QueryError, match="more than 100"):
        parse("store:" + ",".join("x" * 101))
