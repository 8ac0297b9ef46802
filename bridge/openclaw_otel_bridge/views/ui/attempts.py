"""Failed logins, counted in the audit log so that all web processes count together."""

from __future__ import annotations

from psycopg.types.json import Jsonb

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.people.actor import Actor

WINDOW = 15 * 60
"""Seconds a failure counts; `failures` in `sql/ui.sql` says the same."""
MOST = (5, 30, 100)
"""Failures of one e-mail from one address, of the address, of the e-mail from anywhere. The last is high: nobody
should be able to lock somebody else out with little work."""


def wait(conn: Connection, email: str, address: str) -> int:
    """Return the seconds this e-mail or address has to wait, 0 when it may try."""
    row = conn.execute(queries("ui")["failures"], {"email": email.lower(), "ip": address}).fetchone()
    assert row is not None
    return WINDOW if any(count >= most for count, most in zip(row, MOST, strict=True)) else 0


def set_locale(conn: Connection, person_id: int, locale: str) -> None:
    """Keep the language a person chose."""
    conn.execute(queries("ui")["set_locale"], {"id": person_id, "locale": locale})


def note(conn: Connection, email: str, address: str, actor: Actor | None) -> None:
    """Write down an attempt; `actor` None means it failed."""
    conn.execute(
        queries("ui")["note_login"],
        {
            "person": actor.id if actor else None,
            "action": "login.ok" if actor else "login.failed",
            "email": email.lower(),
            "data": Jsonb({"ip": address}),
        },
    )
