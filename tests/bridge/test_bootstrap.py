"""The first start makes admin, keys and connection file; later starts keep them."""

from __future__ import annotations

from pathlib import Path

from openclaw_otel_bridge.bootstrap import bootstrap, forget_password
from openclaw_otel_bridge.config import Config
from openclaw_otel_bridge.datadir import DataDir
from openclaw_otel_bridge.db import Database
from openclaw_otel_bridge.intake.keys import Keys
from openclaw_otel_bridge.people.directory import change_own_password
from openclaw_otel_bridge.people.login import actor_by_token, authenticate


def taken(path: Path) -> DataDir:
    data = DataDir(path)
    data.take()
    return data


def test_everything_in_the_connection_file_works(database_url: str, tmp_path: Path) -> None:
    config = Config(database_url=database_url, public_url="http://127.0.0.1:9999")
    login = bootstrap(config, taken(tmp_path))
    assert DataDir(tmp_path).connection()["url"] == "http://127.0.0.1:9999"
    database = Database(database_url)
    with database.connect() as conn:
        assert login.password
        admin = authenticate(conn, login.email, login.password)
        assert admin is not None
        assert admin.must_change
        by_token = actor_by_token(conn, login.api_token)
        assert by_token is not None
        assert by_token.id == admin.id
    keys = Keys(database)
    assert keys.project_of("ingest", login.ingest_key) == 1
    assert login.sentry_dsn.startswith("http://")
    assert login.sentry_dsn.endswith("@127.0.0.1:9999/1")
    assert keys.project_of("sentry", login.sentry_dsn[7:].partition("@")[0]) == 1
    database.close()


def test_a_second_start_keeps_all_but_the_address(database_url: str, tmp_path: Path) -> None:
    data = taken(tmp_path)
    first = bootstrap(Config(database_url=database_url, public_url="http://127.0.0.1:1111"), data)
    second = bootstrap(Config(database_url=database_url, public_url="http://127.0.0.1:2222"), data)
    assert (first.password, first.api_token, first.ingest_key) == (second.password, second.api_token, second.ingest_key)
    assert second.sentry_dsn == first.sentry_dsn.replace("1111", "2222")


def test_the_password_leaves_the_file_once_changed(database_url: str, tmp_path: Path) -> None:
    config = Config(database_url=database_url)
    data = taken(tmp_path)
    login = bootstrap(config, data)
    assert not forget_password(config, data)
    with Database(database_url).connect() as conn:
        admin = authenticate(conn, login.email, login.password or "")
        assert admin is not None
        change_own_password(conn, admin, login.password or "", "a new long password")
    assert forget_password(config, data)
    assert data.connection()["admin"] == {"email": login.email}
    assert bootstrap(config, data).password is None


def test_a_lost_connection_file_is_made_anew(database_url: str, tmp_path: Path) -> None:
    config = Config(database_url=database_url)
    data = taken(tmp_path)
    first = bootstrap(config, data)
    (tmp_path / "connection.json").unlink()
    second = bootstrap(config, data)
    assert second.api_token != first.api_token
    with Database(database_url).connect() as conn:
        assert actor_by_token(conn, second.api_token) is not None
