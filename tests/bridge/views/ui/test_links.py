"""Links out of the bridge are made of telemetry, so they are made with care."""

import pytest

from openclaw_otel_bridge.views.ui.links import console_links, trace_link


@pytest.mark.parametrize(
    ("template", "trace", "span", "url"),
    [
        ("http://j/trace/{trace_id}?s={span_id}", "ab", "cd", "http://j/trace/ab?s=cd"),
        ("http://j/trace/{trace_id}", "ab", None, "http://j/trace/ab"),
        ("http://j/trace/{trace_id}", None, None, ""),
        ("javascript:alert({trace_id})", "ab", None, ""),
        ("", "ab", None, ""),
    ],
)
def test_trace_link(template, trace, span, url):
    assert trace_link(template, trace, span) == url


def test_console_links_of_a_platform():
    assert console_links("shopify", "a.myshopify.com", {"order": "1001", "unknown": "1"}) == [
        ("order", "1001", "https://a.myshopify.com/admin/orders/1001")
    ]


@pytest.mark.parametrize("store", [None, "", "evil.com/x?", "a b", "evil@host", "-x"])
def test_a_store_that_is_no_host_makes_no_link(store):
    assert console_links("shopify", store, {"order": "1001"}) == []


def test_ids_are_quoted_and_unknown_platforms_have_none():
    assert console_links("shopify", "a.b", {"order": "../x?y"})[0][2] == "https://a.b/admin/orders/..%2Fx%3Fy"
    assert console_links("custom:erp", "a.b", {"order": "1"}) == []
    assert console_links(None, None, {}) == []
