"""OpenClawIntegration inside the real sentry-sdk: what is added, what is removed, what happens when that fails."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import sentry_sdk
from opentelemetry import propagate, trace
from sentry_sdk.envelope import Envelope
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.integrations.otlp import OTLPIntegration
from sentry_sdk.transport import Transport

from openclaw_otel import attributes as names
from openclaw_otel.sentry import Guard, OpenClawIntegration, outline

CANARIES = ("jane.canary@example.com", "4111 1111 1111 1111", "shpat_0123456789abcdef0123456789abcdef")


class Caught(Transport):
    """Keeps what would be sent."""

    def __init__(self) -> None:
        super().__init__()
        self.raw: list[bytes] = []
        self.items: list[dict[str, Any]] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        self.raw.append(envelope.serialize())
        self.items += [item.payload.json for item in envelope.items if item.payload.json]

    @property
    def event(self) -> dict[str, Any]:
        assert len(self.items) == 1, self.items
        return self.items[0]


Start = Callable[..., Caught]


@pytest.fixture
def start() -> Iterator[Start]:
    textmap = propagate.get_global_textmap()

    def init(*integrations: Any, **options: Any) -> Caught:
        transport = Caught()
        sentry_sdk.init(
            "https://key@sentry.example/1",
            transport=transport,
            default_integrations=False,
            integrations=[OpenClawIntegration(), *integrations],
            **options,
        )
        return transport

    yield init
    sentry_sdk.init()
    propagate.set_global_textmap(textmap)


def fail(text: str = "order 1001 not synced") -> None:
    card, token = CANARIES[1], CANARIES[2]
    assert card
    assert token
    raise ValueError(text)


def capture(text: str = "order 1001 not synced") -> None:
    try:
        fail(text)
    except ValueError:
        sentry_sdk.capture_exception()


def test_an_exception_is_classified(start: Start) -> None:
    caught = start()
    capture()
    event = caught.event
    stamped = event["contexts"]["openclaw"]
    assert stamped[names.ERROR_CATEGORY] == event["tags"][names.ERROR_CATEGORY] == "data_mapping"
    assert stamped[names.RECORD_ID] == event["tags"][names.RECORD_ID]
    assert event["fingerprint"] == [stamped[names.ERROR_GROUPING_HASH]]
    assert len(stamped) > 10, "sentry-sdk must not have cut it"


def test_a_failed_call_brings_its_classification(
    start: Start, telemetry: Any, shop: Any, answer: Any, watch: Any
) -> None:
    watch()
    caught = start()
    url = shop.on("/admin/api/2026-07/orders/1001.json", answer(401, b'{"errors": "[API] Invalid API key"}'))
    with trace.get_tracer("t").start_as_current_span("job"):
        try:
            requests.get(url, timeout=5).raise_for_status()
        except requests.HTTPError:
            sentry_sdk.capture_exception()
    tags = caught.event["tags"]
    assert (tags[names.PLATFORM_NAME], tags[names.ERROR_CATEGORY]) == ("shopify", "auth")
    record = telemetry.records[0]
    assert tags[names.RECORD_ID] == record.attributes[names.RECORD_ID]
    assert caught.event["fingerprint"] == [record.attributes[names.ERROR_GROUPING_HASH]]
    assert caught.event["contexts"]["trace"]["trace_id"] == trace.format_trace_id(record.trace_id)


def test_nothing_private_leaves(start: Start) -> None:
    caught = start(LoggingIntegration(), traces_sample_rate=1.0, enable_logs=True)
    canary = " ".join(CANARIES)
    sentry_sdk.set_user({"id": "7", "email": CANARIES[0], "username": "Jane"})
    sentry_sdk.set_tag("buyer", CANARIES[0])
    sentry_sdk.set_extra("raw", {"deep": [{"token": CANARIES[2]}, canary]})
    sentry_sdk.set_context("order", {"buyer": {"email": CANARIES[0]}})
    sentry_sdk.add_breadcrumb(message=f"called with {canary}", data={"url": f"https://x/?access_token={CANARIES[2]}"})
    sentry_sdk.logger.error("log of {buyer}", buyer=CANARIES[0])
    with sentry_sdk.start_transaction(name="sync", op="task"):
        with sentry_sdk.start_span(op="http", name=f"GET /?email={CANARIES[0]}") as span:
            span.set_data("headers", {"X-Shopify-Access-Token": CANARIES[2]})
        capture(canary)
        logging.getLogger("app").error("lost %s", canary)
        sentry_sdk.capture_message(canary, "error")
    sentry_sdk.flush()
    sent = b"\n".join(caught.raw).decode()
    assert len(caught.items) >= 5
    for each in CANARIES:
        assert each not in sent
    assert '"function":"fail"' in sent


def test_the_teams_own_hook_runs_first(start: Start) -> None:
    def own(event: Any, hint: Any) -> Any:
        event["extra"] = {"added": CANARIES[0], "hint": "exc_info" in hint}
        return None if event["level"] == "warning" else event

    caught = start(before_send=own)
    capture()
    assert caught.event["extra"] == {"added": "[email]", "hint": True}
    sentry_sdk.capture_message("dropped", "warning")
    assert len(caught.items) == 1


def test_a_second_init_is_guarded_too(start: Start) -> None:
    for _ in range(2):
        caught = start()
        capture(CANARIES[0])
        assert CANARIES[0] not in caught.raw[0].decode()
    assert isinstance(sentry_sdk.get_client().options["before_send"], Guard)


def test_it_fails_closed(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    caught = start(enable_logs=True)
    integration = sentry_sdk.get_client().get_integration(OpenClawIntegration)
    assert integration is not None

    def broken(*args: Any) -> Any:
        raise RuntimeError

    for redactor in integration._pipeline.redactors:
        for method in ("text", "tree", "record"):
            monkeypatch.setattr(redactor, method, broken, raising=False)
    capture(CANARIES[0])
    assert caught.event["exception"] == {"values": [{"type": "ValueError", "value": "[withheld]"}]}
    sentry_sdk.capture_message(CANARIES[0])
    assert CANARIES[0] not in b"".join(caught.raw).decode()


def test_a_classifier_that_fails_does_not_lose_the_event(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    caught = start()
    monkeypatch.setattr(OpenClawIntegration, "_facts", lambda *_: 1 / 0)
    capture(f"of {CANARIES[0]}")
    assert caught.event["exception"]["values"][-1]["value"] == "of [email]"


def test_a_fingerprint_of_the_team_stays(start: Start) -> None:
    caught = start()
    with sentry_sdk.new_scope() as scope:
        scope.fingerprint = ["checkout"]
        capture()
    assert caught.event["fingerprint"] == ["checkout"]


def test_traceparent_is_intact_beside_otlp_integration(
    start: Start, telemetry: Any, caplog: pytest.LogCaptureFixture
) -> None:
    start(OTLPIntegration(setup_otlp_traces_exporter=False, setup_propagator=False))
    carrier: dict[str, str] = {}
    with trace.get_tracer("t").start_as_current_span("job"):
        propagate.inject(carrier)
    assert "traceparent" in carrier
    assert "setup_propagator" not in caplog.text


def test_otlp_integration_that_takes_the_propagator_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    options: dict[str, Any] = {"integrations": [OTLPIntegration(setup_otlp_traces_exporter=False)]}
    OpenClawIntegration().setup_once_with_options(options)
    assert "OTLPIntegration(setup_propagator=False)" in caplog.text
    assert isinstance(options["before_send"], Guard)
    OpenClawIntegration().setup_once_with_options(None)


def test_outlines() -> None:
    event = {"event_id": "a", "exception": {"values": [{"type": "A", "value": "x"}, 7]}, "extra": {"x": 1}}
    assert outline(event) == {"event_id": "a", "exception": {"values": [{"type": "A", "value": "[withheld]"}]}}
    assert json.dumps(outline({"message": "x", "event_id": "a"})) == '{"event_id": "a", "message": "[withheld]"}'
