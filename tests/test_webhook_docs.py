"""The page on webhooks says what the adapters do."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from openclaw_otel.adapters import ADAPTERS, get_adapter
from openclaw_otel.errors import SignatureReason
from openclaw_otel.record import Headers, WebhookRequest
from openclaw_otel.testing import load_vectors, verdict

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "webhooks.md").read_text("utf-8")
EMPTY = WebhookRequest("POST", "https://hooks.example.com/in", {}, b"{}")


def table(title: str) -> list[list[str]]:
    """Return the cells of the first table below a heading."""
    lines = PAGE.partition(f"{title}\n")[2].splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("|"))
    rows = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows[2:]


ROWS = {row[0].strip("`"): row for row in table("## The twelve platforms")}


def code(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_every_platform_has_its_row() -> None:
    assert sorted(ROWS) == sorted(ADAPTERS)


@pytest.mark.parametrize("platform", ADAPTERS)
def test_answers_and_deadline(platform: str) -> None:
    adapter, row = get_adapter(platform), ROWS[platform]
    assert int(row[4]) == adapter.answer("bad_signature", EMPTY).status
    assert int(row[5]) == adapter.answer("ok", EMPTY).status
    assert float(row[6]) == adapter.deadline
    assert ("not the body" in row[2]) == (adapter.signs == "headers")


@pytest.mark.parametrize("platform", ADAPTERS)
def test_without_its_header_a_delivery_is_refused(platform: str) -> None:
    adapter, names = get_adapter(platform), code(ROWS[platform][1])
    for vector in load_vectors(ROOT / "tests" / "payloads" / platform / "vectors.json"):
        signed = [name for name in names if name in vector.request.headers]
        if not vector.valid or vector.primitive_only or not signed:
            continue
        rest = {name: value for name, value in vector.request.headers.items() if name.lower() != signed[0].lower()}
        refusal = verdict(adapter, vector, replace(vector.request, headers=Headers(rest)))
        assert refusal is not None
        assert refusal.reason in ("missing_header", "unsigned_scheme"), vector.name
        return
    assert platform == "amazon_sp", "no vector bears the header of the table"


@pytest.mark.parametrize("platform", ADAPTERS)
def test_parameters_are_those_the_adapter_reads(platform: str) -> None:
    files = [ROOT / "openclaw_otel" / "adapters" / f"{platform}.py", ROOT / "openclaw_otel" / f"{platform}_signing.py"]
    sources = "".join(file.read_text("utf-8") for file in files if file.exists())
    read = set(re.findall(r"""parameters(?:\.get\(\s*|\[)["'](\w+)["']""", sources))
    assert set(code(ROWS[platform][3])) == read


def test_each_parameter_is_explained() -> None:
    explained = {name for row in table("### Parameters") for name in code(row[0])}
    used = {name for row in ROWS.values() for name in code(row[3])}
    assert explained == used - {"tolerance"}


def test_strict_vectors_that_are_accepted_are_listed() -> None:
    accepted = {
        (platform, vector.name)
        for platform in ADAPTERS
        for vector in load_vectors(ROOT / "tests" / "payloads" / platform / "vectors.json")
        if not vector.valid and not vector.primitive_only and verdict(get_adapter(platform), vector) is None
    }
    assert {(code(row[0])[0], code(row[1])[0]) for row in table("## Accepted knowingly")} == accepted


def test_every_reason_is_explained() -> None:
    assert {code(row[0])[0] for row in table("## Try a delivery")} == set(get_args(SignatureReason))
