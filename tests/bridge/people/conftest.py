from tests.bridge.working import company, conn, robot

__all__ = ["company", "conn", "robot"]
