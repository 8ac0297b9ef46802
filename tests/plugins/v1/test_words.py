"""The word lists keep out of each other's way."""

from __future__ import annotations

import re

from openclaw_otel_plugins.v1 import words


def test_lists_are_lower_case_where_they_are_compared_so() -> None:
    for name in (
        "CODE_WORDS",
        "NOT_CODE",
        "STATUS_VERBS",
        "UNITS",
        "LABELS",
        "STRONG_LABELS",
        "VALUE_KEYS",
        "TECHNICAL",
    ):
        assert all(word == word.lower() for word in getattr(words, name)), name


def test_a_code_word_is_never_the_key_of_a_value() -> None:
    assert not words.CODE_WORDS & words.VALUE_KEYS
    assert not words.LABELS & words.STRONG_LABELS


def test_technical_words_have_a_digit_or_name_an_encoding() -> None:
    assert all(re.search(r"\d", word) or word in ("ascii", "gbk") for word in words.TECHNICAL)


def test_reasons_are_by_http_status() -> None:
    assert all(re.fullmatch(r"[45]\d\d", status) for status in words.REASONS)
