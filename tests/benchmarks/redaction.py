"""Redaction of response bodies, against reading and writing them as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

from openclaw_otel_plugins.redact import RuleRedactor
from openclaw_otel_plugins.redaction.rules import load_rules
from tests.benchmarks.bodies import answers, documents
from tests.benchmarks.measuring import medians


def run() -> Iterator[str]:
    """Yield the lines of this benchmark."""
    redactor, bodies = RuleRedactor(load_rules()), documents(200)
    clean = [json.dumps({"errors": [{"code": "TAKEN", "field": "sku", "line": n}] * 20}) for n in range(200)]
    kinds = {"orders, full of buyers": bodies, "bodies of failed calls": answers(400), "error answers, clean": clean}
    for name, texts in kinds.items():
        taken = medians(
            {
                "redact": lambda texts=texts: [redactor.text(text) for text in texts],
                "json": lambda texts=texts: [json.dumps(json.loads(text)) for text in texts],
            }
        )
        size = sum(map(len, texts)) / len(texts)
        each = taken["redact"] / len(texts) * 1e6
        ratio = taken["redact"] / taken["json"]
        yield f"{name} ({size:.0f} bytes): {ratio:.2f} × json round trip, {each:.0f} µs a body"
