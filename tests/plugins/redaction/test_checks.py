from __future__ import annotations

import pytest

from openclaw_otel_plugins.redaction.checks import CHECKS, luhn, stands_alone


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("card", b"4242424242424242", b"4242424242424241"),
        ("card", b"4242 4242 4242 4242", b"4444 4444 4444 4444"),
        ("cn_id", b"11010519491231002X", b"110105194912310021"),
        ("cpf", b"529.982.247-25", b"529.982.247-24"),
        ("cnpj", b"11.222.333/0001-81", b"11.222.333/0001-80"),
        ("cpf_cnpj", b"52998224725", b"11111111111"),
        ("thai_id", b"1-1017-00230-70-8", b"1-1017-00230-70-4"),
        ("iban", b"DE89370400440532013000", b"DE89370400440532013001"),
        ("iban", b"GB82 WEST 1234 5698 7654 32", b"ZZ82 WEST 1234 5698 7654 32"),
        ("phone_international", b"+86 13800138000", b"+0800 12345678"),
        ("phone_double_zero", b"0049 151 2345678", b"001 2026-01-01"),
        ("phone_double_zero", b"00491512345678", b"0040532788"),
        ("bare_phone", b"13800138000", b"012345678905"),
        ("digits_7_15", b"98765432", b"2025-01-02"),
        ("email", b"jo@example.com", b"sprite@2x.png"),
        ("credential", b"dXNlcjpwYXNz==", b"authentication"),
        ("mixed", b"3f2a9c3f2a9c3f2a", b"some_snake_case_word"),
        ("secret_path", b"T000/B000/a1b2c3d4e5f6g7h8i9", b"woocommerce-orders-handler"),
        ("handle", b"jo_1234", b"payment"),
    ],
)
def test_a_check_tells_the_real_from_the_like(name: str, good: bytes, bad: bytes) -> None:
    assert CHECKS[name](good, 0, len(good))
    assert not CHECKS[name](bad, 0, len(bad))


def test_luhn() -> None:
    assert luhn(b"79927398713")
    assert not luhn(b"79927398710")


@pytest.mark.parametrize(
    "before", ["", "call ", "客户电话", "tel:", "liga para ", "paid ", "(", "phone number ", '"mobile":']
)
def test_a_number_stands_alone_in_a_sentence(before: str) -> None:
    data = f"{before}13800138000".encode()
    assert stands_alone(data, len(data) - 11, len(data))


@pytest.mark.parametrize(
    "before",
    [
        "order ",
        "order_id=",
        "orderId: ",
        "item #",
        "/v1/orders/",
        "a-",
        "订单号：",
        "商品",
        "SKU ",
        "order no. ",
        "<OrderId>",
        "x_",
    ],
)
def test_a_number_after_a_label_of_ids_is_an_id(before: str) -> None:
    data = f"{before}13800138000".encode()
    assert not stands_alone(data, len(data) - 11, len(data))


@pytest.mark.parametrize("after", ["abc", "-11", "_x", ".5"])
def test_a_number_inside_a_token_is_none(after: str) -> None:
    assert not stands_alone(f"13800138000{after}".encode(), 0, 11)
