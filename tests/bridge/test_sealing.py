from __future__ import annotations

import pytest
from cryptography.fernet import Fernet

from openclaw_otel_bridge.sealing import Sealer, SealError

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))


def test_sealed_with_the_first_key_opened_with_any() -> None:
    sealed = Sealer([OLD]).seal("https://robot/密")
    assert "robot" not in sealed
    assert Sealer([NEW, OLD]).open(sealed) == "https://robot/密"
    assert Sealer([NEW, OLD]).open("plain of before") == "plain of before"


def test_without_keys_it_is_plain() -> None:
    assert Sealer().seal("x") == Sealer().open("x") == "x"
    assert Sealer([NEW]).seal("") == ""


@pytest.mark.parametrize("keys", [[], [NEW]])
def test_a_key_that_is_gone_is_named(keys: list[str]) -> None:
    with pytest.raises(SealError, match="OPENCLAW_OTEL_ENCRYPTION_KEYS"):
        Sealer(keys).open(Sealer([OLD]).seal("x"))
