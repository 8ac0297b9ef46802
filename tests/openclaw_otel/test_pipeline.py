"""The pipeline: order by declaration, isolation, switching off, and redaction that cannot be passed by."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from openclaw_otel.errors import DropRecord
from openclaw_otel.hookspecs import Processor, Redactor, Side, Stage
from openclaw_otel.pipeline import STRIKES, WITHHELD, Pipeline, build_pipeline
from openclaw_otel.record import ErrorRecord, ExceptionInfo, Snapshot
from openclaw_otel.registry import Loaded

BOTH = frozenset(Side)
SECRET = "wei.chen@example.com"


class Step:
    def __init__(
        self, name: str, stage: Stage = Stage.ENRICH, order: int = 100,
        work: Callable[[ErrorRecord], ErrorRecord] | None = None, runs: frozenset[Side] = BOTH,
    ) -> None:  # fmt: skip
        self.name, self.stage, self.order, self.runs = name, stage, order, runs
        self.work = work or (lambda record: replace(record, notes=(*record.notes, name)))

    def __call__(self, record: ErrorRecord) -> ErrorRecord:
        return self.work(record)


class Blank:
    name, order = "blank", 100

    def text(self, text: str) -> str:
        return text.replace(SECRET, "[email]")

    def tree(self, value: Any, key: str = "") -> Any:
        return {k: self.text(v) if isinstance(v, str) else v for k, v in value.items()}

    def record(self, record: ErrorRecord) -> ErrorRecord:
        return replace(record, message=self.text(record.message))


class Broken(Blank):
    name = "broken"

    def record(self, record: ErrorRecord) -> ErrorRecord:
        raise ValueError("no")

    text = tree = record  # type: ignore[assignment]


def pipeline(*steps: Processor, redactors: tuple[Redactor, ...] = (Blank(),), side: Side = Side.SOURCE) -> Pipeline:
    return Pipeline(Loaded(steps, redactors, ()), side)


def record() -> ErrorRecord:
    return ErrorRecord(
        id="1", message=f"hello {SECRET}", exception=ExceptionInfo("E", SECRET, SECRET),
        snapshot=Snapshot("GET", f"https://x/?e={SECRET}", status=500), attributes={"a": SECRET},
    )  # fmt: skip


def run(pipe: Pipeline) -> ErrorRecord:
    done = pipe.run(record())
    assert done is not None
    return done


def test_order_is_declared_never_that_of_installation() -> None:
    steps = [
        Step("c", Stage.ENRICH),
        Step("a", Stage.CLASSIFY, 200),
        Step("b", Stage.CLASSIFY, 100),
        Step("d", order=99),
    ]
    found = {run(pipeline(*order)).notes for order in itertools.permutations(steps)}
    assert found == {("b", "a", "d", "c")}


def test_processors_run_where_they_are_declared() -> None:
    only_source = Step("s", runs=frozenset({Side.SOURCE}))
    assert run(pipeline(only_source)).notes == ("s",)
    assert run(pipeline(only_source, side=Side.BRIDGE)).notes == ()


def test_a_failing_step_is_skipped_counted_and_switched_off(caplog: pytest.LogCaptureFixture) -> None:
    def fail(record: ErrorRecord) -> ErrorRecord:
        raise ValueError("boom")

    pipe = pipeline(Step("bad", order=1, work=fail), Step("good"))
    for _ in range(STRIKES + 3):
        assert run(pipe).notes == ("good",)
    assert pipe.timings["bad"].calls == STRIKES
    assert "boom" in pipe.timings["bad"].off
    assert [r.levelno for r in caplog.records if "switched off" in r.message] == [logging.ERROR]


def test_a_slow_step_is_switched_off_and_one_good_call_forgives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openclaw_otel.pipeline.SLOW_SECONDS", -1.0)
    pipe = pipeline(Step("slow"))
    for _ in range(STRIKES - 1):
        run(pipe)
    monkeypatch.setattr("openclaw_otel.pipeline.SLOW_SECONDS", 60.0)
    run(pipe)
    assert pipe.timings["slow"].strikes == 0
    monkeypatch.setattr("openclaw_otel.pipeline.SLOW_SECONDS", -1.0)
    for _ in range(STRIKES):
        run(pipe)
    assert pipe.timings["slow"].off.startswith("slower than")
    assert run(pipe).notes == ()


def test_a_drop_ends_it() -> None:
    def drop(record: ErrorRecord) -> ErrorRecord:
        raise DropRecord

    assert pipeline(Step("drop", work=drop)).run(record()) is None


@pytest.mark.parametrize("redactors", [(), (Broken(),), (Blank(), Broken())], ids=["none", "broken", "second broken"])
def test_without_redaction_only_the_classification_is_left(redactors: tuple[Redactor, ...]) -> None:
    pipe = pipeline(redactors=redactors)
    done = run(pipe)
    assert SECRET not in repr(done)
    assert (done.message, done.redacted) == (WITHHELD, True)
    assert done.snapshot is not None
    assert (done.snapshot.withheld, done.snapshot.status) == (True, 500)
    assert pipe.redact_text(SECRET) == WITHHELD
    assert pipe.redact_attributes({"a": SECRET}) == {"a": WITHHELD}


def test_the_redactor_is_never_switched_off() -> None:
    pipe = pipeline(redactors=(Broken(),))
    for _ in range(STRIKES * 3):
        assert run(pipe).message == WITHHELD
    assert pipe.timings["broken"].off == ""


def test_the_real_plugins_take_the_secret_out() -> None:
    pipe = build_pipeline(Side.BRIDGE)
    done = run(pipe)
    assert SECRET not in repr(done)
    assert done.message != WITHHELD
    assert pipe.redact_text(f"mail {SECRET}") == "mail [email]"


class Batch(Blank):
    name = "batch"

    def __init__(self, work: Callable[[list[ErrorRecord]], list[ErrorRecord]] | None = None) -> None:
        self.asked: list[int] = []
        self.work = work or (lambda records: [self.record(record) for record in records])

    def records(self, records: list[ErrorRecord]) -> list[ErrorRecord]:
        self.asked.append(len(records))
        return self.work(list(records))


def _many() -> list[ErrorRecord]:
    return [ErrorRecord(id=str(n), message=f"{n} {SECRET}") for n in range(4)]


def _drop_the_second(record: ErrorRecord) -> ErrorRecord:
    if record.id == "1":
        raise DropRecord
    return record


def test_a_batch_comes_out_as_one_by_one() -> None:
    batch = Batch()
    steps = pipeline(Step("drops", work=_drop_the_second), redactors=(batch,))
    records = _many()
    together = steps.run_many(records)
    assert together == [steps.run(record) for record in records]
    assert [record and record.message for record in together] == ["0 [email]", None, "2 [email]", "3 [email]"]
    assert batch.asked == [3]
    assert steps.timings["batch"].calls == 6


def _fail(*bad: str) -> Callable[[ErrorRecord], ErrorRecord]:
    def work(record: ErrorRecord) -> ErrorRecord:
        if record.id in bad:
            raise ValueError(record.id)
        return record

    return work


@pytest.mark.parametrize("bad", [(), ("0",), ("1", "3"), tuple("0123456")])
def test_a_batch_is_booked_as_one_by_one(bad: tuple[str, ...]) -> None:
    records = [ErrorRecord(id=str(n)) for n in range(8)]
    together, alone = (pipeline(Step("fails", work=_fail(*bad)), Step("good")) for _ in range(2))
    assert together.run_many(records) == [alone.run(record) for record in records]
    for name, timing in together.timings.items():
        other = alone.timings[name]
        assert (timing.calls, timing.failures, timing.strikes, timing.off) == (
            other.calls, other.failures, other.strikes, other.off
        )  # fmt: skip


@pytest.mark.parametrize("work", [lambda _: 1 / 0, lambda records: records[1:]], ids=["raises", "loses a record"])
def test_a_batch_that_fails_is_asked_one_by_one(work: Callable[[list[ErrorRecord]], list[ErrorRecord]]) -> None:
    steps = pipeline(redactors=(Batch(work),))
    assert [record and record.message for record in steps.run_many(_many())] == [f"{n} [email]" for n in range(4)]
    assert steps.timings["batch"].failures == 1


@pytest.mark.parametrize("redactors", [(), (Broken(),), (Batch(), Broken())])
def test_a_batch_fails_closed(redactors: tuple[Redactor, ...]) -> None:
    done = pipeline(redactors=redactors).run_many(_many())
    assert [record and record.message for record in done] == [WITHHELD] * 4
