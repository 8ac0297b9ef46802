"""Override files: laid over the shipped rows, read again when changed, refused when bad."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from typing import Any

import pytest

from openclaw_otel.catalog import shipped
from openclaw_otel.errors import CatalogError
from openclaw_otel.overrides import CLASSIFIER, Overrides, load_overrides, overrides_of
from openclaw_otel.record import Category, ErrorRecord, Evidence, OwnerHint

TEXTS = {"explanation": {"en": "ours", "zh": "我们的"}, "next_step": {"en": "do", "zh": "做"}}
NEW = {"id": "team.new", "code": "HOUSE_CODE", "category": "business_rule", "owner": "support", **TEXTS}
THROTTLED = ErrorRecord(
    id="r", platform="shopify", evidence=Evidence.CODE, code="THROTTLED", codes=("THROTTLED",), status=200
)


class Folder:
    """A folder of override files and a clock that is moved by hand."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.now = 0.0
        self.overrides = Overrides(path, lambda: self.now)
        self._stamp = 1_700_000_000

    def write(self, *rows: dict[str, Any], text: str | None = None) -> None:
        file = self.path / "shopify.json"
        file.write_text(text if text is not None else json.dumps({"platform": "shopify", "rows": rows}, indent=1))
        self._stamp += 10
        os.utime(file, (self._stamp, self._stamp))
        self.now += 10

    def code(self, code: str) -> str | None:
        row = self.overrides.catalog("shopify").by_code(code, 200, "")
        return row.id if row else None


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_a_new_row_wins_and_the_shipped_ones_stay(folder: Folder) -> None:
    folder.write(NEW)
    assert (folder.code("HOUSE_CODE"), folder.code("THROTTLED")) == ("team.new", "shopify.THROTTLED")


def test_a_shipped_row_is_changed_by_the_keys_named(folder: Folder) -> None:
    folder.write({"id": "shopify.THROTTLED", "owner": "dev", "category": "quota", "retryable": False})
    record = folder.overrides.judge(THROTTLED)
    assert (record.category, record.owner_hint, record.retryable) == (Category.QUOTA, OwnerHint.DEV, False)
    assert record.shipped_category is Category.RATE_LIMIT
    assert record.classifier == CLASSIFIER
    assert record.next_step["en"].startswith("Wait")


def test_texts_alone_can_be_changed(folder: Folder) -> None:
    folder.write({"id": "shopify.THROTTLED", "next_step": {"en": "Call Li", "zh": "找小李"}})
    assert folder.overrides.judge(THROTTLED).next_step["zh"] == "找小李"


def test_without_a_fitting_override_nothing_changes(folder: Folder) -> None:
    folder.write(NEW)
    assert folder.overrides.judge(THROTTLED) == Overrides(None).judge(THROTTLED)


def test_a_changed_file_is_read_again_and_a_bad_one_refused(folder: Folder, caplog: pytest.LogCaptureFixture) -> None:
    folder.write(NEW)
    assert folder.code("HOUSE_CODE") == "team.new"
    with caplog.at_level(logging.ERROR):
        folder.write(text='{"platform": "shopify",\n "rows": [\n  {"id": "x" "category": "auth"}]}')
        assert folder.code("HOUSE_CODE") == "team.new"
    assert "shopify.json:3: not JSON" in caplog.text
    folder.write({**NEW, "id": "team.second"})
    assert folder.code("HOUSE_CODE") == "team.second"
    (folder.path / "shopify.json").unlink()
    folder.now += 10
    assert folder.code("HOUSE_CODE") is None


def test_a_bad_first_file_leaves_the_shipped_rows(folder: Folder) -> None:
    folder.write({**NEW, "category": "nonsense"})
    assert (folder.code("HOUSE_CODE"), folder.code("THROTTLED")) == (None, "shopify.THROTTLED")


def test_looking_is_rare(folder: Folder) -> None:
    folder.write(NEW)
    assert folder.code("HOUSE_CODE") == "team.new"
    (folder.path / "shopify.json").unlink()
    folder.now += 1.0
    assert folder.code("HOUSE_CODE") == "team.new"


def test_a_bad_file_names_file_line_and_key(tmp_path: Path) -> None:
    path = tmp_path / "shopify.json"
    path.write_text(
        json.dumps({"platform": "shopify", "rows": [NEW, {**NEW, "id": "b", "owner": "boss", "match": "("}]}, indent=1)
    )
    with pytest.raises(CatalogError) as error:
        load_overrides(path, "shopify")
    lines = str(error.value).splitlines()
    assert len(lines) == 2
    assert all(line.startswith(f"{path}:") for line in lines)
    assert any("rows[1].owner" in line for line in lines)
    owner_line = next(int(line.split(":")[1]) for line in lines if "owner" in line)
    assert '"boss"' in path.read_text().splitlines()[owner_line - 1]


def test_other_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="cannot be read"):
        load_overrides(tmp_path / "none.json", "shopify")
    binary = tmp_path / "shopify.json"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CatalogError, match="cannot be read"):
        load_overrides(binary, "shopify")
    binary.write_text('{"platform": "paypal", "rows": []}')
    with pytest.raises(CatalogError, match="platform"):
        load_overrides(binary, "shopify")


def test_no_folder_means_the_shipped_catalog() -> None:
    assert Overrides(None).catalog("paypal") is shipped("paypal")
    assert overrides_of(None) is overrides_of(None)
