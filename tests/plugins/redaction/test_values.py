from __future__ import annotations

import pytest

from openclaw_otel_plugins.redaction.rules import load_rules
from openclaw_otel_plugins.redaction.run import Run
from openclaw_otel_plugins.redaction.values import Values

VALUES = Values(load_rules())


def redact(text: str, *, keep: bool = False) -> str:
    return VALUES.apply(text.encode(), Run(), keep=keep).decode()


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("mail jo.doe+x@mail.example.co.th now", "mail [email] now"),
        ("邮箱jo@example.com，", "邮箱[email]，"),
        ("客户电话13800138000，请尽快", "客户电话[phone]，请尽快"),
        ("call +1 (447) 555-0115 or (415) 555-2671", "call [phone] or [phone]"),
        ("liga para (11) 91234-5678", "liga para [phone]"),
        ("hubungi 0812-3456-7890, โทร 081-234-5678", "hubungi [phone], โทร [phone]"),
        ("gọi 0987654321", "gọi [phone]"),
        ("0049 151 2345678, 0055 (11) 91234-5678", "[phone], [phone]"),
        ("llamar 612 34 56 78 o 06 12 34 56 78", "llamar [phone] o [phone]"),
        ("(0755)86013388; 020 7946 0958", "[phone]; [phone]"),
        ("010-12345678", "[phone]"),
        ("repr 'a\\n13800138000'", "repr 'a\\n[phone]'"),
        ("card 4242 4242 4242 4242.", "card [card]."),
        ("amex 378282246310005", "amex [card]"),
        ("身份证11010519491231002X清关", "身份证[id]清关"),
        ("CPF 529.982.247-25, cpf: 52998224725", "CPF [id], cpf: [id]"),
        ("IBAN DE89 3704 0044 0532 0130 00", "IBAN [account]"),
        ("加微信 wxid_abc123def 沟通", "加微信 [account] 沟通"),
        ("加我微信号janedoe", "加我微信号[account]"),
        ("QQ：12345678", "QQ：[account]"),
        ("shpat_0123456789abcdef0123456789abcdef", "[token]"),
        ("Atza|IwEBIabcdef", "[token]"),
        ("Atzr%7CIwEBIabcdef", "[token]"),
        ("v^1.1#i^1#p^3#r^1#I^3#f^0#t^Ul4", "[token]"),
        ("redis://:pa@ss@host/0", "redis://[token]@host/0"),
        ("https://0123abcd@sentry.example/1", "https://[token]@sentry.example/1"),
        ("https://hooks.slack.com/services/T0/B0/a1b2c3d4e5f6g7h8i9j0", "https://hooks.slack.com/services/[token]"),
        (
            "https://open.feishu.cn/open-apis/bot/v2/hook/8f2c7a10-1111-4222-8333-abcdef012345",
            "https://open.feishu.cn/open-apis/bot/v2/hook/[token]",
        ),
        ("send?key=8f2c7a10-1111-4222-8333-abcdef012345", "send?key=[token]"),
        ("Authorization was Basic dXNlcjpwYXNzMTIz", "Authorization was Basic [token]"),
        ("invalid token 3f2a9c3f2a9c3f2a9c3f", "invalid token [token]"),
        (
            "expected 3q2+7wAAb64signature0123456789=, got 9a8b7c6d5e4f3a2b1c0d9a8b7c6d5e4f",
            "expected [token], got [token]",
        ),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nnext", "[token]\nnext"),
        ("-----BEGIN PRIVATE KEY-----\nMIIE", "[token]"),
    ],
)
def test_values_are_found_in_sentences(raw: str, wanted: str) -> None:
    assert redact(raw) == wanted
    assert redact(wanted) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "order 18565954704 not found",
        "订单18565954704不存在",
        "/products/13800138000.json",
        "at 2025-11-07T17:46:59.123456Z and 1758980791 and 1758980791000",
        "111-0000000-0000000 576000000000000001 gid://shopify/Order/3715257566772",
        "trace 4bf92f3577b34da6a3ce929d0e0e4736 span 00f067aa0ba902b7",
        "amount 41111111.11, 10+12345678 bytes, v1.2.3, 192.168.10.12:8080",
        "left-pad@1.3.0 sprite@2x.png",
        "Bearer authentication required; Basic auth failed",
        "batch 001 2026-01-01, document 0040532788, 3 01.02.2026 03",
        "wechat payment failed, 微信支付失败",
        "token expired; signature mismatch; error_auth",
        "UPC 012345678905 EAN 4006381333931",
        "card_declined insufficient_funds PAYMENT.PAYOUTS-ITEM.FAILED",
        "/webhook/shopify/us-store /hooks/woocommerce-orders",
        "Mozilla/5.0 (X11; Linux x86_64) Chrome/120.0.6099.109",
    ],
)
def test_ids_times_and_words_stay(text: str) -> None:
    assert redact(text) == text


def test_numbers_under_ids_are_ids_but_secrets_are_not() -> None:
    assert redact("13800138000 4242424242424242", keep=True) == "13800138000 4242424242424242"
    assert redact("shpat_0123456789abcdef0123 jo@example.com", keep=True) == "[token] [email]"
