"""eBay's signature header, keys and challenge, apart from the adapter."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from openclaw_otel import ebay_signing, fetching, testing
from openclaw_otel.errors import SignatureError
from openclaw_otel.record import WebhookRequest

PAYLOADS = Path(__file__).parents[1] / "payloads" / "ebay"
VECTORS = testing.load_vectors(PAYLOADS / "vectors.json")
SIGNED = next(vector for vector in VECTORS if vector.name == "published-valid")
CHALLENGE = next(vector for vector in VECTORS if vector.name == "challenge")
HEADER = SIGNED.request.headers["x-ebay-signature"]
KID = "9936261a-7d7b-4621-a0f1-96ccb428af49"


def check(header: str = HEADER, body: bytes = SIGNED.request.body, **given: Any) -> str:
    fetch = given.pop("fetch", SIGNED.fetch)
    try:
        ebay_signing.check(header, body, fetch, given)
    except SignatureError as error:
        return error.reason
    return "right"


def test_the_key_is_asked_of_ebay_alone() -> None:
    asked: list[str] = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        return json.dumps({"key": SIGNED.data["public_key"], "algorithm": "ECDSA", "digest": "SHA1"}).encode()

    assert check(fetch=fetch) == "right"
    assert check(fetch=fetch, sandbox=True) == "right"
    path = f"/commerce/notification/v1/public_key/{KID}"
    assert asked == [f"https://api.ebay.com{path}", f"https://api.sandbox.ebay.com{path}"]


def test_a_known_key_is_not_fetched() -> None:
    def offline(url: str) -> bytes:
        raise OSError("no route")

    assert check(fetch=offline) == "key_unavailable"
    assert check(fetch=offline, public_keys={KID: SIGNED.data["public_key"]}) == "right"
    assert check(fetch=offline, public_keys={"other": SIGNED.data["public_key"]}) == "key_unavailable"


def test_a_body_written_anew_is_the_same_text() -> None:
    spaced = json.dumps(json.loads(SIGNED.request.body), indent=2).encode()
    assert check(body=spaced) == "right"
    assert check(body=spaced.replace(b"test_user", b"evil_user")) == "mismatch"
    assert check(body=b"\xff") == "mismatch"


def packed(**facts: Any) -> str:
    return base64.b64encode(json.dumps(facts).encode()).decode()


@pytest.mark.parametrize(
    "header",
    [
        "!!!",
        "签名",
        packed(),
        packed(kid="../../evil", signature="AAAA", digest="SHA1"),
        packed(kid="k", signature="", digest="SHA1"),
        packed(kid="k", signature="%%", digest="SHA1"),
        packed(kid="k", signature="AAAA", digest="MD5"),
        packed(kid=7.5, signature="AAAA"),
    ],
)
def test_odd_headers_fetch_nothing(header: str) -> None:
    def never(url: str) -> bytes:
        raise AssertionError(url)

    assert check(header, fetch=never) == "malformed"


def test_what_is_fetched_may_be_no_key() -> None:
    for answer in (b"", b"<html>", b'{"key": "x"}', b"-----BEGIN PUBLIC KEY-----AAAA-----END PUBLIC KEY-----"):
        assert check(fetch=lambda url, answer=answer: answer) == "key_unavailable"
    assert check(packed(kid="k", signature="AAAA")) == "mismatch"


def test_a_bearer_token_is_sent_when_given() -> None:
    sent: list[Mapping[str, str] | None] = []

    class Recorder(fetching.KeyCache):
        def __call__(self, url: str, headers: Mapping[str, str] | None = None) -> bytes:
            sent.append(headers)
            return b"key"

    recorder = Recorder()
    for token in ("v^1.1", lambda: "fresh", None):
        assert ebay_signing.fetched("https://api.ebay.com/k", ebay_signing.authorised(token, recorder)) == "key"
    assert sent == [{"Authorization": "Bearer v^1.1"}, {"Authorization": "Bearer fresh"}, None]


def test_the_challenge() -> None:
    request = CHALLENGE.request
    assert ebay_signing.challenge(request) == "71745723-d031-455c-bfa5-f90d11b4f20a"
    expected = CHALLENGE.data["expected_response"]["challengeResponse"]
    assert ebay_signing.challenge_answer(request, CHALLENGE.parameters) == expected
    token = {"verification_token": CHALLENGE.parameters["verification_token"]}
    assert ebay_signing.challenge_answer(request, token) == expected  # the endpoint is the URL called
    assert ebay_signing.challenge_answer(request, {**token, "endpoint": "https://other.example/"}) != expected
    with pytest.raises(SignatureError, match="no_secret"):
        ebay_signing.challenge_answer(request, {})
    for method, url, body in (("POST", request.url, b""), ("GET", request.url, b"{}"), ("GET", "https://h/", b"")):
        assert ebay_signing.challenge(WebhookRequest(method, url, {}, body)) == ""
