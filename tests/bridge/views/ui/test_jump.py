"""An id typed alone."""

import pytest

from tests.bridge.running import Bridge
from tests.bridge.views.ui.browsing import Visitor, raise_issue, text_of
from tests.bridge.views.ui.sending import TRACE, denied, send


@pytest.mark.parametrize("text", ["1001", "req-1001", TRACE, TRACE.upper()])
def test_an_id_of_one_issue_goes_to_the_event(bridge: Bridge, admin: Visitor, text: str) -> None:
    send(bridge, denied(trace_id=TRACE), denied(order="2002"))
    response = admin.get(f"/?query={text}&view=mine")
    assert response.status_code == 303
    assert response.headers["Location"].startswith("/issues/1?event=")
    assert "1001" in text_of(admin.get(response.headers["Location"]))


def test_an_order_of_several_issues_is_a_list(bridge: Bridge, admin: Visitor) -> None:
    send(bridge, denied(), denied(store="eu.myshopify.com"))
    assert admin.get("/?query=1001").headers["Location"] == "/?view=all&query=order:1001"


def test_an_issue_raised_by_hand_is_found_by_its_order(admin: Visitor) -> None:
    issue = raise_issue(admin, order="A-77")
    assert admin.get("/?query=A-77").headers["Location"] == f"/issues/{issue}"


def test_an_issue_number(admin: Visitor) -> None:
    issue = raise_issue(admin)
    assert admin.get(f"/?query=%23{issue}").headers["Location"] == f"/issues/{issue}"
    assert admin.get(f"/?query={issue}").headers["Location"] == f"/issues/{issue}"


@pytest.mark.parametrize("text", ["987654", "#", "a b c", "platform:x", "x" * 300, "%00", "9" * 40])
def test_everything_else_is_a_query(admin: Visitor, text: str) -> None:
    assert admin.get(f"/?query={text}").status_code == 200
