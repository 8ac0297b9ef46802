"""Problems of catalog files, with line and key, and that the check agrees with the JSON schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from openclaw_otel import catalog
from openclaw_otel.catalog_check import check_document, line_of

SCHEMA = json.loads((Path(catalog.__file__).parent / "catalogs" / "schema.json").read_text("utf-8"))
GOOD: dict[str, Any] = {
    "id": "a.b",
    "category": "auth",
    "explanation": {"en": "e", "zh": "中"},
    "next_step": {"en": "n", "zh": "步"},
}


def problems(document: Any, **options: Any) -> list[tuple[int, str, str]]:
    return list(check_document(document, json.dumps(document, indent=1, ensure_ascii=False), **options))


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"category": "nonsense"}, "category"),
        ({"category": None}, "category"),
        ({"severity": "bad"}, "severity"),
        ({"owner": "boss"}, "owner"),
        ({"code": 105002}, "code"),
        ({"match": "("}, "match"),
        ({"match": ""}, "match"),
        ({"retryable": "yes"}, "retryable"),
        ({"retry": "sometimes"}, "retry"),
        ({"status": 7}, "status"),
        ({"status": []}, "status"),
        ({"status": [True]}, "status"),
        ({"explanation": {"en": "only"}}, "explanation"),
        ({"next_step": "text"}, "next_step"),
        ({"source": "text"}, "source"),
        ({"id": "two words"}, "id"),
        ({"id": None}, "id"),
        ({"extra": 1}, "extra"),
    ],
)
def test_each_bad_key_is_named_on_its_line(change: dict[str, Any], key: str) -> None:
    document = {"platform": "p", "rows": [GOOD, {**GOOD, "id": "second", **change}]}
    found = problems(document)
    assert [at for _, at, _ in found] == [f"rows[1].{key}"]
    if key != "match" or change["match"] == "":
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(document, SCHEMA)
    lines = json.dumps(document, indent=1, ensure_ascii=False).splitlines()
    if document["rows"][1]["id"] == "second":
        assert f'"{key}"' in lines[found[0][0] - 1]


def test_a_good_document_has_none() -> None:
    whole = {
        **GOOD,
        "code": "E*",
        "status": [400, 422],
        "match": "a|b",
        "retryable": True,
        "retry": "after:X",
        "source": ["s"],
    }
    document = {
        "platform": "p",
        "rows": [GOOD, {**whole, "id": "w", "verified": False, "severity": "info", "owner": "ops"}],
    }
    jsonschema.validate(document, SCHEMA)
    assert problems(document, platform="p") == []


@pytest.mark.parametrize(
    ("document", "key"),
    [
        ([], "(document)"),
        ({"platform": "p"}, "rows"),
        ({"platform": "other", "rows": []}, "platform"),
        ({"rows": []}, "platform"),
        ({"platform": "p", "rows": ["x"]}, "rows[0]"),
        ({"platform": "p", "rows": [GOOD, GOOD]}, "rows[1].id"),
        ({"platform": "p", "rows": [], "row": []}, "row"),
    ],
)
def test_bad_documents(document: Any, key: str) -> None:
    assert key in [at for _, at, _ in problems(document, platform="p")]


def test_lines() -> None:
    assert line_of('{\n "a": 1,\n "b": 2}', "b") == 3
    assert line_of("{}", "b") == 1
