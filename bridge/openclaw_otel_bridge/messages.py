"""Words people read, in English and Chinese: one flat JSON catalog per language, looked up by key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources

LOCALES = ("en", "zh")
DEFAULT_LOCALE = "en"


def t(key: str, locale: str, **params: object) -> str:
    """Return the text of a key in a language, parameters filled in.

    `n=1` takes the key's `_one` form where the language has one.

    Raises:
        KeyError: the key is in no catalog, or a parameter of its text is missing.
    """
    texts = catalog(locale)
    if params.get("n") == 1 and f"{key}_one" in texts:
        key = f"{key}_one"
    text = texts[key]
    return text.format_map(params) if params else text


def known(key: str) -> bool:
    """Say whether a key has a text; for words made of data, such as a platform's name."""
    return key in catalog(DEFAULT_LOCALE)


def word(family: str, value: object, locale: str) -> str:
    """Return the word for a value of a family (`category`, `status`, …); the value itself when there is none."""
    key = f"{family}.{value}"
    return t(key, locale) if known(key) else str(value)


@cache
def catalog(locale: str) -> Mapping[str, str]:
    """Return all texts of a language, the default one's for a language we do not have."""
    name = locale if locale in LOCALES else DEFAULT_LOCALE
    file = resources.files("openclaw_otel_bridge") / "i18n" / f"{name}.json"
    texts: dict[str, str] = json.loads(file.read_text("utf-8"))
    return texts


def best_locale(accept_language: str) -> str:
    """Return the language of ours that an Accept-Language header ranks first, `en` without one."""
    ranked: list[tuple[float, int, str]] = []
    for position, part in enumerate(accept_language.split(",")):
        tag, _, quality = part.strip().partition(";q=")
        name = tag.split("-")[0].strip().lower()
        if name in LOCALES:
            try:
                weight = float(quality or 1)
            except ValueError:
                continue  # a malformed wish counts as none
            ranked.append((-weight, position, name))
    return min(ranked)[2] if ranked else DEFAULT_LOCALE
