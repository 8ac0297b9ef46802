"""`openclaw-otel user add|list|passwd|disable|enable`: the people who may log in."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict

from openclaw_otel_bridge.commands.database import operator, read_password, run_reporting, show, transaction
from openclaw_otel_bridge.people.actor import Role

_SHOWN = ("id", "email", "name", "role", "teams", "disabled")


def main(argv: Sequence[str]) -> int:
    """Run the subcommand; 0 when it did what was asked, 1 with one clear line when not, 2 for bad usage."""
    arguments = _parser().parse_args(argv)
    return run_reporting("user", lambda: arguments.run(arguments))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="openclaw-otel user", description="People who may log in, in the database at DATABASE_URL."
    )
    commands = parser.add_subparsers(required=True, metavar="add|list|passwd|disable|enable")
    add = commands.add_parser("add", help="add a person; without --password-stdin a password is made and shown once")
    add.add_argument("email")
    add.add_argument("--name", default="", help="default: the part of the e-mail before @")
    add.add_argument("--role", choices=list(Role), default=Role.DEV, type=str)
    add.add_argument("--locale", choices=("en", "zh"), default="en")
    add.add_argument("--timezone", default="UTC", help="IANA name, e.g. Asia/Shanghai")
    add.add_argument("--team", action="append", help="slug of a team; may be repeated; default: the team of the role")
    add.add_argument("--password-stdin", action="store_true", help="read the password from the first line of stdin")
    add.set_defaults(run=_add)
    listing = commands.add_parser("list", help="list people")
    listing.add_argument("--all", action="store_true", help="the disabled too")
    listing.set_defaults(run=_list)
    passwd = commands.add_parser("passwd", help="set a password and end all sessions of the person")
    passwd.add_argument("email")
    passwd.add_argument("--password-stdin", action="store_true", help="read it from stdin instead of making one")
    passwd.set_defaults(run=_passwd)
    for name, disabled in (("disable", True), ("enable", False)):
        command = commands.add_parser(name, help=f"{name} a person's login, sessions and tokens")
        command.add_argument("email")
        command.set_defaults(run=_set_disabled, disabled=disabled)
    for command in commands.choices.values():
        command.add_argument("--project", default="default", help="slug of the project")
        command.add_argument("--json", action="store_true", help="one JSON object for scripts")
    return parser


def _add(arguments: argparse.Namespace) -> None:
    from openclaw_otel_bridge.assign.defaults import seed_defaults
    from openclaw_otel_bridge.people.directory import NewPerson, add_person
    from openclaw_otel_bridge.people.passwords import generate_password

    given = read_password(arguments.password_stdin)
    password = given or generate_password()
    with transaction() as conn:
        seed_defaults(conn)
        person = add_person(
            conn,
            operator(conn, arguments.project),
            NewPerson(
                email=arguments.email,
                name=arguments.name,
                role=arguments.role,
                password=password,
                locale=arguments.locale,
                timezone=arguments.timezone,
                teams=arguments.team,
                must_change=given is None,
            ),
        )
    result = {name: getattr(person, name) for name in _SHOWN}
    text = f"added {person.email} as {person.role}"
    if given is None:
        result["password"] = password
        text += f"\npassword (shown once, to be changed at the first login): {password}"
    show(result, text, as_json=arguments.json)


def _list(arguments: argparse.Namespace) -> None:
    from openclaw_otel_bridge.people.directory import list_people

    with transaction() as conn:
        people = list_people(conn, operator(conn, arguments.project), with_disabled=arguments.all)
    rows = [{name: value for name, value in asdict(person).items() if name in _SHOWN} for person in people]
    lines = [
        f"{row['id']:>5}  {row['role']:<8} {row['email']:<40} {row['name']}{'  (disabled)' if row['disabled'] else ''}"
        for row in rows
    ]
    show({"items": rows}, "\n".join(lines) or "nobody yet: openclaw-otel user add", as_json=arguments.json)


def _passwd(arguments: argparse.Namespace) -> None:
    from openclaw_otel_bridge.people.directory import person_by_email, set_password
    from openclaw_otel_bridge.people.passwords import generate_password

    given = read_password(arguments.password_stdin)
    password = given or generate_password()
    with transaction() as conn:
        actor = operator(conn, arguments.project)
        person = person_by_email(conn, actor.project_id, arguments.email)
        set_password(conn, actor, person.id, password, must_change=given is None)
    result, text = {"email": person.email}, f"password of {person.email} set; all sessions ended"
    if given is None:
        result["password"] = password
        text += f"\npassword (shown once, to be changed at the first login): {password}"
    show(result, text, as_json=arguments.json)


def _set_disabled(arguments: argparse.Namespace) -> None:
    from openclaw_otel_bridge.people.directory import person_by_email, update_person

    with transaction() as conn:
        actor = operator(conn, arguments.project)
        person = person_by_email(conn, actor.project_id, arguments.email)
        update_person(conn, actor, person.id, {"disabled": arguments.disabled})
    word = "disabled" if arguments.disabled else "enabled"
    show({"email": person.email, "disabled": arguments.disabled}, f"{word} {person.email}", as_json=arguments.json)
