"""`openclaw-otel plugins`: what is loaded: name, version, hooks, order of processors, failures, adapters of others."""

from __future__ import annotations

import argparse
import inspect
import sys
from collections.abc import Iterator, Sequence

from openclaw_otel.adapters import contributed_adapters
from openclaw_otel.config import Config
from openclaw_otel.contributed import AdapterStatus
from openclaw_otel.hookspecs import Processor, Redactor, Side, Specs, Stage
from openclaw_otel.registry import Loaded, load

_STAGES = list(Stage)


def main(argv: Sequence[str]) -> int:
    """Print the plugins of this environment; with --hooks, the hooks a plugin can implement."""
    parser = argparse.ArgumentParser(prog="openclaw-otel plugins", description=(__doc__ or "").partition(": ")[2])
    parser.add_argument("--hooks", action="store_true", help="list the hooks a plugin can implement")
    options = parser.parse_args(argv)
    lines = list(_hooks() if options.hooks else _plugins(load(Config.from_env())))
    if not options.hooks:
        lines += _adapters(contributed_adapters().status)
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 0


def _plugins(loaded: Loaded) -> Iterator[str]:
    width = max((len(status.name) for status in loaded.status), default=0)
    for status in loaded.status:
        state = f"not used: {status.problem}" if status.problem else ", ".join(status.hooks) or "no hooks"
        yield f"{status.name:<{width}}  {status.version:<10}  {state}"
    if not loaded.status:
        yield "no plugins are installed"
    processors = sorted(loaded.processors, key=lambda part: (_STAGES.index(part.stage), part.order, part.name))
    redactors = sorted(loaded.redactors, key=lambda part: (part.order, part.name))
    yield ""
    yield "order:"
    yield from (f"  {line}" for line in _order(processors, redactors))
    if not redactors:
        yield "  redact: no redactor is loaded; bodies, headers, messages and stack traces are withheld"


def _adapters(status: Sequence[AdapterStatus]) -> Iterator[str]:
    if status:
        yield ""
        yield "adapters of other packages:"
    for one in status:
        yield f"  {one.name}  {one.version}  {f'not used: {one.problem}' if one.problem else 'in use'}"


def _order(processors: Sequence[Processor], redactors: Sequence[Redactor]) -> Iterator[str]:
    for part in processors:
        runs = "+".join(side.value for side in Side if side in part.runs)
        yield f"{part.stage}: {part.name} (order {part.order}, runs in {runs})"
    for redactor in redactors:
        yield f"{Stage.REDACT}: {redactor.name} (order {redactor.order}, cannot be switched off)"


def _hooks() -> Iterator[str]:
    for name, hook in vars(Specs).items():
        if not name.startswith("_"):
            parameters = [each for each in inspect.signature(hook).parameters if each != "self"]
            yield f"{name}({', '.join(parameters)})"
            yield f"    {inspect.getdoc(hook)}"
