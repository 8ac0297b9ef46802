from uuid import UUID, uuid4

import pytest

from openclaw_otel_bridge.archive import EventDetails, StoredSpan
from openclaw_otel_bridge.reads.events import get_event, issue_events, known_events
from openclaw_otel_bridge.reads.issues import get_issue
from openclaw_otel_bridge.workflow.errors import NotFound
from tests.bridge.seeding import NOW, Seed, hours, insert

TRACE = "0af7651916cd43dd8448eb211c80319c"
DETAILS = EventDetails(
    message="Unauthorized",
    exception={"type": "HTTPError", "message": "401", "stacktrace": "File x"},
    snapshot={
        "method": "GET",
        "url": "https://demo.myshopify.com/admin/orders.json?email=x",
        "status": 401,
        "request_headers": {"X-Request": "1"},
        "response_body": "{}",
    },
)


def span(number: int, start: float, **values: object) -> StoredSpan:
    fields = {"attributes": {}, "events": (), **values}
    return StoredSpan(
        trace_id=TRACE,
        span_id=f"{number:016x}",
        parent_id=None,
        name=f"span {number}",
        kind=3,
        service="erp",
        started_at=NOW + hours(start),
        ended_at=NOW + hours(start + 1),
        **fields,  # type: ignore[arg-type]
    )


def test_pages_the_latest_first(seed: Seed) -> None:
    ann = seed.person("Ann")
    issue = seed.issue()
    made = [seed.event(issue, NOW - hours(number // 2), sources=3) for number in range(5)]
    found: list[UUID] = []
    cursor = None
    for _ in range(3):
        page = issue_events(seed.conn, ann, get_issue(seed.conn, ann, issue), cursor, 2)
        found += [event.id for event in page.items]
        cursor = page.next
    assert cursor is None
    assert sorted(found) == sorted(made)
    assert page.items[0].source_names == ("span_event", "log")


def test_an_issue_raised_by_hand_shows_the_events_of_its_order(seed: Seed) -> None:
    ann = seed.person("Ann")
    other = seed.issue()
    near = seed.event(other, NOW - hours(24), order_id="7", store="us-1")
    seed.event(other, NOW - hours(24 * 9), order_id="7", store="us-1")
    seed.event(other, order_id="7", store="eu-1")
    later = seed.event(other, NOW + hours(900), order_id="7", store="us-1")
    raised = seed.issue(origin="manual", title="x", order_id="7", store="us-1")
    page = issue_events(seed.conn, ann, get_issue(seed.conn, ann, raised))
    assert [event.id for event in page.items] == [later, near]


def test_one_event_in_full(seed: Seed) -> None:
    ann = seed.person("Ann")
    issue = seed.issue()
    before = seed.event(issue, NOW - hours(1))
    event = seed.event(
        issue, details=DETAILS, spans=(span(2, 1), span(1, 0)), trace_id=bytes.fromhex(TRACE), attributes={"a": 1}
    )
    found = get_event(seed.conn, ann, event)
    assert found.event.trace_id == TRACE
    assert found.details == DETAILS
    assert [one.name for one in found.spans] == ["span 1", "span 2"]
    assert (found.earlier, found.later, found.bodies) == (before, None, True)
    assert get_event(seed.conn, ann, before).later == event


def test_finds_copies_and_events_whose_id_tells_no_day(seed: Seed) -> None:
    ann = seed.person("Ann")
    event = seed.event(seed.issue(), id=(ident := uuid4()))
    copy = uuid4()
    insert(seed.conn, "event_copies", project_id=1, day=NOW.date(), id=copy, event_day=NOW.date(), event_id=ident)
    assert event != ident
    assert get_event(seed.conn, ann, ident).event.id == ident
    assert get_event(seed.conn, ann, copy).event.id == ident
    with pytest.raises(NotFound):
        get_event(seed.conn, ann, uuid4())


def test_support_sees_no_bodies_and_no_headers(seed: Seed) -> None:
    sam = seed.person("Sam", "support")
    event = seed.event(
        seed.issue(),
        details=DETAILS,
        spans=(span(1, 0, attributes={"http.request.header.x": ["1"], "a": 1}, events=({"name": "exception"},)),),
        trace_id=bytes.fromhex(TRACE),
        attributes={"http.response.header.y": "1", "b": 2},
    )
    found = get_event(seed.conn, sam, event)
    assert not found.bodies
    assert found.details.snapshot == {
        "method": "GET",
        "url": "https://demo.myshopify.com/admin/orders.json",
        "status": 401,
    }
    assert found.details.exception == {"type": "HTTPError", "message": "401"}
    assert found.event.attributes == {"b": 2}
    assert (found.spans[0].attributes, list(found.spans[0].events)) == ({"a": 1}, [])


def test_scopes_hide_events_and_the_spans_of_other_stores(seed: Seed) -> None:
    eve = seed.person("Eve", "dev", scope="store:eu-1 project:default")
    issue = seed.issue()
    foreign = seed.event(issue, store="us-1", order_id="5")
    mine = seed.event(
        issue,
        store="eu-1",
        spans=(span(1, 0), span(2, 0, attributes={"openclaw.integration.store.id": "us-1"})),
        trace_id=bytes.fromhex(TRACE),
        order_id="5",
    )
    with pytest.raises(NotFound):
        get_event(seed.conn, eve, foreign)
    found = get_event(seed.conn, eve, mine)
    assert [one.name for one in found.spans] == ["span 1"]
    assert (found.earlier, found.later) == (None, None)
    assert [event.id for event in known_events(seed.conn, eve, "5")] == [mine]
    assert [event.id for event in known_events(seed.conn, eve, TRACE)] == [mine]
    assert known_events(seed.conn, eve, "\0") == []
