"""Message templates: what is a value and what is meaning."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw_otel_plugins.v1.template import MOST_WORDS, WINDOW, template

VALUES = [
    "1001",
    "#1001",
    "gid://shopify/Order/5678901234567",
    "2511086NCW4DQX",  # Shopee order_sn
    "5O190127TN364715T",  # PayPal
    "113-7764912-9017823",  # Amazon
    "579283746501928374",  # TikTok Shop
    "ck_3f9a0b1c2d4e5f60718293a4b5c6d7e8f9012345",
    "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",
    "0b6f1c1e-93d4-4c7a-8f25-6c1f0d9b3e77",
    "01JBQ5ZK8W3V7T2N9R6X4Y1M0C",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "pi_3OeXy2LkdIwHu7ix0b9cN1aZ",
    "WH-1000_v9",
    "kids_bottle_500ml_39",
    "TSHIRT-M-BLUE-29001",
    "ÁO-THUN-XL-884",
    "Ø12-SCREW-0038",
    "AB349/CX-60",
    "MUG.TH6N.51",
    "2025-11-02T10:22:33.120Z",
    "2025-11-02 10:22:33,120 +08:00",
    "Mon, 03 Nov 2025 10:22:33 GMT",
    "2025年11月2日 10时22分",
    "12:30:05",
    "19.99",
    "1,299.00 USD",
    "R$ 23.44",
    "240.75 ₫",
    "฿7464",
    "EUR 5",
    "30s",
    "1500 ms",
    "3 minutes",
    "1.5MB",
    "85%",
    "203.0.113.9",
    "203.0.113.9:5432",
    "2001:db8::8a2e:370:7334",
    "redis-3.cache.svc.cluster.local:6379",
    "db-primary:5432",
    "api.acme-shop.com",
    "buyer+tag@mail.example",
    "张三@例子.公司",
    "+86 138-0013-8000",
    "https://x.example/a?b=c&token=d",
    "amqp://u:p@broker:5672/vh",
    "/var/data/2025/orders.csv",
    "~/exports/a.csv",
    "C:\\data\\out\\a.csv",
    "'/tmp/my export/结算 11.xlsx'",
    "<Order object at 0x7f3b2c1d0a90>",
    "<HTTPSConnection(host='a.example', port=443) at 0x7f3b2c1d0a90>",
    "com.acme.Order@1b6d3586",
    "us-east-1",
    "pt-BR",
    "US-CA",
    "SG-BKK-58",
    "上海-保税2仓",
    "v2.31.0",
    "python-requests/2.31.0",
    "[email]",
    "[token]",
    "[card:5f2e]",
    "[REDACTED]",
    "***",
]


@pytest.mark.parametrize("value", VALUES)
def test_a_value_of_any_shape_is_one_mark(value: str) -> None:
    assert template(f"could not sync record {value} during import") == "could not sync record * during import"


SAME = [
    ("2 products failed", "1 product failed"),
    ("3 validation errors for Order", "1 validation error for Order"),
    ("2 deliveries are late", "1 delivery is late"),
    ("orders 1, 2 and 3 vanished", "orders 4 vanished"),
    ("ids=3191711210321,3850091762944 gone", "ids=1 gone"),
    ("no stock for sku MUG-RED at HCM: left 3", "no stock for sku kids_bottle_500ml_2 at HCM: left 1"),
    ("store=lumen region=eu refused", "store=acme-sea region=us refused"),
    ("region BR is closed", "region SG is closed"),
    ("ref=HQWOVIKXZPLM refused", "ref=7Q5 refused"),
    ("order KXWQZPLMRT lost", "order 1 lost"),
    ("items[0].sku is missing", "items[17].sku is missing"),
    ("items.3.price is missing", "items.14.price is missing"),
    ("Unexpected token < in JSON at position 0", "Unexpected token '<', \"<!DOCTYPE \"... is not valid JSON"),
    ("could not convert string to float: ''", "could not convert string to float: 'N/A'"),
    ("invalid literal for int() with base 10: 'abc'", "invalid literal for int() with base 10: '1.5'"),
    ('For input string: "abc"', 'For input string: ""'),
    ('invalid input syntax for type uuid: "abc"', 'invalid input syntax for type uuid: "x y"'),
    ("Duplicate entry 'shopee-1' for key 'PRIMARY'", "Duplicate entry 'lazada-zz' for key 'PRIMARY'"),
    ("'上海-保税2仓'", "'WH88121'"),
    ("KeyError: 'WH88121'", "KeyError: '0QX4'"),
    ("Key (platform, sn)=(shopee, 25) already exists.", "Key (platform, sn)=(lazada, a, b) already exists."),
    ("Failing row contains (1, null, 'a (b)').", "Failing row contains (2, x)."),
    ("[type=less_than, input_value={'a': 'b c'}, input_type=dict]", "[type=less_than, input_value=3, input_type=dict]"),
    ('{"request_id":"AB12","error":"bad"}', '{ "request_id": "C-9", "error": "bad" }'),
    ("库存不足：SKU ABC-123 需要3件，剩余1件", "库存不足：SKU X-9 需要12件，剩余7件"),
    ("stuck at 深圳仓: see log book", "stuck at 上海-保税2仓: see log book"),
    ("\x1b[31mfailed\x1b[0m at step 3", "failed at step 4"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_values_never_split(one: str, other: str) -> None:
    assert template(one) == template(other)


DIFFERENT = [
    ("order_cancelled for order 1", "payment_declined for order 1"),
    ("bank code=2021 ref=1", "bank code=2046 ref=1"),
    ("rejected with 12052700", "accepted with 12052700"),
    ("error 12052700: promotion", "error 12052024: promotion"),
    ("错误码：40001 无效", "错误码：40014 无效"),
    ("errcode: 40001", "errcode: 40014"),
    ("GET /v1/q returned 404 after 3 ms", "GET /v1/q returned 500 after 3 ms"),
    ("404 Not Found", "410 Gone"),
    ("HTTP/1.1 429", "HTTP/1.1 503"),
    ("Request failed with status code 404", "Request failed with status code 422"),
    ("<Response [404]>", "<Response [500]>"),
    ("[Errno 2] failed", "[Errno 13] failed"),
    ("[WinError 10061] refused", "[WinError 10060] refused"),
    ("Error 111 connecting to redis:6379", "Error 110 connecting to redis:6379"),
    ("(1205, 'Lock wait')", "(1213, 'Lock wait')"),
    ("SQLSTATE[23000]: x: 1062 Duplicate", "SQLSTATE[23000]: x: 1452 Duplicate"),
    ("SQLSTATE[42S02]: gone", "SQLSTATE[42S22]: gone"),
    ("ORA-00942: no", "ORA-01017: no"),
    ('{"code":105002,"x":1}', '{"code":106001,"x":1}'),
    ("cURL error 28: no", "cURL error 6: no"),
    ("exit code 137", "exit code 1"),
    ("'item_sku'", "'recipient_address'"),
    ("column address1 is null", "column address2 is null"),
    ('relation "a_b2" missing', 'relation "a_b3" missing'),
    ("must be < 0", "must be > 0"),
    ("reading 'price'", "reading 'sku'"),
    ("库存不足 3", "价格错误 3"),
    ("商品X-1不存在", "商品X-1已下架"),
    ("sync of order 1 failed: 商品X-1不存在", "sync of order 1 failed: 商品X-1已下架"),
    ("ECONNREFUSED 10.0.0.1:80", "ECONNRESET 10.0.0.1:80"),
    ("errors[name] bad", "errors[sku] bad"),
    ("line_2 is empty", "line_1 is empty"),
    ("oauth2 failed", "oauth1 failed"),
    ("App\\Sync\\OrderPusher::pushOrder() bad", "App\\Sync\\OrderPusher::pullOrder() bad"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_meaning_is_never_fused(one: str, other: str) -> None:
    assert template(one) != template(other)


def test_numbers_that_only_look_like_codes() -> None:
    assert template("order 404 not found") == "order * not found"
    assert template("zip code 90210 is unknown") == "zip code * is unknown"
    assert template("returned 200 rows") == "returned * row"


def test_reads_like_the_message() -> None:
    assert template("GET /v1/quotes/01JBQ returned 404 after 12 ms") == "GET * returned 404 after *"
    assert template("bank gateway code=2021 ref=6V6L2 amount=591.64 VND") == "bank gateway code 2021 ref * amount *"
    assert template("") == ""


def test_a_long_text_is_cut_by_words_not_by_characters() -> None:
    raw = f"token {'A1b2' * 40_000} is not accepted"
    assert template(raw) == template("token [token] is not accepted")
    assert len(template("word " * 100_000).split()) == MOST_WORDS
    assert template("x " * 90 + "y" * (2 * WINDOW) + " end").endswith("end")


@pytest.mark.parametrize(
    "unit",
    ["a", "1", "<", "[", "'", '"', "/", "\\", "@", "a@", ".", ":", "a:", "0:", "-", "_", "(", "=", "&", "*", "%", "库",
     "a1_", "1 ", "<a at 0x", "a.b", "'a ", "[a", "Jan ", "2025-", "=(", "A", "ñ", "\x00", "\ud800", "input_value=",
     "unexpected token ", "convert ", '"id":"', "🙂", "://", "a://"],
)  # fmt: skip
def test_a_megabyte_of_the_worst_is_read_in_time(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    began = time.process_time()
    template(text)
    assert time.process_time() - began < 1.0


@given(st.text(max_size=300))
def test_any_text_is_read_and_reading_twice_changes_nothing(text: str) -> None:
    assert isinstance(template(text), str)


@given(st.lists(st.sampled_from(VALUES), min_size=1, max_size=4))
def test_neighbouring_values_are_one_mark(values: list[str]) -> None:
    assert template(f"records lost: {' , '.join(values)} not found today") == "records lost * not found today"
