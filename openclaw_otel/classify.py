"""What is this failure? The one entrance for exchanges and exceptions that were captured anywhere."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from openclaw_otel import bodies
from openclaw_otel.adapters.base import Adapter
from openclaw_otel.adapters.custom import CustomAdapter
from openclaw_otel.catalog import Catalog
from openclaw_otel.config import Config
from openclaw_otel.hookspecs import Side, Stage
from openclaw_otel.ids import uuid7
from openclaw_otel.judge import judge
from openclaw_otel.overrides import overrides_of
from openclaw_otel.pipeline import Pipeline
from openclaw_otel.platforms import Platforms
from openclaw_otel.record import ErrorRecord, ExceptionInfo, Exchange, WebhookRequest
from openclaw_otel.registry import Loaded, load

log = logging.getLogger(__name__)
IDENTITY_STAGES = frozenset({Stage.CLASSIFY, Stage.FINGERPRINT})
_STRANGER: Mapping[str, Any] = {
    "error": {
        "when": [
            {"pointer": "/success", "equals": False},
            {"pointer": "/ok", "equals": False},
            {"pointer": "/errors", "exists": True},
        ],
        "code": ["/error/code", "/errors/*/code", "/code", "/errcode", "/error_code", "/error/type", "/error"],
        "message": [
            "/error/message",
            "/errors/*/message",
            "/message",
            "/error_description",
            "/detail",
            "/title",
            "/errmsg",
            "/msg",
            "/error",
        ],
        "fields": ["/error/param", "/errors/*/field", "/details/*/field"],
    }
}
"""Where the APIs of platforms nobody described to us mostly put code and message (RFC 9457 and common envelopes)."""


def classify_exchange(exchange: Exchange, *, platform: str | None = None) -> ErrorRecord | None:
    """Return the record of a failed exchange, fingerprint included, or None when it succeeded.

    `platform`: its name where the URL does not tell (`custom:<name>` too); settings come from the environment.

    Raises:
        UnknownPlatform: there is no platform of that name.
        ConfigError: a setting is bad.
    """
    return default_classifier().exchange(exchange, platform=platform)


@cache
def default_classifier() -> Classifier:
    """Return the classifier of this process's settings."""
    return Classifier(Config.from_env())


@dataclass(frozen=True, slots=True)
class Context:
    """What is known beside exchange and exception."""

    service: str | None = None
    attributes: Mapping[str, Any] | None = None


class Classifier:
    """Adapters, catalog overrides and the identity stages of the pipeline (classify, fingerprint); no side effects."""

    def __init__(self, config: Config | None = None, loaded: Loaded | None = None) -> None:
        self._config = config or Config()
        self.platforms = Platforms(self._config)
        self._overrides = overrides_of(self._config.catalog_dir)
        found = load(self._config) if loaded is None else loaded
        chosen = tuple(part for part in found.processors if part.stage in IDENTITY_STAGES)
        self._processors = Pipeline(replace(found, processors=chosen), Side.SOURCE).processors

    def adapter(self, exchange: Exchange, platform: str | None = None) -> Adapter | None:
        """Return the adapter of an exchange: the one named, the sender of a delivery to us, or the owner of the URL."""
        if platform is not None:
            return self.platforms.get(platform)
        request = WebhookRequest(exchange.method, exchange.url, exchange.request_headers, exchange.request_body)
        return self.platforms.for_delivery_request(request) or self.platforms.adapter_for_url(exchange.url)

    def exchange(
        self, exchange: Exchange, *, platform: str | None = None, context: Context | None = None
    ) -> ErrorRecord | None:
        """Return the record of a failed exchange, or None when it succeeded. The record is not redacted."""
        adapter = self.adapter(exchange, platform)
        if adapter is None:
            stranger = CustomAdapter("stranger", _STRANGER)
            record = stranger.handle_error(exchange)
            return (
                None if record is None else self._identified(replace(record, platform=None), Catalog("", ()), context)
            )
        record = adapter.handle_error(exchange)
        if record is None:
            return None
        account = self.platforms.account(adapter.name, exchange.url, record.store)
        return self._identified(replace(record, store=account), adapter.catalog(), context)

    def exception(self, error: ExceptionInfo, context: Context | None = None) -> ErrorRecord:
        """Return the record of an exception that came without an exchange."""
        record = ErrorRecord(id=uuid7(), occurred_at=datetime.now(UTC), message=error.message, exception=error)
        return self._identified(judge(record, Catalog("", ())), Catalog("", ()), context)

    def _identified(self, record: ErrorRecord, catalog: Catalog, context: Context | None) -> ErrorRecord:
        context = context or Context()
        record = replace(
            record, service=context.service, attributes={**_plain(context.attributes), **record.attributes}
        )
        if record.platform is not None:
            record = self._overrides.judge(replace(record, notes=()), catalog)
        for processor in self._processors:
            try:
                record = processor(record)
            except Exception:  # foreign code: one broken processor must not hide what the others say
                log.exception("processor %s failed", processor.name)
        return record


def _plain(attributes: Mapping[str, Any] | None) -> dict[str, Any]:
    return {key: value for key, value in (attributes or {}).items() if isinstance(value, str | bool | int | float)}


def exception_from(value: Any) -> ExceptionInfo | None:
    """Return the exception of `{"type", "message", "stacktrace"}`; None when there is none."""
    given = bodies.mapping(value)
    parts = [bodies.text(given.get(key)) for key in ("type", "message", "stacktrace")]
    return ExceptionInfo(*parts) if any(parts) else None
