from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from openclaw_otel_bridge.people.passwords import generate_password, hash_password, is_right, needs_rehash
from openclaw_otel_bridge.workflow.errors import InvalidField


def test_argon2id_and_only_the_right_one_fits() -> None:
    stored = hash_password("correct horse 电池")
    assert stored.startswith("$argon2id$")
    assert is_right("correct horse 电池", stored)
    assert not is_right("correct horse", stored)
    assert not needs_rehash(stored)


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$v=19$m=1"])
def test_without_a_good_hash_nothing_fits(stored: str | None) -> None:
    assert not is_right("anything at all", stored)


def test_a_hash_of_other_costs_is_to_be_renewed() -> None:
    assert needs_rehash(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("x"))


@pytest.mark.parametrize("password", ["", "short", "x" * 1025])
def test_too_short_and_too_long(password: str) -> None:
    with pytest.raises(InvalidField) as raised:
        hash_password(password)
    assert raised.value.field == "password"
    assert not is_right("x" * 1025, hash_password("x" * 1024))


def test_made_passwords_differ_and_are_long_enough() -> None:
    made = {generate_password() for _ in range(50)}
    assert len(made) == 50
    assert all(len(password) == 23 for password in made)
