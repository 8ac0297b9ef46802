"""The worst texts there are raise nothing, leak nothing and settle; how long they take is `make bench`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from openclaw_otel import Config, ErrorRecord, ExceptionInfo, Pipeline, Side, Snapshot, Stage, build_pipeline
from openclaw_otel.classify import Classifier, Context
from openclaw_otel.registry import Loaded, load
from openclaw_otel_plugins.redact import RuleRedactor
from openclaw_otel_plugins.redaction.rules import load_rules
from openclaw_otel_plugins.redaction.run import WORK
from tests.benchmarks.bodies import orders
from tests.generators.adversarial import SECRET, texts

CASES = texts(24_000)
REDACTOR = RuleRedactor(load_rules(), b"a key")


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    made = build_pipeline(Side.SOURCE, Config(hash_key=b"a key"))
    made.processors = tuple(each for each in made.processors if each.stage is not Stage.BURST)
    return made


def failure(text: str) -> ErrorRecord:
    """Return a failure that says a text wherever it can."""
    loaded = load(Config())
    bare = Classifier(Config(), Loaded((), loaded.redactors, ()))
    record = bare.exception(ExceptionInfo("ValueError", text, f"Traceback:\n{text}"), Context("shop", {"said": text}))
    return record.but(snapshot=Snapshot("POST", "https://a.example", {"X-Said": text}, text, 500, {}, text))


def parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return {"text": text}


@pytest.mark.parametrize("name", CASES)
def test_nothing_raises_leaks_or_stays_unsettled(name: str, pipeline: Pipeline) -> None:
    text = CASES[name]

    once = REDACTOR.text(text)
    assert SECRET not in once
    assert REDACTOR.text(once) == once
    tree = parsed(text)
    assert SECRET not in flat(REDACTOR.tree(tree))
    assert SECRET not in flat(REDACTOR.explain(tree)[0])

    record = pipeline.run(failure(text))
    assert record is not None
    assert SECRET not in repr(record)
    assert all(timing.failures == 0 for timing in pipeline.timings.values())


def flat(tree: Any) -> str:
    """Return every key and text of a tree, at any depth."""
    found, left = [], [tree]
    while left:
        node = left.pop()
        if isinstance(node, dict):
            left += [*node, *node.values()]
        elif isinstance(node, list):
            left += node
        else:
            found.append(str(node))
    return "\n".join(found)


def test_a_page_of_orders_is_redacted_finely() -> None:
    page = {"orders": list(orders(250))}
    done = json.loads(REDACTOR.text(json.dumps(page)))
    assert done == REDACTOR.tree(page)
    assert "[redacted]" not in json.dumps(done)
    for raw, clean in zip(page["orders"], done["orders"], strict=True):
        assert (clean["id"], clean["name"], clean["line_items"]) == (raw["id"], raw["name"], raw["line_items"])
        assert set(clean["customer"].values()) == {"[name]", "[email]", "[phone]", "[note]"}


def test_an_export_in_json_loses_what_is_beyond_the_limit() -> None:
    done = REDACTOR.tree({"texts": [SECRET] * (WORK + 5), "sku": "MUG-3"})
    assert done == {"texts": ["[email]"] * WORK + ["[redacted]"] * 5, "sku": "MUG-3"}


def test_keys_beyond_the_limit_are_replaced_too() -> None:
    done = REDACTOR.tree({f"jo{number}@example.com": number for number in range(5000)})
    assert list(done.values()) == list(range(5000))
    assert "@" not in "".join(done)
