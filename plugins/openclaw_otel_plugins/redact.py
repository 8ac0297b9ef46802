"""The redactor: takes personal data and secrets out of records, telemetry and texts before they leave the process.

By key (names in many languages), by value (checksums, token prefixes), on a linear-time engine, never raising.
The rules are data: `redaction/keys.json`, `redaction/values.json`, and the user's file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from openclaw_otel import Config, ErrorRecord, ExceptionInfo, Fingerprint, Redactor, Snapshot, hookimpl
from openclaw_otel_plugins.redaction.engine import Engine
from openclaw_otel_plugins.redaction.flat import Shared
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
        shared = Shared()
        opened = [self._open(record, stack, shared) for record, stack in zip(records, stacks, strict=True)]
        self._engine.finish([each for each in opened if isinstance(each, Opened)], shared)
        if self._hash_key and (buyers := shared.buyers()):
            opened = self._told_apart(records, stacks, opened, buyers)
        return [self._closed(*each, shared) for each in zip(records, stacks, opened, strict=True)]

    def _open(self, record: ErrorRecord, stack: Pieces, shared: Shared) -> Opened | frozenset[str]:
        """Begin with a record; a flat one is added to those that share their texts, its keys of ids are returned."""
        texts, ids = self._texts(record, stack)
        kept = self._engine.flat.ids_of(record.attributes)
        if kept is None:
            return self._engine.open(record.attributes, texts, ids)
        shared.add(record.attributes, kept, texts, ids)
        return kept

    def _texts(self, record: ErrorRecord, stack: Pieces) -> tuple[Sequence[str], Sequence[str]]:
        """Return the texts and the ids of a record that are looked at; frames known to be clean are not."""
        said = record.exception.message if record.exception else ""
        frames = "" if stack.frames in self._clean_frames else stack.frames
        texts = (record.message, said, stack.before, frames, stack.after, *record.explicit_fingerprint, *record.notes)
        return texts, (record.request_id or "", *record.objects.values())

    def _told_apart(
        self,
        records: Sequence[ErrorRecord],
        stacks: Sequence[Pieces],
        opened: Sequence[Opened | frozenset[str]],
        buyers: frozenset[str],
    ) -> list[Opened | frozenset[str]]:
        """Open anew, alone, the records with a text that names a buyer: shared, only one of them would know of him."""
        apart = list(opened)
        for at, (record, stack) in enumerate(zip(records, stacks, strict=True)):
            texts, ids = self._texts(record, stack)
            values = [value for value in record.attributes.values() if type(value) is str]
            if not isinstance(apart[at], Opened) and not buyers.isdisjoint([*texts, *ids, *values]):
                apart[at] = self._engine.open(record.attributes, texts, ids)
        again = [each for each, before in zip(apart, opened, strict=True) if each is not before]
        self._engine.finish([each for each in again if isinstance(each, Opened)], Shared())
        return apart

    def _closed(
        self, record: ErrorRecord, stack: Pieces, opened: Opened | frozenset[str], shared: Shared
    ) -> ErrorRecord:
        if isinstance(opened, Opened):
            run, text, ids, tree = opened.walk.run, opened.texts, opened.ids, opened.tree
        else:
            run, text, ids, tree = None, shared.texts, shared.ids, shared.tree(record.attributes, opened)
        error, mark = record.exception, record.fingerprint
        parts = (*mark.parts, *mark.grouping_parts) if mark else ()
        facts = (record.operation or "", record.store or "", *parts)
        kept = self._repeated(facts, run)
        changes: dict[str, Any] = {}
        if error:
            changes["exception"] = self._exception(error, stack, text)
        if kept is not facts:
            changes["operation"], changes["store"] = kept[0] or record.operation, kept[1] or record.store
            changes["fingerprint"] = _with_parts(mark, kept[2:]) if mark else None
        if record.snapshot:
            run = run or Run()
            changes["snapshot"] = self._snapshot(record.snapshot, run)
        if record.explicit_fingerprint:
            changes["explicit_fingerprint"] = tuple([text[each] for each in record.explicit_fingerprint])
        return record.but(
            message=text[record.message],
            notes=tuple([text[each] for each in record.notes]),
            request_id=ids[record.request_id] if record.request_id else record.request_id,
            objects={kind: ids[value] for kind, value in record.objects.items()} if record.objects else record.objects,
            attributes=self._with_pseudonym(tree, run) if run else tree,
            redacted=True,
            **changes,
        )

    def _exception(self, error: ExceptionInfo, stack: Pieces, text: Mapping[str, str]) -> ExceptionInfo:
        frames = text.get(stack.frames, stack.frames)
        before, after = text[stack.before], text[stack.after]
        message = text[error.message]
        if frames == stack.frames:
            self._clean_frames.add(frames)
            if before == stack.before and after == stack.after:  # nothing to put together anew
                return error if message == error.message else ExceptionInfo(error.type, message, error.stacktrace)
        return ExceptionInfo(error.type, message, stack.joined(before, frames, after))

    def _repeated(self, texts: tuple[str, ...], run: Run | None) -> Sequence[str]:
        """Return what all records of one failure share, redacted; the same object where there was nothing to redact."""
        if texts in self._clean:
            return texts
        done = self._engine.texts(texts, run or Run(), keep=True)
        if done != list(texts):
            return done
        if len(self._clean) >= _CLEAN_FAILURES:
            self._clean.clear()
        self._clean.add(texts)
        return texts

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

    def _with_pseudonym(self, attributes: Mapping[str, Any], run: Run) -> Mapping[str, Any]:
        if not self._hash_key or not (run.emails or run.phones):
            return attributes
        return {**pseudonyms(self._hash_key, run.emails, run.phones), **attributes}


def _with_parts(mark: Fingerprint, texts: Sequence[str]) -> Fingerprint:
    """The hashes stay: they are made of the parts before redaction, and say nothing of them."""
    count = len(mark.parts)
    return Fingerprint(mark.version, tuple(texts[:count]), mark.hash, tuple(texts[count:]), mark.grouping)


@hookimpl
def register_redactors(config: Config) -> Sequence[Redactor]:
    """Give the redactor, with the user's rules of OPENCLAW_OTEL_REDACTION_RULES and the key of the buyer hash."""
    return [RuleRedactor(load_rules(config.redaction_rules), config.hash_key)]
