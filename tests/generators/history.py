"""The failures of a month in the life of a team: when each kind of failure struck, how often, and in which shape.

A few kinds of failure make most of the events, most kinds strike a handful of times; each has its own days. Half are
answers of platforms, as the library sends them (log records with a snapshot), half are exceptions of services (spans).
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.bridge.otlp_messages import pairs
from tests.generators.answers import Answers
from tests.generators.services import Raised

SPAN = timedelta(days=30)
_LONGEST = 29.5
"""Days: what is older would lie outside of what is kept before the run has ended."""
_KINDS = 1 << 20
ENVIRONMENTS = ("production",) * 16 + ("staging",) * 3 + ("dev",)


@dataclass(frozen=True)
class Batch:
    """One export: `path` says what `body` is; `events` failures are in it."""

    path: str
    body: bytes
    events: int


class History:
    """`events` failures of `issues` kinds up to `now`; the same seed makes the same but for random ids."""

    def __init__(self, events: int, issues: int, now: datetime, seed: int = 7) -> None:
        self._chance = random.Random(seed)
        self._now = now
        self._answers, self._raised = Answers(seed), Raised(seed)
        self._when = sorted(self._moments(events, issues))

    def batches(self, size: int = 512, part: int = 0, parts: int = 1) -> Iterator[Batch]:
        """Yield every `parts`th batch in the order of time, as a Collector sends them: `size` failures in two."""
        for at in range(part * size, len(self._when), size * parts):
            yield from self._batch(self._when[at : at + size], random.Random(at))

    def _moments(self, events: int, issues: int) -> Iterator[int]:
        """Yield (milliseconds since the beginning, kind) as one number each."""
        for kind, count in enumerate(_sizes(events, issues, self._chance)):
            length = min(self._chance.lognormvariate(0.5, 1.8), _LONGEST) if count < events // 200 else _LONGEST
            start = self._chance.uniform(0, _LONGEST - length)
            for _ in range(count):
                yield int((start + self._chance.random() * length) * 86_400_000) * _KINDS + kind

    def _batch(self, moments: Sequence[int], chance: random.Random) -> Iterator[Batch]:
        begin = self._now - timedelta(days=_LONGEST)
        logs: dict[tuple[str, str, str], list[Message]] = {}
        spans: dict[tuple[str, str, str], list[Message]] = {}
        for moment in moments:
            milliseconds, kind = divmod(moment, _KINDS)
            at = begin + timedelta(milliseconds=milliseconds, microseconds=chance.randrange(1000))
            source, number = (self._answers, kind // 2) if kind % 2 == 0 else (self._raised, kind // 2)
            place = (source.service(number), chance.choice(ENVIRONMENTS), f"2026.{milliseconds // 86_400_000}")
            if source is self._answers:
                logs.setdefault(place, []).append(self._answers.record(number, at, chance))
            else:
                spans.setdefault(place, []).extend(self._raised.spans(number, at, chance))
        if logs:
            yield Batch("/v1/logs", _logs(logs), sum(map(len, logs.values())))
        if spans:
            yield Batch("/v1/traces", _traces(spans), sum(map(len, spans.values())) // Raised.SPANS)


def _sizes(events: int, issues: int, chance: random.Random) -> list[int]:
    """Return how often each kind strikes: at least once, the rest by Zipf's law in a random order of kinds."""
    weights = [1 / (rank + 3) for rank in range(issues)]
    scale = (events - issues) / sum(weights)
    sizes = [1 + int(weight * scale) for weight in weights]
    sizes[0] += events - sum(sizes)
    chance.shuffle(sizes)
    return sizes


def _resource(place: tuple[str, str, str]) -> Mapping[str, str]:
    service, environment, release = place
    return {
        "service.name": service,
        "deployment.environment.name": environment,
        "service.version": release,
        "host.name": f"{service}-7d9f",
        "telemetry.sdk.language": "python",
    }


def _logs(groups: Mapping[tuple[str, str, str], list[Message]]) -> bytes:
    message = ExportLogsServiceRequest()
    for place, records in groups.items():
        group = message.resource_logs.add()
        group.resource.attributes.extend(pairs(_resource(place)))
        group.scope_logs.add().log_records.extend(records)  # type: ignore[arg-type]
    return message.SerializeToString()


def _traces(groups: Mapping[tuple[str, str, str], list[Message]]) -> bytes:
    message = ExportTraceServiceRequest()
    for place, spans in groups.items():
        group = message.resource_spans.add()
        group.resource.attributes.extend(pairs(_resource(place)))
        group.scope_spans.add().spans.extend(spans)  # type: ignore[arg-type]
    return message.SerializeToString()


def utc_now() -> datetime:
    """Return now, as a history ends."""
    return datetime.now(UTC)
