"""`python -m tests.benchmarks [name …]`: each benchmark compares rivals in one run and prints the ratio."""

from __future__ import annotations

import importlib
import sys

NAMES = ("redaction", "adversarial", "pipeline", "calls", "intake")
ON_REQUEST = ("million",)
"""Minutes long: only when named."""


def main(chosen: list[str]) -> int:
    """Run the benchmarks named, or all; return the exit status."""
    unknown = [name for name in chosen if name not in (*NAMES, *ON_REQUEST)]
    if unknown:
        sys.stderr.write(f"no benchmark {', '.join(unknown)}; there are {', '.join((*NAMES, *ON_REQUEST))}\n")
        return 2
    for name in chosen or NAMES:
        benchmark = importlib.import_module(f"tests.benchmarks.{name}")
        for line in benchmark.run():
            sys.stdout.write(f"{name:11} {line}\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
