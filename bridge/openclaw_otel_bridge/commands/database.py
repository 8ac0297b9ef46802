"""What the people commands share: a transaction on DATABASE_URL, and every failure as one clear line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from openclaw_otel.errors import ConfigError
from openclaw_otel_bridge.config import Config
from openclaw_otel_bridge.db import Connection, Database, queries
from openclaw_otel_bridge.people.actor import Actor, system_actor
from openclaw_otel_bridge.workflow.errors import InvalidField, NotFound, WorkError


def run_reporting(command: str, work: Callable[[], None]) -> int:
    """Run a command's work and return its exit status; what goes wrong is one line on stderr, never a traceback."""
    try:
        work()
    except (WorkError, ConfigError) as error:
        problem = str(error)
    except psycopg.errors.UndefinedTable:
        problem = "the database has no tables yet: run `openclaw-otel migrate` first"
    except psycopg.OperationalError as error:
        problem = f"DATABASE_URL: the database cannot be reached: {' '.join(str(error).split())[:200]}"
    else:
        return 0
    print(f"openclaw-otel {command}: {problem}", file=sys.stderr)
    return 1


@contextmanager
def transaction() -> Iterator[Connection]:
    """A transaction on DATABASE_URL, committed at the end."""
    with Database(Config.from_env().database_url).connect() as conn:
        yield conn


def operator(conn: Connection, project: str) -> Actor:
    """Return who acts on the command line, in the project of that slug: whoever holds DATABASE_URL may do all."""
    row = conn.execute(queries("people")["project_by_slug"], {"slug": project}).fetchone()
    if row is None:
        raise NotFound("project", "项目", project)
    return system_actor(row[0])


def read_password(from_stdin: bool) -> str | None:
    """Return the first line of stdin when asked to, else None: a password on the command line is seen by others."""
    if not from_stdin:
        return None
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise InvalidField("password", "nothing came on stdin", "标准输入为空")
    return password


def show(value: Any, text: str, *, as_json: bool) -> None:
    """Print a result: for scripts as JSON, for people as text."""
    print(json.dumps(value, ensure_ascii=False, default=str) if as_json else text)
