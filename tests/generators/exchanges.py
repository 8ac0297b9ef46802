"""Failed calls to every platform, in the shape of a HAR entry: credentials, a buyer's data, an error answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from tests.generators.planted import Planter

JSON, FORM, XML = "application/json", "application/x-www-form-urlencoded", "text/xml; charset=utf-8"
Make = Callable[[Planter], Any]


@dataclass(frozen=True)
class Platform:
    """How calls to a platform look: `{id}` in the URL is an id to keep, `{token}` a secret, `{email}` a buyer's."""

    urls: tuple[str, ...]
    credentials: Mapping[str, str]
    buyer: Make
    refusals: tuple[tuple[int, Make], ...]
    request_id: str = "x-request-id"
    mime: str = JSON


def person(p: Planter, *keys: str) -> dict[str, Any]:
    """Return name, street, e-mail and phone under these keys."""
    return dict(zip(keys, (p.name(), p.address(), p.email(), p.phone()), strict=True))


def shopify_order(p: Planter) -> Any:
    return {"order": {"email": p.email(), "phone": p.phone(), "note": p.note(), "total_price": "18.40",
            "shipping_address": person(p, "name", "address1", "first_name", "phone"),
            "customer": {"last_name": p.name(), "default_address": {"address2": p.address()}},
            "note_attributes": [{"name": "gift_message", "value": p.note()}],
            "line_items": [{"title": "Mug", "sku": "MUG-3", "quantity": 2}]}}  # fmt: skip


def woo_order(p: Planter) -> Any:
    return {"billing": {**person(p, "first_name", "address_1", "email", "phone"), "company": "", "postcode": "1010"},
            "shipping": {"last_name": p.name(), "address_2": p.address()}, "customer_note": p.note(),
            "meta_data": [{"id": 3, "key": "_billing_cpf", "value": p.cpf()}]}  # fmt: skip


def amazon_order(p: Planter) -> Any:
    return {"payload": {"AmazonOrderId": p.keep(f"{p.digits(3)}-{p.digits(7)}-{p.digits(7)}"),
            "BuyerInfo": {"BuyerEmail": p.email(), "BuyerName": p.name()},
            "ShippingAddress": {**person(p, "Name", "AddressLine1", "AddressLine2", "Phone"), "CountryCode": "MX"}}}  # fmt: skip


def tiktok_order(p: Planter) -> Any:
    return {"order_id": p.keep("58" + p.digits(16)), "buyer_message": p.note(), "buyer_email": p.email(),
            "recipient_address": {**person(p, "name", "full_address", "first_name", "phone_number"),
                                  "district_info": [{"address_name": "Jakarta"}]}}  # fmt: skip


def shopee_order(p: Planter) -> Any:
    return {"order_sn": p.keep(f"26{p.digits(4)}{p.of('ABCDEFGHJK23456789', 8)}"), "message_to_seller": p.note(),
            "buyer_username": p.name(), "buyer_cpf_id": p.cpf(),
            "recipient_address": person(p, "name", "full_address", "town", "phone")}  # fmt: skip


def paypal_payout(p: Planter) -> Any:
    return {"sender_batch_header": {"sender_batch_id": p.keep(f"batch_{p.digits(6)}"), "email_subject": "Payout"},
            "items": [{"recipient_type": "EMAIL", "receiver": p.email(), "note": p.note(), "amount": {"value": "9.87"}},
                      {"recipient_type": "PHONE", "receiver": p.phone(), "recipient_name": {"given_name": p.name()}}]}  # fmt: skip


def lazada_order(p: Planter) -> Any:
    return {"customer_first_name": p.name(), "gift_message": p.note(), "national_registration_number": p.identity_number(),
            "address_shipping": person(p, "first_name", "address1", "last_name", "phone")}  # fmt: skip


def ebay_order(p: Planter) -> Any:
    ship_to = {"fullName": p.name(), "contactAddress": {"addressLine1": p.address()}, "email": p.email()}
    return {"buyer": {"username": p.name(), "buyerRegistrationAddress": ship_to}, "buyerCheckoutNotes": p.note(),
            "shipTo": {"primaryPhone": {"phoneNumber": p.phone()}}}  # fmt: skip


def stripe_charge(p: Planter) -> Any:
    return {"amount": "4200", "currency": "eur", "receipt_email": p.email(), "card[number]": p.card(),
            "billing_details[name]": p.name(), "shipping[address][line1]": p.address(), "shipping[phone]": p.phone()}  # fmt: skip


def walmart_order(p: Planter) -> Any:
    return {"customerEmailId": p.email(), "purchaseOrderId": p.keep(p.digits(13)),
            "shippingInfo": {"phone": p.phone(), "postalAddress": person(p, "name", "address1", "address2", "address3")}}  # fmt: skip


def mercado_order(p: Planter) -> Any:
    return {"payer": {"email": p.email(), "identification": {"type": "CPF", "number": p.cpf()}, "first_name": p.name()},
            "receiver_address": {"receiver_name": p.name(), "street_name": p.address(), "receiver_phone": p.phone()}}  # fmt: skip


def temu_order(p: Planter) -> Any:
    return {"type": "bg.order.shipment.confirm", "access_token": p.secret(), "sign": p.secret(),
            "receiverInfo": {"receiptName": p.name(), "mobile": p.phone(), "addressLine1": p.address(), "mail": p.email()}}  # fmt: skip


def erp_order(p: Planter) -> Any:
    return {"订单号": p.keep(f"SO{p.digits(9)}"), "收货人": p.name(), "手机号": p.mobile(), "详细地址": p.address(),
            "身份证号": p.identity_number(), "备注": p.note(), "密码": p.secret()}  # fmt: skip


def echo(*path: str | int) -> Make:
    """Return an answer that says a free text, with something personal in it, at a place."""

    def make(p: Planter) -> Any:
        value: Any = p.sentence()
        for step in reversed(path):
            value = [value] if isinstance(step, int) else {step: value}
        return value

    return make


def coded(code_key: str, code: Any, message_key: str, **more: Any) -> Make:
    """Return a flat answer with a code and a message that quotes what was sent."""
    return lambda p: {code_key: code, message_key: p.sentence(), **more}


def html(p: Planter) -> str:
    """Return a proxy's error page that shows the request."""
    return f"<html><body><h1>502 Bad Gateway</h1><pre>{p.email()} {p.token()}</pre></body></html>"


PLATFORMS: Mapping[str, Platform] = {
    "shopify": Platform(
        ("https://kiln-{id}.myshopify.com/admin/api/2026-01/orders/{id}.json", "https://kiln-eu.myshopify.com/admin/api/2026-01/customers.json?email={email}"),
        {"X-Shopify-Access-Token": "{token}"}, shopify_order,
        ((422, echo("errors", "email", 0)), (429, echo("errors")), (200, lambda p: {"errors": [{"message": p.sentence(), "extensions": {"code": "ACCESS_DENIED"}}]}), (502, html)),
    ),
    "woocommerce": Platform(
        ("https://kiln.example/wp-json/wc/v3/orders/{id}?consumer_key={token}&consumer_secret={token}",),
        {"Authorization": "Basic {basic}"}, woo_order,
        ((400, coded("code", "rest_invalid_param", "message", data={"status": 400})), (401, coded("code", "woocommerce_rest_cannot_view", "message"))),
    ),
    "amazon_sp": Platform(
        ("https://sellingpartnerapi-eu.amazon.com/orders/v0/orders/{id}/address?buyerEmail={email}",),
        {"x-amz-access-token": "{token}", "Authorization": "AWS4-HMAC-SHA256 Credential=AKIAQWERTYUIOPAS/20260101, Signature={secret}"}, amazon_order,
        ((403, lambda p: {"errors": [{"code": "Unauthorized", "message": p.sentence(), "details": p.sentence()}]}), (429, lambda p: {"errors": [{"code": "QuotaExceeded", "message": p.sentence()}]})), "x-amzn-RequestId",
    ),
    "tiktok_shop": Platform(
        ("https://open-api.tiktokglobalshop.com/order/202309/orders?app_key=6abc&sign={secret}&shop_cipher=kiln-id&ids={id}",),
        {"x-tts-access-token": "{token}"}, tiktok_order, ((200, coded("code", 105002, "message", request_id="2026")),),
    ),
    "shopee": Platform(
        ("https://partner.shopeemobile.com/api/v2/order/get_order_detail?partner_id=2001&access_token={secret}&sign={secret}&order_sn_list={id}",),
        {}, shopee_order, ((403, coded("error", "error_auth", "message")), (200, coded("error", "error_param", "message", warning=""))),
    ),
    "paypal": Platform(
        ("https://api-m.paypal.com/v1/payments/payouts", "https://api-m.paypal.com/v2/checkout/orders/{id}"),
        {"Authorization": "Bearer {token}"}, paypal_payout,
        ((422, lambda p: {"name": "UNPROCESSABLE_ENTITY", "message": "bad", "debug_id": p.keep(p.of("0123456789abcdef", 13)), "details": [{"issue": "RECEIVER_UNREGISTERED", "field": "/items/0/receiver", "value": p.email(), "description": p.sentence()}]}),
         (401, coded("error", "invalid_token", "error_description"))), "paypal-debug-id",
    ),
    "lazada": Platform(
        ("https://api.lazada.com.my/rest/order/get?order_id={id}&access_token={secret}&sign={secret}",), {}, lazada_order,
        ((200, coded("code", "IllegalAccessToken", "message", type="ISP")),),
    ),
    "ebay": Platform(
        ("https://api.ebay.com/sell/fulfillment/v1/order/{id}",), {"Authorization": "Bearer {token}"}, ebay_order,
        ((400, lambda p: {"errors": [{"errorId": 32100, "domain": "API_FULFILLMENT", "message": p.sentence(), "parameters": [{"name": "email", "value": p.email()}]}]}),), "rlogid",
    ),
    "stripe": Platform(
        ("https://api.stripe.com/v1/payment_intents",), {"Authorization": "Bearer {token}"}, stripe_charge,
        ((402, lambda p: {"error": {"type": "card_error", "code": "card_declined", "message": p.sentence(), "payment_method": {"billing_details": {"email": p.email()}}}}),), "request-id", FORM,
    ),
    "walmart": Platform(
        ("https://marketplace.walmartapis.com/v3/orders/{id}/shipping?customerEmail={email}",),
        {"WM_SEC.ACCESS_TOKEN": "{token}", "Authorization": "Basic {basic}"}, walmart_order,
        ((400, lambda p: {"errors": {"error": [{"code": "INVALID_REQUEST_CONTENT.GMP_ORDER_API", "field": "email", "description": p.sentence()}]}}),), "wm_qos.correlation_id",
    ),
    "mercadolibre": Platform(
        ("https://api.mercadolibre.com/orders/{id}?access_token={token}",), {"Authorization": "Bearer {token}"}, mercado_order,
        ((400, coded("error", "bad_request", "message", status=400, cause=[])),),
    ),
    "temu": Platform(
        ("https://openapi-b-eu.temu.com/openapi/router",), {}, temu_order,
        ((200, coded("errorCode", 3000000, "errorMsg", success=False)),),
    ),
    "custom:erp": Platform(
        ("https://erp.example.com/api/orders/{id}?user={email}",), {"X-Api-Key": "{secret}", "Cookie": "sid={secret}; lang=zh"}, erp_order,
        ((200, lambda p: {"ok": False, "error": {"code": "ORDER_REFUSED", "message": p.sentence()}}), (500, html)),
    ),
}  # fmt: skip


def exchange(p: Planter, platform: str) -> dict[str, Any]:
    """Return the HAR entry of one failed call."""
    shape = PLATFORMS[platform]
    status, answer = p.pick(*shape.refusals)
    request_id = p.keep(p.made("{8h}-{4h}-4{3h}-a{3h}-{12h}"))
    body = answer(p)
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=p.random.random() < 0.5)
    headers = {"Content-Type": shape.mime, "User-Agent": "shopd/3", **filled(p, shape.credentials)}
    entry: dict[str, Any] = {
        "startedDateTime": "2026-03-01T10:00:00Z",
        "time": 120,
        "request": {
            "method": "POST",
            "url": filled_url(p, p.pick(*shape.urls)),
            "headers": listed(headers),
            "postData": {"mimeType": shape.mime, "text": sent(p, shape)},
        },
        "response": {
            "status": status,
            "headers": listed({shape.request_id: request_id, "Set-Cookie": f"session={p.secret()}; Path=/"}),
            "content": {"mimeType": "text/html" if isinstance(body, str) else JSON, "text": text},
        },
    }
    if p.random.random() < 0.1:
        entry["response"] = None
    return entry


def sent(p: Planter, shape: Platform) -> str:
    """Return the request's body."""
    buyer = shape.buyer(p)
    if shape.mime == FORM:
        return urlencode(buyer)
    return json.dumps(buyer, ensure_ascii=p.random.random() < 0.5, indent=p.pick(None, None, 2))


def filled(p: Planter, headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers with their credentials."""
    made = {}
    for name, value in headers.items():
        for slot in ("token", "secret", "basic"):
            if f"{{{slot}}}" in value:
                value = value.replace(f"{{{slot}}}", getattr(p, slot)(), 1)  # noqa: PLW2901
        made[name] = value
    return made


def filled_url(p: Planter, url: str) -> str:
    """Return a URL with ids, credentials and addresses."""
    makers: Mapping[str, Callable[[], str]] = {
        "id": lambda: p.digits(10),
        "token": lambda: quote(p.token(), safe=""),
        "secret": p.secret,
        "email": lambda: quote(p.email(), safe="@"),
    }
    for slot, make in makers.items():
        while f"{{{slot}}}" in url:
            url = url.replace(f"{{{slot}}}", make(), 1)
    return url


def listed(headers: Mapping[str, str]) -> list[dict[str, str]]:
    """Return headers as HAR lists them."""
    return [{"name": name, "value": value} for name, value in headers.items()]
