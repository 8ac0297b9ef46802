"""tries: what is held, what a later try carries on, and what stands at the end."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests

from openclaw_otel import attributes as names
from openclaw_otel.instrumentation.tries import one_call, under_way

ORDER = "/admin/api/2025-04/orders/1001.json"
SHOP = "/admin/api/2025-04/shop.json"


def get(url: str) -> int:
    return requests.get(url, timeout=2).status_code


def test_a_failure_waits_for_the_end(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    url = shop.on(ORDER, answer(401, b"{}"))
    watch()
    with one_call("client", whole=True):
        assert get(url) == 401
        assert telemetry.spans == telemetry.records == []
        failed = time.time_ns()
        time.sleep(0.05)
    (record,), (span,) = telemetry.records, telemetry.clients
    assert span.attributes[names.RECORD_ID] == record.attributes[names.RECORD_ID]
    assert names.HTTP_REQUEST_RESEND_COUNT not in record.attributes
    assert span.end_time <= failed
    assert under_way() is None


def test_a_success_does_not_wait(shop: Any, watch: Any, telemetry: Any) -> None:
    watch()
    with one_call("client", whole=True):
        get(shop.url(ORDER))
        assert len(telemetry.clients) == 1


def test_a_try_of_the_same_request_carries_on(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    url = shop.on(ORDER, answer(500, b"{}"), answer(500, b"{}"), answer(401, b"{}"))
    watch()
    with one_call("client", whole=True):
        for _ in range(3):
            get(url)
    (record,) = telemetry.records
    assert record.attributes[names.ERROR_CATEGORY] == "auth"
    assert record.attributes[names.HTTP_REQUEST_RESEND_COUNT] == 2
    assert len(telemetry.clients) == 1


def test_steps_of_a_whole_fail_once(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    first, last = shop.on(ORDER, answer(401, b"{}")), shop.on(SHOP, answer(500, b"{}"))
    watch()
    with one_call("client", whole=True):
        get(first)
        get(last)
    (record,) = telemetry.records
    assert record.attributes[names.ERROR_CATEGORY] == "platform_outage"
    assert {span.attributes[names.RECORD_ID] for span in telemetry.clients} == {record.attributes[names.RECORD_ID]}
    assert all(not span.status.is_ok for span in telemetry.clients)


def test_separate_calls_fail_each(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    url = shop.on(ORDER, answer(500, b"{}"))
    watch()
    with one_call("client", whole=False):
        tries = under_way()
        assert tries is not None
        for tries.turn in (1, 2):
            get(url)
            get(url)
    assert [record.attributes[names.HTTP_REQUEST_RESEND_COUNT] for record in telemetry.records] == [1, 1]
    assert len({record.attributes[names.RECORD_ID] for record in telemetry.records}) == 2


def test_one_inside_another(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    url = shop.on(ORDER, answer(500, b"{}"))
    watch()
    with one_call("client", whole=True):
        with one_call("client", whole=True):
            get(url)
        assert telemetry.records == []
        with one_call("other", whole=True):
            get(shop.on(SHOP, answer(500, b"{}")))
        assert len(telemetry.records) == 1
    assert len(telemetry.records) == 2


def test_what_is_interrupted_is_still_told(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    url = shop.on(ORDER, answer(500, b"{}"))
    watch()

    def interrupted() -> None:
        with one_call("client", whole=True):
            get(url)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert len(telemetry.records) == len(telemetry.clients) == 1


def test_the_exception_on_its_way_shows_the_id(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    url = shop.on(ORDER, answer(trouble="reset"))
    watch()
    tracer = telemetry.provider.get_tracer("app")
    with (
        pytest.raises(requests.ConnectionError),
        one_call("client", whole=True),
        tracer.start_as_current_span("inside"),
    ):
        get(url)
    (record,) = telemetry.records
    inside = next(span for span in telemetry.spans if span.name == "inside")
    assert inside.events[0].attributes[names.RECORD_ID] == record.attributes[names.RECORD_ID]
