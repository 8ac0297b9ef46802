"""Settings are read rarely and believed for some seconds."""

from __future__ import annotations

from contextlib import closing

import pytest

from openclaw_otel_bridge.db import Database
from openclaw_otel_bridge.intake import projects
from openclaw_otel_bridge.intake.projects import Projects


def test_projects(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projects, "REMEMBERED_SECONDS", 0.0)
    with closing(Database(database_url)) as database:
        found = Projects(database)
        assert (found.id_of("default"), found.id_of("none")) == (1, None)
        assert not found.takes_plain_errors(1)
        assert not found.takes_plain_errors(99)
        with database.connection() as conn:
            conn.execute("""update projects set settings = '{"error_logs": true}'""")
        assert found.takes_plain_errors(1)
        assert found.exists(1)
        assert found.limited == frozenset()
        with database.connection() as conn:
            conn.execute("""update projects set settings = '{"quota_per_day": 5}'""")
        assert found.settings(1).quota_per_day == 5
        assert found.limited == {1}
        assert not found.settings(99).has_quota
        assert not found.exists(99)
