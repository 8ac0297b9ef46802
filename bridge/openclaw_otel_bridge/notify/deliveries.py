"""What a person may do with a delivery: try it again."""

from __future__ import annotations

from openclaw_otel_bridge.db import Connection, queries
from openclaw_otel_bridge.people.actor import Actor
from openclaw_otel_bridge.people.audit import audit
from openclaw_otel_bridge.people.permissions import require
from openclaw_otel_bridge.workflow.errors import InvalidField, NotFound


def resend(conn: Connection, actor: Actor, delivery_id: int) -> None:
    """Send it again at once, also one that was delivered or is dead. A channel that was broken counts as mended.

    Raises:
        NotFound, NotAllowed, InvalidField (the channel is switched off): see `workflow.errors`.
    """
    require(actor, "delivery.resend")
    row = conn.execute(
        queries("deliveries")["delivery"], {"id": delivery_id, "project_id": actor.project_id}
    ).fetchone()
    if row is None:
        raise NotFound("delivery", "通知", delivery_id)
    _, channel_id, status, enabled, reason = row
    if not enabled and not reason:
        raise InvalidField("channel", "the channel is switched off", "该渠道已停用")
    if not enabled:
        conn.execute(queries("channels")["mend"], {"id": channel_id})
        conn.execute(queries("channels")["revive"], {"id": channel_id, "reason": reason})
    conn.execute(queries("deliveries")["resend"], {"id": delivery_id})
    audit(conn, actor, "delivery.resend", f"delivery {delivery_id}", {"was": status})
