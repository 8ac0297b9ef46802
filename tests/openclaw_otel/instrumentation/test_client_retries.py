"""client_retries: libraries of other shapes are left alone; what is recorded is tested with the real ones."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from openclaw_otel.instrumentation import RETRYING, client_retries, switch
from openclaw_otel.instrumentation.switch import Switch


@pytest.mark.parametrize("name", RETRYING.values())
def test_a_library_without_the_function_is_left_alone(name: str) -> None:
    library = ModuleType("library_of_another_version")
    getattr(client_retries, name)(Switch(), library)
    assert [each for each in vars(library) if not each.startswith("__")] == []


def test_the_retrying_functions_of_the_libraries_are_there(watch: Any) -> None:
    import paypalrestsdk.api
    import stripe._http_client

    watch()
    assert set(RETRYING) <= switch().patched
    for name in ("request_with_retries", "request_stream_with_retries", "request_with_retries_async"):
        assert hasattr(getattr(stripe._http_client.HTTPClient, name), "__wrapped__")
    assert hasattr(paypalrestsdk.api.Api.request, "__wrapped__")


def test_switched_off_nothing_is_held(watch: Any) -> None:
    from sp_api.util import throttle_retry

    from openclaw_otel.instrumentation import uninstrument
    from openclaw_otel.instrumentation.tries import under_way

    watch()
    seen = []
    function = throttle_retry(tries=2, delay=0.01)(lambda: seen.append(under_way()))
    function()
    uninstrument()
    function()
    assert [each is None for each in seen] == [False, True]
