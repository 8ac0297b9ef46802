from __future__ import annotations

from openclaw_otel_plugins.redaction.pseudonym import key_id, pseudonym, pseudonyms


def test_one_buyer_has_one_pseudonym_however_written() -> None:
    assert pseudonym(b"k", "email", " Jo@Example.com ") == pseudonym(b"k", "email", "jo@example.com")
    assert pseudonym(b"k", "phone", "+86 138-0013-8000") == pseudonym(b"k", "phone", "8613800138000")
    assert pseudonym(b"k", "phone", "13800138000") == pseudonym(b"k", "phone", "+86 138-0013-8000")
    assert pseudonym(b"k", "email", "jo@example.com") != pseudonym(b"k2", "email", "jo@example.com")
    assert pseudonym(b"k", "email", "1") != pseudonym(b"k", "phone", "1")


def test_it_names_its_key_and_not_its_value() -> None:
    made = pseudonym(b"k", "email", "jo@example.com")
    name, _, digest = made.partition(":")
    assert name == key_id(b"k") != key_id(b"k2")
    assert len(digest) == 32
    assert pseudonym(b"k", "email", "\ud800")


def test_the_email_comes_first_and_the_phone_is_not_lost() -> None:
    email, phone = pseudonym(b"k", "email", "a@b.co"), pseudonym(b"k", "phone", "13800138000")
    assert pseudonyms(b"k", ["a@b.co", "c@d.co"], ["13800138000"]) == {"enduser.pseudo.id": email, "user.hash": phone}
    assert pseudonyms(b"k", [], ["13800138000"]) == {"enduser.pseudo.id": phone}
    assert pseudonyms(b"k", [], []) == {}
