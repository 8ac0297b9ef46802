import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw_otel_bridge.query.errors import QueryError
from openclaw_otel_bridge.query.tokens import tokens


def spelled(text: str) -> list[tuple[bool, str | None, list[str]]]:
    return [(token.negated, token.key, [word.text for word in token.words]) for token in tokens(text)]


def test_keys_signs_commas_and_free_text() -> None:
    assert spelled('platform:shopify -env:a,"b, c" token, "is expired" -x') == [
        (False, "platform", ["shopify"]),
        (True, "env", ["a", "b, c"]),
        (False, None, ["token,"]),
        (False, None, ["is expired"]),
        (True, None, ["x"]),
    ]


def test_chinese_punctuation_is_read_like_its_ascii_twin() -> None:
    assert spelled("store：a，b\u3000“订单 失败”") == [(False, "store", ["a", "b"]), (False, None, ["订单 失败"])]


def test_stars_are_wild_outside_quotes_only() -> None:
    (token,) = tokens('a*"b*"*')
    assert token.words[0].pattern.pieces == ("a", "b*", "")


def test_escapes_inside_quotes() -> None:
    assert spelled(r'"say \"hi\" \\ \n"') == [(False, None, [r'say "hi" \ \n'])]


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ('ab "cd', "open_quote", 4),
        ("status: new", "no_value", 8),
        ("status:new,", "no_value", 12),
        ('x ""', "empty_text", 3),
        ("ab\0", "bad_character", 3),
        ("\ud800", "bad_character", 1),
    ],
)
def test_faults_say_where(text: str, code: str, position: int) -> None:
    with pytest.raises(QueryError) as caught:
        list(tokens(text))
    assert (caught.value.code, caught.value.position) == (code, position)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    position = 1
    try:
        list(tokens(text))
    except QueryError as error:
        position = error.position
    assert 1 <= position <= len(text) + 1
