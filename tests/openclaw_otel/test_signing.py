"""HMAC, times and headers of signatures."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw_otel import signing
from openclaw_otel.errors import SignatureError
from openclaw_otel.record import Headers

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def reason(error: pytest.ExceptionInfo[SignatureError]) -> str:
    return error.value.reason


def test_right_signatures_pass_in_both_encodings() -> None:
    raw = hmac.new(b"new", b"body", hashlib.sha256).digest()
    signing.check_hmac(base64.b64encode(raw).decode(), ["new", "old"], b"body")
    signing.check_hmac(raw.hex().upper(), ["old", "new"], b"body", encoding="hex")


@given(st.text(max_size=60), st.binary(max_size=40))
def test_any_header_is_a_mismatch_at_worst(received: str, body: bytes) -> None:
    with pytest.raises(SignatureError) as error:
        signing.check_hmac(received, ["secret"], body)
    assert reason(error) == "mismatch"


def test_no_secret_is_said_so() -> None:
    for secrets in ([], [""]):
        with pytest.raises(SignatureError) as error:
            signing.check_hmac("x", secrets, b"")
        assert reason(error) == "no_secret"


def test_missing_and_empty_headers() -> None:
    for headers in (Headers(), Headers({"X-Sig": " "})):
        with pytest.raises(SignatureError) as error:
            signing.required_header(headers, "x-sig", "x-other")
        assert reason(error) == "missing_header"
    assert signing.required_header(Headers({"X-OTHER": " v "}), "x-sig", "x-other") == "v"


@pytest.mark.parametrize(("age", "passes"), [(299, True), (301, False), (-119, True), (-121, False)])
def test_the_window_of_a_signed_time(age: int, passes: bool) -> None:
    at = NOW - timedelta(seconds=age)
    if passes:
        signing.check_time(at, NOW, 300, 120)
        return
    with pytest.raises(SignatureError) as error:
        signing.check_time(at, NOW, 300, 120)
    assert reason(error) == "expired"


@pytest.mark.parametrize(
    ("body", "word"),
    [(b'{"a":1}\n', "line break"), (b'{"a": 1}', "re-encoded"), (b'{"a":1}', "wrong secret")],
)
def test_hints_name_the_likeliest_cause(body: bytes, word: str) -> None:
    assert word in signing.mismatch_hint(body)


def test_a_key_sent_as_it_is() -> None:
    signing.check_key("k2", ["k1", "k2"])
    for received in ("k", "签名", "\udcff", ""):
        with pytest.raises(SignatureError, match="mismatch"):
            signing.check_key(received, ["k1"])
