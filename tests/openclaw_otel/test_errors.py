"""The exceptions: one tree, messages for people, reasons for machines."""

from __future__ import annotations

import pytest

from openclaw_otel import errors


def test_all_but_drop_are_one_tree() -> None:
    for name in ("SignatureError", "ConfigError", "CatalogError", "UnknownPlatform", "CannotEnable"):
        assert issubclass(getattr(errors, name), errors.OpenClawError)
    assert not issubclass(errors.DropRecord, Exception)


def test_signature_errors_have_reason_detail_and_hint() -> None:
    error = errors.SignatureError("mismatch", "body changed", "verify the raw bytes")
    assert (error.reason, error.detail, error.hint) == ("mismatch", "body changed", "verify the raw bytes")
    assert str(error) == "mismatch: body changed"
    assert str(errors.SignatureError("expired")) == "expired"


def test_config_errors_begin_with_the_variable() -> None:
    with pytest.raises(errors.ConfigError, match=r"^OPENCLAW_OTEL_X: is bad$") as caught:
        raise errors.ConfigError("OPENCLAW_OTEL_X", "is bad")
    assert caught.value.variable == "OPENCLAW_OTEL_X"


def test_no_except_exception_swallows_a_drop() -> None:
    def careless() -> None:
        try:
            raise errors.DropRecord
        except Exception:  # noqa: BLE001 - the very thing it must survive
            return

    with pytest.raises(errors.DropRecord):
        careless()
