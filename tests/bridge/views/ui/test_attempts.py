"""Failed logins are counted for all processes together."""

from openclaw_otel_bridge.views.ui import attempts
from tests.bridge.running import Bridge


def fail(bridge: Bridge, email: str, address: str, times: int) -> None:
    with bridge.database.connection() as conn:
        for _ in range(times):
            attempts.note(conn, email, address, None)


def waits(bridge: Bridge, email: str, address: str) -> bool:
    with bridge.database.connection() as conn:
        return attempts.wait(conn, email, address) > 0


def test_the_three_limits(bridge: Bridge) -> None:
    assert not waits(bridge, "a@x.y", "10.0.0.1")
    fail(bridge, "A@x.y", "10.0.0.1", 5)
    assert waits(bridge, "a@X.y", "10.0.0.1")
    assert not waits(bridge, "a@x.y", "10.0.0.2")  # one stranger must not lock the owner out
    assert not waits(bridge, "b@x.y", "10.0.0.1")
    for n in range(25):
        fail(bridge, f"{n}@x.y", "10.0.0.1", 1)
    assert waits(bridge, "b@x.y", "10.0.0.1")
    for n in range(95):
        fail(bridge, "a@x.y", f"10.0.1.{n}", 1)
    assert waits(bridge, "a@x.y", "10.9.9.9")


def test_old_failures_are_forgotten(bridge: Bridge) -> None:
    fail(bridge, "a@x.y", "10.0.0.1", 5)
    with bridge.database.connection() as conn:
        conn.execute("update audit_log set at = at - interval '16 minutes'")
    assert not waits(bridge, "a@x.y", "10.0.0.1")


def test_no_password_is_written_down(bridge: Bridge) -> None:
    fail(bridge, "a@x.y", "10.0.0.1", 1)
    with bridge.database.connection() as conn:
        row = conn.execute("select object, data from audit_log where action = 'login.failed'").fetchone()
        attempts.set_locale(conn, 1, "zh")
        assert conn.execute("select locale from people where id = 1").fetchone() == ("zh",)
    assert row == ("a@x.y", {"ip": "10.0.0.1"})
