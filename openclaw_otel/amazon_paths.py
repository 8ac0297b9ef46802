"""Names of Amazon's operations out of URLs, the ids in them, and the published default rates.

SP-API paths hold seller-chosen words (SKUs, shipment names) where other APIs hold numbers, so ids are told by place.
https://developer-docs.amazon.com/sp-api/docs/usage-plans-and-rate-limits
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from openclaw_otel import bodies, object_ids, paths
from openclaw_otel.paths import host_of
from openclaw_otel.record import Exchange

ACTIONS = frozenset(
    "address buyerInfo shipmentConfirmation shipment regulatedInfo feesEstimate offers restrictions "
    "marketplaceParticipations restrictedDataToken label inventory cancel confirm transport labels billOfLading "
    "tracking preview eligibleServices purchase rates oneClickShipment getAdditionalSellerInputs orderMetrics "
    "pricing competitivePrice itemOffers listingOffers competitiveSummary search account getFeaturesInventory".split()
)
"""Last segments that say all: the method adds nothing."""
_AFTER = MappingProxyType(
    {
        "orders": 1,
        "listings": 1,
        "items": 1,
        "productTypes": 1,
        "subscriptions": 2,
        "contentDocuments": 1,
        "fulfillmentOrders": 1,
        "shipments": 1,
        "inboundPlans": 1,
        "packages": 1,
        "locations": 1,
        "skus": 1,
        "features": 1,
        "reports": 1,
        "feeds": 1,
        "documents": 1,
        "schedules": 1,
        "destinations": 1,
        "queries": 1,
        "transactions": 1,
        "financialEventGroups": 1,
    }
)
"""Segment → how many segments behind it are ids."""
_VERBS = frozenset({"items", "inventory", "search", "offers", "feesEstimate", "tracking", "preview", "label", "rates"})
"""What may stand in the place of an id and is none (`/fba/outbound/…/fulfillmentOrders/preview`)."""
_KINDS = {"orders": "order", "reports": "report", "feeds": "feed", "shipments": "shipment"}
_KINDS |= {"fulfillmentOrders": "fulfillment_order", "productTypes": "product_type", "inboundPlans": "inbound_plan"}
_ACTION = re.compile(r"^[A-Za-z]{3,60}$")

RATES: Mapping[str, float] = MappingProxyType(
    {
        "orders.list": 0.0167,
        "orders.get": 0.5,
        "orders.buyerInfo": 0.5,
        "orders.address": 0.5,
        "orders.orderItems.list": 0.5,
        "orders.shipmentConfirmation": 2.0,
        "reports.list": 0.0222,
        "reports.create": 0.0167,
        "reports.get": 2.0,
        "reports.documents.get": 0.0167,
        "feeds.list": 0.0222,
        "feeds.create": 0.0083,
        "feeds.get": 2.0,
        "feeds.documents.create": 0.5,
        "feeds.documents.get": 0.0222,
        "catalog.items.list": 2.0,
        "catalog.items.get": 2.0,
        "listings.items.get": 5.0,
        "listings.items.update": 5.0,
        "listings.items.patch": 5.0,
        "listings.items.delete": 5.0,
        "listings.restrictions": 5.0,
        "products.pricing.items.offers": 0.5,
        "products.pricing.listings.offers": 1.0,
        "products.fees.items.feesEstimate": 1.0,
        "products.fees.listings.feesEstimate": 1.0,
        "fba.inventory.summaries.list": 2.0,
        "sellers.marketplaceParticipations": 0.016,
        "tokens.restrictedDataToken": 1.0,
        "definitions.productTypes.list": 5.0,
        "definitions.productTypes.get": 5.0,
    }
)
"""Operation → requests per second of the default usage plan. A 429 does not tell the limit, so this is what is left."""


def is_mws(url: str) -> bool:
    """Say whether a call is one to the retired Marketplace Web Service."""
    return host_of(url).startswith("mws") and ".amazonservices." in host_of(url)


def operation(exchange: Exchange) -> str:
    """Return the low-cardinality name of a call to SP-API, MWS or the token service."""
    parts = paths.segments(exchange.url)
    if parts[:2] == ["auth", "o2"]:
        return ".".join(["lwa", *parts[2:3]])
    if is_mws(exchange.url):
        action = object_ids.query(exchange.url).get("Action") or bodies.read_form(exchange.request_body).get(
            "Action", ""
        )
        return f"mws.{action}" if _ACTION.match(action) else "mws"
    return paths.rest_operation(exchange.method, _named(parts)[0], ACTIONS)


def ids(url: str) -> dict[str, str]:
    """Return {kind: id} of a path: order, report, feed, shipment; of a listing seller and seller_sku; asin."""
    if is_mws(url):
        return {}
    return _named(paths.segments(url))[1]


def _named(parts: list[str]) -> tuple[list[str], dict[str, str]]:
    """Return the segments with a 0 for each id, without version and repeated group; and the ids by kind."""
    version = next((place for place, part in enumerate(parts) if paths.is_version(part)), None)
    group = parts[:version] if version is not None else []
    rest = parts[version + 1 :] if version is not None else list(parts)
    names: list[str] = []
    found: dict[str, str] = {}
    place = 0
    while place < len(rest):
        name = rest[place]
        names.append(name)
        place += 1
        for number in range(_count(group, name)):
            if place >= len(rest) or (number == 0 and rest[place] in _VERBS):
                break
            kind = _kind(group, name, number)
            if kind:
                found.setdefault(kind, rest[place])
            names.append("0")
            place += 1
    return (names if names and group[-1:] == names[:1] else [*group, *names]), found


def _count(group: list[str], name: str) -> int:
    return 2 if name == "items" and group[:1] == ["listings"] else _AFTER.get(name, 0)


def _kind(group: list[str], name: str, number: int) -> str | None:
    if name == "items" and group[:1] == ["listings"]:
        return ("seller", "seller_sku")[number]
    if name == "items":
        return "asin" if group[:1] in (["catalog"], ["products"]) else None
    if name == "listings":
        return "seller_sku"
    return _KINDS.get(name) if number == 0 else None
