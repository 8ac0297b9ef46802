"""`openclaw-otel token create|list|revoke`: API tokens, each of one person."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict

from openclaw_otel_bridge.commands.database import operator, run_reporting, show, transaction


def main(argv: Sequence[str]) -> int:
    """Run the subcommand; 0 when it did what was asked, 1 with one clear line when not, 2 for bad usage."""
    arguments = _parser().parse_args(argv)
    return run_reporting("token", lambda: arguments.run(arguments))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="openclaw-otel token", description="API tokens, in the database at DATABASE_URL."
    )
    commands = parser.add_subparsers(required=True, metavar="create|list|revoke")
    create = commands.add_parser("create", help="make a token for a person and print it, once")
    create.add_argument("email", help="whose token it is: it can do what this person can")
    create.add_argument("--name", default="command line", help="what it is for")
    create.set_defaults(run=_create)
    commands.add_parser("list", help="list tokens, never their text").set_defaults(run=_list)
    revoke = commands.add_parser("revoke", help="end a token")
    revoke.add_argument("id", type=int)
    revoke.set_defaults(run=_revoke)
    for command in commands.choices.values():
        command.add_argument("--project", default="default", help="slug of the project")
        command.add_argument("--json", action="store_true", help="one JSON object for scripts")
    return parser


def _create(arguments: argparse.Namespace) -> None:
    from openclaw_otel_bridge.people.directory import person_by_email
    from openclaw_otel_bridge.people.tokens import create_token

    with transaction() as conn:
        actor = operator(conn, arguments.project)
        person = person_by_email(conn, actor.project_id, arguments.email)
        token = create_token(conn, actor, arguments.name, person_id=person.id)
    # bare on stdout, so that a script can take it without parsing
    show({"token": token, "email": person.email, "name": arguments.name}, token, as_json=arguments.json)


def _list(arguments: argparse.Namespace) -> None:
    from openclaw_otel_bridge.people.tokens import list_tokens

    with transaction() as conn:
        tokens = list_tokens(conn, operator(conn, arguments.project), everyones=True)
    lines = [
        f"{token.id:>5}  {token.person_name:<24} {token.name:<24} "
        + ("revoked" if token.revoked_at else f"last used {token.last_used_at or 'never'}")
        for token in tokens
    ]
    text = "\n".join(lines) or "no tokens yet: openclaw-otel token create"
    show({"items": [asdict(token) for token in tokens]}, text, as_json=arguments.json)


def _revoke(arguments: argparse.Namespace) -> None:
    from openclaw_otel_bridge.people.tokens import revoke_token

    with transaction() as conn:
        revoke_token(conn, operator(conn, arguments.project), arguments.id)
    show({"id": arguments.id, "revoked": True}, f"revoked token {arguments.id}", as_json=arguments.json)
