from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from openclaw_otel.commands.redact import main
from openclaw_otel.errors import ConfigError


def run(path: Path, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    assert main([str(path), *options]) == 0
    return capsys.readouterr().out


def test_json_lines_keep_order_and_shape(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text(
        '{"id": "a", "email": "jo@example.com"}\nnot json jo@example.com\n{"order_id": "13800138000"}', "utf-8"
    )
    assert run(path, capsys) == '{"id": "a", "email": "[email]"}\nnot json [email]\n{"order_id": "13800138000"}'


def test_a_text_is_redacted_as_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "in.txt"
    path.write_text("-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\nto jo@example.com\n", "utf-8")
    assert run(path, capsys) == "[token]\nto [email]\n"


def test_a_printed_har_is_one_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "in.har"
    har = {"log": {"entries": [{"request": {"headers": [{"name": "Authorization", "value": "Bearer abc"}]}}]}}
    path.write_text(json.dumps(har, indent=2), "utf-8")
    out = run(path, capsys)
    assert out == json.dumps(har, indent=2).replace("Bearer abc", "Bearer [token]")


def test_bytes_that_are_no_text_raise_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(b'{"a": "\\ud800 \xff jo@example.com"}\n\xff\xfe\n')
    assert "jo@" not in run(path, capsys)


def test_explain_lists_rule_and_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text('{"id": "a", "customer": {"email": "jo@example.com"}}\n', "utf-8")
    assert run(path, capsys, "--explain") == "a\t$.customer.email\tkey:email\t[email]\n"


def test_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"to jo@example.com")))
    assert main(["-"]) == 0
    assert capsys.readouterr().out == "to [email]"


def test_a_missing_file_and_no_redactor_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        main([str(tmp_path / "none")])
    monkeypatch.setenv("OPENCLAW_OTEL_PLUGINS", "enrich")
    with pytest.raises(ConfigError, match="no redactor is loaded"):
        main([str(tmp_path / "none")])
