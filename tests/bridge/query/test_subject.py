from openclaw_otel.record import Category, ErrorRecord, ExceptionInfo
from openclaw_otel_bridge.query import parse, predicate
from openclaw_otel_bridge.query.subject import IssueTerms, Subject


def test_a_record_is_an_issue_with_one_event() -> None:
    record = ErrorRecord(
        id="01890a5d-ac96-774b-bcce-b302099a8057",
        platform="shopify",
        store="us-1",
        code="THROTTLED",
        category=Category.RATE_LIMIT,
        message="Too many calls",
        exception=ExceptionInfo("requests.HTTPError"),
        objects={"order": "1001"},
        environment="prod",
        attributes={"http.route": "/orders"},
    )
    subject = Subject.of_record(record, project="default")
    for text in ("platform:shopify store:us-* order:1001", "httperror", "attr.http.route:/orders env:prod -release:*"):
        assert predicate(parse(text))(subject)
    assert not predicate(parse("store:eu-*"))(subject)


def test_free_text_sees_what_a_title_shows() -> None:
    words = IssueTerms(title="订单 1001", code="X", platform="paypal").words()
    assert words == "订单 1001\n\nX\npaypal\nunknown"
