"""Errors of e-commerce integrations as OpenTelemetry: captured, classified, redacted, sent.

The way of one error through the library:

    a call made by the team's own client library, or a webhook received
    | instrument() / receive_webhook()         an Exchange or a WebhookRequest
    | adapters.<platform>                      verify_webhook_signature · parse_webhook · handle_error -> ErrorRecord
    | pipeline (failures only)                 classify | fingerprint | burst | enrich | redact, the last fails closed
    | emit        the span                     status, error.type, classification, a short exception event
    |             a log record                 the same record id, the redacted snapshot; wire.py maps it
    | exporter    others' exceptions           the same pipeline for what spans and logs of others carry
    | telemetry   OTLP                         to the Collector, or straight to the bridge

Importing this package is light: every name below is loaded from its module when it is first used (PEP 562).
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openclaw_otel.adapters import get_adapter
    from openclaw_otel.adapters.base import Adapter, AnswerFacts
    from openclaw_otel.catalog import Catalog, Row, read_catalog
    from openclaw_otel.catalog import shipped as shipped_catalog
    from openclaw_otel.classify import classify_exchange
    from openclaw_otel.config import Config, StoreConfig
    from openclaw_otel.errors import (
        CannotEnable,
        CatalogError,
        ConfigError,
        DropRecord,
        OpenClawError,
        SignatureError,
        UnknownPlatform,
    )
    from openclaw_otel.hookspecs import Processor, Redactor, Side, Stage, hookimpl
    from openclaw_otel.ids import uuid7
    from openclaw_otel.instrumentation import instrument, uninstrument
    from openclaw_otel.judge import judge as judge_record
    from openclaw_otel.overrides import Overrides, overrides_of
    from openclaw_otel.pipeline import Pipeline, build_pipeline
    from openclaw_otel.platforms import Platforms
    from openclaw_otel.record import (
        Category,
        ErrorRecord,
        Evidence,
        ExceptionInfo,
        Exchange,
        Fingerprint,
        Headers,
        Observation,
        OwnerHint,
        Severity,
        Snapshot,
        Webhook,
        WebhookAnswer,
        WebhookRequest,
    )
    from openclaw_otel.telemetry import setup, shutdown
    from openclaw_otel.webhooks import receive_webhook

_SOURCES: Mapping[str, tuple[str, ...]] = {
    "adapters": ("get_adapter",),
    "adapters.base": ("Adapter", "AnswerFacts"),
    "catalog": ("Catalog", "Row", "read_catalog"),
    "classify": ("classify_exchange",),
    "config": ("Config", "StoreConfig"),
    "errors": (
        "CannotEnable",
        "CatalogError",
        "ConfigError",
        "DropRecord",
        "OpenClawError",
        "SignatureError",
        "UnknownPlatform",
    ),
    "hookspecs": ("Processor", "Redactor", "Side", "Stage", "hookimpl"),
    "ids": ("uuid7",),
    "instrumentation": ("instrument", "uninstrument"),
    "overrides": ("Overrides", "overrides_of"),
    "pipeline": ("Pipeline", "build_pipeline"),
    "platforms": ("Platforms",),
    "record": (
        "Category",
        "ErrorRecord",
        "Evidence",
        "ExceptionInfo",
        "Exchange",
        "Fingerprint",
        "Headers",
        "Observation",
        "OwnerHint",
        "Severity",
        "Snapshot",
        "Webhook",
        "WebhookAnswer",
        "WebhookRequest",
    ),
    "telemetry": ("setup", "shutdown"),
    "webhooks": ("receive_webhook",),
}
_RENAMED = {"judge_record": ("judge", "judge"), "shipped_catalog": ("catalog", "shipped")}
"""Functions that would otherwise share the name of a module of this package."""
_WHERE = {name: (module, name) for module, names in _SOURCES.items() for name in names} | _RENAMED

__all__ = [
    "Adapter",
    "AnswerFacts",
    "CannotEnable",
    "Catalog",
    "CatalogError",
    "Category",
    "Config",
    "ConfigError",
    "DropRecord",
    "ErrorRecord",
    "Evidence",
    "ExceptionInfo",
    "Exchange",
    "Fingerprint",
    "Headers",
    "Observation",
    "OpenClawError",
    "Overrides",
    "OwnerHint",
    "Pipeline",
    "Platforms",
    "Processor",
    "Redactor",
    "Row",
    "Severity",
    "Side",
    "SignatureError",
    "Snapshot",
    "Stage",
    "StoreConfig",
    "UnknownPlatform",
    "Webhook",
    "WebhookAnswer",
    "WebhookRequest",
    "build_pipeline",
    "classify_exchange",
    "get_adapter",
    "hookimpl",
    "instrument",
    "judge_record",
    "overrides_of",
    "read_catalog",
    "receive_webhook",
    "setup",
    "shipped_catalog",
    "shutdown",
    "uninstrument",
    "uuid7",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _WHERE[name]
    value = getattr(importlib.import_module(f"{__name__}.{module}"), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*globals(), *__all__]
