import pytest

from openclaw_otel_bridge.query.errors import QueryError, suggestion
from openclaw_otel_bridge.query.parse import parse


def test_suggests_the_nearest_word_and_nothing_when_none_is_near() -> None:
    assert suggestion("stor", ("store", "status"))["suggest_en"] == '; did you mean "store"?'
    assert suggestion("zzz", ("store", "status")) == {}


@pytest.mark.parametrize(
    "written",
    [
        "stor:x",
        "status:reslved",
        "status:",
        '"open',
        '""',
        "last_seen:soon",
        "last_seen:<99999d",
        "trace:12",
        "attr.:1",
        "a\0b",
        "a" * 3000,
        "a " * 101,
    ],
)
def test_every_fault_is_told_in_both_languages(written: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(written)
    english, chinese = caught.value.text("en"), caught.value.text("zh")
    assert english == str(caught.value)
    assert english != chinese
    assert "{" not in english + chinese
    assert any("一" <= character <= "鿿" for character in chinese)
