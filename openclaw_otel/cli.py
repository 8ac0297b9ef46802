"""The one command, `openclaw-otel`: finds the subcommand, loads only that, turns known failures into one clear line.

Own subcommands are listed here; other packages add theirs through the entry-point group `openclaw_otel.commands`
(name = subcommand, object = `(argv: Sequence[str]) -> int`). An own one wins over a contributed one of its name.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import entry_points, version

from openclaw_otel.errors import OpenClawError

Command = Callable[[Sequence[str]], int]
GROUP = "openclaw_otel.commands"
OWN: Mapping[str, str] = {
    "classify": "openclaw_otel.commands.classify:main",
    "redact": "openclaw_otel.commands.redact:main",
    "verify": "openclaw_otel.commands.verify:main",
    "plugins": "openclaw_otel.commands.plugins:main",
    "catalog": "openclaw_otel.commands.catalog:main",
}
"""Subcommand → "module:function"."""
EXTRAS: Mapping[str, str] = {"openclaw_otel_bridge": "bridge"}
"""Package → the extra that brings what its commands import."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand; 0 done, 1 failed (one line on stderr), 2 wrong usage."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    name = arguments[0] if arguments else ""
    if name in ("", "-h", "--help", "help"):
        print(usage(), file=sys.stdout if name else sys.stderr)
        return 0 if name else 2
    if name in ("-V", "--version"):
        print(f"openclaw-otel {version('openclaw-otel')}")
        return 0
    targets = commands()
    if name not in targets:
        print(f"openclaw-otel: no command {name!r}\n\n{usage()}", file=sys.stderr)
        return 2
    return _run(name, targets[name], arguments[1:])


def commands() -> dict[str, str]:
    """Return every subcommand → "module:function", from metadata alone: nothing is imported."""
    contributed = {point.name: point.value for point in sorted(entry_points(group=GROUP), key=lambda p: p.name)}
    return {**contributed, **OWN}


def usage() -> str:
    """Return the help text."""
    names = "\n".join(f"  {name}" for name in sorted(commands()))
    return (
        "usage: openclaw-otel COMMAND [ARGUMENTS]\n\n"
        f"commands:\n{names}\n\n"
        "openclaw-otel COMMAND --help explains one; --version prints the version."
    )


def _run(name: str, target: str, arguments: Sequence[str]) -> int:
    module, _, function = target.partition(":")
    try:
        command: Command = getattr(importlib.import_module(module), function)
        status = command(arguments)
        sys.stdout.flush()
        return status
    except ModuleNotFoundError as error:
        return _missing(name, module, error)
    except OpenClawError as error:
        print(f"openclaw-otel {name}: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # `… | head`: the reader has what it wanted
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def _missing(name: str, module: str, error: ModuleNotFoundError) -> int:
    package = module.partition(".")[0]
    if error.name is None or error.name.partition(".")[0] == package:
        raise error  # our own broken import: a bug, not a missing extra
    advice = f"; try: pip install 'openclaw-otel[{EXTRAS[package]}]'" if package in EXTRAS else ""
    print(f"openclaw-otel {name}: No module named {error.name!r}{advice}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
