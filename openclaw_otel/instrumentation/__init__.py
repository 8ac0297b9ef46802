"""Watching the HTTP clients that the platforms' own libraries use: requests, httpx, urllib, aiohttp."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cache, partial
from types import ModuleType

from wrapt import register_post_import_hook

from openclaw_otel.config import Config
from openclaw_otel.errors import ConfigError, UnknownPlatform
from openclaw_otel.instrumentation.calls import Calls
from openclaw_otel.instrumentation.switch import Switch
from openclaw_otel.runtime import Runtime, build_runtime, runtime

DOORS: Mapping[str, str] = {
    "requests": "openclaw_otel.instrumentation.requests_client",
    "httpx": "openclaw_otel.instrumentation.httpx_client",
    "urllib.request": "openclaw_otel.instrumentation.urllib_client",
    "aiohttp": "openclaw_otel.instrumentation.aiohttp_client",
    "opentelemetry.sdk.trace": "openclaw_otel.instrumentation.outer_spans",
}
"""Library → the module whose `patch(switch)` wraps it, once it is imported by anybody: we import none for you."""
RETRYING: Mapping[str, str] = {
    "stripe._http_client": "patch_stripe",
    "paypalrestsdk.api": "patch_paypalrestsdk",
    "sp_api.util.retry": "patch_sp_api",
}
"""Client library that retries by itself → the function in `client_retries` that brackets its calls."""


def instrument(hosts: Mapping[str, str] | None = None, *, config: Config | None = None) -> None:
    """Watch calls to platforms: each becomes a CLIENT span, each final failure one record.

    Args:
        hosts: host or host:port → platform, for calls that cannot be told by themselves
            (`{"127.0.0.1:9001": "shopify"}`); it wins over every other way to tell.
        config: settings to use instead of the environment's.

    Raises:
        ConfigError: a setting is bad, or `hosts` names a platform that does not exist.
    """
    chosen = runtime() if config is None else build_runtime(config)
    _check(hosts or {}, chosen)
    door = switch()
    door.calls = Calls(chosen, dict(hosts or {}))
    for library, module in DOORS.items():
        if library not in door.patched:
            door.patched.add(library)
            register_post_import_hook(partial(_open, module, door), library)
    for library, function in RETRYING.items():
        if library not in door.patched:
            door.patched.add(library)
            register_post_import_hook(partial(_bracket, function, door), library)


def uninstrument() -> None:
    """Stop watching. Calls under way are finished."""
    switch().calls = None


@cache
def switch() -> Switch:
    """Return the process's one switch: a library is wrapped once, whoever asks for it."""
    return Switch()


def _open(module: str, door: Switch, _library: ModuleType) -> None:
    importlib.import_module(module).patch(door)


def _bracket(function: str, door: Switch, library: ModuleType) -> None:
    module = importlib.import_module("openclaw_otel.instrumentation.client_retries")
    getattr(module, function)(door, library)


def _check(hosts: Mapping[str, str], chosen: Runtime) -> None:
    for store in chosen.config.stores:
        try:
            chosen.platforms.get(store.platform)
        except UnknownPlatform as error:
            raise ConfigError("OPENCLAW_OTEL_CONFIG", f"store {store.name}: {error}") from error
    for host, platform in hosts.items():
        if "/" in host or not host:
            raise ConfigError("hosts", f"{host!r} is not a host or host:port (no scheme, no path)")
        try:
            chosen.platforms.get(platform)
        except UnknownPlatform as error:
            raise ConfigError("hosts", f"{host}: {error}") from error
