"""Imports go one way, every source file has its test file, and files stay small."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = {
    "openclaw_otel": (ROOT / "openclaw_otel", ROOT / "tests" / "openclaw_otel"),
    "openclaw_otel_plugins": (ROOT / "plugins" / "openclaw_otel_plugins", ROOT / "tests" / "plugins"),
    "openclaw_otel_bridge": (ROOT / "bridge" / "openclaw_otel_bridge", ROOT / "tests" / "bridge"),
}
LINE_LIMIT = 300
IO_MODULES = {"socket", "http.client", "urllib.request", "requests", "httpx", "aiohttp", "subprocess", "sqlite3"}


def modules(package: str) -> Iterator[tuple[str, Path]]:
    folder = SOURCES[package][0]
    for path in sorted(folder.rglob("*.py")):
        dotted = ".".join((package, *path.relative_to(folder).with_suffix("").parts))
        yield dotted.removesuffix(".__init__"), path


def imports(path: Path) -> Iterator[str]:
    """Yield every module a file imports, `from a.b import c` as both a.b and a.b.c."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the direction"
            assert node.module
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def touches(imported: str, module: str) -> bool:
    return imported == module or imported.startswith(f"{module}.")


ALL = [(package, name, path) for package in SOURCES for name, path in modules(package)]


@pytest.mark.parametrize(("package", "name", "path"), ALL, ids=[name for _, name, _ in ALL])
def test_imports_point_one_way(package: str, name: str, path: Path) -> None:
    for imported in set(imports(path)):
        wrong = f"{name} imports {imported}"
        if package != "openclaw_otel_bridge":
            assert not touches(imported, "openclaw_otel_bridge"), wrong
            assert not touches(imported, "psycopg"), wrong
            if not name.startswith("openclaw_otel.frameworks"):
                assert not touches(imported, "flask"), wrong
        if package != "openclaw_otel_plugins":
            assert not touches(imported, "openclaw_otel_plugins"), wrong


@pytest.mark.parametrize("path", [path for _, path in modules("openclaw_otel_plugins")], ids=lambda path: path.stem)
def test_plugins_use_public_names_only(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        module = node.module if isinstance(node, ast.ImportFrom) else None
        assert not (module or "").startswith("openclaw_otel."), f"{path.name} imports from {module}"
        if isinstance(node, ast.Import):
            assert not any(alias.name.startswith("openclaw_otel.") for alias in node.names), path.name


@pytest.mark.parametrize("path", sorted((ROOT / "openclaw_otel" / "adapters").glob("*.py")), ids=lambda path: path.stem)
def test_adapters_are_pure_and_alone(path: Path) -> None:
    shared = {"openclaw_otel.adapters.base", "openclaw_otel.adapters"}
    for imported in set(imports(path)):
        assert not any(touches(imported, module) for module in IO_MODULES), f"{path.name} imports {imported}"
        if path.stem != "__init__" and touches(imported, "openclaw_otel.adapters"):
            assert any(touches(imported, module) for module in shared - {"openclaw_otel.adapters"}) or (
                imported == "openclaw_otel.adapters"
            ), f"{path.name} imports {imported}"


@pytest.mark.parametrize("name", ["record", "attributes", "errors"])
def test_leaf_modules_import_nothing_of_ours(name: str) -> None:
    path = ROOT / "openclaw_otel" / f"{name}.py"
    assert not [imported for imported in imports(path) if imported.startswith("openclaw_otel")]


def test_every_source_file_has_its_test_file() -> None:
    missing = []
    for package, (source, tests) in SOURCES.items():
        for _, path in modules(package):
            if path.name in ("__init__.py", "__main__.py"):
                continue
            wanted = tests / path.relative_to(source).with_name(f"test_{path.name}")
            if not wanted.exists():
                missing.append(f"{path.relative_to(ROOT)} → {wanted.relative_to(ROOT)}")
    assert not missing, "\n".join(missing)


def test_source_files_stay_small() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for _, _, path in ALL
        if (count := len(path.read_text("utf-8").splitlines())) > LINE_LIMIT
    }
    assert not long, f"split by subject: {long}"
