"""What stands behind a personal key is one value; a redactor that was there before changes nothing."""

from __future__ import annotations

from itertools import product

import pytest

from openclaw_otel import Config
from openclaw_otel_plugins.redact import register_redactors
from openclaw_otel_plugins.v1.personal import mask_personal
from openclaw_otel_plugins.v1.template import template

REDACTOR = register_redactors(Config())[0]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("buyer_name: John Smith, order 5 failed", "buyer_name: * , order 5 failed"),
        ("buyer_name=John Smith order_id=5", "buyer_name= * order_id=5"),
        ("billingFirstName: Ann", "billingFirstName: *"),
        ('{"name": "John Smith", "x": 1}', '{"name": * , "x": 1}'),
        ('{"name":"INVALID_REQUEST"}', '{"name":"INVALID_REQUEST"}'),
        ("name: reserved", "name: reserved"),
        ("phone: 138 0013 8000 (home)", "phone: *"),
        ("phone: is required", "phone: is required"),
        ("address={'zip': 1}", "address={'zip': 1}"),
        ("收货人：张三，库存不足", "收货人： * ，库存不足"),
        ("cookie: a=b; c=d", "cookie: *"),
        ("note='call me' now", "note= * now"),
        ("filename: a.txt", "filename: a.txt"),
        ('["first_name"]=>\n  string(8) "Jo Smith"', '["first_name"]=> string(8) *'),
        ("<first_name>Jo Smith</first_name>", "<first_name> * </first_name>"),
        ("買家：張三，庫存不足", "買家： * ，庫存不足"),
    ],
)
def test_masks(text: str, masked: str) -> None:
    assert " ".join(mask_personal(text).split()) == masked


PEOPLE = [
    "John Smith", "张三", "Nguyễn Văn A", "สมชาย", "José da Silva", "Ann", "Anne-Marie", "ann.lee@shop.example",
    "12 Main St, Springfield", "北京市朝阳区1号", "+86 138 0013 8000", "13800138000", "(11) 98765-4321",
    "415-555-0100", "4111 1111 1111 1111", "11010519491231002X", "529.982.247-25", "DE89 3704 0044 0532 0130 00",
    "wxid_a1b2c3", "leave at door",
]  # fmt: skip
PERSONAL = [
    "recipient {} is not deliverable", "buyer_name={}; status=failed", "buyer_name: {}, order 5 failed",
    "{{'first_name': '{}', 'code': 5}} rejected", '{{"email":"{}","code":"X"}}', "phone: {} is invalid",
    "customer_note={}", "收货人：{}，库存不足", "姓名：{}，下单失败", "address: {} not found", "user {} unknown",
    "call me at {} tomorrow", "Key (email)=({}) already exists.", "invalid card {}", "微信 {} 已拉黑",
    "X(name='{}', email='{}') failed", "contact: {} or {}", "destinatario: {} no existe", "cookie: {}; a=b",
    "full_address: {} unknown\nretry later",
]  # fmt: skip
SECRETS = [
    "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", "eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl", "abc.DEF-123456", "hunter2",
    "9f86d081884c7d659a2feaa0c55ad015", "sk_live_4eC39HqLyjWDarjtT1zdp7dc", "correct", "ck_1a2b3c4d5e6f7a8b9c0d1e2f",
]  # fmt: skip
SECRET = [
    "password={} is wrong", "token: {} rejected", "Authorization: Bearer {} rejected", "bad api_key {} in use",
    "GET /v1/x?access_token={}&y=1 returned 404", "see https://u:{}@h.example/a?token={}.", "X-Api-Key: {} unknown",
    '{{"client_secret": "{}", "code": 5}}', "signature={}, expected another", "amqp://u:{}@broker:5672 is down",
]  # fmt: skip


@pytest.mark.parametrize(("places", "values"), [(PERSONAL, PEOPLE), (SECRET, SECRETS)], ids=["people", "secrets"])
def test_a_template_is_the_same_before_and_after_redaction(places: list[str], values: list[str]) -> None:
    for place, one in product(places, values):
        text = place.format(one, values[0])
        assert template(REDACTOR.text(text)) == template(text), REDACTOR.text(text)
