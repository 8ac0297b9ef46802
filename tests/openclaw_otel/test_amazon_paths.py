"""Operations of Amazon: never an id, never a word a seller chose."""

from __future__ import annotations

import pytest

from openclaw_otel.amazon_paths import RATES, ids, is_mws, operation
from openclaw_otel.record import Exchange

HOST = "https://sellingpartnerapi-eu.amazon.com"


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/orders/v0/orders?MarketplaceIds=A", "orders.list"),
        ("GET", "/orders/v0/orders/111-0000000-0000000", "orders.get"),
        ("GET", "/orders/v0/orders/111-0000000-0000000/address", "orders.address"),
        ("GET", "/orders/v0/orders/111-0000000-0000000/orderItems", "orders.orderItems.list"),
        ("POST", "/orders/v0/orders/111-0000000-0000000/shipmentConfirmation", "orders.shipmentConfirmation"),
        ("PUT", "/listings/2021-08-01/items/A1SELLER/shirt", "listings.items.update"),
        ("PATCH", "/listings/2021-08-01/items/A1SELLER/red%20shirt", "listings.items.patch"),
        ("GET", "/listings/2021-08-01/restrictions?asin=B0", "listings.restrictions"),
        ("GET", "/catalog/2022-04-01/items/B000000000", "catalog.items.get"),
        ("GET", "/catalog/2022-04-01/items?keywords=x", "catalog.items.list"),
        ("GET", "/products/pricing/v0/items/B000000000/offers", "products.pricing.items.offers"),
        ("POST", "/products/fees/v0/listings/shirt/feesEstimate", "products.fees.listings.feesEstimate"),
        ("POST", "/reports/2021-06-30/reports", "reports.create"),
        ("GET", "/reports/2021-06-30/documents/amzn1.spdoc.1.4.eu.abc", "reports.documents.get"),
        ("POST", "/feeds/2021-06-30/feeds", "feeds.create"),
        ("POST", "/fba/outbound/2020-07-01/fulfillmentOrders/preview", "fba.outbound.fulfillmentOrders.preview"),
        (
            "PUT",
            "/fba/outbound/2020-07-01/fulfillmentOrders/my-order/cancel",
            "fba.outbound.fulfillmentOrders.cancel.put",
        ),
        ("GET", "/notifications/v1/subscriptions/ORDER_CHANGE/abc", "notifications.subscriptions.get"),
        ("GET", "/definitions/2020-09-01/productTypes/SHIRT", "definitions.productTypes.get"),
        ("GET", "/sellers/v1/marketplaceParticipations", "sellers.marketplaceParticipations"),
        ("POST", "/tokens/2021-03-01/restrictedDataToken", "tokens.restrictedDataToken"),
        ("GET", "/", "root.list"),
    ],
)
def test_operations(method: str, path: str, expected: str) -> None:
    assert operation(Exchange(method, f"{HOST}{path}")) == expected


def test_the_token_service_and_mws() -> None:
    assert operation(Exchange("POST", "https://api.amazon.com/auth/o2/token")) == "lwa.token"
    mws = "https://mws-eu.amazonservices.com/Orders/2013-09-01"
    assert operation(Exchange("POST", f"{mws}?Action=ListOrders&SellerId=A")) == "mws.ListOrders"
    assert operation(Exchange("POST", mws, request_body=b"Action=GetOrder&x=1")) == "mws.GetOrder"
    assert operation(Exchange("POST", f"{mws}?Action=12%203")) == "mws"
    assert is_mws("https://mws.amazonservices.jp/x")
    assert not is_mws(f"{HOST}/x")


def test_ids_by_place() -> None:
    assert ids(f"{HOST}/orders/v0/orders/111-0000000-0000000/address") == {"order": "111-0000000-0000000"}
    assert ids(f"{HOST}/listings/2021-08-01/items/A1SELLER/red%20shirt") == {
        "seller": "A1SELLER",
        "seller_sku": "red shirt",
    }
    assert ids(f"{HOST}/catalog/2022-04-01/items/B000000000") == {"asin": "B000000000"}
    assert ids(f"{HOST}/products/fees/v0/listings/shirt/feesEstimate") == {"seller_sku": "shirt"}
    assert ids("https://mws.amazonservices.com/Orders/2013-09-01") == {}


def test_rates_are_of_operations_that_exist() -> None:
    asked = {
        operation(Exchange(method, f"{HOST}{path}"))
        for method, path in (
            ("GET", "/orders/v0/orders"),
            ("GET", "/fba/inventory/v1/summaries"),
            ("POST", "/feeds/2021-06-30/documents"),
            ("GET", "/feeds/2021-06-30/feeds/1"),
            ("DELETE", "/listings/2021-08-01/items/A1/x"),
            ("GET", "/products/pricing/v0/listings/x/offers"),
        )
    }
    assert asked <= set(RATES)
