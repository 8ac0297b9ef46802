"""`openclaw-otel verify`: is the signature of this delivery right, and if not, what most likely went wrong."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from openclaw_otel.adapters.base import Adapter
from openclaw_otel.bodies import mapping, text
from openclaw_otel.config import Config, secret
from openclaw_otel.errors import OpenClawError, SignatureError
from openclaw_otel.http_values import timestamp
from openclaw_otel.platforms import Platforms
from openclaw_otel.record import WebhookRequest

MULTIPLE = frozenset({"trust_roots"})


class InputError(OpenClawError):
    """An argument or file cannot be used."""


def main(argv: Sequence[str]) -> int:
    """Verify one delivery: 0 right, 1 wrong or not to be verified, with the reason and a hint."""
    options = _parser().parse_args(argv)
    adapter = Platforms(Config.from_env()).get(options.platform)
    request = WebhookRequest(options.method, options.url, _headers(options.headers), _read(options.body))
    arguments = _arguments(options)
    secrets = [_secret(value) for value in options.secret]
    try:
        adapter.verify_webhook_signature(request, secrets, **arguments)
    except SignatureError as error:
        print(f"{adapter.name}: {error}")
        print(f"hint: {_hint(adapter, request, secrets, arguments, error)}")
        return 1
    webhook = adapter.parse_webhook(request)
    print(f"{adapter.name}: the signature is right; topic {webhook.topic}, delivery {webhook.delivery_id or '-'}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="openclaw-otel verify", description=(__doc__ or "").partition(": ")[2])
    parser.add_argument("platform", metavar="PLATFORM", help="shopify, paypal …, or custom:<name> of openclaw.toml")
    parser.add_argument("body", metavar="BODY", help="file with the raw body, byte for byte; - is standard input")
    parser.add_argument(
        "--headers", required=True, help="file: JSON object, JSON list of {name, value}, or Name: value lines"
    )
    parser.add_argument(
        "--secret", action="append", default=[], help="env:NAME, file:/path or the secret; may be repeated"
    )
    parser.add_argument("--url", default="https://localhost/", help="the URL the platform called")
    parser.add_argument("--method", default="POST")
    parser.add_argument("--now", help="verify as of this time: ISO 8601 or epoch seconds")
    parser.add_argument(
        "--parameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="what the scheme needs beside: webhook_id, app_key, callback_url, tolerance, trust_roots=FILE.pem …",
    )
    parser.add_argument("--certificate", help="file to use instead of fetching the certificate or public key")
    return parser


def _arguments(options: argparse.Namespace) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    for given in options.parameter:
        name, mark, value = given.partition("=")
        if not mark or not name.isidentifier():
            raise InputError(f"--parameter {given!r}: write NAME=VALUE")
        arguments[name] = _read(value).decode("utf-8", "replace") if name in MULTIPLE else value
    if "tolerance" in arguments:
        arguments["tolerance"] = _number(arguments["tolerance"])
    if options.now is not None:
        now: datetime | None = timestamp(options.now)
        if now is None:
            raise InputError(f"--now {options.now!r} is no time; write 2026-01-31T12:00:00Z or epoch seconds")
        arguments["now"] = now
    if options.certificate:
        pem = _read(options.certificate)
        arguments["fetch"] = lambda url: pem
    return arguments


def _number(value: str) -> float:
    try:
        return float(value)
    except ValueError as error:
        raise InputError(f"--parameter tolerance={value}: not a number of seconds") from error


def _secret(value: str) -> str:
    kind, mark, rest = value.partition(":")
    if mark and kind == "env":
        found = secret(os.environ, rest)
        if not found:
            raise InputError(f"--secret {value}: {rest} is not set")
        return found
    return _read(rest).decode("utf-8", "replace").strip() if mark and kind == "file" else value


def _headers(file: str) -> dict[str, str]:
    raw = _read(file).decode("utf-8-sig", "replace")
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        pairs = [line.split(":", 1) for line in raw.splitlines() if ":" in line]
        if not pairs:
            raise InputError(f"--headers {file}: neither JSON nor `Name: value` lines") from None
        return {name.strip(): value.strip() for name, value in pairs}
    if isinstance(data, list):
        return {text(mapping(one).get("name")): text(mapping(one).get("value")) for one in data}
    return {name: text(value) for name, value in mapping(data).items()}


def _read(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise InputError(f"{file}: {error.strerror}") from error


def _hint(
    adapter: Adapter, request: WebhookRequest, secrets: list[str], arguments: dict[str, Any], error: SignatureError
) -> str:
    """Return what would have made it right, when that can be found by trying; else the adapter's own hint."""
    if error.reason == "mismatch":
        for what, other, keys in _variants(request, secrets):
            try:
                adapter.verify_webhook_signature(other, keys, **arguments)
            except SignatureError:
                continue
            return what
    return error.hint or "see the platform's page on webhook signatures"


def _variants(request: WebhookRequest, secrets: list[str]) -> Iterator[tuple[str, WebhookRequest, list[str]]]:
    stripped = [value.strip().strip("\"'") for value in secrets]
    if stripped != secrets:
        yield "the secret has blanks, quotes or a line break around it: remove them", request, stripped
    for body, what in _other_bodies(request.body):
        yield (
            f"the signature fits {what}: something between the platform and us changed it",
            replace(request, body=body),
            secrets,
        )


def _other_bodies(body: bytes) -> Iterator[tuple[bytes, str]]:
    if body != body.rstrip(b"\r\n"):
        yield body.rstrip(b"\r\n"), "the body without its last line break"
    if b"\r\n" in body:
        yield body.replace(b"\r\n", b"\n"), "the body with plain line breaks"
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return
    for ascii_only in (False, True):
        for separators, what in (((",", ":"), "compact"), ((", ", ": "), "spaced")):
            again = json.dumps(data, ensure_ascii=ascii_only, separators=separators).encode("utf-8", "surrogatepass")
            if again != body:
                yield again, f"the body as {what} JSON"
                yield again.replace(b"/", b"\\/"), f"the body as {what} JSON with escaped slashes"
