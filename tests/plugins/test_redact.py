"""The redactor as a whole: planted secrets in every place and language are gone, ids support works with are there."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openclaw_otel import (
    Config,
    ConfigError,
    ErrorRecord,
    ExceptionInfo,
    Exchange,
    Redactor,
    Snapshot,
    classify_exchange,
)
from openclaw_otel_plugins.redact import RuleRedactor, register_redactors
from openclaw_otel_plugins.redaction.rules import load_rules
from openclaw_otel_plugins.v1.parts import fingerprint_of

REDACTOR = RuleRedactor(load_rules())
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
    max_leaves=20,
)
WORDS = (
    "email= phone: token {} [] \" ' \\ \\n 13800138000 jo@example.com 4242424242424242 +86 13900000000 % %40 & < > ="
    ' , ; {"name":"x"} Bearer abcdef1234567 </name> <name> 电话 地址： 微信 wxid_abc12 eyJhbGciOiJIUzI1NiJ9.e30.abc'
    " ://a:b@c [email] [token] \ud800 \x1f -----BEGIN customer line_items note errors order 2025-01-02T03:04:05Z"
)
PIECES = st.lists(st.sampled_from(WORDS.split(" ")) | st.text(max_size=6), max_size=14).map("".join)


class Maker:
    """Makes personal values and secrets, each recognisable, and remembers them."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.planted: list[str] = []
        self.kept: list[str] = []

    def plant(self, value: str, mark: str | None = None) -> str:
        self.planted.append(mark or value)
        return value

    def keep(self, value: str) -> str:
        self.kept.append(value)
        return value

    def digits(self, count: int) -> str:
        return "".join(self.random.choice("0123456789") for _ in range(count))

    def hex(self, count: int) -> str:
        return "".join(self.random.choice("0123456789abcdef") for _ in range(count))

    def mark(self, *others: str) -> str:
        mark = f"zq{self.hex(10)}zq"
        return self.plant(" ".join([*others, mark]), mark)

    def email(self) -> str:
        domain = self.random.choice(["example.com", "correo.example.com.br", "qq.com", "mail.co.th", "shop-mail.vn"])
        return self.plant(
            f"{self.random.choice(['jo', 'maria.silva', 'nguyen_van', 'wei+shop'])}{self.hex(6)}@{domain}"
        )

    def phone(self) -> str:
        d = self.digits
        forms: list[Callable[[], str]] = [
            lambda: f"1{self.random.choice('3456789')}{d(9)}",
            lambda: f"+86 1{self.random.choice('356789')}{d(9)}",
            lambda: f"+55 11 9{d(4)}-{d(4)}",
            lambda: f"(11) 9{d(4)}-{d(4)}",
            lambda: f"+1 ({self.random.randint(200, 989)}) 555-{d(4)}",
            lambda: f"+62 812-{d(4)}-{d(4)}",
            lambda: f"+66 8{d(1)} {d(3)} {d(4)}",
            lambda: f"+84 9{d(8)}",
            lambda: f"+60 12-{d(3)} {d(4)}",
            lambda: f"+63 917 {d(3)} {d(4)}",
            lambda: f"+65 9{d(3)} {d(4)}",
            lambda: f"+34 6{d(8)}",
            lambda: f"+49 151 {d(8)}",
            lambda: f"138-{d(4)}-{d(4)}",
            lambda: f"09{d(8)}",
            lambda: f"+7 9{d(9)}",
            lambda: f"+81 90-{d(4)}-{d(4)}",
        ]
        return self.plant(self.random.choice(forms)())

    def card(self) -> str:
        prefix, size = self.random.choice([("4", 16), ("51", 16), ("37", 15), ("62", 16), ("35", 16), ("6011", 16)])
        body = prefix + self.digits(size - len(prefix) - 1)
        total = sum(
            (int(c) * 2 - 9 if int(c) > 4 else int(c) * 2) if i % 2 == 0 else int(c)
            for i, c in enumerate(reversed(body))
        )
        number = body + str(-total % 10)
        if size == 16 and self.random.random() < 0.5:
            number = self.random.choice(" -").join(number[i : i + 4] for i in range(0, 16, 4))
        return self.plant(number)

    def cn_id(self) -> str:
        number = self.random.randint
        body = f"440305{number(1950, 2005)}{number(1, 12):02}{number(1, 28):02}{self.digits(3)}"
        weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
        return self.plant(body + "10X98765432"[sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11])

    def cpf(self) -> str:
        number = [self.random.randint(0, 9) for _ in range(9)]
        for size in (9, 10):
            number.append(sum(number[i] * (size + 1 - i) for i in range(size)) * 10 % 11 % 10)
        text = "".join(map(str, number))
        return self.plant(f"{text[:3]}.{text[3:6]}.{text[6:9]}-{text[9:]}")

    def token(self) -> str:
        h = self.hex
        return self.plant(
            self.random.choice(
                [
                    f"shpat_{h(32)}",
                    f"shpss_{h(32)}",
                    f"ck_{h(40)}",
                    f"cs_{h(40)}",
                    f"Atza|{h(40)}",
                    f"sk_live_{h(24)}",
                    f"whsec_{h(32)}",
                    f"A21AA{h(60)}",
                    f"APP_USR-{self.digits(16)}-{h(32)}",
                    f"TTP_{h(40)}",
                    f"v^1.1#i^1#{h(40)}",
                    f"eyJhbGciOiJIUzI1NiJ9.eyJz{h(20)}.{h(43)}",
                    f"amzn1.oa2-cs.v1.{h(64)}",
                    f"rk_test_{h(24)}",
                    f"ghp_{h(36)}",
                ]
            )
        )

    def secret(self) -> str:
        return self.plant(self.hex(self.random.choice([16, 32, 40])))

    def uuid_secret(self) -> str:
        return self.plant(f"{self.hex(8)}-{self.hex(4)}-4{self.hex(3)}-a{self.hex(3)}-{self.hex(12)}")

    def wechat(self) -> str:
        return self.plant(f"wxid_{self.hex(14)}")

    def order(self) -> str:
        d = self.digits
        return self.keep(
            self.random.choice(
                [
                    f"57{d(16)}",
                    f"{d(3)}-{d(7)}-{d(7)}",
                    f"25{self.random.randint(10, 12)}{d(2)}{self.hex(8).upper()}",
                    d(13),
                    f"1{d(10)}",
                    d(9),
                ]
            )
        )

    def uuid(self) -> str:
        h = self.hex
        return self.keep(f"{h(8)}-{h(4)}-4{h(3)}-a{h(3)}-{h(12)}")


NAME_KEYS = (
    "first_name lastName FullName recipient_name buyerUserName 姓名 收货人 nombre_completo"
    " nome_completo ชื่อผู้รับ ho_ten nama_penerima Họ_tên cardholderName"
).split()
ADDRESS_KEYS = (
    "address1 AddressLine1 street shippingAddressLine2 详细地址 direccion endereço ที่อยู่ địa_chỉ"
    " alamat_lengkap postal_code"
).split()
EMAIL_KEYS = "email buyerEmail e-mail 邮箱 correo_electronico อีเมล contact.email".split()
PHONE_KEYS = "phone mobilePhone 手机号 teléfono celular điện_thoại no_hp เบอร์โทร contact_number".split()
TOKEN_KEYS = (
    "access_token refreshToken client-secret password X-Api-Key sign 密码 contraseña senha mật_khẩu sessionid".split()
)
NOTE_KEYS = "note customer_note buyerMessage message_to_seller 备注 买家留言 observações ghi_chú".split()
SENTENCES = [
    "客户电话 {phone}，请尽快处理",
    "liga para {phone} antes de entregar",
    "please call {phone} or write to {email}",
    "liên hệ {phone} trước khi giao",
    "escribir a {email} por favor",
    "paid with {card} but never got it",
    "身份证 {cn_id} 清关用",
    "加微信 {wechat} 沟通",
    "CPF {cpf} do comprador",
    "กรุณาโทร {phone} ก่อนส่ง",
    "hubungi {phone}",
    "Bearer {token} was refused",
    "login failed for {email}: token {token}",
]


def person(make: Maker) -> dict[str, Any]:
    pick = make.random.choice
    return {
        pick(NAME_KEYS): make.mark("María"),
        pick(ADDRESS_KEYS): make.mark("Calle 5,"),
        pick(EMAIL_KEYS): make.email(),
        pick(PHONE_KEYS): make.phone(),
        "country_code": "BR",
        "id": make.order(),
    }


def order(make: Maker) -> dict[str, Any]:
    pick = make.random.choice
    holder = pick(["customer", "buyer", "billing", "shipping_address", "recipientAddress", "买家", "payer"])
    return {
        "order_id": make.order(),
        "request_id": make.uuid(),
        "code": make.keep("card_declined"),
        "total": make.keep("438.55"),
        holder: {**person(make), "name": make.mark("Nguyễn"), "city": make.mark("深圳市")},
        "line_items": [
            {
                "name": make.keep("Camiseta azul"),
                "sku": make.keep(f"AB-{make.digits(6)}"),
                "title": make.keep("男士T恤"),
            }
        ],
        pick(NOTE_KEYS): make.mark("deixar na portaria"),
        "meta_data": [{"key": f"_{pick(NOTE_KEYS[:3])}", "value": make.mark("bitte")}],
        "payment": {"card": {"number": make.card(), "name": make.mark("JO"), "brand": make.keep("visa")}},
        pick(TOKEN_KEYS): make.secret(),
        "extra": fill(make),
    }


def fill(make: Maker) -> str:
    names = ("phone", "email", "card", "cn_id", "wechat", "cpf", "token")
    sentence = make.random.choice(SENTENCES)
    return sentence.format(**{name: getattr(make, name)() for name in names if "{" + name + "}" in sentence})


def as_har(make: Maker) -> Any:
    body = json.dumps(order(make), ensure_ascii=make.random.random() < 0.3, indent=make.random.choice([None, 2, 4]))
    store = make.keep("store-7.example")
    url = f"https://{store}/v1/orders/{make.order()}?access_token={make.secret()}&page=2&email={quote(make.email())}"
    credentials = base64.b64encode(f"ck_{make.hex(40)}:cs_{make.hex(40)}".encode()).decode()
    return {
        "request": {
            "method": "POST",
            "url": url,
            "postData": {"mimeType": "application/json", "text": body},
            "headers": [
                {"name": "Authorization", "value": f"Basic {make.plant(credentials)}"},
                {"name": "X-Request-Id", "value": make.uuid()},
                {"name": make.random.choice(["Cookie", "cookie"]), "value": f"sid={make.secret()}; lang=en"},
                {"name": "x-tts-access-token", "value": make.token()},
            ],
            "cookies": [{"name": "sid", "value": make.secret()}],
            "queryString": [{"name": "sign", "value": make.secret()}, {"name": "phone", "value": make.phone()}],
        },
        "response": {
            "status": 400,
            "content": {"encoding": "base64", "text": base64.b64encode(json.dumps(person(make)).encode()).decode()},
        },
    }


def as_sentry(make: Maker) -> Any:
    return {
        "message": fill(make),
        "user": {"email": make.email(), "username": make.mark("jo"), "id": "7"},
        "tags": [["order", make.order()], ["email", make.email()]],
        "request": {
            "url": "https://x.example/",
            "headers": [["Authorization", f"Bearer {make.secret()}"]],
            "data": json.dumps(person(make)),
        },
        "breadcrumbs": {"values": [{"category": "http", "data": {"url": f"https://a.example/?sign={make.secret()}"}}]},
        "exception": {
            "values": [
                {
                    "type": make.keep("RuntimeError"),
                    "value": fill(make),
                    "stacktrace": {
                        "frames": [
                            {
                                "filename": make.keep("app/orders.py"),
                                "vars": {"token": f"'{make.secret()}'", "payload": repr(order(make))},
                            }
                        ]
                    },
                }
            ]
        },
    }


def as_texts(make: Maker) -> Any:
    one, two = (
        person(make),
        {"email": make.email(), "note": make.mark("bonjour"), "phone": make.phone(), "order_id": make.order()},
    )
    xml = "".join(
        f"<{key}>{value}</{key}>"
        for key, value in {"FirstName": make.mark("Jo"), "Phone": make.phone(), "OrderId": make.order()}.items()
    )
    part = f'--x\r\nContent-Disposition: form-data; name="first_name"\r\n\r\n{make.mark("Jo")}\r\n--x--'
    cut = json.dumps(order(make), ensure_ascii=False)
    return {
        "log.body": fill(make),
        "exception.message": f"HTTPError 400: {json.dumps(one, ensure_ascii=False)}",
        "exception.stacktrace": f'File "/srv/app/x.py", line 3\nValueError: bad {two!r}\n',
        "status.description": f"ValueError: {fill(make)}",
        "url.full": f"https://open.feishu.cn/open-apis/bot/v2/hook/{make.plant('a1b2c3d4-' + make.hex(20))}",
        "form": urlencode(two),
        "xml": f"<?xml version='1.0'?><Order><Buyer>{xml}</Buyer></Order>",
        "multipart": part,
        "nested": json.dumps({"content": json.dumps(two, ensure_ascii=False)}),
        "cut": cut[: cut.rindex("extra") - 3],
        "node": f"AxiosError: {{ name: 'x', email: '{make.email()}', password: '{make.secret()}' }}",
        "dsn": f"postgresql://app:{make.secret()}@db.example/orders",
        "header": f"Authorization: Bearer {make.secret()}",
        "wecom": f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={make.uuid_secret()}",
        "http.request.header.authorization": [f"Bearer {make.secret()}"],
        "pem": make.plant("-----BEGIN PRIVATE KEY-----\nMIIEvQ" + make.hex(30) + "\n-----END PRIVATE KEY-----"),
        "db.query.text": f"insert into c (name) values ('{make.mark('Jo')}') -- {make.keep('orders')}",
    }


def check(value: Any, make: Maker) -> None:
    done = REDACTOR.tree(value)
    text = (json.dumps(done, ensure_ascii=False) + _decoded(done)).replace("\\\\", "\\")
    leaked = [mark for mark in make.planted if mark in text or json.dumps(mark)[1:-1] in text]
    assert not leaked, (leaked, text)
    readable = text.replace('\\"', '"')
    lost = [kept for kept in make.kept if kept not in readable and json.dumps(kept)[1:-1] not in readable]
    assert not lost, (lost, text)
    assert REDACTOR.tree(done) == done
    assert _shape(done) == _shape(value)


def _decoded(value: Any) -> str:
    content = value.get("response", {}).get("content", {}) if isinstance(value, dict) else {}
    return base64.b64decode(content["text"]).decode() if content.get("encoding") == "base64" else ""


def _shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shape(item) for key, item in value.items()}
    return [_shape(item) for item in value] if isinstance(value, list) else None


@pytest.mark.parametrize("make_value", [order, as_har, as_sentry, as_texts])
def test_everything_planted_is_gone_and_every_id_is_there(make_value: Callable[[Maker], Any]) -> None:
    for seed in range(120):
        make = Maker(seed)
        check(make_value(make), make)


@given(JSON_VALUES)
@settings(max_examples=150, deadline=None)
def test_any_tree_is_taken_and_settles(value: Any) -> None:
    done = REDACTOR.tree(value)
    again = REDACTOR.tree(done)
    assert repr(again) == repr(done)  # repr: nan is nan


@given(PIECES)
@settings(max_examples=400, deadline=None)
def test_any_text_is_taken_and_settles(text: str) -> None:
    done = REDACTOR.text(text)
    assert REDACTOR.text(done) == done


def test_a_record_is_redacted_everywhere() -> None:
    record = ErrorRecord(
        id="1",
        occurred_at=datetime(2026, 1, 1, tzinfo=UTC),
        platform="shopify",
        store="us-1",
        operation="POST /orders",
        code="card_declined",
        message="to jo@example.com",
        request_id="req-1",
        objects={"order": "18565954704"},
        exception=ExceptionInfo("HTTPError", "for jo@example.com", "ValueError: jo@example.com"),
        snapshot=Snapshot(
            method="POST",
            url="https://a.example/?token=abcdef",
            request_headers={"Authorization": "Bearer abcdef"},
            request_body='{"email":"jo@example.com","amount":"38.550"}',
            response_headers={"Set-Cookie": "a=b"},
            response_body="jo@example.com",
        ),
        attributes={"user.email": "jo@example.com", "n": 1, "list": ("jo@example.com", "x")},
        notes=("saw jo@example.com",),
        explicit_fingerprint=("jo@example.com",),
    )
    done = REDACTOR.record(record)
    assert "jo@" not in repr(done)
    assert "abcdef" not in repr(done)
    assert done.attributes == {"user.email": "[email]", "n": 1, "list": ("[email]", "x")}
    assert done.snapshot
    assert done.snapshot.request_body == '{"email":"[email]","amount":"38.550"}'
    assert (done.store, done.objects, done.code, done.request_id) == (
        "us-1",
        {"order": "18565954704"},
        "card_declined",
        "req-1",
    )
    assert REDACTOR.record(done) == done


def test_what_records_share_gives_each_of_them_the_pseudonym() -> None:
    redactor = RuleRedactor(load_rules(), b"secret key")
    texts = ("order failed, email: jo@example.com", "order failed", "email: an@example.com", "mail jo@example.com")
    records = [
        ErrorRecord(id=str(n), message=texts[n % 4], attributes={"http.request.method": "GET", "detail": texts[n % 3]})
        for n in range(24)
    ]
    together = redactor.records(records)
    assert together == [redactor.record(record) for record in records]
    assert "@" not in repr(together)
    jo = redactor.record(ErrorRecord(id="1", attributes={"user.email": "jo@example.com"}))
    named = [record.attributes.get("enduser.pseudo.id") for record in together]
    assert {named[0], named[12]} == {jo.attributes["enduser.pseudo.id"]}
    assert [name is None for name in named[:12]] == [n % 4 in (1, 3) and n % 3 == 1 for n in range(12)]


def test_the_buyer_gets_a_pseudonym_when_there_is_a_key() -> None:
    redactor = RuleRedactor(load_rules(), b"secret key")
    one = redactor.record(
        ErrorRecord(id="1", snapshot=Snapshot(request_body='{"customer":{"email":" Jo@Example.com"}}'))
    )
    two = redactor.record(ErrorRecord(id="2", attributes={"user.email": "jo@example.com"}))
    other = redactor.record(ErrorRecord(id="3", attributes={"user.email": "an@example.com"}))
    nobody = redactor.record(ErrorRecord(id="4", message="jo@example.com"))
    pseudonyms = [record.attributes.get("enduser.pseudo.id") for record in (one, two, other, nobody)]
    assert pseudonyms[0] == pseudonyms[1] != pseudonyms[2]
    assert pseudonyms[3] is None
    assert redactor.record(one) == one
    assert (
        "enduser.pseudo.id" not in REDACTOR.record(ErrorRecord(id="5", attributes={"user.email": "a@b.co"})).attributes
    )


def test_explain_says_rule_and_place() -> None:
    _, findings = REDACTOR.explain({"a": {"email": "x"}, "b": ["call 13800138000"], "c": '{"token":"abc"}'})
    assert sorted((f.rule, f.place, f.placeholder) for f in findings) == [
        ("key:email", "$.a.email", "[email]"),
        ("key:token", "$.c.token", "[token]"),
        ("value:phone_cn", "$.b.0", "[phone]"),
    ]


def test_it_is_registered_with_the_users_rules(tmp_path: Path) -> None:
    path = tmp_path / "rules.json"
    path.write_text(json.dumps({"keys": {"loyalty": ["member_card"]}, "keep": ["note"]}), "utf-8")
    (redactor,) = register_redactors(Config(redaction_rules=path, hash_key=b"k"))
    assert isinstance(redactor, Redactor)
    assert redactor.tree({"memberCard": "A1", "note": "hi"}) == {"memberCard": "[loyalty]", "note": "hi"}
    path.write_text("{", "utf-8")
    with pytest.raises(ConfigError, match=r"rules\.json is not JSON"):
        register_redactors(Config(redaction_rules=path))


def test_what_is_remembered_as_clean_is_only_what_was() -> None:
    redactor = RuleRedactor(load_rules())
    clean = ErrorRecord(id="a", store="demo.myshopify.com", operation="orders.get", objects={"order": "1001"})
    dirty = clean.but(operation="orders buyer@example.com", request_id="r-1")

    first, second = (redactor.record(clean) for _ in range(2))

    assert first == second == clean.but(redacted=True)
    for _ in range(2):
        done = redactor.record(dirty)
        assert done.operation == "orders [email]"
        assert (done.store, done.request_id, done.objects) == ("demo.myshopify.com", "r-1", {"order": "1001"})


def test_shops_that_calls_name_by_cipher_stay_apart() -> None:
    ciphers = ("ROW_Hj3kAAAAAB8xVq2PzqNw0cYtLm4KfSdE", "ROW_Hj3kAAAAAB8xVq2PzqNw0cYtLm4KfSdF")
    body = b'{"code": 105002, "message": "Expired credentials, please reauthorize"}'
    kinds, groups = set(), set()
    for cipher in ciphers:
        url = f"https://open-api.tiktokglobalshop.com/order/202309/orders?shop_cipher={cipher}"
        record = classify_exchange(Exchange("GET", url, status=401, response_body=body))
        assert record is not None
        mark, redacted = fingerprint_of(record), REDACTOR.record(record)
        assert redacted.store == record.store
        assert fingerprint_of(redacted) == mark
        assert cipher not in repr(redacted)
        kinds.add(mark.hash)
        groups.add(mark.grouping)
    assert (len(kinds), len(groups)) == (1, 2)
