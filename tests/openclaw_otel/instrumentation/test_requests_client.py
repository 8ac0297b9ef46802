"""requests: redirects, retries, streams, other instrumentations, and iterators left alone."""

from __future__ import annotations

import gc
import io
import json
import pickle
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.trace import SpanKind, StatusCode

from openclaw_otel import attributes as names
from openclaw_otel.config import Config, StoreConfig
from openclaw_otel.instrumentation import instrument

ORDER = "/admin/api/2025-04/orders/1001.json"
ORDERS = "/admin/api/2025-04/orders.json"


def retrying(shop: Any, **retry: Any) -> Config:
    store = StoreConfig("demo", "shopify", base_url=shop.url(""), retry={"backoff": 0.01, "jitter": False, **retry})
    return Config(stores=(store,))


def test_a_redirect_is_one_call(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    shop.on("/admin/api/2025-04/orders/1.json", answer(302, b"", {"Location": ORDER}))
    shop.on(ORDER, answer(404, b'{"errors": "Not Found"}'))
    watch()
    response = requests.get(shop.url("/admin/api/2025-04/orders/1.json"), timeout=2)
    assert [each.status_code for each in response.history] == [302]
    assert len(telemetry.clients) == len(telemetry.records) == 1
    assert telemetry.records[0].attributes[names.HTTP_RESPONSE_STATUS_CODE] == 404


def test_send_of_a_prepared_request(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    url = shop.on(ORDERS, answer(422, b'{"errors": {"line_items": ["must have at least one"]}}'))
    watch()
    with requests.Session() as session:
        session.send(session.prepare_request(requests.Request("POST", url, json={"order": {}})), timeout=2)
    (record,) = telemetry.records
    assert record.attributes[names.ERROR_FIELDS] == ("line_items",)
    snapshot = json.loads(record.attributes[names.SNAPSHOT])
    assert snapshot["method"] == "POST"
    assert snapshot["request_body"] == '{"order": {}}'


def test_request_iterators_and_files_are_untouched(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    def parts() -> Iterator[bytes]:
        yield from (b"1", b"2")

    url = shop.on(ORDERS, answer(500, b"{}"))
    watch()
    requests.post(url, data=io.BytesIO(b"a file"), timeout=2)
    requests.post(url, data=parts(), timeout=2, headers={"Connection": "close"})
    assert shop.requests[0][3] == b"a file"
    assert shop.requests[1][2]["Transfer-Encoding"] == "chunked"
    assert len(telemetry.records) == 2


def test_raise_for_status_is_the_same_failure_on_outer_spans(
    shop: Any, answer: Any, watch: Any, telemetry: Any
) -> None:
    url = shop.on(ORDER, answer(401, b'{"errors": "no"}'))
    watch()
    tracer = telemetry.provider.get_tracer("app")
    with pytest.raises(requests.HTTPError), tracer.start_as_current_span("outer"), tracer.start_as_current_span("job"):
        requests.get(url + "?token=shpat_0123456789abcdef0123456789abcdef", timeout=2).raise_for_status()
    client, job, outer = telemetry.spans
    record_id = client.attributes[names.RECORD_ID]
    for span in (job, outer):
        (event,) = span.events
        assert event.attributes[names.RECORD_ID] == record_id
        assert span.status.status_code is StatusCode.ERROR
    assert "shpat_" not in telemetry.text()
    assert len(telemetry.records) == 1


def test_a_client_library_that_raises_its_own(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    class ApiError(Exception):
        """As client libraries have it: it keeps the response."""

        def __init__(self, response: requests.Response) -> None:
            super().__init__("the library's own words")
            self.http_response = response

    url = shop.on(ORDER, answer(401, b'{"errors": "no"}'))
    watch()
    tracer = telemetry.provider.get_tracer("app")
    with pytest.raises(ApiError), tracer.start_as_current_span("job"):
        raise ApiError(requests.get(url, timeout=2))
    client, job = telemetry.spans
    assert job.events[0].attributes[names.RECORD_ID] == client.attributes[names.RECORD_ID]


def test_an_unrelated_exception_afterwards_is_its_own(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    url = shop.on(ORDER, answer(401, b'{"errors": "no"}'))
    watch()
    tracer = telemetry.provider.get_tracer("app")
    with pytest.raises(ZeroDivisionError), tracer.start_as_current_span("job"):
        len(requests.get(url, timeout=2).history) / 0
    client, job = telemetry.spans
    assert job.events[0].attributes.get(names.RECORD_ID) != client.attributes[names.RECORD_ID]
    assert job.events[0].attributes["exception.message"] == "division by zero"


def test_inside_and_outside_the_other_instrumentation(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    url = shop.on(ORDER, answer(401, b'{"errors": "no"}'))
    watch()
    RequestsInstrumentor().instrument(tracer_provider=telemetry.provider)
    try:
        requests.get(url, timeout=2)
        assert len(telemetry.clients) == len(telemetry.records) == 1
        with requests.Session() as session:  # `send` itself: theirs is outside, and its span is used
            session.send(session.prepare_request(requests.Request("GET", url + "?token=s3cr3t-tok3n-value")), timeout=2)
    finally:
        RequestsInstrumentor().uninstrument()
    assert len(telemetry.clients) == len(telemetry.records) == 2
    theirs = telemetry.clients[1]
    assert "s3cr3t-tok3n-value" not in telemetry.text()
    assert theirs.instrumentation_scope.name == "opentelemetry.instrumentation.requests"
    assert theirs.attributes[names.RECORD_ID] == telemetry.records[1].attributes[names.RECORD_ID]


def test_calls_to_others_keep_the_other_instrumentation(shop: Any, watch: Any, telemetry: Any) -> None:
    watch()
    RequestsInstrumentor().instrument(tracer_provider=telemetry.provider)
    try:
        requests.get(shop.url(ORDER).replace("127.0.0.1", "localhost"), timeout=2)
    finally:
        RequestsInstrumentor().uninstrument()
    assert [span.instrumentation_scope.name for span in telemetry.spans] == ["opentelemetry.instrumentation.requests"]


def test_policy_retries_until_it_works(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    url = shop.on(ORDER, answer(503, b"{}"), answer(503, b"{}"), answer(200, b"{}"))
    watch(config=retrying(shop, attempts=3))
    assert requests.get(url, timeout=2).status_code == 200
    (span,) = telemetry.clients
    assert span.attributes[names.HTTP_REQUEST_RESEND_COUNT] == 2
    assert span.status.status_code is StatusCode.UNSET
    assert telemetry.records == []


def test_policy_gives_up_with_one_record(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    url = shop.on(ORDER, answer(trouble="reset"))
    watch(config=retrying(shop, attempts=3))
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=2)
    assert len(shop.requests) == 3
    (record,) = telemetry.records
    assert record.attributes[names.HTTP_REQUEST_RESEND_COUNT] == 2


@pytest.mark.parametrize(
    "case",
    [
        ("GET", {}, 401, 1),  # another try would not help
        ("POST", {}, 503, 1),  # might do something twice
        ("POST", {"Idempotency-Key": "k1"}, 503, 3),
        ("PUT", {}, 503, 3),
    ],
)
def test_policy_is_careful(shop: Any, answer: Any, watch: Any, telemetry: Any, case: Any) -> None:
    method, headers, status, tries = case
    url = shop.on(ORDER, answer(status, b"{}"))
    watch(config=retrying(shop, attempts=3))
    requests.request(method, url, headers=headers, timeout=2)
    assert len(shop.requests) == tries
    assert len(telemetry.records) == 1


def test_without_a_policy_nothing_is_retried(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    url = shop.on(ORDER, answer(503, b"{}"))
    watch()
    requests.get(url, timeout=2)
    assert len(shop.requests) == 1


def test_retries_of_the_library_are_counted(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    from urllib3.util import Retry

    url = shop.on(ORDER, answer(503, b"{}"))
    watch()
    with requests.Session() as session:
        retries = Retry(2, status_forcelist=[503], backoff_factor=0, raise_on_status=False)
        session.mount("http://", requests.adapters.HTTPAdapter(max_retries=retries))
        assert session.get(url, timeout=2).status_code == 503
    assert len(shop.requests) == 3
    (record,) = telemetry.records
    assert record.attributes[names.HTTP_REQUEST_RESEND_COUNT] == 2


def test_a_stream_nobody_reads_ends_with_the_response(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    url = shop.on(ORDER, answer(500, b"{}"))
    watch()
    with requests.Session() as session:
        response = session.get(url, stream=True, timeout=2)
        assert telemetry.records == []
        response.raw.close()
        del response
        gc.collect()
        session.get(url, timeout=2)  # the next call finds it
    assert len(telemetry.records) == 2


def test_a_stream_whose_status_is_raised_before_it_is_read(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    url = shop.on(ORDER, answer(500, b"{}"))
    watch()
    with requests.get(url, stream=True, timeout=2) as response, pytest.raises(requests.HTTPError):
        response.raise_for_status()
    assert len(telemetry.records) == 1


def test_a_long_download_is_not_held(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    url = shop.on(ORDER, answer(200, b"x" * 2_000_000, {"Content-Type": "application/pdf"}))
    watch()
    with requests.get(url, stream=True, timeout=2) as response:
        assert len(telemetry.clients) == 1  # ended with the headers: nothing in it could be an error
        assert len(response.content) == 2_000_000


def test_responses_still_pickle(shop: Any, answer: Any, watch: Any) -> None:
    url = shop.on(ORDER, answer(401, b'{"errors": "no"}'))
    watch()
    response = requests.get(url, timeout=2)
    assert pickle.loads(pickle.dumps(response)).status_code == 401
    with pytest.raises(requests.HTTPError) as caught:
        response.raise_for_status()
    assert pickle.loads(pickle.dumps(caught.value)).response.status_code == 401


def test_hooks_and_failing_hooks(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    def strict(response: requests.Response, **_: Any) -> None:
        response.raise_for_status()

    url = shop.on(ORDER, answer(401, b'{"errors": "no"}'))
    watch()
    with pytest.raises(requests.HTTPError):
        requests.get(url, hooks={"response": strict}, timeout=2)
    (record,) = telemetry.records
    assert record.attributes[names.ERROR_CATEGORY] == "auth"


def test_a_call_inside_a_call_is_the_failure(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    """An auth object that fetches its token with another session: that call failed, not the outer one."""
    token_url = shop.on("/admin/oauth/access_token", answer(400, b'{"error": "invalid_request"}'))
    url = shop.on(ORDER, answer(200, b"{}"))

    class TokenAuth(requests.auth.AuthBase):
        def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
            requests.post(token_url, timeout=2).raise_for_status()
            return request

    watch()
    with pytest.raises(requests.HTTPError):
        requests.get(url, auth=TokenAuth(), timeout=2)
    (record,) = telemetry.records
    assert len(telemetry.clients) == 2
    assert {span.attributes[names.RECORD_ID] for span in telemetry.clients} == {record.attributes[names.RECORD_ID]}


def test_trace_context_goes_to_own_systems_only(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    watch()
    requests.get(shop.url(ORDER), timeout=2)
    assert "traceparent" not in {name.lower() for name in shop.requests[0][2]}


def test_interrupts_are_nobodys_failure(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    def interrupt(response: requests.Response, **_: Any) -> None:
        raise KeyboardInterrupt

    url = shop.on(ORDER, answer(200, b"{}"))
    watch()
    with pytest.raises(KeyboardInterrupt):
        requests.get(url, hooks={"response": interrupt}, timeout=2)
    assert telemetry.records == []
    assert telemetry.clients[0].attributes[names.ERROR_TYPE] == "KeyboardInterrupt"


def test_bytes_and_nonsense_urls(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    url = shop.on(ORDER, answer(401, b'{"errors": "no"}'))
    watch()
    assert requests.get(url.encode(), timeout=2).status_code == 401
    assert len(telemetry.records) == 1
    with pytest.raises(requests.exceptions.InvalidURL):
        requests.get("no url at all", timeout=2)


def test_observations_are_rare(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    url = shop.on(ORDER, answer(200, b"{}", {"X-Shopify-Shop-Api-Call-Limit": "39/40"}))
    watch()
    for _ in range(5):
        requests.get(url, timeout=2)
    (seen,) = [log for log in telemetry.logs if log.event_name == names.EVENT_OBSERVATION]
    assert seen.attributes[names.OBSERVATION_KIND] == "rate_budget"
    assert len(telemetry.clients) == 5
    assert all(span.kind is SpanKind.CLIENT for span in telemetry.spans)


def test_instrumenting_twice_wraps_once(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    url = shop.on(ORDER, answer(401, b"{}"))
    watch()
    instrument({shop.host: "shopify"})
    requests.get(url, timeout=2)
    assert len(telemetry.clients) == len(telemetry.records) == 1
