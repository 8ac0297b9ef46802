"""What the demo needs of the settings: a store with a webhook secret, an ERP made by data, local chat robots."""

from __future__ import annotations

import secrets
from collections.abc import MutableMapping
from pathlib import Path

OPENCLAW_TOML = """\
# Made by `openclaw-otel up --demo`. Your own openclaw.toml looks the same.
[[stores]]
name = "demo"
platform = "shopify"
identifiers = ["demo.myshopify.com"]
webhook_secrets = ["file:{secret_file}"]

# A platform made by data alone: an ERP of the house.
[platforms.erp]
hosts = ["erp.demo.example"]
operations = [
    {{method = "POST", path = "/api/orders", name = "orders.create"}},
    {{method = "GET", path = "/api/stock/{{sku}}", name = "stock.get"}},
]

[platforms.erp.error]
when = [{{pointer = "/ok", equals = false}}]
code = ["/error/code"]
message = ["/error/message"]
fields = ["/error/field"]

[platforms.erp.objects]
order = ["/order_no"]

[[platforms.erp.catalog]]
id = "erp.order_refused"
code = "ORDER_REFUSED"
category = "business_rule"
owner = "support"
severity = "error"
retryable = false
explanation = {{en = "The ERP refused the order: not in stock there", zh = "ERP 拒绝了该订单：该仓库无此商品"}}
next_step = {{en = "Assign another warehouse, then push the order again", zh = "改派其他仓库后重新推送订单"}}
source = ["the ERP's manual"]
"""


def configure_demo(data_dir: Path, environ: MutableMapping[str, str]) -> None:
    """Write the demo's openclaw.toml into the data directory and point `environ` at it, unless it has its own."""
    environ.setdefault("OPENCLAW_OTEL_PRIVATE_CHANNELS", "1")
    if "OPENCLAW_OTEL_CONFIG" in environ:
        return
    secret_file = data_dir / "demo-webhook-secret"
    if not secret_file.exists():
        secret_file.touch(mode=0o600)
        secret_file.write_text(secrets.token_hex(32), "utf-8")
    toml = data_dir / "demo.toml"
    toml.write_text(OPENCLAW_TOML.format(secret_file=secret_file), "utf-8")
    environ["OPENCLAW_OTEL_CONFIG"] = str(toml)
