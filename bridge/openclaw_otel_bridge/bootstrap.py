"""The first start of `up`: an admin, keys, and the connection file; later starts only refresh what changed."""

from __future__ import annotations

import secrets
from contextlib import closing
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

from openclaw_otel_bridge.assign.defaults import seed_defaults
from openclaw_otel_bridge.config import Config
from openclaw_otel_bridge.datadir import DataDir
from openclaw_otel_bridge.db import Connection, Database, queries
from openclaw_otel_bridge.intake.keys import Keys, create_key
from openclaw_otel_bridge.people.actor import Actor, system_actor
from openclaw_otel_bridge.people.directory import NewPerson, Person, add_person, list_people
from openclaw_otel_bridge.people.login import actor_by_token
from openclaw_otel_bridge.people.tokens import create_token

ADMIN_EMAIL = "admin@localhost.localdomain"


@dataclass(frozen=True, slots=True)
class Login:
    """How to reach the bridge that was just started. `password` is None once the admin has set one."""

    url: str
    email: str
    password: str | None = field(repr=False)
    api_token: str = field(repr=False)
    ingest_key: str = field(repr=False)
    sentry_dsn: str = field(repr=False)


def bootstrap(config: Config, data: DataDir) -> Login:
    """Make what a usable bridge needs and is not there yet, and write `connection.json`; safe at every start."""
    known = data.connection()
    database = Database(config.database_url, pool_size=1)
    keys = Keys(database)
    with closing(database), database.connect() as conn:
        seed_defaults(conn)
        row = conn.execute(queries("projects")["default_project"]).fetchone()
        assert row is not None
        project = row[0]
        system = system_actor(project)
        admin, password = _admin(conn, system, known.get("admin", {}).get("password"))
        token = known.get("api_token") or ""
        if not token or actor_by_token(conn, token) is None:
            token = create_token(conn, system, "openclaw-otel up", person_id=admin.id)
        ingest_key = known.get("ingest_key") or ""
        if not ingest_key or keys.project_of("ingest", ingest_key) is None:
            ingest_key = create_key(conn, project, "ingest", "openclaw-otel up")
        sentry_key = urlsplit(known.get("sentry_dsn") or "").username or ""
        if not sentry_key or keys.project_of("sentry", sentry_key) is None:
            sentry_key = create_key(conn, project, "sentry", "openclaw-otel up")
    dsn = _dsn(config.public_url, sentry_key, project)
    login = Login(config.public_url, admin.email, password, token, ingest_key, dsn)
    write_connection(config, data, login)
    return login


def write_connection(config: Config, data: DataDir, login: Login) -> None:
    """Write `connection.json`."""
    admin = {"email": login.email} | ({"password": login.password} if login.password else {})
    data.write_connection(
        {
            "url": login.url,
            "admin": admin,
            "api_token": login.api_token,
            "ingest_key": login.ingest_key,
            "sentry_dsn": login.sentry_dsn,
            "database_url": config.database_url,
        }
    )


def forget_password(config: Config, data: DataDir) -> bool:
    """Take the generated password out of `connection.json` once the admin has changed it; True when it is gone."""
    known = data.connection()
    if "password" not in known.get("admin", {}):
        return True
    with Database(config.database_url).connect() as conn:
        row = conn.execute(queries("projects")["default_project"]).fetchone()
        people = list_people(conn, system_actor(row[0] if row else 0), with_disabled=True)
    if any(person.email == known["admin"]["email"] and person.must_change for person in people):
        return False
    del known["admin"]["password"]
    data.write_connection(known)
    return True


def _admin(conn: Connection, system: Actor, known_password: str | None) -> tuple[Person, str | None]:
    """Return an admin of the project, made if there is none, and the password if it is still the generated one."""
    admins = [person for person in list_people(conn, system) if person.role == "admin"]
    if admins:
        admin = next((person for person in admins if person.email == ADMIN_EMAIL), admins[0])
        return admin, known_password if admin.must_change else None
    password = secrets.token_urlsafe(12)
    person = NewPerson(email=ADMIN_EMAIL, role="admin", name="Admin", password=password, must_change=True)
    return add_person(conn, system, person), password


def _dsn(url: str, key: str, project: int) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, f"{key}@{parts.netloc}", f"{parts.path}/{project}", "", ""))
