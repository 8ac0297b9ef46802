"""The opt-in retry policy of a store: how often, how long between, and for which calls.

`retry = {attempts = 3, backoff = 0.5, max_wait = 30, jitter = true, non_idempotent = false}` in a `[[stores]]` table.
Nothing is retried without it.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, fields
from urllib.parse import urlsplit

from openclaw_otel.config import Config, StoreConfig
from openclaw_otel.errors import ConfigError
from openclaw_otel.platforms import Platforms

IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"})
_KEY_HEADERS = ("idempotency-key", "paypal-request-id")
"""With one of these on the request the platform itself makes sure that a repeat does nothing twice."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How one store's calls are retried. Times in seconds."""

    attempts: int = 1
    """All tries together; 1 = no retry."""
    backoff: float = 0.5
    """Wait before the second try; doubled for each further one."""
    max_wait: float = 30.0
    """Longest wait; when the platform asks for a longer one, the call fails at once."""
    jitter: bool = True
    """Wait a random share (half to whole) of the backoff, so that workers do not come back together."""
    non_idempotent: bool = False
    """Also retry POST and PATCH."""

    def allows(self, method: str, headers: Mapping[str, str]) -> bool:
        """Say whether a call may be sent again without doing something twice."""
        if self.non_idempotent or method in IDEMPOTENT:
            return True
        present = {name.lower() for name in headers}
        return any(name in present for name in _KEY_HEADERS)

    def wait(self, tries: int, asked: float | None) -> float | None:
        """Return the seconds to wait after `tries` tries, or None to give up; `asked` is the platform's Retry-After."""
        if tries >= self.attempts:
            return None
        backoff: float = min(self.max_wait, self.backoff * 2 ** (tries - 1))
        if self.jitter:
            backoff *= random.uniform(0.5, 1.0)
        if asked is None:
            return backoff
        return None if asked > self.max_wait else max(asked, backoff)


class Retries:
    """Finding the policy of a call's store."""

    def __init__(self, config: Config, platforms: Platforms) -> None:
        self._policies = {store.name: parse_policy(store) for store in config.stores if store.retry}
        self._stores = config.stores
        self._platforms = platforms

    def policy(self, platform: str, url: str) -> RetryPolicy | None:
        """Return the policy of the store a URL belongs to, or None: then nothing is retried."""
        if not self._policies:
            return None
        store = self._platforms.store_for_url(url)
        if store is None:
            store = self._platforms.store_named(platform, urlsplit(url).hostname or "")
        if store is None:
            alone = [each for each in self._stores if each.platform == platform]
            store = alone[0] if len(alone) == 1 and not alone[0].identifiers and not alone[0].base_url else None
        return self._policies.get(store.name) if store else None


def parse_policy(store: StoreConfig) -> RetryPolicy:
    """Return the policy of a `retry` table.

    Raises:
        ConfigError: a key is unknown or a value is bad.
    """
    known = {each.name: each.default for each in fields(RetryPolicy)}
    for key, value in store.retry.items():
        if key not in known:
            raise _bad(store, f"unknown key {key!r}; known: {', '.join(known)}")
        if isinstance(known[key], bool) != isinstance(value, bool) or not isinstance(value, int | float):
            raise _bad(
                store, f"{key} = {value!r} is not {'true or false' if isinstance(known[key], bool) else 'a number'}"
            )
        if value < 0 or (key == "attempts" and (value < 1 or int(value) != value)):
            raise _bad(store, f"{key} = {value!r} is out of range")
    return RetryPolicy(**store.retry)


def _bad(store: StoreConfig, problem: str) -> ConfigError:
    return ConfigError("OPENCLAW_OTEL_CONFIG", f"store {store.name}: retry: {problem}")
