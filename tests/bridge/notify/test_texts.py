from __future__ import annotations

from string import Formatter

import pytest

from openclaw_otel_bridge.notify.texts import TEXTS, text


@pytest.mark.parametrize("key", TEXTS)
def test_both_languages_say_the_same_things(key: str) -> None:
    english, chinese = TEXTS[key]
    assert english
    assert chinese
    assert english != chinese
    places = [{name for _, name, _, _ in Formatter().parse(words) if name} for words in (english, chinese)]
    assert places[0] == places[1]


def test_parameters_are_filled_in() -> None:
    assert text("new", "en", title="x {y}") == "New: x {y}"
    assert text("new", "zh", title="x") == "新问题：x"
    with pytest.raises(KeyError):
        text("nothing", "en")
