"""Starting telemetry: providers where there are none, our own log pipeline beside those that exist, a flush at exit."""

from __future__ import annotations

import atexit
import logging
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from opentelemetry import trace
from opentelemetry._logs import get_logger_provider, set_logger_provider
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from openclaw_otel import attributes as names
from openclaw_otel.config import Config
from openclaw_otel.emit import release
from openclaw_otel.errors import ConfigError
from openclaw_otel.exporter import WrappingLogExporter, WrappingSpanExporter
from openclaw_otel.releasing import Releaser
from openclaw_otel.runtime import Process, Runtime, build_runtime, process, runtime

log = logging.getLogger(__name__)
_ENDPOINTS = re.compile(r"OTEL_EXPORTER_OTLP_(TRACES_|LOGS_)?ENDPOINT")
_NUMBERS = re.compile(r"OTEL_(BSP|BLRP)_\w+|OTEL_\w*(COUNT|LENGTH)_LIMIT")


@dataclass(frozen=True, slots=True)
class Settings:
    """What `setup()` takes beside the service's name. Anything not given comes from the standard OTEL_* variables."""

    endpoint: str | None = None
    """Base URL of the Collector or the bridge (`http://localhost:4318`); /v1/traces and /v1/logs are appended."""
    ingest_key: str | None = None
    """Sent as bearer token: the bridge's key, where no Collector is between."""
    headers: Mapping[str, str] = field(default_factory=dict)
    environment: str | None = None
    """deployment.environment.name"""
    release: str | None = None
    """service.version"""
    resource: Mapping[str, Any] = field(default_factory=dict)
    """Further resource attributes."""
    timeout: float | None = None
    """Seconds for one export."""
    compression: str | None = None
    """gzip, deflate or none."""
    schedule_delay: float | None = None
    """Seconds between two batches."""
    config: Config | None = None
    """openclaw-otel's own settings, instead of the environment's."""

    def __post_init__(self) -> None:
        if self.endpoint is not None:
            _check_url("endpoint", self.endpoint)
        if self.compression not in (None, "none", *(each.value for each in Compression)):
            raise ConfigError("compression", f"{self.compression!r} is none of gzip, deflate, none")
        for name in ("timeout", "schedule_delay"):
            value = getattr(self, name)
            if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or value <= 0):
                raise ConfigError(name, f"{value!r} is not a number of seconds above 0")

    @property
    def delay_millis(self) -> int | None:
        """`schedule_delay` as the batch processors want it."""
        return int(self.schedule_delay * 1000) or 1 if self.schedule_delay else None


def setup(service_name: str | None = None, **overrides: Any) -> None:
    """Send telemetry: make providers, or add to the ones that exist; never replace one.

    Without providers, both are made and traces and logs leave through the wrapping exporters. With a tracer provider
    of yours, your exporters keep sending your traces (and our spans in them), and our records alone leave through a
    log pipeline of our own, so that nothing reaches a Collector twice. With our exporter in your providers already
    (zero-code set-up), nothing is added. A second call does nothing.

    Args:
        service_name: `service.name`; default: OTEL_SERVICE_NAME or OTEL_RESOURCE_ATTRIBUTES.
        **overrides: fields of `Settings`: endpoint, ingest_key, headers, environment, release, resource, timeout,
            compression, schedule_delay, config.

    Raises:
        ConfigError: an override is unknown or bad, or a variable is; the message begins with its name.
    """
    settings = _settings(overrides)
    _check_environment(os.environ, endpoints=settings.endpoint is None)
    state = process()
    if state.owned:
        log.info("setup() was called before; this call changes nothing")
        return
    chosen = runtime() if settings.config is None else build_runtime(settings.config)
    existing = trace.get_tracer_provider()
    has_tracing = not isinstance(existing, trace.ProxyTracerProvider)
    resource = getattr(existing, "resource", None) if has_tracing else None
    resource = resource or _resource(service_name, settings)
    if not has_tracing:
        tracing = TracerProvider(resource=resource, shutdown_on_exit=False)
        exporter = OTLPSpanExporter(**_options(settings, "traces"))
        wrapped = WrappingSpanExporter(exporter, chosen)
        tracing.add_span_processor(BatchSpanProcessor(wrapped, schedule_delay_millis=settings.delay_millis))
        trace.set_tracer_provider(tracing)
        state.owned.append(tracing)
    _add_logging(state, chosen, settings, resource, shared=not has_tracing)
    state.owned.append(Releaser(partial(release, state)))
    atexit.register(shutdown)


def flush(timeout: float = 10.0) -> bool:
    """Send what is waiting, within `timeout` seconds; False when some of it was not taken."""
    state = process()
    _finish_abandoned(state)
    release(state, everything=True)
    return all([provider.force_flush(int(timeout * 1000)) for provider in state.owned])


def shutdown() -> None:
    """Send what is waiting and stop what `setup()` started. Called at exit; calling it twice is fine."""
    state = process()
    _finish_abandoned(state)
    if state.owned:
        release(state, everything=True)
    while state.owned:
        state.owned.pop().shutdown()
    state.logger_provider = None


def _add_logging(state: Process, chosen: Runtime, settings: Settings, resource: Resource, *, shared: bool) -> None:
    """Make our log pipeline; it becomes the global one only where the application has no telemetry of its own."""
    if len(state.exporters):
        return
    provider = LoggerProvider(resource=resource, shutdown_on_exit=False)
    exporter = OTLPLogExporter(**_options(settings, "logs"))
    wrapped = WrappingLogExporter(exporter, chosen)
    provider.add_log_record_processor(BatchLogRecordProcessor(wrapped, schedule_delay_millis=settings.delay_millis))
    state.owned.append(provider)
    state.logger_provider = provider
    if shared and not isinstance(get_logger_provider(), LoggerProvider):
        set_logger_provider(provider)


def _settings(overrides: Mapping[str, Any]) -> Settings:
    known = {each.name for each in fields(Settings)}
    for name in overrides:
        if name not in known:
            raise ConfigError(name, f"setup() has no such setting; known: {', '.join(sorted(known))}")
    return Settings(**overrides)


def _check_environment(environ: Mapping[str, str], *, endpoints: bool) -> None:
    """Name the variable the SDK would fail on with a bare ValueError, or only find out about when it sends."""
    for name, value in environ.items():
        if endpoints and _ENDPOINTS.fullmatch(name) and value:
            _check_url(name, value)
        elif _NUMBERS.fullmatch(name) and value and not (value.isdecimal() and (int(value) or "LIMIT" in name)):
            raise ConfigError(name, f"{value!r} is not a whole number above 0")


def _check_url(name: str, value: str) -> None:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(name, f"{value!r} is no http(s) URL such as http://localhost:4318")


def _resource(service_name: str | None, settings: Settings) -> Resource:
    given = {
        names.SERVICE_NAME: service_name,
        names.SERVICE_VERSION: settings.release,
        names.DEPLOYMENT_ENVIRONMENT_NAME: settings.environment,
    }
    return Resource.create({**settings.resource, **{name: value for name, value in given.items() if value}})


def _options(settings: Settings, signal: str) -> dict[str, Any]:
    headers = dict(settings.headers)
    if settings.ingest_key:
        headers["authorization"] = f"Bearer {settings.ingest_key}"
    options: dict[str, Any] = {
        "endpoint": f"{settings.endpoint.rstrip('/')}/v1/{signal}" if settings.endpoint else None,
        "headers": headers or None,
        "timeout": settings.timeout,
        "compression": Compression(settings.compression) if settings.compression else None,
    }
    return {name: value for name, value in options.items() if value is not None}


def _finish_abandoned(state: Process) -> None:
    for drain in list(state.drains):
        drain()
