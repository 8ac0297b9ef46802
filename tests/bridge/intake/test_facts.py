"""Attributes old and new, ours and foreign, become the facts of a record."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw_otel import attributes as names
from openclaw_otel.platforms import Platforms
from openclaw_otel.record import Evidence
from openclaw_otel.wire import from_attributes
from openclaw_otel_bridge.intake.calls import Calls
from openclaw_otel_bridge.intake.facts import Occurrence, is_weak, modern, record_of, sender_view

NOW = datetime(2026, 11, 22, tzinfo=UTC)
FIND = Calls(Platforms()).read
ORDER = "https://demo.myshopify.com/admin/api/2026-10/orders/1001.json"


def test_old_names_become_new_ones() -> None:
    old = {
        "http.method": "GET",
        "http.status_code": 429,
        "http.url": "https://a/b",
        "http.target": "/b?c=1",
        "net.peer.name": "a",
        "other": 1,
    }
    assert modern(old) == {
        "http.request.method": "GET",
        "http.response.status_code": 429,
        "url.full": "https://a/b",
        "url.path": "/b",
        "url.query": "c=1",
        "server.address": "a",
        "other": 1,
    }
    assert modern({"http.method": "GET", "http.request.method": "POST"}) == {"http.request.method": "POST"}
    assert modern({"deployment.environment": "prod"}) == {"deployment.environment.name": "prod"}


def test_a_call_to_a_platform_is_read_by_its_adapter() -> None:
    attributes = {
        "url.full": ORDER,
        "http.request.method": "GET",
        "http.response.status_code": 429,
        "exception.type": "E",
    }
    record = record_of(attributes, {"service.name": "erp"}, Occurrence(NOW, "a" * 32, "b" * 16), FIND)
    assert (record.platform, record.operation, record.store) == ("shopify", "orders.get", "demo.myshopify.com")
    assert (record.evidence, record.status, record.objects) == (Evidence.ANSWER, 429, {"order": "1001"})
    assert (record.service, record.trace_id, record.span_id, record.occurred_at) == ("erp", "a" * 32, "b" * 16, NOW)


def test_no_answer_is_a_failure() -> None:
    record = record_of({"url.full": ORDER, "exception.type": "TimeoutError"}, {}, Occurrence(NOW), FIND)
    assert (record.platform, record.evidence) == ("shopify", Evidence.FAILURE)


def test_host_and_path_do_where_no_url_is_given() -> None:
    attributes = {"server.address": "demo.myshopify.com", "url.path": "/admin/api/2026-10/orders/1.json"}
    assert record_of(attributes, {}, Occurrence(NOW), FIND).operation == "orders.get"


@pytest.mark.parametrize("url", ["https://example.com/x", "", "http://[", 7, None])
def test_other_urls_belong_to_nobody(url: object) -> None:
    record = record_of({"url.full": url, "exception.type": "E"}, {}, Occurrence(NOW), FIND)
    assert record.platform is None


def test_what_the_sender_says_of_the_platform_stands() -> None:
    attributes = {names.PLATFORM_NAME: "custom:erp", "url.full": ORDER}
    assert record_of(attributes, {}, Occurrence(NOW), FIND).platform == "custom:erp"


def test_the_resource_gives_service_release_and_environment() -> None:
    resource = {"service.name": "s", "service.version": "1.2", "deployment.environment.name": "prod", "host.name": "h"}
    record = record_of({"exception.type": "E", "x": 1}, resource, Occurrence(NOW))
    assert (record.service, record.release, record.environment) == ("s", "1.2", "prod")
    assert record.attributes == {"x": 1}


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "exception.type",
                "exception.message",
                "exception.stacktrace",
                "http.response.status_code",
                "error.type",
                "service.name",
                "service.version",
                "deployment.environment.name",
                "other",
            ]
        ),
        st.one_of(
            st.text(max_size=5), st.integers(), st.booleans(), st.lists(st.text(max_size=3), max_size=2), st.none()
        ),
    ),
    st.text(max_size=5),
)
def test_the_short_way_for_foreign_attributes_leads_to_the_same(attributes: dict[str, object], body: str) -> None:
    expected = from_attributes(attributes, body, occurred_at=NOW, trace_id="a" * 32, span_id=None)
    assert record_of(attributes, {}, Occurrence(NOW, "a" * 32, None, body)) == expected


def test_carriers_and_short_copies() -> None:
    assert is_weak({names.RECORD_ID: "x", names.ERROR_CATEGORY: "auth"})
    assert not is_weak({names.RECORD_ID: "x", names.ERROR_GROUPING_HASH: "v1:0"})
    assert not is_weak({names.SNAPSHOT: "{}"})


def test_the_senders_view_holds_sound_values_only() -> None:
    good = {
        names.ERROR_CATEGORY: "auth",
        names.ERROR_SEVERITY: "warn",
        names.ERROR_FINGERPRINT_HASH: "v1:" + "0" * 32,
        names.ERROR_CODE: "401",
        names.ERROR_RETRYABLE: True,
    }
    assert sender_view(good) == {
        "category": "auth",
        "severity": "warn",
        "fingerprint": "v1:" + "0" * 32,
        "code": "401",
        "retryable": True,
    }
    bad = {names.ERROR_CATEGORY: "nice", names.ERROR_SEVERITY: 3, names.ERROR_FINGERPRINT_HASH: "a@b.com"}
    assert sender_view(bad) == {}
    assert sender_view({names.ERROR_CATEGORY: ["auth"], names.ERROR_SEVERITY: {"a": 1}}) == {}
    assert sender_view({}) == {}
