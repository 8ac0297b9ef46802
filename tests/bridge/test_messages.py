"""The two languages say the same things, and every place that asks for a text finds it."""

import re
import string
from pathlib import Path

import pytest

from openclaw_otel_bridge.messages import LOCALES, best_locale, catalog, known, t, word

BRIDGE = Path(__file__).parents[2] / "bridge" / "openclaw_otel_bridge"


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_key_is_in_every_language():
    keys = [{key for key in catalog(locale) if not key.endswith("_one")} for locale in LOCALES]
    assert keys[0] == keys[1]


def test_texts_take_the_same_parameters_and_are_not_empty():
    english, chinese = catalog("en"), catalog("zh")
    for key, text in chinese.items():
        assert text.strip(), key
        assert english[key].strip(), key
        assert _fields(text) == _fields(english[key]), key


def test_chinese_is_chinese():
    named = ("platform.", "actor.", "name.")  # proper names are the same everywhere
    for key, text in catalog("zh").items():
        words = re.sub(r"\{\w+\}", "", text)
        assert key.startswith(named) or text != catalog("en")[key] or not re.search("[a-z]{4}", words), key


def test_templates_and_code_ask_only_for_known_keys():
    asked = {}
    for file in [*BRIDGE.rglob("*.html"), *BRIDGE.rglob("*.py")]:
        for key in re.findall(r"""\bt\(\s*["']([a-z0-9_.]+)["']""", file.read_text("utf-8")):
            asked.setdefault(key, file.name)
    keys = catalog("en")
    for key, where in asked.items():  # a key with an open end is completed by data: "delivery." ~ status
        assert known(key) or (key[-1] in "._" and any(one.startswith(key) for one in keys)), f"{key} in {where}"


def test_a_missing_key_or_parameter_is_an_error():
    with pytest.raises(KeyError):
        t("no.such.key", "en")
    with pytest.raises(KeyError):
        t("time.ago.minute", "en", x=1)


def test_word_falls_back_to_the_value():
    assert word("category", "auth", "zh") == "认证"
    assert word("category", "brand_new", "zh") == "brand_new"


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("de,en;q=0.7,zh;q=0.9", "zh"),
        ("fr", "en"),
        ("zh;q=x,en", "en"),
        ("ZH-hant", "zh"),
    ],
)
def test_best_locale(header, locale):
    assert best_locale(header) == locale
