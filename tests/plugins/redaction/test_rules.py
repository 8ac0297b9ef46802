from __future__ import annotations

import json
from pathlib import Path

import pytest

from openclaw_otel import ConfigError
from openclaw_otel_plugins.redaction.keys import normal
from openclaw_otel_plugins.redaction.rules import load_rules


def test_the_shipped_rules_are_sound() -> None:
    rules = load_rules()
    assert len(rules.values) > 25
    names = [rule.name for rule in rules.values]
    assert len(set(names)) == len(names)
    terms = {name: terms for name, terms in rules.classes.items()}
    for name, words in terms.items():
        for term in words:
            others = [other for other, known in terms.items() if other != name and term in known]
            assert not others, f"{term} is {name} and {others}"
            assert not term.isascii() or normal(term.lstrip("=")).replace(".", "_"), term
    for rule in rules.values:
        assert not rule.pattern.search(rule.placeholder), rule.name
        assert not rule.pattern.search(b"[redacted]"), rule.name


def test_a_users_file_is_merged(tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    own = {
        "keys": {"loyalty": ["member_card"], "name": ["nick"]},
        "values": [{"name": "employee", "pattern": r"\bEMP-[0-9]{5}\b", "placeholder": "employee"}],
        "keep": ["customer_note"],
    }
    path.write_text(json.dumps(own), "utf-8")
    rules = load_rules(path)
    assert "member_card" in rules.classes["loyalty"]
    assert {"nick", "first_name"} <= rules.classes["name"]
    assert rules.values[-1].placeholder == b"[employee]"
    assert rules.own_keep == {"customer_note"}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{", "is not JSON"),
        ("[]", "must be an object"),
        ('{"key": {}}', "key: is not known; use"),
        ('{"keys": []}', "keys: must be an object"),
        ('{"keys": {"Bad One": ["x"]}}', "keys.Bad One: a placeholder is lower_snake"),
        ('{"keys": {"x": "y"}}', r"keys\.x: must be a list of texts"),
        ('{"keep": [1]}', "keep: must be a list of texts"),
        ('{"values": {}}', "values: must be a list"),
        ('{"values": [1]}', r"values\[0\]: must be an object"),
        ('{"values": [{"name": "a"}]}', r"values\[0\]\.pattern: is missing"),
        ('{"values": [{"name": "a", "pattern": "(", "placeholder": "x"}]}', r"values\[0\]\.pattern: is no RE2 pattern"),
        ('{"values": [{"name": "a", "pattern": "(?=x)", "placeholder": "x"}]}', r"values\[0\]\.pattern: is no RE2"),
        (
            '{"values": [{"name": "a", "pattern": "x*", "placeholder": "x"}]}',
            r"values\[0\]\.pattern: matches the empty",
        ),
        ('{"values": [{"name": "a", "pattern": "red", "placeholder": "x"}]}', r"values\[0\]\.pattern: matches placeh"),
        ('{"values": [{"name": "a", "pattern": "x", "placeholder": "[x]"}]}', r"values\[0\]\.placeholder: must be"),
        ('{"values": [{"name": "a", "pattern": "x", "placeholder": "x", "y": 1}]}', r"values\[0\]\.y: is not known"),
        ('{"values": [{"name": "a", "pattern": "x", "placeholder": "x", "number": 1}]}', r"values\[0\]\.number"),
    ],
)
def test_a_bad_file_is_refused_with_file_and_key(tmp_path: Path, content: str, problem: str) -> None:
    path = tmp_path / "own.json"
    path.write_text(content, "utf-8")
    with pytest.raises(ConfigError, match=problem) as caught:
        load_rules(path)
    assert str(caught.value).startswith(f"OPENCLAW_OTEL_REDACTION_RULES: {path}")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_rules(tmp_path / "none.json")
