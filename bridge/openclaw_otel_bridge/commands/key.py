"""`openclaw-otel key create|list|revoke`: write-only keys of a project, for OTLP senders and Sentry SDKs."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from openclaw_otel_bridge.commands.database import operator, run_reporting, show, transaction


def main(argv: Sequence[str]) -> int:
    """Run the subcommand; 0 when it did what was asked, 1 with one clear line when not, 2 for bad usage."""
    arguments = _parser().parse_args(argv)
    return run_reporting("key", lambda: arguments.run(arguments))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="openclaw-otel key", description="Write-only keys that senders use, in the database at DATABASE_URL."
    )
    commands = parser.add_subparsers(required=True, metavar="create|list|revoke")
    create = commands.add_parser("create", help="make a key and print it; an ingest key can be read only now")
    create.add_argument("--kind", choices=("ingest", "sentry"), default="ingest", help="ingest: bearer token of OTLP")
    create.add_argument("--label", default="command line", help="what it is for")
    create.set_defaults(run=_create)
    commands.add_parser("list", help="list keys, never the text of ingest keys").set_defaults(run=_list)
    revoke = commands.add_parser("revoke", help="end a key; senders are refused within seconds")
    revoke.add_argument("id", type=int)
    revoke.set_defaults(run=_revoke)
    for command in commands.choices.values():
        command.add_argument("--project", default="default", help="slug of the project")
        command.add_argument("--json", action="store_true", help="one JSON object for scripts")
    return parser


def _create(arguments: argparse.Namespace) -> None:
    from openclaw_otel_bridge.intake.keys import create_key

    with transaction() as conn:
        key = create_key(conn, operator(conn, arguments.project).project_id, arguments.kind, arguments.label)
    show({"key": key, "kind": arguments.kind, "label": arguments.label}, key, as_json=arguments.json)


def _list(arguments: argparse.Namespace) -> None:
    from openclaw_otel_bridge.intake.keys import list_keys

    with transaction() as conn:
        keys = list_keys(conn, operator(conn, arguments.project).project_id)
    lines = [f"{key.id:>5}  {key.kind:<7} {key.label:<24} {'revoked' if key.revoked_at else 'live'}" for key in keys]
    items = [{"id": k.id, "kind": k.kind, "label": k.label, "revoked": k.revoked_at is not None} for k in keys]
    show({"items": items}, "\n".join(lines) or "no keys yet: openclaw-otel key create", as_json=arguments.json)


def _revoke(arguments: argparse.Namespace) -> None:
    from openclaw_otel_bridge.intake.keys import revoke_key
    from openclaw_otel_bridge.workflow.errors import NotFound

    with transaction() as conn:
        if not revoke_key(conn, operator(conn, arguments.project).project_id, arguments.id):
            raise NotFound("key", "密钥", arguments.id)
    show({"id": arguments.id, "revoked": True}, f"revoked key {arguments.id}", as_json=arguments.json)
