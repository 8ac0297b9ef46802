"""Settings of a project: read whatever is stored, changed only to what makes sense."""

from __future__ import annotations

from typing import Any

import pytest

from openclaw_otel_bridge.project_settings import (
    MOST,
    ProjectSettings,
    change_settings,
    read_settings,
    settings_of,
)
from openclaw_otel_bridge.workflow.errors import InvalidField, NotAllowed
from tests.bridge.working import Company, company, conn

__all__ = ["company", "conn"]


@pytest.mark.parametrize(
    ("stored", "settings"),
    [
        ({}, ProjectSettings()),
        ({"solo_resolve": True, "error_logs": True}, ProjectSettings(solo_resolve=True, error_logs=True)),
        ({"solo_resolve": "true", "error_logs": 1, "seeded": True}, ProjectSettings()),
        ({"quota_per_day": 5}, ProjectSettings(quota_per_day=5)),
        ({"quota_per_day": 0, "quota_per_minute": True}, ProjectSettings()),
        ({"quota_per_day": "9", "quota_per_minute": MOST + 1}, ProjectSettings()),
    ],
)
def test_what_is_not_of_its_type_is_not_set(stored: dict[str, Any], settings: ProjectSettings) -> None:
    assert settings_of(stored) == settings
    assert settings.has_quota == (settings.quota_per_day is not None)


def test_changes_are_kept_and_noted(company: Company) -> None:
    company.conn.execute("""update projects set settings = '{"seeded": true, "quota_per_day": 7}'""")
    changes = {"quota_per_minute": 100, "quota_per_day": None, "error_logs": True}
    changed = change_settings(company.conn, company.admin, changes)
    assert changed == ProjectSettings(error_logs=True, quota_per_minute=100) == read_settings(company.conn, 1)
    assert company.one("select settings from projects") == {"seeded": True, "quota_per_minute": 100, "error_logs": True}
    assert company.row("select person_id, action, object, data from audit_log") == (
        *(company.admin.id, "project.update", "project 1"),
        changes,
    )


@pytest.mark.parametrize(
    "changes",
    [{"quota_per_day": 0}, {"quota_per_day": MOST + 1}, {"quota_per_minute": "5"}, {"error_logs": None}, {"seeded": 1}],
)
def test_what_makes_no_sense_is_refused(company: Company, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidField):
        change_settings(company.conn, company.admin, changes)


def test_only_admins_change_them(company: Company) -> None:
    for actor in (company.dev, company.ops, company.support):
        with pytest.raises(NotAllowed):
            change_settings(company.conn, actor, {"error_logs": True})
