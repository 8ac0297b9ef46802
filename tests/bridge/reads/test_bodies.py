from openclaw_otel_bridge.archive import EventDetails
from openclaw_otel_bridge.reads.bodies import without_bodies, without_headers


def test_a_snapshot_field_of_tomorrow_stays_hidden() -> None:
    details, _ = without_bodies(EventDetails(snapshot={"status": 500, "request_cookies": "secret"}), [])
    assert details.snapshot == {"status": 500}


def test_attributes_lose_headers_bodies_queries_and_traces() -> None:
    kept = without_headers(
        {
            "http.request.header.authorization": ["x"],
            "http.request.body.content": "x",
            "url.query": "a=b",
            "exception.stacktrace": "x",
            "url.full": "https://x/y?a=b",
            "http.route": "/y",
        }
    )
    assert kept == {"url.full": "https://x/y", "http.route": "/y"}
