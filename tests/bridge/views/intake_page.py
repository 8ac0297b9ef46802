"""The tables of docs/intake.md, which its tests read: what the page says is what is expected."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

PAGE = (Path(__file__).parents[3] / "docs" / "intake.md").read_text("utf-8")


def table(title: str) -> Mapping[str, Mapping[str, str]]:
    """Return the first table below a heading: name in the first column → column → cell, code marks taken off."""
    lines = PAGE.partition(f"{title}\n")[2].splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("|"))
    rows = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        rows.append([re.sub(r"`", "", cell.strip()) for cell in line.strip("|").split("|")])
    head, _, *body = rows
    found = {row[0]: dict(zip(head, row, strict=True)) for row in body}
    assert len(found) == len(body), "a name is in the table twice"
    return found
