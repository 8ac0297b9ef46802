"""The facts of a Sentry event beside its exception, under OpenTelemetry's names where they have one; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from openclaw_otel import attributes as names
from openclaw_otel.record import Snapshot
from openclaw_otel_bridge.intake.values import shorten
from openclaw_otel_bridge.json_bytes import dump

CONTEXT = "openclaw"
"""The context in which `openclaw_otel.sentry.OpenClawIntegration` sends what it made of a failure."""
MOST_TAGS = 200
MOST_BREADCRUMBS = 100
_PLAIN: Mapping[str, str] = {
    "environment": names.DEPLOYMENT_ENVIRONMENT_NAME,
    "release": names.SERVICE_VERSION,
    "server_name": "host.name",
    "transaction": "sentry.transaction",
    "logger": "sentry.logger",
    "dist": "sentry.dist",
    "platform": "telemetry.sdk.language",
}
_USER: Mapping[str, str] = {
    "id": "user.id",
    "email": "user.email",
    "username": "user.name",
    "ip_address": "client.address",
}
_STRUCTURED = ("breadcrumbs", "contexts", "extra", "modules", "user")
_RESERVED = frozenset({names.EXCEPTION_TYPE, names.EXCEPTION_MESSAGE, names.EXCEPTION_STACKTRACE})


def facts_of(event: Mapping[str, Any], errors: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return attributes: what the integration stamped, tags, user, release …, and under `sentry.*` what is nested.

    `sentry.stacktrace` holds the exceptions with their frames, source lines and variables.
    """
    contexts = event.get("contexts")
    contexts = contexts if isinstance(contexts, Mapping) else {}
    facts: dict[str, Any] = {**_resource(contexts), **_tags(event.get("tags"))}
    facts |= {name: value for key, name in _PLAIN.items() if (value := text_of(event.get(key)))}
    facts |= {name: value for key, name in _USER.items() if (value := text_of(_mapping(event.get("user")).get(key)))}
    sdk = _mapping(event.get("sdk"))
    facts |= {f"telemetry.sdk.{key}": value for key in ("name", "version") if (value := text_of(sdk.get(key)))}
    facts |= _stamped(contexts.get(CONTEXT))
    if names.SERVICE_NAME not in facts and (service := _service(event.get("release"))):
        facts[names.SERVICE_NAME] = service
    if errors:
        facts["sentry.stacktrace"] = {"values": list(errors)}
    for key in _STRUCTURED:
        if value := _nested(key, event.get(key)):
            facts[f"sentry.{key}"] = value
    return facts


def snapshot_of(event: Mapping[str, Any]) -> Snapshot | None:
    """Return the request the failing service was answering, as Sentry's SDKs of web frameworks attach it."""
    request = event.get("request")
    if not isinstance(request, Mapping) or not text_of(request.get("url")):
        return None
    url, query = text_of(request.get("url")) or "", request.get("query_string")
    body = request.get("data")
    return Snapshot(
        method=text_of(request.get("method")) or "",
        url=f"{url}?{query}" if isinstance(query, str) and query and "?" not in url else url,
        request_headers={str(name): str(value) for name, value in _pairs(request.get("headers"))},
        request_body=shorten(body if isinstance(body, str) else dump(body).decode() if body else ""),
    )


def text_of(value: Any) -> str | None:
    """Return a text that is not empty; numbers as text."""
    if isinstance(value, str):
        return shorten(value) or None
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _stamped(context: Any) -> dict[str, Any]:
    """Return what the integration sends beside tags, whose values Sentry would cut at 200 characters."""
    own = _mapping(context)
    return {name: value for name, value in own.items() if name in names.OWN or name in names.STANDARD - _RESERVED}


def _resource(contexts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the service of the OpenTelemetry resource, which Sentry's SDKs send along."""
    resource = _mapping(_mapping(contexts.get("otel")).get("resource"))
    wanted = (names.SERVICE_NAME, names.SERVICE_VERSION, names.DEPLOYMENT_ENVIRONMENT_NAME)
    return {name: value for name in wanted if (value := text_of(resource.get(name)))}


def _tags(tags: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in _pairs(tags):
        if len(found) >= MOST_TAGS:
            break
        text = text_of(value) if not isinstance(value, bool) else str(value).lower()
        if isinstance(name, str) and name and text and name not in _RESERVED:
            found[name] = text
    return found


def _nested(key: str, value: Any) -> Any:
    if key == "breadcrumbs":
        crumbs = value.get("values") if isinstance(value, Mapping) else value
        return {"values": crumbs[-MOST_BREADCRUMBS:]} if isinstance(crumbs, list) and crumbs else None
    if key == "contexts":
        rest = {name: item for name, item in _mapping(value).items() if name not in ("trace", "otel", CONTEXT)}
        return rest or None
    if key == "user":  # what `_USER` names is on the event already
        return {name: item for name, item in _mapping(value).items() if name not in _USER and item} or None
    return value if isinstance(value, Mapping) and value else None


def _service(release: Any) -> str:
    """Return the package of a release `package@version`."""
    package, at, _ = release.partition("@") if isinstance(release, str) else ("", "", "")
    return package if at else ""


def _pairs(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, Mapping):
        return list(value.items())
    pairs = value if isinstance(value, list) else ()
    return [(each[0], each[1]) for each in pairs if isinstance(each, list) and len(each) == 2]


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
