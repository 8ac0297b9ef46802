"""All adapters by platform name, imported on first use: our own, then those other packages contribute.

Others register theirs by an entry point of group `openclaw_otel.adapters` (contributed.py); `custom:<name>` platforms
are made by data.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from functools import cache

from openclaw_otel.adapters.base import Adapter
from openclaw_otel.contributed import Contributed, contributed
from openclaw_otel.errors import UnknownPlatform

ADAPTERS: Mapping[str, str] = {
    "shopify": "openclaw_otel.adapters.shopify:ShopifyAdapter",
    "paypal": "openclaw_otel.adapters.paypal:PayPalAdapter",
    "woocommerce": "openclaw_otel.adapters.woocommerce:WooCommerceAdapter",
    "amazon_sp": "openclaw_otel.adapters.amazon_sp:AmazonSpAdapter",
    "tiktok_shop": "openclaw_otel.adapters.tiktok_shop:TikTokShopAdapter",
    "shopee": "openclaw_otel.adapters.shopee:ShopeeAdapter",
    "lazada": "openclaw_otel.adapters.lazada:LazadaAdapter",
    "ebay": "openclaw_otel.adapters.ebay:EbayAdapter",
    "stripe": "openclaw_otel.adapters.stripe:StripeAdapter",
    "walmart": "openclaw_otel.adapters.walmart:WalmartAdapter",
    "mercadolibre": "openclaw_otel.adapters.mercadolibre:MercadoLibreAdapter",
    "temu": "openclaw_otel.adapters.temu:TemuAdapter",
}
"""Platform name → "module:Class". One line is all a new platform adds here."""


@cache
def get_adapter(platform: str) -> Adapter:
    """Return the adapter of a platform: ours, else the one another package contributes.

    Raises:
        UnknownPlatform: when there is none; the message lists the known ones.
    """
    if platform in ADAPTERS:
        module, _, name = ADAPTERS[platform].partition(":")
        adapter: Adapter = getattr(importlib.import_module(module), name)()
        return adapter
    others = contributed_adapters().adapters
    if platform not in others:
        raise UnknownPlatform(f"no adapter for {platform!r}; known: {', '.join(sorted((*ADAPTERS, *others)))}")
    return others[platform]


@cache
def contributed_adapters() -> Contributed:
    """Return what other packages contribute in this environment; looked for once a process."""
    return contributed(ADAPTERS)


def all_adapters() -> Iterator[Adapter]:
    """Yield every adapter: ours in the order of `ADAPTERS`, then the contributed ones by name."""
    return (get_adapter(name) for name in (*ADAPTERS, *contributed_adapters().adapters))
