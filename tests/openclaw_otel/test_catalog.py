"""Catalog rows: how they are found, and that the shipped ones are right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from openclaw_otel import catalog
from openclaw_otel.adapters import ADAPTERS
from openclaw_otel.catalog import RETRYABLE, Catalog, parse_catalog, read_catalog, shipped
from openclaw_otel.catalog_check import check_document
from openclaw_otel.errors import CatalogError
from openclaw_otel.record import Category

FOLDER = Path(catalog.__file__).parent / "catalogs"
TEXTS = {"explanation": {"en": "e", "zh": "中"}, "next_step": {"en": "n", "zh": "步"}}
FILES = sorted(path for path in FOLDER.glob("*.json") if path.name != "schema.json")


def rows(*given: dict[str, Any], base: Catalog | None = None) -> Catalog:
    made = parse_catalog({"platform": "p", "rows": [{**TEXTS, **row} for row in given]})
    return Catalog("p", made.rows, base)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_shipped_files_fit_the_schema_and_the_check(path: Path) -> None:
    text = path.read_text("utf-8")
    data = json.loads(text)
    jsonschema.validate(data, json.loads((FOLDER / "schema.json").read_text("utf-8")))
    assert list(check_document(data, text)) == []
    assert parse_catalog(data).platform == path.stem
    ids = [row["id"] for row in data["rows"]]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_shipped_rows_are_retryable_as_their_category_says(path: Path) -> None:
    for row in parse_catalog(json.loads(path.read_text("utf-8"))).rows:
        if row.category in RETRYABLE:
            assert row.retryable or row.id == "network_tls", row.id
        elif row.category is not Category.CONFLICT:
            assert not row.retryable, row.id


@pytest.mark.parametrize("platform", ADAPTERS)
def test_every_platform_has_a_catalog_with_sources(platform: str) -> None:
    assert len(shipped(platform).rows) > 20
    assert all(row.source for row in shipped(platform).rows)


def test_the_most_telling_row_wins() -> None:
    found = rows(
        {"id": "rest", "code": "E", "category": "validation"},
        {"id": "token", "code": "E", "category": "auth", "match": "token"},
        {"id": "any", "code": "E*", "category": "unknown"},
        {"id": "busy", "code": "B", "category": "platform_outage", "status": 503},
    )
    assert [row.id if (row := found.by_code(*key)) else None for key in (("E", 200, "bad TOKEN"), ("E", 200, ""))] == [
        "token",
        "rest",
    ]
    assert found.by_code("EX", None, "").id == "any"  # type: ignore[union-attr]
    assert found.by_code("B", 200, "") is None
    assert found.by_code("b", 503, "") is None
    assert found.has_meanings("E")
    assert not found.has_meanings("B")


def test_answers_without_a_code() -> None:
    found = rows(
        {"id": "s", "category": "auth", "status": [401, 403]},
        {"id": "m", "category": "quota", "match": "plan", "status": 403},
    )
    assert found.by_message(403, "your PLAN ended").id == "m"  # type: ignore[union-attr]
    assert found.by_message(401, "plan") is None
    assert found.by_status(401).id == "s"  # type: ignore[union-attr]
    assert found.by_status(None) is None


def test_a_base_answers_what_the_rows_do_not_know() -> None:
    base = rows(
        {"id": "a", "code": "A", "category": "auth"}, {"id": "a2", "code": "A", "category": "quota", "match": "q"}
    )
    over = rows({"id": "mine", "code": "A", "category": "conflict"}, base=base)
    assert over.by_code("A", None, "q").id == "mine"  # type: ignore[union-attr]
    assert over.has_meanings("A")
    assert rows(base=base).by_code("A", None, "").id == "a"  # type: ignore[union-attr]


def test_retryable_follows_the_category_when_left_out() -> None:
    made = rows(
        {"id": "a", "category": "rate_limit"},
        {"id": "b", "category": "auth"},
        {"id": "c", "category": "auth", "retryable": True},
    )
    assert [row.retryable for row in made.rows] == [True, False, True]


@pytest.mark.parametrize(
    "row",
    [
        {"id": "x"},
        {"category": "auth"},
        {"id": "x", "category": "no"},
        {"id": "x", "category": "auth", "match": "(?=a)"},
    ],
)
def test_bad_rows_are_named(row: dict[str, Any]) -> None:
    with pytest.raises(CatalogError, match=r"p: row 1"):
        parse_catalog({"platform": "p", "rows": [row]})


def test_an_unknown_platform_has_no_rows() -> None:
    assert shipped("nobody").rows == ()
    assert shipped("../errors").rows == ()


def test_a_package_may_carry_its_own_catalog() -> None:
    assert read_catalog("openclaw_otel.catalogs", "paypal.json").platform == "paypal"
    with pytest.raises(CatalogError, match=r"nobody.json of openclaw_otel.catalogs"):
        read_catalog("openclaw_otel.catalogs", "nobody.json")
