"""The public names: complete, resolvable, and light to import."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import openclaw_otel


def test_every_public_name_resolves() -> None:
    for name in openclaw_otel.__all__:
        assert getattr(openclaw_otel, name) is not None


def test_all_is_what_type_checkers_see() -> None:
    tree = ast.parse(Path(openclaw_otel.__file__).read_text("utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {a.asname or a.name for node in block.body if isinstance(node, ast.ImportFrom) for a in node.names}
    assert set(openclaw_otel.__all__) == seen == set(openclaw_otel._WHERE)


def test_the_function_instrument_is_never_shadowed_by_a_module() -> None:
    code = "import openclaw_otel.instrumentation, openclaw_otel as o; assert callable(o.instrument), o.instrument"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_importing_is_light() -> None:
    heavy = ("opentelemetry", "re2", "requests")
    code = f"import sys, openclaw_otel; print([m for m in sys.modules if m.startswith({heavy})])"
    done = subprocess.run([sys.executable, "-c", code], check=True, timeout=60, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_unknown_name() -> None:
    with pytest.raises(AttributeError, match="nothing_of_that_name"):
        openclaw_otel.nothing_of_that_name  # noqa: B018
    assert "setup" in dir(openclaw_otel)
