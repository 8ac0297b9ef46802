"""Deliveries for every framework's helper."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable

import pytest

SECRET = "hush-shopify-secret"


@pytest.fixture
def secret() -> str:
    """The app's client secret."""
    return SECRET


@pytest.fixture
def headers() -> Callable[..., dict[str, str]]:
    """Headers of a Shopify delivery of `body`."""

    def make(body: bytes, secret: str = SECRET) -> dict[str, str]:
        return {
            "X-Shopify-Topic": "orders/create",
            "X-Shopify-Shop-Domain": "demo.myshopify.com",
            "X-Shopify-Hmac-Sha256": base64.b64encode(
                hmac.new(secret.encode(), body, hashlib.sha256).digest()
            ).decode(),
            "Content-Type": "application/json",
        }

    return make
