"""Every exception of the library.

OpenClawError
├── SignatureError      a webhook could not be verified
├── ConfigError         a setting is unknown or bad; names the variable
├── CatalogError        a catalog file is bad; names file, line and key
├── UnknownPlatform     no adapter of that name
└── CannotEnable        a plugin cannot work here; quiet when found, fatal when asked for by name
DropRecord              (BaseException) a processor drops the record; never an error
"""

from __future__ import annotations

from typing import Literal

SignatureReason = Literal[
    "missing_header",
    "malformed",
    "mismatch",
    "expired",
    "untrusted_certificate",
    "unsigned_scheme",
    "no_secret",
    "key_unavailable",
]


class OpenClawError(Exception):
    """Base of all errors openclaw-otel raises on purpose."""


class SignatureError(OpenClawError):
    """A webhook signature could not be verified.

    `reason` is for machines, `hint` is a sentence a person can act on. `unsigned_scheme` means the platform signs
    nothing that could be verified: not forged, but not proved either.
    """

    def __init__(self, reason: SignatureReason, detail: str = "", hint: str = "") -> None:
        super().__init__(": ".join(part for part in (reason, detail) if part))
        self.reason: SignatureReason = reason
        self.detail = detail
        self.hint = hint


class ConfigError(OpenClawError):
    """A setting is unknown or has a bad value; `variable` names it."""

    def __init__(self, variable: str, problem: str) -> None:
        super().__init__(f"{variable}: {problem}")
        self.variable = variable


class CatalogError(OpenClawError):
    """A catalog file is bad; the message names file, line and key."""


class UnknownPlatform(OpenClawError):
    """No adapter of that name is known."""


class CannotEnable(OpenClawError):
    """A plugin cannot work in this process; the message says why."""


class DropRecord(BaseException):
    """Raised by a processor to drop the record. BaseException, so that no `except Exception` swallows it."""
