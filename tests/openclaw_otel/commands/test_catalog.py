"""`openclaw-otel catalog check` from the outside."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from openclaw_otel.commands.catalog import main
from openclaw_otel.errors import ConfigError

ROW = {"id": "shopify.THROTTLED", "severity": "info"}


def test_good_and_bad_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shopify.json").write_text(json.dumps({"platform": "shopify", "rows": [ROW]}))
    assert main(["check", str(tmp_path)]) == 0
    bad = tmp_path / "paypal.json"
    bad.write_text(json.dumps({"platform": "paypal", "rows": [{"id": "x", "category": "nope"}]}, indent=1))
    (tmp_path / "myspace.json").write_text("{}")
    monkeypatch.setenv("OPENCLAW_OTEL_CATALOG_DIR", str(tmp_path))
    assert main(["check"]) == 1
    said = capsys.readouterr().out
    assert f"{bad}:6: rows[0].category" in said
    assert "no adapter for 'myspace'" in said
    assert "3 files, 2 refused" in said


def test_a_custom_platform(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "openclaw.toml"
    config.write_text('[platforms.erp]\nhosts = ["erp.example"]\n')
    monkeypatch.setenv("OPENCLAW_OTEL_CONFIG", str(config))
    texts = {"en": "e", "zh": "z"}
    row = {"id": "erp.x", "code": "X", "category": "auth", "explanation": texts, "next_step": texts}
    file = tmp_path / "custom_erp.json"
    file.write_text(json.dumps({"platform": "custom:erp", "rows": [row]}))
    assert main(["check", str(file)]) == 0
    assert "ok" in capsys.readouterr().out


def test_nothing_to_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENCLAW_OTEL_CATALOG_DIR", raising=False)
    with pytest.raises(ConfigError, match="OPENCLAW_OTEL_CATALOG_DIR"):
        main(["check"])
