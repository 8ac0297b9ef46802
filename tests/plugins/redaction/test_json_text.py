from __future__ import annotations

import json

import pytest

from openclaw_otel_plugins.redaction.json_text import complete, dump, without_closers

VALUE = {"a": [1, 2.5, "ü/\U0001f600"], "b": {"c": None, "d": True}, "e": [], "f": {}}


@pytest.mark.parametrize("escaped", [True, False])
@pytest.mark.parametrize("style", [{}, {"indent": 2}, {"indent": 4}, {"separators": (",", ":")}, {"indent": "\t"}])
def test_json_is_written_in_the_style_it_came_in(style: dict[str, object], escaped: bool) -> None:
    text = json.dumps(VALUE, ensure_ascii=escaped, **style)  # type: ignore[arg-type]
    assert dump(VALUE, text) == text
    assert dump(VALUE, text.replace("/", "\\/")) == text.replace("/", "\\/")


@pytest.mark.parametrize("style", [None, 2])
def test_json_cut_anywhere_is_completed_and_cut_again(style: int | None) -> None:
    text = json.dumps(VALUE, indent=style)
    for end in range(1, len(text)):
        cut = complete(text[:end])
        assert cut is not None, text[:end]
        value = json.loads(cut.text)
        again = without_closers(dump(value, text), cut.closers, in_string=cut.in_string)
        second = complete(again)
        assert second is not None
        assert json.loads(second.text) == value


@pytest.mark.parametrize("text", ["{}", "[API] bad", "{a: 1}", '{"a"} x', "{{", "[" * 1000, '{"a":1} tail', "]"])
def test_what_is_no_cut_json_is_none(text: str) -> None:
    assert complete(text) is None
