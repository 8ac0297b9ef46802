"""The redactor: takes personal data and secrets out of records, telemetry and texts before they leave the process.

By key (names in many languages), by value (checksums, token prefixes), on a linear-time engine, never raising.
The rules are data: `redaction/keys.json`, `redaction/values.json`, and the user's file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from openclaw_otel import Config, ErrorRecord, ExceptionInfo, Redactor, Snapshot, hookimpl
from openclaw_otel_plugins.redaction.engine import Engine
from openclaw_otel_plugins.redaction.pseudonym import pseudonyms
from openclaw_otel_plugins.redaction.rules import Rules, load_rules
from openclaw_otel_plugins.redaction.run import Finding, Run


class RuleRedactor:
    """The first-party redactor."""

    name = "redact"
    order = 100

    def __init__(self, rules: Rules, hash_key: bytes = b"") -> None:
        self._engine = Engine(rules, pseudonyms=bool(hash_key))
        self._hash_key = hash_key

    def text(self, text: str) -> str:
        """Return free text redacted."""
        return self._engine.text(text, Run())

    def tree(self, value: Any, key: str = "") -> Any:
        """Return JSON-like data redacted by key and by value; same shape; input unchanged."""
        return self._engine.tree(value, key, Run())

    def explain(self, value: Any) -> tuple[Any, list[Finding]]:
        """Return a text or a tree redacted, and what was replaced where, by which rule."""
        findings: list[Finding] = []
        run = Run(findings=findings)
        done = self._engine.text(value, run) if isinstance(value, str) else self._engine.tree(value, "", run)
        return done, findings

    def record(self, record: ErrorRecord) -> ErrorRecord:
        """Return every text of the record redacted, snapshot included; with a hash key, the buyer's pseudonym."""
        run = Run()
        text, tree = self._engine.text, self._engine.tree
        attributes = tree(dict(record.attributes), "", run)
        snapshot = self._snapshot(record.snapshot, run) if record.snapshot else None
        error = record.exception
        return replace(
            record,
            message=text(record.message, run),
            exception=ExceptionInfo(error.type, text(error.message, run), text(error.stacktrace, run))
            if error
            else None,
            snapshot=snapshot,
            operation=text(record.operation, run, keep=True) if record.operation else record.operation,
            store=text(record.store, run, keep=True) if record.store else record.store,
            request_id=text(record.request_id, run, keep=True) if record.request_id else record.request_id,
            objects={kind: text(value, run, keep=True) for kind, value in record.objects.items()},
            explicit_fingerprint=tuple(text(part, run) for part in record.explicit_fingerprint),
            fingerprint=self._fingerprint(record, run),
            notes=tuple(text(note, run) for note in record.notes),
            attributes=self._with_pseudonym(attributes, run),
        )

    def _snapshot(self, snapshot: Snapshot, run: Run) -> Snapshot:
        text, tree = self._engine.text, self._engine.tree
        return replace(
            snapshot,
            url=text(snapshot.url, run),
            request_headers=tree(dict(snapshot.request_headers), "", run),
            request_body=text(snapshot.request_body, run),
            response_headers=tree(dict(snapshot.response_headers), "", run),
            response_body=text(snapshot.response_body, run),
        )

    def _fingerprint(self, record: ErrorRecord, run: Run) -> Any:
        """The hashes stay: they are made of the parts before redaction, and say nothing of them."""
        found = record.fingerprint
        if found is None:
            return None
        parts = tuple(self._engine.text(part, run, keep=True) for part in found.parts)
        grouping = tuple(self._engine.text(part, run, keep=True) for part in found.grouping_parts)
        return replace(found, parts=parts, grouping_parts=grouping)

    def _with_pseudonym(self, attributes: Mapping[str, Any], run: Run) -> dict[str, Any]:
        if not self._hash_key or not (run.emails or run.phones):
            return dict(attributes)
        return {**pseudonyms(self._hash_key, run.emails, run.phones), **attributes}


@hookimpl
def register_redactors(config: Config) -> Sequence[Redactor]:
    """Give the redactor, with the user's rules of OPENCLAW_OTEL_REDACTION_RULES and the key of the buyer hash."""
    return [RuleRedactor(load_rules(config.redaction_rules), config.hash_key)]
