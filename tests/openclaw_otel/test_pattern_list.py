"""Many patterns in one pass: the same answer as trying them one by one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw_otel.catalog import compiled, document
from openclaw_otel.errors import CatalogError
from openclaw_otel.pattern_list import PatternList

STRONG = [pattern for pattern, _ in document("_words")["patterns"]["strong"]]
WORDS = ["token", "expired", "rate limit", "duplicate", "SKU", "not found", "已过期", "重复", "order", "\ud800", "\n"]


def test_the_first_wins_whatever_stands_first_in_the_text() -> None:
    patterns = PatternList(["b+", "a", "B"])

    assert patterns.first("a B") == 0
    assert patterns.found("a B") == [0, 1, 2]
    assert patterns.first("a") == 1
    assert patterns.first("c") is None
    assert patterns.found("c") == []


def test_an_empty_list_finds_nothing() -> None:
    assert PatternList([]).first("text") is None
    assert PatternList([]).found("text") == []


def test_half_a_surrogate_pair_is_no_obstacle() -> None:
    assert PatternList(["token"]).first("bad \ud83d token") == 0
    assert PatternList(["token"]).found("bad \ud83d token") == [0]


def test_a_bad_pattern_is_refused() -> None:
    with pytest.raises(CatalogError, match="cannot be compiled"):
        PatternList(["(?<=a)b"])


@given(st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join))
def test_the_shipped_words_read_as_one_by_one(text: str) -> None:
    plain = text.encode("utf-8", "replace").decode()
    one_by_one = next((n for n, pattern in enumerate(STRONG) if compiled(pattern).search(plain)), None)

    assert PatternList(STRONG).first(text) == one_by_one
