"""What must hold of the whole pipeline, over generated failures of every platform, runtime and language."""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import EntryPoint, entry_points

import pytest

from openclaw_otel import Config, ErrorRecord, Exchange, Pipeline, Side, Stage, build_pipeline
from openclaw_otel.classify import Classifier, Context, exception_from
from openclaw_otel.har import exchange_from_har
from openclaw_otel.pipeline import withhold
from openclaw_otel.registry import GROUP, Loaded, load
from openclaw_otel.snapshots import snapshot_of
from openclaw_otel.wire import from_attributes, to_attributes
from tests.generators.lines import Line, lines
from tests.telling.looking import Needles, summary

COUNT = 2000 if os.environ.get("OPENCLAW_OTEL_FULL") else 120
CONFIG = Config(hash_key=b"a key", custom_platforms={"erp": {"hosts": ["erp.example.com"]}})
LOADED = load(CONFIG)
BARE = Classifier(CONFIG, Loaded((), LOADED.redactors, ()))
"""Adapters alone: records as they enter the pipeline."""


def records(seed: int = 31) -> Iterator[tuple[Line, ErrorRecord]]:
    """Yield failures of generated lines as they enter the pipeline, raw."""
    for line in lines(seed, COUNT):
        record = entering(line)
        if record is not None:
            yield line, record


def entering(line: Line) -> ErrorRecord | None:
    error = exception_from(line.get("exception"))
    context = Context(line.get("service"), line.get("attributes"))
    if "exchange" in line:
        exchange = exchange_from_har(line["exchange"], error)
        record = BARE.exchange(exchange, platform=line["platform"], context=context)
        return replace(record, snapshot=snapshot_of(exchange)) if record else None
    if "delivery" in line:
        given = line["delivery"]
        request = Exchange(given["method"], given["url"], given["headers"], given["body"].encode(), status=401)
        record = BARE.exchange(request, platform=line["platform"], context=context)
        return replace(record, snapshot=snapshot_of(request)) if record else None
    assert error is not None
    return BARE.exception(error, context)


def through(pipeline: Pipeline, record: ErrorRecord) -> ErrorRecord:
    done = pipeline.run(record)
    assert done is not None
    assert all(timing.failures == 0 for timing in pipeline.timings.values())
    return done


@pytest.mark.parametrize("side", Side)
def test_twice_is_as_good_as_once(side: Side) -> None:
    pipeline = build_pipeline(side, CONFIG)
    pipeline.processors = tuple(each for each in pipeline.processors if each.stage is not Stage.BURST)  # it counts
    for line, record in records():
        once = through(pipeline, record)
        assert through(pipeline, once) == once, line["id"]


def test_the_bridge_says_what_the_source_said() -> None:
    source, bridge = (build_pipeline(side, CONFIG) for side in (Side.SOURCE, Side.BRIDGE))
    source.processors = tuple(each for each in source.processors if each.stage is not Stage.BURST)
    for line, record in records(32):
        sent = through(source, record)
        came = from_attributes(to_attributes(sent), occurred_at=sent.occurred_at)
        judged = through(bridge, replace(came, message=sent.message))
        for name in ("platform", "store", "operation", "category", "code", "retryable", "owner_hint", "fingerprint"):
            assert getattr(judged, name) == getattr(sent, name), (line["id"], name)


def test_redaction_changes_no_identity() -> None:
    pipeline = build_pipeline(Side.BRIDGE, CONFIG)
    for line, record in records(33):
        raw = through(pipeline, record).fingerprint
        redacted = through(pipeline, pipeline.redact(record)).fingerprint
        assert raw is not None
        assert redacted is not None
        assert (raw.hash, raw.grouping) == (redacted.hash, redacted.grouping), line["id"]


def test_the_order_of_installation_changes_nothing() -> None:
    points = list(entry_points(group=GROUP))
    shuffled = random.Random(7)
    orders = list(itertools.permutations(points)) if len(points) < 4 else [points, points[::-1]]
    orders += [shuffled.sample(points, len(points)) for _ in range(4)]
    pipelines = [Pipeline(_loaded(order), Side.BRIDGE) for order in orders]
    assert len({tuple(each.name for each in pipeline.processors) for pipeline in pipelines}) == 1
    for line, record in itertools.islice(records(34), 40):
        first, *others = (through(pipeline, record) for pipeline in pipelines)
        assert all(other == first for other in others), line["id"]


def _loaded(points: list[EntryPoint]) -> Loaded:
    """Load one by one, in this order."""
    each = [load(CONFIG, [point]) for point in points]
    processors = tuple(part for one in each for part in one.processors)
    redactors = tuple(part for one in each for part in one.redactors)
    return Loaded(processors, redactors, ())


@pytest.mark.parametrize("withheld", [False, True])
def test_nothing_planted_stays_in_a_record(withheld: bool) -> None:
    pipeline = build_pipeline(Side.SOURCE, CONFIG)
    pipeline.processors = tuple(each for each in pipeline.processors if each.stage is not Stage.BURST)
    leaks = []
    for line, record in records(35):
        done = withhold(record) if withheld else through(pipeline, record)
        leaks += Needles(line["canaries"]).found([(line["id"].rpartition("-")[0], repr(done))])
    assert not leaks, summary(leaks)


class Clumsy:
    """A plugin that puts what it was given into its complaint."""

    name, stage, order, runs = "clumsy", Stage.ENRICH, 300, frozenset(Side)

    def __call__(self, record: ErrorRecord) -> ErrorRecord:
        raise ValueError(f"cannot enrich {record!r}" if record.platform else f"cannot enrich: {record.message}")


def test_a_plugins_complaint_tells_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    leaks = []
    for line, record in itertools.islice(records(37), 40):
        caplog.clear()
        pipeline = Pipeline(replace(LOADED, processors=(*LOADED.processors, Clumsy())), Side.BRIDGE, trace=True)
        with caplog.at_level("INFO"):
            assert pipeline.run(record) is not None
        assert "ValueError: " in caplog.text
        assert "test_properties.py:" in caplog.text
        leaks += Needles(line["canaries"]).found([("log", caplog.text)])
    assert not leaks, summary(leaks)


def test_ids_stay_in_the_record() -> None:
    pipeline = build_pipeline(Side.BRIDGE, CONFIG)
    wanted = lost = 0
    for line, record in records(36):
        text = repr(through(pipeline, record))
        wanted += len(line["ids"])
        lost += sum(each not in text for each in line["ids"])
    assert wanted > COUNT
    assert lost <= wanted * 0.01


@pytest.mark.parametrize(
    "text",
    [
        "billing_details%5Bname%5D=Mai+Secret&amount=4200",
        "amount=4200&card%5Bnumber%5D=5350+8321+5966+8814",
        "name=Mai+Secret&email=a%40example.com&amount=3",
        "{\"msg\": \"{'full_name': 'Mai Secret'}\"}",
        '{"msg": "password: Secret2x9"}',
        '{"url": "https://a.example/?full_name=Secret"}',
        "{'full_name': 'Mai Secret'}",
        "[error] password=Secret2x9",
        "for url: https://a.example/?user=Secret@%E4%BE%8B%E5%AD%90.example",
        'body={"message": "no Secret@\\u4f8b\\u5b50.example"}',
        'body={"message": "\\u7535\\u8bdd17309857273\\u65e0"}',
        "call 0086-134-1386-0194 first",
        "row: recipient_name: O'Neil Secret, retry",
        'body={"message": "recipient_name: Th\\u1ecb Hoa Secret, retry"}',
        'HTTPError 400: {"\\u6536\\u8d27\\u4eba": "Secret"}',
        """body='{"\\\\u5bc6\\\\u7801": "Secret2x9", "a": 1}'""",
        "x-user: Secret@例子.example".encode().decode("latin-1"),
    ],
)
def test_what_whole_runs_found_once_is_found_at_once(text: str) -> None:
    pipeline = build_pipeline(Side.SOURCE, CONFIG)
    done = pipeline.redact_text(text)
    assert not [each for each in ("Secret", "8814", "17309857273", "0194") if each in done], done
    assert pipeline.redact_attributes({"payload": text}) == {"payload": done}
