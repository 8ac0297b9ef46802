"""`openclaw-otel classify` from the outside."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from openclaw_otel.commands.classify import InputError, main
from openclaw_otel.errors import UnknownPlatform

EMPTY = {"category": None, "code": None, "fingerprint": None, "operation": None, "retryable": None}


def entry(
    status: int, body: str, url: str = "https://demo.myshopify.com/admin/api/2025-01/orders.json"
) -> dict[str, Any]:
    return {"request": {"method": "GET", "url": url}, "response": {"status": status, "content": {"text": body}}}


def run(capsys: pytest.CaptureFixture[str], path: Path, *options: str) -> tuple[int, list[dict[str, Any]]]:
    status = main([str(path), *options])
    return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def write(tmp_path: Path, *lines: object) -> Path:
    path = tmp_path / "in.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), "utf-8")
    return path


def test_a_line_for_every_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(
        tmp_path,
        {"id": "a", "exchange": entry(429, '{"errors": "Exceeded 2 calls per second"}')},
        "",
        {"id": "b", "exchange": entry(200, '{"orders": []}')},
        {"id": "c", "exchange": entry(200, "{}", "https://other.example/")},
        {
            "id": "d",
            "exchange": None,
            "exception": {"type": "KeyError", "message": "'x'", "stacktrace": ""},
            "service": "s",
        },
        {
            "id": 5,
            "exchange": {**entry(200, "{}"), "response": None},
            "exception": {"type": "ReadTimeout", "message": ""},
        },
    )
    status, lines = run(capsys, path)
    assert status == 0
    assert [line["id"] for line in lines] == ["a", "b", "c", "d", 5]
    assert lines[0]["category"] == "rate_limit"
    assert lines[0]["retryable"] is True
    assert lines[0]["operation"] == "orders.list"
    assert lines[1] == {"id": "b", "platform": "shopify", **EMPTY}
    assert lines[2] == {"id": "c", "platform": None, **EMPTY}
    assert (lines[3]["platform"], lines[3]["category"]) == (None, "data_mapping")
    assert (lines[4]["platform"], lines[4]["category"]) == ("shopify", "timeout")
    assert all(line["fingerprint"].startswith("v1:") for line in (lines[0], lines[3], lines[4]))


def test_lines_that_cannot_be_read_say_so_and_the_rest_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(
        tmp_path, "{no", "[1]", {"id": "x"}, {"id": "y", "exchange": {"request": {}}}, {"exchange": entry(500, "")}
    )
    status, lines = run(capsys, path)
    assert status == 1
    assert [line["id"] for line in lines] == ["line 1", "line 2", "x", "y", "line 5"]
    assert ["error" in line for line in lines] == [True, True, True, True, False]
    assert "request is missing" in lines[3]["error"]
    assert lines[4]["category"] == "platform_outage"


def test_har_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "capture.har"
    path.write_text(json.dumps({"log": {"entries": [entry(404, "{}"), entry(200, "{}")]}}))
    status, lines = run(capsys, path)
    assert status == 0
    assert [(line["id"], line["category"]) for line in lines] == [("entry 1", "not_found"), ("entry 2", None)]
    path.write_text("{}")
    with pytest.raises(InputError, match=r"log\.entries"):
        main([str(path)])


def test_explain(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(
        tmp_path,
        {"id": "a", "exchange": entry(402, '{"errors": "Unavailable Shop"}')},
        {"id": "b", "exchange": entry(200, "")},
    )
    _, lines = run(capsys, path, "--explain")
    said = lines[0]["explain"]
    assert said["why"][0].startswith("category quota: ")
    assert said["next_step"]["zh"]
    assert said["message"] == "Unavailable Shop"
    assert lines[1]["explain"] == {"why": ["it succeeded"]}


def test_a_named_platform(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(
        tmp_path, {"id": "a", "exchange": entry(401, "{}", "http://127.0.0.1:9/admin/api/2025-01/orders.json")}
    )
    _, lines = run(capsys, path, "--platform", "shopify")
    assert lines[0]["platform"] == "shopify"
    with pytest.raises(UnknownPlatform):
        main([str(path), "--platform", "myspace"])


def test_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    data = json.dumps({"id": "a", "exchange": entry(500, "")}).encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert main(["-"]) == 0
    assert '"platform_outage"' in capsys.readouterr().out


def test_a_missing_file_is_one_line() -> None:
    with pytest.raises(InputError, match="No such file"):
        main(["/nowhere/x.jsonl"])
