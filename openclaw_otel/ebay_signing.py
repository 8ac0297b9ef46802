"""How eBay signs notifications: challenge, signature header, public key of its id.

Source of the scheme: https://github.com/eBay/event-notification-nodejs-sdk (lib/validator.js).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from openclaw_otel import bodies, certificates, fetching, signing
from openclaw_otel.errors import SignatureError
from openclaw_otel.record import WebhookRequest

Fetch = Callable[[str], bytes]
HOSTS = {False: "api.ebay.com", True: "api.sandbox.ebay.com"}
"""Where keys are fetched, sandbox or not: fixed, never the delivery's to say."""
_KID = re.compile(r"^[A-Za-z0-9_-]{1,100}$")


def check(header: str, body: bytes, fetch: Fetch | None, parameters: Mapping[str, Any]) -> None:
    """Raise SignatureError unless the header's signature of the body fits the key of its id."""
    kid, signature, digest = signed(header)
    known = bodies.mapping(parameters.get("public_keys")).get(kid)
    if not isinstance(known, str):
        url = f"https://{HOSTS[bool(parameters.get('sandbox'))]}/commerce/notification/v1/public_key/{kid}"
        known = fetched(url, fetch or authorised(parameters.get("access_token")))
    if not any(certificates.ecdsa_fits(known, signature, digest, message) for message in messages(body)):
        raise SignatureError("mismatch", hint=signing.mismatch_hint(body))


def challenge(request: WebhookRequest) -> str:
    """Return the code of a challenge GET; "" when the request is none."""
    if request.method.upper() != "GET" or request.body:
        return ""
    try:
        return parse_qs(urlsplit(request.url).query, max_num_fields=50).get("challenge_code", [""])[0]
    except ValueError:
        return ""


def challenge_answer(request: WebhookRequest, parameters: Mapping[str, Any]) -> str:
    """Return sha256hex(code + verification token + endpoint)."""
    token = parameters.get("verification_token")
    if not isinstance(token, str) or not token:
        hint = "give the verification token you chose in eBay's console (parameters.verification_token)"
        raise SignatureError("no_secret", "verification_token", hint)
    text = challenge(request) + token + str(parameters.get("endpoint") or request.url.partition("?")[0])
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def signed(header: str) -> tuple[str, bytes, str]:
    """Return key id, signature and digest name of the header."""
    try:
        facts = bodies.mapping(bodies.read_json(base64.b64decode(header.encode("ascii"), validate=True)))
        signature = base64.b64decode(str(facts.get("signature") or "").encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError, ValueError) as error:
        raise SignatureError("malformed", "X-EBAY-SIGNATURE is not base64 JSON", "pass the header as sent") from error
    kid, digest = bodies.code(facts.get("kid")), bodies.code(facts.get("digest")).upper().replace("-", "") or "SHA1"
    if not _KID.match(kid) or not signature or digest not in ("SHA1", "SHA256"):
        raise SignatureError("malformed", "X-EBAY-SIGNATURE has no usable kid, signature and digest")
    return kid, signature, digest


def authorised(token: Any, cache: fetching.KeyCache | None = None) -> Fetch:
    """Return the cached fetch, with a bearer token (text, or a callable that returns it) where one is given."""
    bring = cache or fetching.default_fetch()
    if not token:
        return bring
    return lambda url: bring(url, {"Authorization": f"Bearer {token() if callable(token) else token}"})


def fetched(url: str, fetch: Fetch) -> str:
    """Return the PEM text of a fetched key: `{"key": "…"}`, or the text itself."""
    try:
        data = fetch(url)
    except OSError as error:
        hint = "give access_token (an application token) or public_keys, and allow outgoing HTTPS to api.ebay.com"
        raise SignatureError("key_unavailable", f"{url}: {error}", hint) from error
    return bodies.text(bodies.mapping(bodies.read_json(data)).get("key")) or bodies.text_of(data)


def messages(body: bytes) -> Iterator[bytes]:
    """Yield the texts eBay may have signed: the bytes as received, then the same JSON in compact form."""
    yield body
    try:
        compact = json.dumps(json.loads(body), separators=(",", ":"), ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return
    if compact != body:
        yield compact
