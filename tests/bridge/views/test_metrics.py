"""Numbers for Prometheus, to who may see them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import requests

from openclaw_otel_bridge.config import Config
from openclaw_otel_bridge.intake.latency import BOUNDS
from openclaw_otel_bridge.views.metrics import HELP, render
from tests.bridge.otlp_messages import failing, span, traces
from tests.bridge.running import Bridge


def test_numbers_move(bridge: Bridge) -> None:
    headers = {"Authorization": f"Bearer {bridge.ingest_key}", "Content-Type": "application/x-protobuf"}
    data = traces(*failing(3), span(trace=b"bad")).SerializeToString()
    assert requests.post(f"{bridge.url}/v1/traces", data=data, headers=headers, timeout=10).status_code == 200
    answer = requests.get(f"{bridge.url}/metrics", timeout=10)
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    text = answer.text
    assert 'openclaw_otel_intake_items_total{protocol="otlp_traces",what="received"} 4' in text
    assert 'openclaw_otel_intake_rejects_total{protocol="otlp_traces",reason="bad_trace_id"} 1' in text
    assert 'openclaw_otel_stored_total{queue="telemetry",what="events"} 3' in text
    assert 'openclaw_otel_stored_total{queue="telemetry",what="folded"} 0' in text
    assert re.search(r'openclaw_otel_plugin_calls_total\{plugin="redact"\} [3-9]', text)
    assert 'openclaw_otel_queue_depth{queue="webhooks"} 0' in text
    assert 'openclaw_otel_queue_depth{queue="sentry_hooks"} 0' in text
    assert 'openclaw_otel_intake_answers_total{protocol="otlp_traces",status="200"} 1' in text
    ends = re.findall(r'intake_seconds_bucket\{le="(.+)",protocol="otlp_traces"\} [01]\n', text)
    assert ends == [*map(str, BOUNDS), "+Inf"], "in the order of their numbers"
    assert 'openclaw_otel_intake_seconds_bucket{le="+Inf",protocol="otlp_traces"} 1\n' in text
    assert "# TYPE openclaw_otel_intake_seconds histogram\n" in text
    assert 'openclaw_otel_intake_seconds_count{protocol="otlp_traces"} 1\n' in text
    named = set(re.findall(r"^# HELP openclaw_otel_(\w+) \S", text, re.MULTILINE))
    assert named <= set(HELP)
    assert named == set(re.findall(r"^# TYPE openclaw_otel_(\w+) (?:counter|gauge|histogram)$", text, re.MULTILINE))


def test_a_token_guards_them(make_bridge: Callable[[Config], Bridge], bridge_config: Config) -> None:
    url = f"{make_bridge(replace(bridge_config, metrics_token='m' * 16)).url}/metrics"
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer \xe9"}):
        assert requests.get(url, headers=headers, timeout=10).status_code == 401
    assert requests.get(url, headers={"Authorization": f"Bearer {'m' * 16}"}, timeout=10).status_code == 200


def test_labels_are_escaped_and_numbers_whole() -> None:
    text = render({("x_total", (("a", 'q"\\\n'),)): 12345678901.0, ("y", ()): 0.5})
    assert 'openclaw_otel_x_total{a="q\\"\\\\\\n"} 12345678901\n' in text
    assert "openclaw_otel_y 0.5\n" in text


def test_answers_are_counted_by_status_and_pages_are_not(bridge: Bridge) -> None:
    requests.post(f"{bridge.url}/v1/logs", timeout=10)
    requests.post(f"{bridge.url}/api/1/envelope/?sentry_key={bridge.sentry_key}", data=b"{}", timeout=10)
    requests.post(f"{bridge.url}/webhook/shopify/none", timeout=10)
    requests.post(f"{bridge.url}/hooks/sentry/none", timeout=10)
    requests.get(f"{bridge.url}/login", timeout=10)
    text = requests.get(f"{bridge.url}/metrics", timeout=10).text
    found = re.findall(r'intake_answers_total\{protocol="(\w+)",status="(\d+)"\} 1\n', text)
    assert found == [("otlp_logs", "415"), ("sentry", "200"), ("sentry_hook", "404"), ("webhook", "404")]
