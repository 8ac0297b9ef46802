import pytest
from psycopg import sql

from openclaw_otel_bridge.query.binding import Binder
from openclaw_otel_bridge.reads.cursor import BadCursor, encode
from openclaw_otel_bridge.reads.pages import Order, cut

ORDER = Order("events", (sql.SQL("i.n"), sql.SQL("i.id")), ("bigint", "bigint"))


def test_cuts_at_the_limit_and_says_where_to_go_on() -> None:
    assert cut([1, 2], 2, str).next is None
    page = cut([1, 2, 3], 2, str)
    assert (list(page.items), page.next) == ([1, 2], "2")


def test_an_order_as_sql() -> None:
    binder = Binder("v")
    after = ORDER.after(encode("events", ("7", "3")), binder)
    assert after.as_string(None) == "(i.n, i.id) < (%(v0)s::bigint, %(v1)s::bigint)"
    assert binder.parameters == {"v0": "7", "v1": "3"}
    assert ORDER.by().as_string(None) == "i.n desc, i.id desc"
    assert ORDER.after(None, binder).as_string(None) == "true"
    with pytest.raises(BadCursor):
        ORDER.after("x", binder)
