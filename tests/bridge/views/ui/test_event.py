"""The event part of an issue's page for events that carry little."""

from dataclasses import replace

from openclaw_otel import ExceptionInfo, Exchange, classify_exchange
from openclaw_otel.record import ErrorRecord, Evidence
from tests.bridge.running import Bridge
from tests.bridge.views.ui.browsing import Visitor, text_of
from tests.bridge.views.ui.sending import denied, send


def test_no_answer_came(bridge: Bridge, admin: Visitor) -> None:
    record = classify_exchange(
        Exchange(
            "POST", "https://a.myshopify.com/admin/api/2025-10/orders.json", error=ExceptionInfo("ReadTimeout", "slow")
        )
    )
    assert record is not None
    send(bridge, record)
    page = text_of(admin.get("/issues/1"))
    assert "no answer" in page
    assert "ReadTimeout" in page


def test_an_exception_alone(bridge: Bridge, admin: Visitor) -> None:
    error = ExceptionInfo(
        "builtins.KeyError", "'sku'", 'Traceback:\n  File "/srv/app.py", line 1, in f\n    x["sku"]\n'
    )
    record = replace(denied(), platform=None, operation=None, snapshot=None, codes=(), code=None, store=None)
    send(bridge, replace(record, evidence=Evidence.FAILURE, exception=error, message="'sku'", objects={}, status=None))
    page = text_of(admin.get("/issues/1"))
    assert "KeyError: 'sku'" in page
    assert "Request headers" not in page


def test_a_storm_says_how_many_it_stands_for(bridge: Bridge, admin: Visitor) -> None:
    send(bridge, denied(occurrences=250))
    page = text_of(admin.get("/issues/1"))
    assert "×250" in page
    assert "250 events" in page


def test_attributes_are_listed(bridge: Bridge, admin: Visitor) -> None:
    record: ErrorRecord = denied(attributes={"shop.plan": "plus", "shop.tags": ("a", "b")})
    send(bridge, record)
    page = text_of(admin.get("/issues/1"))
    assert "shop.plan" in page
    assert '["a", "b"]' in page
