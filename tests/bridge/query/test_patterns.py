import fnmatch
import re
import time

from hypothesis import given
from hypothesis import strategies as st

from openclaw_otel_bridge.query.patterns import Pattern, fold, trace_bytes


@given(st.text("ab*"), st.text("ab"))
def test_globs_match_as_a_regular_expression_would(glob: str, text: str) -> None:
    expected = re.fullmatch(fnmatch.translate(glob), text) is not None
    assert Pattern.glob(glob).matches(text) == expected


def test_literal_stars_and_like_escapes() -> None:
    assert Pattern.literal("a*").matches("a*")
    assert not Pattern.literal("a*").matches("ab")
    assert Pattern.glob("50%_\\*").like() == "50\\%\\_\\\\%"
    assert Pattern.glob("a").within().like() == "%a%"


def test_folds_only_what_the_c_collation_folds() -> None:
    assert fold("ÄİAZ中") == "Äİaz中"


def test_many_stars_cost_no_time() -> None:
    pattern = Pattern.glob("*a" * 500 + "b")
    started = time.perf_counter()
    assert not pattern.matches("a" * 20_000)
    assert time.perf_counter() - started < 0.5


def test_trace_ids_are_32_hex_digits() -> None:
    assert trace_bytes("0AF7651916cd43dd8448eb211c80319c") == bytes.fromhex("0af7651916cd43dd8448eb211c80319c")
    assert trace_bytes("xyz") is trace_bytes("０" * 32) is None
