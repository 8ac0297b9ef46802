"""How to send a first event: what an empty inbox and the settings show."""

from __future__ import annotations


def first_event(public_url: str) -> str:
    """Return a few lines that send one failed call of a platform to this bridge."""
    return f"""export OTEL_EXPORTER_OTLP_ENDPOINT={public_url}
export OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer%20<ingest key>"
python - <<'PY'
import requests
from openclaw_otel import instrument, setup

setup("my-shop-sync")
instrument()
requests.get("https://example.myshopify.com/admin/api/2025-10/orders/1001.json")  # 401: an issue
PY"""
