"""What the platforms' official clients, unmodified, leave behind when a call of theirs fails."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from opentelemetry.trace import StatusCode

from openclaw_otel import attributes as names
from openclaw_otel.instrumentation import instrument, uninstrument


class Watched:
    """An instrumented application that calls a platform inside a span of its own."""

    def __init__(self, telemetry: Any) -> None:
        self.telemetry = telemetry

    def fails(self, work: Callable[[], object]) -> Exception:
        """Return what the work raises; the application's span around it records it, as spans do by themselves."""
        tracer = self.telemetry.provider.get_tracer("app")
        with pytest.raises(Exception) as caught, tracer.start_as_current_span("job"):  # noqa: PT011 - the client's own
            work()
        return caught.value

    def one(
        self,
        platform: str,
        operation: str,
        category: str,
        code: str | None,
        *,
        copies: int = 1,
        others: int = 0,
        **more: Any,
    ) -> Any:
        """Return the one record there is: right in all that is named, with one CLIENT span, and its copy known as such.

        `copies`: how often the application's spans show it; `others`: spans of the client's calls before and after it,
        none of which has a record of its own; `more`: other attributes by the name of their constant.
        """
        (record,) = self.telemetry.records
        found = record.attributes
        expected = {"PLATFORM_NAME": platform, "OPERATION_NAME": operation, "ERROR_CATEGORY": category, **more}
        shown = {name: found.get(getattr(names, name)) for name in expected}
        assert shown == expected
        assert found.get(names.ERROR_CODE) == code
        span = next(each for each in self.telemetry.clients if each.context.span_id == record.span_id)
        assert len(self.telemetry.clients) == 1 + others
        assert span.status.status_code is StatusCode.ERROR
        assert span.attributes[names.RECORD_ID] == found[names.RECORD_ID]
        assert (record.trace_id, record.span_id) == (span.context.trace_id, span.context.span_id)
        assert span.attributes.get(names.HTTP_REQUEST_RESEND_COUNT) == more.get("HTTP_REQUEST_RESEND_COUNT")
        assert self.copies() == [found[names.RECORD_ID]] * copies
        return record

    def copies(self) -> list[str]:
        """Return the record ids on the exceptions that the application's own span recorded."""
        jobs = [span for span in self.telemetry.spans if span.name == "job"]
        events = [event for span in jobs for event in span.events if event.name == "exception"]
        return [str((event.attributes or {}).get(names.RECORD_ID)) for event in events]


@pytest.fixture
def watched(telemetry: Any) -> Iterator[Callable[..., Watched]]:
    """Start watching calls to `host` as those of `platform`."""

    def start(host: str, platform: str) -> Watched:
        instrument({host: platform})
        return Watched(telemetry)

    yield start
    uninstrument()


@pytest.fixture
def nobody() -> Iterator[str]:
    """A host and port where nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{held.getsockname()[1]}"
