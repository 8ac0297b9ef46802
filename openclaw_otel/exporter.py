"""Exporters that wrap the OTLP ones: whatever leaves the process through them is classified and redacted first.

They are entry points (`OTEL_TRACES_EXPORTER=openclaw_otlp_http`, `OTEL_LOGS_EXPORTER=openclaw_otlp_http`, or a
declarative configuration file) and take the arguments of OpenTelemetry's own OTLP/HTTP exporters. An exporter, not a
processor, because a processor may neither change an ending span nor fail without hurting the application.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk._logs.export import LogRecordExporter, LogRecordExportResult
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from openclaw_otel.rewrite import Rewriter
from openclaw_otel.runtime import Runtime, runtime


class WrappingSpanExporter(SpanExporter):
    """Rewrites spans, then hands them to another exporter."""

    def __init__(self, inner: SpanExporter, chosen: Runtime | None = None) -> None:
        self._inner = inner
        self._rewriter = Rewriter(chosen or runtime())

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send the spans, rewritten."""
        return self._inner.export([self._rewriter.span(span) for span in spans])

    def shutdown(self) -> None:
        """Shut the wrapped exporter down."""
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Flush the wrapped exporter."""
        return self._inner.force_flush(timeout_millis)


class WrappingLogExporter(LogRecordExporter):
    """Rewrites log records, then hands them to another exporter."""

    def __init__(self, inner: LogRecordExporter, chosen: Runtime | None = None) -> None:
        chosen = chosen or runtime()
        self._inner = inner
        self._rewriter = Rewriter(chosen)
        chosen.process.exporters.add(self)

    def export(self, batch: Sequence[ReadableLogRecord]) -> LogRecordExportResult:
        """Send the log records, rewritten."""
        safe = [item for item in map(self._rewriter.log, batch) if item is not None]
        return self._inner.export(safe) if safe else LogRecordExportResult.SUCCESS

    def shutdown(self) -> None:
        """Shut the wrapped exporter down."""
        self._inner.shutdown()  # type: ignore[no-untyped-call]

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Flush the wrapped exporter."""
        flush = getattr(self._inner, "force_flush", None)
        return bool(flush(timeout_millis)) if flush else True


class HttpSpanExporter(WrappingSpanExporter):
    """OTLP/HTTP for spans; arguments as of OpenTelemetry's OTLPSpanExporter (`endpoint`, `headers`, `timeout`, …)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(OTLPSpanExporter(**options))


class HttpLogExporter(WrappingLogExporter):
    """OTLP/HTTP for log records; arguments as of OpenTelemetry's OTLPLogExporter."""

    def __init__(self, **options: Any) -> None:
        super().__init__(OTLPLogExporter(**options))
