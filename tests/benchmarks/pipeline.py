"""The whole way of a failure from bytes to what is stored, against JSON of the same, and the share of each step."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from openclaw_otel.config import Config
from openclaw_otel.hookspecs import Side
from openclaw_otel.pipeline import build_pipeline
from openclaw_otel.platforms import Platforms
from openclaw_otel_bridge.intake.calls import Calls
from openclaw_otel_bridge.intake.otlp import Encoding, decode
from openclaw_otel_bridge.intake.process import Process
from openclaw_otel_bridge.intake.traces import read_traces
from tests.benchmarks.bodies import batch
from tests.benchmarks.measuring import medians

SPANS = 512


def run() -> Iterator[str]:
    """Yield the lines of this benchmark."""
    data = batch(SPANS)
    pipeline, find = build_pipeline(Side.BRIDGE, Config()), Calls(Platforms(Config())).read
    process = Process(pipeline, b"k" * 32)
    message = decode(data, Encoding.PROTOBUF, ExportTraceServiceRequest)
    reading = read_traces(message, 1, find)
    document = json.dumps(MessageToDict(message))
    process.run(reading, 1, datetime.now(UTC))
    for timing in pipeline.timings.values():
        timing.seconds, timing.calls = 0.0, 0
    taken = medians(
        {
            "json": lambda: json.dumps(json.loads(document)),
            "decode": lambda: decode(data, Encoding.PROTOBUF, ExportTraceServiceRequest),
            "read": lambda: read_traces(message, 1, find),
            "process": lambda: process.run(reading, 1, datetime.now(UTC)),
        },
        rounds=9,
    )
    whole = taken["decode"] + taken["read"] + taken["process"]
    each = whole / SPANS * 1e6
    yield f"bytes → redacted items: {whole / taken['json']:.1f} × json round trip, {each:.0f} µs an event"
    shares = [f"{step} {taken[step] / whole:.0%}" for step in ("decode", "read", "process")]
    inside = sum(timing.seconds for timing in pipeline.timings.values())
    shares += [f"{name} {timing.seconds / inside:.0%}" for name, timing in pipeline.timings.items()]
    yield f"of that: {', '.join(shares[:3])}; of the processors: {', '.join(shares[3:])}"
