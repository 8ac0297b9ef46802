"""`openclaw-otel catalog`: check override files of the error catalogs before a service reads them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from openclaw_otel.adapters.base import Adapter
from openclaw_otel.config import Config
from openclaw_otel.errors import CatalogError, ConfigError, UnknownPlatform
from openclaw_otel.overrides import load_overrides
from openclaw_otel.platforms import Platforms


def main(argv: Sequence[str]) -> int:
    """Run `catalog check`: 0 when every file can be used, 1 when one cannot."""
    parser = argparse.ArgumentParser(prog="openclaw-otel catalog", description=(__doc__ or "").partition(": ")[2])
    actions = parser.add_subparsers(dest="action", required=True)
    check = actions.add_parser("check", help="validate override files; exit 1 names file, line and key of each problem")
    check.add_argument("paths", metavar="PATH", nargs="*", help="files or folders; default: OPENCLAW_OTEL_CATALOG_DIR")
    options = parser.parse_args(argv)
    config = Config.from_env()
    files = list(_files(options.paths, config))
    platforms = Platforms(config)
    bad = 0
    for path in files:
        problem = _problem(path, platforms)
        bad += problem is not None
        print(problem or f"{path}: ok")
    print(f"{len(files)} files, {bad} refused")
    return 1 if bad else 0


def _files(given: Sequence[str], config: Config) -> list[Path]:
    if not given and config.catalog_dir is None:
        raise ConfigError(
            "OPENCLAW_OTEL_CATALOG_DIR", "is not set; set it or name files: openclaw-otel catalog check FILE"
        )
    found: list[Path] = []
    for path in [Path(one) for one in given] or [config.catalog_dir or Path()]:
        found += sorted(path.glob("*.json")) if path.is_dir() else [path]
    return found


def _problem(path: Path, platforms: Platforms) -> str | None:
    name = path.stem.replace("custom_", "custom:", 1)
    try:
        adapter: Adapter = platforms.get(name)
        load_overrides(path, name, adapter.catalog())
    except UnknownPlatform as error:
        return f"{path}:1: file name: {error}"
    except CatalogError as error:
        return str(error)
    return None
