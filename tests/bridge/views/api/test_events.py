from openclaw_otel_bridge.archive import EventDetails, StoredSpan
from tests.bridge.seeding import NOW, hours
from tests.bridge.views.api.conftest import Api

TRACE = "0af7651916cd43dd8448eb211c80319c"
SPAN = StoredSpan(TRACE, "1" * 16, None, "GET", 3, "erp", NOW, NOW + hours(1), 2, "401", {"a": 1}, ({"name": "x"},))
DETAILS = EventDetails(
    message="Unauthorized",
    exception={"type": "HTTPError", "stacktrace": "File x"},
    snapshot={"method": "GET", "url": "https://x/y", "status": 401, "response_body": "{}"},
    codes=["401"],
    attributes={"b": 2},
)


def test_one_event_for_a_developer_and_for_support(api: Api) -> None:
    dev, support = api.seed.person("Dev", "dev"), api.seed.person("Sam", "support")
    event = api.seed.event(
        api.seed.issue(), details=DETAILS, spans=(SPAN,), trace_id=bytes.fromhex(TRACE), attributes={"a": 1}, sources=3
    )
    shown = api.ok(dev, "GET", f"/events/{event}")
    assert shown["snapshot"]["response_body"] == "{}"
    assert shown["exception"]["stacktrace"] == "File x"
    assert shown["attributes"] == {"a": 1, "b": 2}
    assert (shown["sources"], shown["classification"]["codes"]) == (["span_event", "log"], ["401"])
    assert [(span["name"], span["events"][0]["name"]) for span in shown["spans"]] == [("GET", "x")]
    hidden = api.ok(support, "GET", f"/events/{event}")
    assert hidden["bodies"] is False
    assert "response_body" not in hidden["snapshot"]
    assert "stacktrace" not in hidden["exception"]


def test_by_order_request_or_trace_id(api: Api) -> None:
    ann = api.seed.person("Ann")
    event = api.seed.event(api.seed.issue(), order_id="1001", request_id="r-1", trace_id=bytes.fromhex(TRACE))
    for text in ("1001", "r-1", TRACE, TRACE.upper()):
        assert [one["id"] for one in api.ok(ann, "GET", f"/events?id={text}")["items"]] == [str(event)]
    assert api.ok(ann, "GET", "/events?id=100")["items"] == []


def test_ids_that_are_none(api: Api) -> None:
    ann = api.seed.person("Ann")
    assert api.fault(ann, "GET", "/events/1")[0] == 404
    assert api.fault(ann, "GET", "/events/00000000-0000-7000-8000-000000000000")[:2] == (404, "not_found")
