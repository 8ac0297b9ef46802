"""Stored credentials (robot URLs, signing secrets): encrypted at rest as soon as keys are set."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

_MARK = "sealed:v1:"


class SealError(Exception):
    """A stored credential cannot be opened with the keys of OPENCLAW_OTEL_ENCRYPTION_KEYS."""


class Sealer:
    """Seals with the first key, opens with any; without keys it stores plain text and opens only that."""

    def __init__(self, keys: Sequence[str] = ()) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys]) if keys else None

    def seal(self, text: str) -> str:
        """Return what to store of a credential."""
        if self._fernet is None or not text:
            return text
        return _MARK + self._fernet.encrypt(text.encode()).decode()

    def open(self, stored: str) -> str:
        """Return the credential; what was stored before keys were set opens too.

        Raises:
            SealError: it was sealed with a key that is no longer set.
        """
        if not stored.startswith(_MARK):
            return stored
        if self._fernet is None:
            raise SealError("a stored credential is encrypted, but OPENCLAW_OTEL_ENCRYPTION_KEYS is not set")
        try:
            return self._fernet.decrypt(stored.removeprefix(_MARK).encode()).decode()
        except InvalidToken:
            raise SealError(
                "a stored credential was encrypted with a key that OPENCLAW_OTEL_ENCRYPTION_KEYS no longer holds"
            ) from None
