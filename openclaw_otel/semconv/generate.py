"""Turning registry.yaml into `attributes.py` and `docs/attributes.md`. A developer's tool: it needs PyYAML."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
REGISTRY = HERE / "registry.yaml"
CONSTANTS = HERE.parent / "attributes.py"
PAGE = HERE.parent.parent / "docs" / "attributes.md"
PREFIX = "openclaw.integration"
WARNING = "Generated from semconv/registry.yaml by `python -m openclaw_otel.semconv`; edit the registry."


def load(path: Path = REGISTRY) -> list[dict[str, Any]]:
    """Return the groups of the registry."""
    groups: list[dict[str, Any]] = yaml.safe_load(path.read_text("utf-8"))["groups"]
    return groups


def constant(name: str) -> str:
    """Return the constant of an attribute or event: `openclaw.integration.store.id` → `STORE_ID`."""
    return name.removeprefix(f"{PREFIX}.").replace(".", "_").upper()


def constants(groups: list[dict[str, Any]]) -> str:
    """Return the text of attributes.py."""
    own, standard, events = _own(groups), list(_standard(groups)), list(_events(groups))
    lines = [
        f'"""Names of every attribute and event openclaw-otel emits.\n\n{WARNING}\n"""',
        "",
        "from __future__ import annotations",
        "",
        "from typing import Final",
        "",
        f'PREFIX: Final = "{PREFIX}"',
        "",
    ]
    lines += [f'{constant(item["id"])}: Final = "{item["id"]}"' for item in own]
    lines += ["", "# Semantic conventions of OpenTelemetry"]
    lines += [f'{constant(name)}: Final = "{name}"' for name in standard]
    lines += ["", "# Event names"]
    lines += [f'EVENT_{constant(event["name"])}: Final = "{event["name"]}"' for event in events]
    for name, members in (("OWN", [constant(item["id"]) for item in own]), ("STANDARD", map(constant, standard))):
        lines += ["", f"{name}: Final = frozenset(", "    {"]
        lines += [f"        {member}," for member in members]
        lines += ["    }", ")"]
    return "\n".join(lines) + "\n"


def page(groups: list[dict[str, Any]]) -> str:
    """Return the text of docs/attributes.md."""
    lines = ["# Attributes", "", WARNING, "", "| attribute | type | meaning | example |", "|---|---|---|---|"]
    for item in _own(groups):
        example = _example(item["examples"][0])
        lines.append(f"| `{item['id']}` | {item['type']} | {_cell(item['brief'])} | `{_cell(example)}` |")
    lines += ["", "## Events", "", "| name | meaning |", "|---|---|"]
    lines += [f"| `{event['name']}` | {_cell(event['brief'])} |" for event in _events(groups)]
    lines += ["", "## Standard names we set", ""]
    lines += [f"- `{name}`" for name in _standard(groups)]
    return "\n".join(lines) + "\n"


def _own(groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [item for group in groups for item in group.get("attributes", ()) if "id" in item]


def _standard(groups: list[dict[str, Any]]) -> Iterator[str]:
    return (item["ref"] for group in groups for item in group.get("attributes", ()) if "ref" in item)


def _events(groups: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return (group for group in groups if group["type"] == "event")


def _example(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
