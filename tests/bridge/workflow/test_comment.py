from __future__ import annotations

import pytest

from openclaw_otel_bridge.workflow.comment import comment
from openclaw_otel_bridge.workflow.errors import InvalidField, MissingField, NotFound
from tests.bridge.working import Company


def test_support_may_comment_and_the_channel_hears_each_comment(company: Company) -> None:
    channel, issue = company.channel(), company.issue()
    comment(company.conn, company.support, issue, "  The buyer called again \n")
    comment(company.conn, company.support, issue, "The buyer called again")
    assert company.last(issue) == {"text": "The buyer called again"}
    told = company.deliveries(kind="comment", channel_id=channel)
    assert len(told) == 2
    assert told[0][4]["actor_name"] == "Sue"


def test_what_is_refused(company: Company) -> None:
    issue = company.issue()
    with pytest.raises(MissingField):
        comment(company.conn, company.dev, issue, " \n")
    with pytest.raises(InvalidField, match="NUL"):
        comment(company.conn, company.dev, issue, "a\0b")
    with pytest.raises(InvalidField, match="20000"):
        comment(company.conn, company.dev, issue, "x" * 20_001)
    with pytest.raises(NotFound):
        comment(company.conn, company.seed.person("Blind", scope="store:none"), issue, "hello")
