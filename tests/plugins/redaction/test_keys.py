from __future__ import annotations

from dataclasses import replace

import pytest

from openclaw_otel_plugins.redaction.keys import ADDRESS, KEEP, NEUTRAL, PERSON, Keys, normal
from openclaw_otel_plugins.redaction.rules import load_rules

KEYS = Keys(load_rules())


@pytest.mark.parametrize(
    ("name", "keys"),
    {
        "token": "access_token accessToken X-Shopify-Access-Token WM_SEC.ACCESS_TOKEN client_secret sign Set-Cookie"
        " oauth_signature http.request.header.authorization X-Shopify-Hmac-Sha256 PAYPAL-TRANSMISSION-SIG session_id"
        " apiKey 密码 密碼 contraseña senha mật_khẩu รหัสผ่าน kata_sandi order_key consumer_key",
        "email": "email buyerEmail e-mail user.email contact_email 邮箱 correo_electrónico อีเมล email_address",
        "phone": "phone phoneNumber mobile_no 手机号 teléfono điện_thoại no_hp เบอร์โทร buyer_phone tel",
        "name": "first_name lastName fullname buyer_username 姓名 收货人 nombre_completo sobrenome họ_tên ชื่อ"
        " user.name customer.name 收貨人 shipping[name] consignee",
        "address": "address1 AddressLine1 shipping_address_line_2"
        " 详细地址 dirección endereço địa_chỉ alamat postcode zip",
        "note": "note customer_note message_to_seller 备注 buyerMessage _supplier_note observações ghi_chú",
        "id": "buyer_cpf_id national_id 身份证号 passport_number taxId",
        "card": "card_number cardNumber 卡号",
        "account": "iban wechat_id bank_account_number 微信",
        "ip": "browser_ip customer_ip_address client.address x-forwarded-for",
        "birthdate": "date_of_birth birthday",
    }.items(),
)
def test_keys_of_many_languages_and_spellings(name: str, keys: str) -> None:
    for key in keys.split():
        assert KEYS.verdict(key).placeholder == name, key


@pytest.mark.parametrize(
    "key",
    "token_type expires_in sign_method email_subject email_id_count server.address network.peer.address phone_verified"
    " name title product_name service.name k8s.pod.name message description address_type note_count PAYPAL-AUTH-ALGO"
    " idempotency_key client_id app_key next_token password_changed_at recipient_type x-amz-date".split(),
)
def test_keys_that_only_sound_alike_are_left(key: str) -> None:
    assert KEYS.verdict(key).placeholder == ""


def test_types_and_statuses_are_kept_below_a_class_yet_are_no_ids() -> None:
    for key in ("type", "status", "currency", "recipient_type"):
        verdict = KEYS.verdict(key)
        assert (verdict.keep, verdict.holds_ids) == (True, False), key
    assert KEYS.verdict("order_id").holds_ids


@pytest.mark.parametrize(
    "key", "order_id id request_id order_sn code sku total_amount created_at trackingNumber 订单号".split()
)
def test_keys_of_ids_are_kept(key: str) -> None:
    assert KEYS.verdict(key).keep


def test_a_name_is_personal_below_a_person() -> None:
    verdict = KEYS.verdict("name")
    assert verdict.below(PERSON) == "name"
    assert verdict.below("") == ""
    assert KEYS.verdict("state").below(ADDRESS) == "address"
    assert KEYS.verdict("state").below(PERSON) == ""
    assert KEYS.verdict("billingAddress").enters == ADDRESS
    assert KEYS.verdict("line_items").leaves


def test_the_user_keeps_a_key_and_adds_terms() -> None:
    own = Keys(
        replace(
            load_rules(),
            own_keep=frozenset({"customerNote"}),
            own_terms=frozenset({"member_card"}),
            classes={**load_rules().classes, "loyalty": frozenset({"member_card"})},
        )
    )
    assert own.verdict("customer_note") is KEEP
    assert own.verdict("memberCardNo").placeholder == "loyalty"


def test_the_memory_is_bounded_and_odd_keys_are_taken() -> None:
    for number in range(20_000):
        KEYS.verdict(f"k{number}")
    assert len(KEYS.memory) <= 8192
    for key in ("", "...", "a" * 100_000, "\ud800", "[[[]]]", "🙂", "_" * 5000):
        assert KEYS.verdict(key) in (NEUTRAL, KEYS.verdict(key))


def test_normal_takes_accents_and_cases_off() -> None:
    assert normal("númeroDeTarjeta") == "numero_de_tarjeta"
    assert normal("billing[firstName]") == "billing.first_name"
    assert normal("Địa-chỉ") == "dia_chi"
