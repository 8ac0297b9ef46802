"""outer_spans: exceptions of recorded failures are linked and redacted, all others pass as they are."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from opentelemetry.trace import Status, StatusCode

from openclaw_otel import attributes as names

ORDER = "/admin/api/2025-04/orders/1001.json?access_token=shpat_0123456789abcdef0123456789abcdef"


def test_recorded_by_hand_in_every_form(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    url = shop.on(ORDER.partition("?")[0], answer(401, b"{}")) + "?" + ORDER.partition("?")[2]
    watch()
    with telemetry.provider.get_tracer("app").start_as_current_span("job") as span:
        try:
            requests.get(url, timeout=2).raise_for_status()
        except requests.HTTPError as error:
            span.record_exception(error)
            span.record_exception(exception=error, attributes={"mine": 1}, escaped=True)
            span.set_status(StatusCode.ERROR, f"failed: {error}")
            span.set_status(Status(StatusCode.ERROR, f"failed: {error}"))
    client, job = telemetry.spans
    assert [event.attributes[names.RECORD_ID] for event in job.events] == [client.attributes[names.RECORD_ID]] * 2
    assert job.events[1].attributes["mine"] == 1
    assert job.status.description.startswith("failed: 401 Client Error")
    assert "shpat_" not in telemetry.text()


def test_a_client_library_without_a_chain_is_known_by_what_it_quotes(
    shop: Any, answer: Any, watch: Any, telemetry: Any
) -> None:
    class LibraryError(Exception):
        pass

    def call() -> None:
        response = requests.get(url, timeout=2)
        raise LibraryError(f"Request req_1: {response.json()['errors']}")

    url = shop.on(ORDER.partition("?")[0], answer(401, b'{"errors": "Invalid API key or access token"}'))
    watch()
    with pytest.raises(LibraryError), telemetry.provider.get_tracer("app").start_as_current_span("job"):
        call()
    client, job = telemetry.spans
    assert job.events[0].attributes[names.RECORD_ID] == client.attributes[names.RECORD_ID]


def test_other_exceptions_keep_their_text_and_get_one_id(watch: Any, telemetry: Any) -> None:
    watch()
    start = telemetry.provider.get_tracer("app").start_as_current_span
    with pytest.raises(ValueError, match="of the application"), start("outer"), start("job"):
        raise ValueError("of the application")
    job, outer = telemetry.spans
    assert job.status.description == "ValueError: of the application"
    assert job.events[0].attributes["exception.message"] == "of the application"
    assert job.events[0].attributes[names.RECORD_ID] == outer.events[0].attributes[names.RECORD_ID]
