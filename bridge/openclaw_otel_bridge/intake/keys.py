"""Project keys: the ingest key of OTLP senders (secret, stored hashed) and the public key of a Sentry DSN."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from psycopg.rows import class_row

from openclaw_otel_bridge.db import Connection, Database, queries

Kind = Literal["ingest", "sentry"]
PREFIX = "oci_"
"""Begins every ingest key, so that secret scanners and redaction know one when they see it."""
REMEMBERED_SECONDS = 10.0
"""How long a revoked key may still be taken: a look-up per request would cost more than it brings."""
HELD_SECONDS = 5.0
"""How much longer, while one thread looks whether it still is."""
_MOST = 1024


def create_key(conn: Connection, project_id: int, kind: Kind, label: str = "") -> str:
    """Make a key and return it; an ingest key can be read only now."""
    key = PREFIX + secrets.token_urlsafe(24) if kind == "ingest" else secrets.token_hex(16)
    conn.execute(
        queries("keys")["create"],
        {"project_id": project_id, "kind": kind, "key": _stored(kind, key), "label": label},
    )
    return key


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it may be shown."""

    id: int
    kind: str
    label: str
    created_at: datetime
    revoked_at: datetime | None


def list_keys(conn: Connection, project_id: int) -> list[Key]:
    """Return the keys of a project, the newest first."""
    with conn.cursor(row_factory=class_row(Key)) as cursor:
        return cursor.execute(queries("keys")["list"], {"project_id": project_id}).fetchall()


def revoke_key(conn: Connection, project_id: int, key_id: int) -> bool:
    """End a key; False when the project has none of that id."""
    found = conn.execute(queries("keys")["revoke"], {"project_id": project_id, "id": key_id}).fetchone()
    return found is not None


class Keys:
    """Key → project, remembered for some seconds. Thread safe."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._found: OrderedDict[tuple[Kind, str], tuple[float, int | None]] = OrderedDict()

    def project_of(self, kind: Kind, key: str) -> int | None:
        """Return the project a key belongs to, None when there is no such key or it is revoked."""
        if not key or len(key) > 200:
            return None
        stored = _stored(kind, key)
        now = time.monotonic()
        with self._lock:
            known = self._found.get((kind, stored))
            if known is not None and known[0] > now:
                return known[1]
            if known is not None:  # the others go on with it while this thread looks: it may take long
                self._found[(kind, stored)] = (now + HELD_SECONDS, known[1])
        with self._database.connection() as conn:
            row = conn.execute(queries("keys")["project_of"], {"kind": kind, "key": stored}).fetchone()
        project = int(row[0]) if row else None
        with self._lock:
            self._found[(kind, stored)] = (now + REMEMBERED_SECONDS, project)
            while len(self._found) > _MOST:
                self._found.popitem(last=False)
        return project


def _stored(kind: Kind, key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest() if kind == "ingest" else key.replace("\0", "")
