"""The redactor: takes personal data and secrets out of records, telemetry and texts before they leave the process.

By key (names in many languages), by value (checksums, token prefixes), on a linear-time engine, never raising.
The rules are data: `redaction/keys.json`, `redaction/values.json`, and the user's file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from openclaw_otel import Config, ErrorRecord, ExceptionInfo, Fingerprint, Redactor, Snapshot, hookimpl
from openclaw_otel_plugins.redaction.engine import Engine
from openclaw_otel_plugins.redaction.pseudonym import pseudonyms
from openclaw_otel_plugins.redaction.rules import Rules, load_rules
from openclaw_otel_plugins.redaction.run import Finding, Run
from openclaw_otel_plugins.redaction.stacks import CleanFrames, Pieces, pieces_of
from openclaw_otel_plugins.redaction.walk import Opened

_CLEAN_FAILURES = 4096


class RuleRedactor:
    """The first-party redactor."""

    name = "redact"
    order = 100

    def __init__(self, rules: Rules, hash_key: bytes = b"") -> None:
        self._engine = Engine(rules, pseudonyms=bool(hash_key))
        self._hash_key = hash_key
        self._clean: set[tuple[str, ...]] = set()
        self._clean_frames = CleanFrames()

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
        return self.records([record])[0]

    def records(self, records: Sequence[ErrorRecord]) -> list[ErrorRecord]:
        """Return each record as `record` does; one scan over all of them, for a batch that came together."""
        stacks = [pieces_of(each.exception) for each in records]
        opened = [self._open(record, stack) for record, stack in zip(records, stacks, strict=True)]
        self._engine.finish(opened)
        return [self._closed(*each) for each in zip(records, stacks, opened, strict=True)]

    def _open(self, record: ErrorRecord, stack: Pieces) -> Opened:
        said = record.exception.message if record.exception else ""
        frames = "" if stack.frames in self._clean_frames else stack.frames
        texts = (record.message, said, stack.before, frames, stack.after)
        ids = (record.request_id or "", *record.objects.values())
        return self._engine.open(record.attributes, (*texts, *record.explicit_fingerprint, *record.notes), ids)

    def _closed(self, record: ErrorRecord, stack: Pieces, opened: Opened) -> ErrorRecord:
        run, text, ids = opened.walk.run, opened.texts, opened.ids
        error, mark = record.exception, record.fingerprint
        frames = text.get(stack.frames, stack.frames)
        if frames == stack.frames:
            self._clean_frames.add(frames)
        parts = (*mark.parts, *mark.grouping_parts) if mark else ()
        kept = iter(self._repeated((record.operation or "", record.store or "", *parts), run))
        told = stack.joined(text[stack.before], frames, text[stack.after])
        # What comes out of `_repeated` is taken in the order it went in.
        return record.but(
            message=text[record.message],
            exception=ExceptionInfo(error.type, text[error.message], told) if error else None,
            explicit_fingerprint=tuple([text[each] for each in record.explicit_fingerprint]),
            notes=tuple([text[each] for each in record.notes]),
            snapshot=self._snapshot(record.snapshot, run) if record.snapshot else None,
            operation=next(kept) or record.operation,
            store=next(kept) or record.store,
            request_id=ids[record.request_id] if record.request_id else record.request_id,
            objects={kind: ids[value] for kind, value in record.objects.items()},
            fingerprint=_with_parts(mark, kept) if mark else None,
            attributes=self._with_pseudonym(opened.tree, run),
            redacted=True,
        )

    def _repeated(self, texts: tuple[str, ...], run: Run) -> Sequence[str]:
        """Return what all records of one failure share, redacted; remembered where there was nothing to redact."""
        if texts in self._clean:
            return texts
        done = self._engine.texts(texts, run, keep=True)
        if done == list(texts):
            if len(self._clean) >= _CLEAN_FAILURES:
                self._clean.clear()
            self._clean.add(texts)
        return done

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

    def _with_pseudonym(self, attributes: dict[str, Any], run: Run) -> dict[str, Any]:
        if not self._hash_key or not (run.emails or run.phones):
            return attributes
        return {**pseudonyms(self._hash_key, run.emails, run.phones), **attributes}


def _with_parts(mark: Fingerprint, texts: Iterator[str]) -> Fingerprint:
    """The hashes stay: they are made of the parts before redaction, and say nothing of them."""
    parts = tuple(islice(texts, len(mark.parts)))
    return Fingerprint(mark.version, parts, mark.hash, tuple(texts), mark.grouping)


@hookimpl
def register_redactors(config: Config) -> Sequence[Redactor]:
    """Give the redactor, with the user's rules of OPENCLAW_OTEL_REDACTION_RULES and the key of the buyer hash."""
    return [RuleRedactor(load_rules(config.redaction_rules), config.hash_key)]
