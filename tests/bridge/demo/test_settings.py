"""The demo's settings are an openclaw.toml like anybody's."""

from __future__ import annotations

import stat
from pathlib import Path

from openclaw_otel.config import Config
from openclaw_otel.platforms import Platforms
from openclaw_otel.record import Category, Exchange
from openclaw_otel_bridge.demo.settings import configure_demo


def test_store_and_platform_can_be_used_and_the_secret_stays(tmp_path: Path) -> None:
    environ: dict[str, str] = {}
    configure_demo(tmp_path, environ)
    first = Config.from_env(environ)
    configure_demo(tmp_path, environ := {})
    assert Config.from_env(environ).stores[0].webhook_secrets == first.stores[0].webhook_secrets
    assert stat.S_IMODE((tmp_path / "demo-webhook-secret").stat().st_mode) == 0o600
    body = b'{"ok": false, "error": {"code": "ORDER_REFUSED", "message": "no", "field": "lines.sku"}}'
    sent = Exchange("POST", "http://erp.demo.example/api/orders", {}, b'{"order_no": "7"}', 200, response_body=body)
    record = Platforms(first).get("custom:erp").handle_error(sent)
    assert record is not None
    assert (record.category, record.code, record.operation) == (
        Category.BUSINESS_RULE,
        "ORDER_REFUSED",
        "orders.create",
    )
    assert record.objects == {"order": "7"}


def test_settings_of_ones_own_are_left_alone(tmp_path: Path) -> None:
    environ = {"OPENCLAW_OTEL_CONFIG": "/mine.toml", "OPENCLAW_OTEL_PRIVATE_CHANNELS": "0"}
    configure_demo(tmp_path, environ)
    assert environ == {"OPENCLAW_OTEL_CONFIG": "/mine.toml", "OPENCLAW_OTEL_PRIVATE_CHANNELS": "0"}
    assert not list(tmp_path.iterdir())
