"""A megabyte of each of the worst, against one of orders full of buyers and one of a log with nothing to find."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from openclaw_otel import Config, ErrorRecord, ExceptionInfo, Side, Stage, build_pipeline
from openclaw_otel.classify import Classifier, Context
from openclaw_otel.registry import Loaded, load
from openclaw_otel_plugins.redact import RuleRedactor
from openclaw_otel_plugins.redaction.rules import load_rules
from tests.benchmarks.bodies import log_lines, orders
from tests.benchmarks.measuring import once
from tests.generators.adversarial import texts

SIZE = 1_000_000
SHOWN = 5


def run() -> Iterator[str]:
    """Yield the lines of this benchmark."""
    redactor, cases = RuleRedactor(load_rules()), texts(SIZE)
    bought = list(orders(SIZE // 1050))
    benign = {"orders": json.dumps({"orders": bought}), "log": log_lines(SIZE)}
    yield from _ranked("text", redactor.text, cases, benign)
    trees = {name: tree for name, text in cases.items() if (tree := _parsed(text)) is not None}
    yield from _ranked("tree", redactor.tree, trees, {"orders": bought, "log": [benign["log"]]})
    pipeline = build_pipeline(Side.SOURCE, Config())
    pipeline.processors = tuple(each for each in pipeline.processors if each.stage is not Stage.BURST)
    records = {name: _record(text) for name, text in cases.items()}
    yield from _ranked("record", pipeline.run, records, {name: _record(text) for name, text in benign.items()})


def _ranked(
    what: str, work: Callable[[Any], object], cases: Mapping[str, Any], benign: Mapping[str, Any]
) -> Iterator[str]:
    base = {name: min(once(work, case) for _ in range(5)) for name, case in benign.items()}
    taken = sorted(((once(work, case), name) for name, case in cases.items()), reverse=True)
    for seconds, name in taken[:SHOWN]:
        again = min(seconds, once(work, cases[name]))
        ratios = ", ".join(f"{again / each:.1f} × {kind}" for kind, each in base.items())
        yield f"{what} {name}: {ratios}"


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _record(text: str) -> ErrorRecord:
    """Return a failure that says a text, and shows it again in its stack."""
    loaded = load(Config())
    bare = Classifier(Config(), Loaded((), loaded.redactors, ()))
    return bare.exception(ExceptionInfo("ValueError", text, f"Traceback:\n{text}"), Context("shop", {}))
