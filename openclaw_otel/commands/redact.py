"""`openclaw-otel redact`: what would leave the process: JSON lines → the same lines redacted, or text → text."""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from openclaw_otel.config import Config
from openclaw_otel.errors import ConfigError
from openclaw_otel.hookspecs import Side
from openclaw_otel.pipeline import Pipeline, build_pipeline


class Finding(Protocol):
    """One replacement."""

    @property
    def rule(self) -> str: ...
    @property
    def place(self) -> str: ...
    @property
    def placeholder(self) -> str: ...


@runtime_checkable
class Explains(Protocol):
    """A redactor that can say what it did; others are run without an explanation."""

    def explain(self, value: Any) -> tuple[Any, Sequence[Finding]]:
        """Return a text or a tree redacted, and what was replaced where."""
        ...


def main(argv: Sequence[str]) -> int:
    """Redact a file or standard input to standard output."""
    parser = argparse.ArgumentParser(prog="openclaw-otel redact", description=(__doc__ or "").partition(": ")[2])
    parser.add_argument("file", metavar="FILE", help="JSON lines or any text; - is standard input")
    parser.add_argument("--explain", action="store_true", help="list rule, place and placeholder instead of the result")
    options = parser.parse_args(argv)
    pipeline = build_pipeline(Side.SOURCE, Config.from_env())
    if not pipeline.redactors:
        raise ConfigError("OPENCLAW_OTEL_PLUGINS", "no redactor is loaded, so nothing could be redacted; add redact")
    source = sys.stdin.buffer if options.file == "-" else _open(Path(options.file))
    with source:
        lines = io.TextIOWrapper(source, encoding="utf-8", errors="replace", newline="")
        for value, end in _values(lines):
            if options.explain:
                sys.stdout.writelines(f"{line}\n" for line in _explained(pipeline, value))
            else:
                sys.stdout.write(_written(pipeline, value) + end)
    return 0


def _open(path: Path) -> Any:
    try:
        return path.open("rb")
    except OSError as error:
        raise ConfigError("FILE", f"{path} cannot be read: {error.strerror}") from error


def _values(lines: Iterable[str]) -> Iterator[tuple[Any, str]]:
    """Yield (value, line end): a parsed object per line of JSON lines; else the whole text at once."""
    numbered = iter(lines)
    for line in numbered:
        value = _parsed(line)
        if value is None:
            rest = line + "".join(numbered)
            yield rest, ""
            return
        yield value, "\n" if line.endswith("\n") else ""
        break
    for line in numbered:
        value = _parsed(line)
        yield (line if value is None else value), "\n" if value is not None and line.endswith("\n") else ""


def _parsed(line: str) -> Any:
    if line.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _written(pipeline: Pipeline, value: Any) -> str:
    if isinstance(value, str):
        return _printable(pipeline.redact_text(value))
    return _printable(json.dumps(pipeline.redact_tree(value), ensure_ascii=False))


def _printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _explained(pipeline: Pipeline, value: Any) -> Iterator[str]:
    label = value.get("id", "") if isinstance(value, dict) else ""
    for redactor in pipeline.redactors:
        if isinstance(redactor, Explains):
            value, findings = redactor.explain(value)
            for finding in findings:
                columns = (label, finding.place, finding.rule, finding.placeholder)
                yield _printable("\t".join(str(column) for column in columns if column))
