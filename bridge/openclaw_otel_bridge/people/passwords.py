"""Passwords as argon2id hashes; checking takes about as long for an unknown person as for a known one."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from openclaw_otel_bridge.workflow.errors import InvalidField

MIN_LENGTH = 10
MAX_LENGTH = 1024
"""Longer input would let a stranger make the server hash megabytes."""


@cache
def _hasher() -> PasswordHasher:
    # OWASP's second choice for argon2id (19 MiB, 2 passes, 1 lane): the web processes share a small machine,
    # and the library's default of 64 MiB a login would be the largest allocation of all.
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_password(password: str) -> str:
    """Return the argon2id hash to store.

    Raises:
        InvalidField: the password is too short or too long.
    """
    if len(password) < MIN_LENGTH:
        raise InvalidField("password", f"at least {MIN_LENGTH} characters", f"至少 {MIN_LENGTH} 个字符")
    if len(password) > MAX_LENGTH:
        raise InvalidField("password", f"at most {MAX_LENGTH} characters", f"最多 {MAX_LENGTH} 个字符")
    return _hasher().hash(password)


def is_right(password: str, stored: str | None) -> bool:
    """Say whether the password fits; without a stored hash it takes the same time and is False."""
    if len(password) > MAX_LENGTH:
        return False
    try:
        return _hasher().verify(stored or _decoy(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(stored: str) -> bool:
    """Say whether the hash was made with other costs than today's."""
    return _hasher().check_needs_rehash(stored)


def generate_password() -> str:
    """Return a password a person can copy: 20 characters, 100 bits and more, nothing that looks alike."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789ABCDEFGHJKMNPQRSTUVWXYZ"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(5)) for _ in range(4))


@cache
def _decoy() -> str:
    return _hasher().hash(secrets.token_hex(16))
