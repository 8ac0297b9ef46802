"""Running a record through the processors: by stage and order, isolated, timed; redaction last, failing closed."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from openclaw_otel.config import Config
from openclaw_otel.errors import DropRecord
from openclaw_otel.hookspecs import BatchRedactor, Flushing, Processor, Redactor, Side, Stage
from openclaw_otel.record import ErrorRecord, ExceptionInfo, Snapshot
from openclaw_otel.registry import Loaded, PluginStatus, load

log = logging.getLogger(__name__)
WITHHELD = "[withheld]"
SLOW_SECONDS = 0.25
TOLD = 300
"""Characters of a plugin's complaint that may be logged."""
STRIKES = 5
"""After so many failures or slow calls in a row a processor is switched off (never a redactor)."""
_STAGES = {stage: position for position, stage in enumerate(Stage)}


@dataclass(slots=True)
class Timing:
    """What one processor has done so far."""

    calls: int = 0
    failures: int = 0
    seconds: float = 0.0
    strikes: int = 0
    off: str = ""


class Pipeline:
    """The processors of one side, ready to run. Thread safe; nothing in it raises into the caller."""

    def __init__(self, loaded: Loaded, side: Side, *, trace: bool = False) -> None:
        chosen = [p for p in loaded.processors if side in p.runs and p.stage is not Stage.REDACT]
        self.processors: tuple[Processor, ...] = tuple(
            sorted(chosen, key=lambda p: (_STAGES[p.stage], p.order, p.name))
        )
        self.redactors: tuple[Redactor, ...] = tuple(sorted(loaded.redactors, key=lambda r: (r.order, r.name)))
        self._batch_redactors = tuple(each for each in self.redactors if isinstance(each, BatchRedactor))
        self.status: tuple[PluginStatus, ...] = loaded.status
        names = [p.name for p in self.processors] + [r.name for r in self.redactors]
        self.timings: dict[str, Timing] = {name: Timing() for name in names}
        self._lock = threading.Lock()
        self._trace = trace

    def run(self, record: ErrorRecord) -> ErrorRecord | None:
        """Return the processed and redacted record, or None when a processor dropped it."""
        return self._run(record, self.processors)

    def run_many(self, records: Sequence[ErrorRecord]) -> list[ErrorRecord | None]:
        """Return each record as `run` does, in their order; a batch that came together costs less than its parts."""
        done: list[ErrorRecord | None] = list(records)
        for processor in self.processors:
            self._each(processor, done)
        redacted = iter(self._redact_many([record for record in done if record is not None]))
        return [None if record is None else next(redacted) for record in done]

    def flush(self, *, everything: bool = False) -> list[ErrorRecord]:
        """Return, processed and redacted, what processors kept back and let go now; all of it with `everything`.

        A processor that drops records to send them later has a method `flush(*, everything: bool)` that returns them.
        """
        done = []
        for position, processor in enumerate(self.processors):
            if not isinstance(processor, Flushing):
                continue
            try:
                released = processor.flush(everything=everything)
            except Exception as error:  # noqa: BLE001 - foreign code: isolated, counted, logged
                self._book(processor.name, 0.0, error)
                continue
            later = self.processors[position + 1 :]
            done += [record for each in released if (record := self._run(each, later)) is not None]
        return done

    def _run(self, record: ErrorRecord, processors: Sequence[Processor]) -> ErrorRecord | None:
        processed = self._processed(record, processors)
        return None if processed is None else self.redact(processed)

    def _processed(self, record: ErrorRecord, processors: Sequence[Processor]) -> ErrorRecord | None:
        for processor in processors:
            if self.timings[processor.name].off:
                continue
            started = time.perf_counter()
            failure: Exception | None = None
            try:
                record = processor(record)
            except DropRecord:
                return None
            except Exception as error:  # noqa: BLE001 - foreign code: isolated, counted, logged below
                failure = error
            self._book(processor.name, time.perf_counter() - started, failure)
        return record

    def _each(self, processor: Processor, records: list[ErrorRecord | None]) -> None:
        """Put what a processor makes of each record in its place, None where it drops one.

        Calls that go well are booked together: the lock and the clock cost as much as a small processor.
        """
        timing = self.timings[processor.name]
        calls, began = 0, time.perf_counter()
        before = began
        for position, record in enumerate(records):
            if record is None or timing.off:
                continue
            failure: Exception | None = None
            try:
                records[position] = processor(record)
            except DropRecord:
                records[position] = None
                before = time.perf_counter()
                continue
            except Exception as error:  # noqa: BLE001 - foreign code: isolated, counted, logged below
                failure = error
            now = time.perf_counter()
            if failure is not None or now - before > SLOW_SECONDS or self._trace:
                if calls:
                    self._book(processor.name, before - began, None, calls=calls)
                self._book(processor.name, now - before, failure)
                calls, began = 0, now
            else:
                calls += 1
            before = now
        if calls:
            self._book(processor.name, before - began, None, calls=calls)

    def redact(self, record: ErrorRecord) -> ErrorRecord:
        """Return the record redacted; texts are withheld when no redactor is loaded or one fails."""
        if not self.redactors:
            return withhold(record)
        for redactor in self.redactors:
            started = time.perf_counter()
            try:
                record = redactor.record(record)
            except Exception as error:  # noqa: BLE001 - fail closed: never send what could not be redacted
                self._book(redactor.name, time.perf_counter() - started, error, can_switch_off=False)
                return withhold(record)
            self._book(redactor.name, time.perf_counter() - started, None, can_switch_off=False)
        return record.but(redacted=True)

    def _redact_many(self, records: Sequence[ErrorRecord]) -> Sequence[ErrorRecord]:
        if not self._batch_redactors or len(self._batch_redactors) < len(self.redactors):
            return [self.redact(record) for record in records]
        done = records
        for redactor in self._batch_redactors:
            started = time.perf_counter()
            try:
                done = redactor.records(done)
                if len(done) != len(records):
                    raise ValueError(f"{len(records)} records became {len(done)}")
            except Exception as error:  # noqa: BLE001 - one bad record: each is asked alone, and that one is withheld
                self._book(redactor.name, time.perf_counter() - started, error, can_switch_off=False)
                return [self.redact(record) for record in records]
            self._book(redactor.name, time.perf_counter() - started, None, can_switch_off=False, calls=len(records))
        return [record if record.redacted else record.but(redacted=True) for record in done]

    def redact_text(self, text: str) -> str:
        """Return free text redacted, or `[withheld]`."""
        value = self._through("text", text)
        return value if isinstance(value, str) else WITHHELD

    def redact_tree(self, value: Any, key: str = "") -> Any:
        """Return JSON-like data redacted by key and value, or `[withheld]`."""
        return self._through("tree", value, key)

    def redact_attributes(self, attributes: Mapping[str, Any]) -> dict[str, Any]:
        """Return telemetry attributes redacted, each by its key and value."""
        redacted = self._through("tree", dict(attributes))
        return redacted if isinstance(redacted, dict) else dict.fromkeys(attributes, WITHHELD)

    def _through(self, method: str, value: Any, *arguments: Any) -> Any:
        if not self.redactors:
            return WITHHELD
        for redactor in self.redactors:
            try:
                value = getattr(redactor, method)(value, *arguments)
            except Exception as error:  # noqa: BLE001 - fail closed
                self._book(redactor.name, 0.0, error, can_switch_off=False)
                return WITHHELD
        return value

    def _book(
        self, name: str, seconds: float, failure: Exception | None, *, can_switch_off: bool = True, calls: int = 1
    ) -> None:
        told = self._told(failure, safe_to_redact=can_switch_off) if failure else ""
        if self._trace:
            log.info("plugin %s took %.6f s%s", name, seconds, f", failed: {told}" if failure else "")
        with self._lock:
            timing = self.timings[name]
            timing.calls += calls
            timing.seconds += seconds
            timing.failures += failure is not None
            bad = failure is not None or seconds > SLOW_SECONDS * max(calls, 1)
            timing.strikes = timing.strikes + 1 if bad else 0
            if can_switch_off and timing.strikes >= STRIKES:
                timing.off = told if failure else f"slower than {SLOW_SECONDS} s"
        if failure is not None:
            log.warning("plugin %s failed (%d of %d calls): %s", name, timing.failures, timing.calls, told)
        if timing.off and timing.strikes == STRIKES:
            log.error("plugin %s is switched off after %d bad calls in a row: %s", name, STRIKES, timing.off)

    def _told(self, failure: Exception, *, safe_to_redact: bool) -> str:
        """Return what a log may say of a failure: foreign code puts the value it choked on into its message."""
        frame = failure.__traceback__
        while frame is not None and frame.tb_next is not None:
            frame = frame.tb_next
        place = f" at {frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame is not None else ""
        message = str(failure) if safe_to_redact else ""
        if message:  # a long one is a dump of what it was given
            message = self.redact_text(message) if self.redactors and len(message) <= TOLD else WITHHELD
        return f"{type(failure).__name__}: {message or WITHHELD}{place}"


def withhold(record: ErrorRecord) -> ErrorRecord:
    """Return the record with classification alone: no bodies, headers, messages or stack traces."""
    error = record.exception
    return replace(
        record,
        message=WITHHELD if record.message else "",
        exception=ExceptionInfo(error.type, WITHHELD, "") if error else None,
        snapshot=Snapshot(method=record.snapshot.method, status=record.snapshot.status, withheld=True)
        if record.snapshot
        else None,
        attributes={},
        notes=(),  # they quote what they judged
        explicit_fingerprint=(),
        # The parts hold the message's words; the hashes still group.
        fingerprint=replace(record.fingerprint, parts=(), grouping_parts=()) if record.fingerprint else None,
        redacted=True,
    )


def build_pipeline(side: Side, config: Config | None = None, plugins: Iterable[Any] | None = None) -> Pipeline:
    """Return the pipeline of this environment: the one place where plugins become processors."""
    settings = config or Config.from_env()
    if settings.trace_plugins:
        _let_it_be_read()
    return Pipeline(load(settings, plugins), side, trace=settings.trace_plugins)


def _let_it_be_read() -> None:
    """Let the lines somebody asked for by variable reach them, also where the application set no logging up."""
    log.setLevel(logging.INFO)
    if not log.hasHandlers():
        log.addHandler(logging.StreamHandler())
