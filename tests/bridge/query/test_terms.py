from hypothesis import given
from hypothesis import strategies as st

from openclaw_otel_bridge.query.parse import parse
from openclaw_otel_bridge.query.patterns import Pattern
from openclaw_otel_bridge.query.terms import Query, Text

pieces = st.text(st.sampled_from('ab*,，:："“” -\\<\n中'), max_size=5)


@given(st.lists(st.tuples(st.lists(pieces, min_size=1, max_size=3), st.booleans()), max_size=3))
def test_a_query_written_out_reads_back_equal(texts: list[tuple[list[str], bool]]) -> None:
    terms = tuple(Text(Pattern(tuple(parts)), negated) for parts, negated in texts if "".join(parts) or len(parts) > 1)
    query = Query(terms)
    assert parse(str(query)) == query


@given(st.lists(pieces.filter(bool), min_size=1, max_size=3))
def test_values_of_keys_do_too(values: list[str]) -> None:
    escaped = ",".join('"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in [*values, "me"])
    query = parse(f"assignee:{escaped},me,x* -store:{escaped}")
    assert parse(str(query)) == query
