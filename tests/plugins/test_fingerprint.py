"""The fingerprint processor: found by its entry point, runs on both sides, gives the same when it runs twice."""

from __future__ import annotations

from dataclasses import replace

from openclaw_otel import Config, ErrorRecord, ExceptionInfo, Fingerprint, Processor, Side, Stage
from openclaw_otel_plugins import fingerprint
from openclaw_otel_plugins.v1.parts import fingerprint_of

RECORD = ErrorRecord(id="1", exception=ExceptionInfo("ValueError", "no rate for DE-BY3 on 2025-11-13"))


def test_one_processor_for_both_sides() -> None:
    (processor,) = fingerprint.register_processors(Config())
    assert isinstance(processor, Processor)
    assert processor.stage is Stage.FINGERPRINT
    assert processor.runs == {Side.SOURCE, Side.BRIDGE}


def test_what_the_sender_said_is_replaced() -> None:
    processor = fingerprint.FingerprintProcessor()
    said = replace(RECORD, fingerprint=Fingerprint("v0", ("x",), "v0:x", ("x",), "v0:x"))
    assert processor(said) == processor(processor(RECORD))
    assert processor(RECORD).fingerprint == fingerprint_of(RECORD)
