from __future__ import annotations

import threading

import pytest

from openclaw_otel_bridge.db import Database
from openclaw_otel_bridge.workflow.errors import (
    IllegalTransition,
    InvalidField,
    MissingField,
    NotAllowed,
    NotFound,
    StaleVersion,
)
from openclaw_otel_bridge.workflow.transition import Finding, Transition, transition
from tests.bridge.working import Company

CAUSE = Finding("credential_expired", "The token of store A expired")
FIX = Finding("credential_rotation", "Rotated it")


def to_review(company: Company, **values: object) -> int:
    issue = company.issue(status="assigned", assignee_id=company.dev.id, **values)
    transition(company.conn, company.dev, issue, Transition(to="in_review", root_cause=CAUSE, fix=FIX))
    return issue


def test_the_whole_way_with_two_people_leaves_log_article_and_notifications(company: Company) -> None:
    channel = company.channel()
    issue = company.issue()
    state = transition(company.conn, company.ops, issue, Transition(to="assigned", assignee=company.dev.id))
    assert (state.status, state.assignee_id, state.version) == ("assigned", company.dev.id, 2)
    state = transition(
        company.conn, company.dev, issue, Transition(to="in_review", root_cause=CAUSE, fix=FIX), expected_version=2
    )
    assert (state.status, state.reviewed_by) == ("in_review", company.dev.id)
    state = transition(company.conn, company.dev2, issue, Transition(to="resolved", comment="Looks right"))
    assert (state.status, state.root_cause_kind) == ("resolved", "credential_expired")
    assert state.resolved_at is not None
    assert company.actions(issue) == ["assigned", "in_review", "resolved"]
    assert company.last(issue)["root_cause"] == {"kind": CAUSE.kind, "text": CAUSE.text}
    assert company.last(issue)["text"] == "Looks right"
    assert company.row("select title, fix_text, author_id from articles where issue_id = %s", issue) == (
        "shopify orders.get: 401",
        "Rotated it",
        company.dev2.id,
    )
    assert [row[0] for row in company.deliveries(channel_id=channel)] == ["assigned", "in_review", "resolved"]
    actors = company.conn.execute("select actor_id, actor, at from activity order by id").fetchall()
    assert [(row[0], row[1]) for row in actors] == [
        (company.ops.id, "person"),
        (company.dev.id, "person"),
        (company.dev2.id, "person"),
    ]
    assert all(row[2].utcoffset().total_seconds() == 0 for row in actors)


def test_neither_assignee_nor_who_moved_it_to_review_resolves(company: Company) -> None:
    issue = company.issue(status="assigned", assignee_id=company.dev.id)
    transition(company.conn, company.admin, issue, Transition(to="in_review", root_cause=CAUSE, fix=FIX))
    for actor in (company.dev, company.admin):
        with pytest.raises(NotAllowed):
            transition(company.conn, actor, issue, Transition(to="resolved"))
    assert transition(company.conn, company.ops, issue, Transition(to="resolved")).status == "resolved"


def test_a_one_person_team_may_resolve_alone_when_the_project_says_so(company: Company) -> None:
    company.conn.execute("""update projects set settings = '{"solo_resolve": true}'""")
    assert transition(company.conn, company.dev, to_review(company), Transition(to="resolved")).status == "resolved"


def test_a_member_of_the_assigned_team_works_and_another_member_resolves(company: Company) -> None:
    issue = company.issue(status="assigned", team_id=company.team)
    transition(company.conn, company.dev, issue, Transition(to="in_review", root_cause=CAUSE, fix=FIX))
    assert transition(company.conn, company.dev2, issue, Transition(to="resolved")).status == "resolved"


@pytest.mark.parametrize(
    ("step", "field"),
    [
        (Transition(to="in_review"), "root_cause"),
        (Transition(to="in_review", root_cause=CAUSE), "fix"),
        (Transition(to="in_review", root_cause=Finding("our_bug"), fix=FIX), "root_cause.text"),
        (Transition(to="in_review", root_cause=Finding("", "x"), fix=FIX), "root_cause.kind"),
        (Transition(to="in_review", root_cause=Finding("gremlins", "x"), fix=FIX), "root_cause.kind"),
        (Transition(to="in_review", root_cause=CAUSE, fix=Finding("code_change", " ")), "fix.text"),
        (Transition(to="in_review", root_cause=CAUSE, fix=Finding("our_bug", "x")), "fix.kind"),
        (Transition(to="in_review", root_cause=CAUSE, fix=Finding("code_change", "x\0")), "fix.text"),
        (Transition(to="assigned"), "assignee"),
        (Transition(to="assigned", assignee=999_999), "assignee"),
        (Transition(to="assigned", team=999_999), "team"),
        (Transition(to="somewhere"), "to"),
    ],
)
def test_what_is_missing_or_bad_is_named_and_nothing_changes(company: Company, step: Transition, field: str) -> None:
    issue = company.issue(status="assigned", assignee_id=company.dev.id)
    with pytest.raises(InvalidField) as raised, company.conn.transaction():
        transition(company.conn, company.dev, issue, step)
    assert raised.value.field == field
    assert field in raised.value.text("zh")
    assert company.row("select status, version from issues where id = %s", issue) == ("assigned", 1)
    assert company.actions(issue) == []


def test_back_to_work_needs_a_comment_and_keeps_the_owner(company: Company) -> None:
    issue = to_review(company)
    with pytest.raises(MissingField) as raised:
        transition(company.conn, company.ops, issue, Transition(to="assigned", comment="  "))
    assert raised.value.field == "comment"
    state = transition(company.conn, company.ops, issue, Transition(to="assigned", comment="Store B fails still"))
    assert (state.status, state.assignee_id) == ("assigned", company.dev.id)
    assert company.actions(issue)[-1] == "sent_back"
    assert company.last(issue)["text"] == "Store B fails still"


def test_unassign_and_reassign_say_who_had_it_so_that_they_can_be_undone(company: Company) -> None:
    issue = company.issue(status="assigned", assignee_id=company.dev.id)
    transition(company.conn, company.ops, issue, Transition(to="assigned", team=company.team))
    assert company.last(issue)["from_name"] == "Dev"
    assert company.last(issue)["team_name"] == "Platform"
    assert company.last(issue)["undo"] == {"to": "assigned", "assignee": company.dev.id, "team": None}
    state = transition(company.conn, company.ops, issue, Transition(to="new"))
    assert (state.status, state.assignee_id, state.team_id, state.due_at) == ("new", None, None, None)
    assert company.actions(issue)[-1] == "unassigned"


def test_reopening_clears_the_findings_and_offers_it_to_the_last_owner(company: Company) -> None:
    issue = to_review(company)
    transition(company.conn, company.dev2, issue, Transition(to="resolved"))
    state = transition(company.conn, company.ops, issue, Transition(to="new", comment="Not fixed"))
    assert (state.status, state.root_cause_kind, state.fix_text, state.resolved_at) == ("new", None, None, None)
    assert state.assignee_id == company.dev.id
    assert company.actions(issue)[-1] == "reopened"
    assert transition(company.conn, company.dev, issue, Transition(to="assigned")).status == "assigned"


def test_illegal_stale_foreign_and_merged(company: Company) -> None:
    issue = company.issue()
    with pytest.raises(IllegalTransition):
        transition(company.conn, company.admin, issue, Transition(to="resolved", root_cause=CAUSE, fix=FIX))
    with pytest.raises(StaleVersion) as stale:
        transition(company.conn, company.ops, issue, Transition(to="assigned", team=company.team), expected_version=7)
    assert stale.value.current == 1
    with pytest.raises(NotFound):
        transition(company.conn, company.ops, 10**15, Transition(to="assigned", team=company.team))
    other = company.issue(merged_into=issue)
    with pytest.raises(IllegalTransition, match=f"merged into issue {issue}"):
        transition(company.conn, company.ops, other, Transition(to="assigned", team=company.team))


def test_a_disabled_person_owns_nothing_new(company: Company) -> None:
    company.conn.execute("update people set disabled_at = now() where id = %s", (company.dev.id,))
    with pytest.raises(InvalidField) as raised:
        transition(company.conn, company.ops, company.issue(), Transition(to="assigned", assignee=company.dev.id))
    assert raised.value.field == "assignee"


def test_scopes_hide_and_forbid(company: Company) -> None:
    issue = company.issue()
    company.seed.event(issue, store="us-1", platform="shopify")
    step = Transition(to="assigned", team=company.team)
    blind = company.seed.person("Blind", "dev", scope="store:eu-*")
    with pytest.raises(NotFound):
        transition(company.conn, blind, issue, step)
    reader = company.seed.person("Reader", "dev", act="store:eu-*")
    with pytest.raises(NotAllowed):
        transition(company.conn, reader, issue, step)
    near = company.seed.person("Near", "dev", scope="store:us-*", act="store:us-*")
    assert transition(company.conn, near, issue, step).status == "assigned"


def test_of_two_at_once_the_second_meets_the_new_state(database_url: str, company: Company) -> None:
    issue = company.issue()
    company.conn.commit()
    outcome: list[type[BaseException] | None] = []

    def second() -> None:
        with Database(database_url).connect() as other:
            try:
                transition(other, company.ops, issue, Transition(to="assigned", team=company.team), expected_version=1)
                outcome.append(None)
            except StaleVersion as error:
                outcome.append(type(error))

    transition(company.conn, company.ops, issue, Transition(to="assigned", assignee=company.dev.id), expected_version=1)
    thread = threading.Thread(target=second)
    thread.start()
    thread.join(0.3)
    assert not outcome, "the row lock holds the second one"
    company.conn.commit()
    thread.join(10)
    assert outcome == [StaleVersion]
