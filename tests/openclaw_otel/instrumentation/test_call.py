"""call: its span, its path, who made it, and that our own faults stay ours."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
import requests

from openclaw_otel import attributes as names
from openclaw_otel.instrumentation import switch
from openclaw_otel.instrumentation.call import Call, guarded

ORDER = "/admin/api/2025-04/orders/1001.json"


def test_a_fault_of_ours_is_logged_and_kept(caplog: pytest.LogCaptureFixture) -> None:
    @guarded
    def faulty() -> int:
        raise RuntimeError("ours")

    with caplog.at_level(logging.WARNING):
        assert faulty() is None
    assert "the call itself is not affected" in caplog.text


def test_paths_that_may_be_personal_are_looked_into(shop: Any, watch: Any, telemetry: Any) -> None:
    watch()
    requests.get(shop.url("/admin/api/2025-04/customers/jane.doe@example.com/orders.json?q=secret"), timeout=2)
    full = telemetry.clients[0].attributes[names.URL_FULL]
    assert "jane" not in full
    assert "secret" not in full
    assert full.startswith(f"http://{shop.host}/")


def test_the_record_says_who_made_the_call(shop: Any, answer: Any, watch: Any, telemetry: Any) -> None:
    def sync_orders() -> None:
        requests.get(url, timeout=2)

    url = shop.on(ORDER, answer(401, b"{}"))
    watch()
    sync_orders()
    attributes = telemetry.records[0].attributes
    assert attributes[names.CODE_FUNCTION_NAME].endswith("sync_orders")
    assert Path(attributes[names.CODE_FILE_PATH]).name == Path(__file__).name


def test_finishing_twice_is_once(shop: Any, watch: Any, telemetry: Any) -> None:
    watch()
    call = switch().calls.begin(object(), "get", shop.url(ORDER))
    assert isinstance(call, Call)
    call.finish(call.exchange(status=500))
    call.finish(call.exchange(status=500))
    call.give_up()
    assert len(telemetry.clients) == len(telemetry.records) == 1
    assert telemetry.clients[0].attributes[names.HTTP_REQUEST_METHOD] == "GET"
