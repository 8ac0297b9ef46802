from __future__ import annotations

import pytest

from openclaw_otel_bridge.notify.hearing import hears
from openclaw_otel_bridge.query import EventTerms, IssueTerms, Subject

SUBJECT = Subject(IssueTerms(category="auth", severity="critical"), (EventTerms(store="us-1"),))


@pytest.mark.parametrize(
    ("query", "heard"),
    [
        ("", True),
        ("  ", True),
        ("category:auth store:us-*", True),
        ("severity:<critical", False),
        ("store:eu-*", False),
    ],
)
def test_a_filter_lets_through_what_matches(query: str, heard: bool) -> None:
    assert hears(query, SUBJECT) is heard


def test_a_filter_that_cannot_be_read_lets_everything_through(caplog: pytest.LogCaptureFixture) -> None:
    assert hears("nokey:1", SUBJECT)
    assert "nokey" in caplog.text
