"""Root cause and fix kinds of this deployment, named in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openclaw_otel_bridge.db import Connection
from openclaw_otel_bridge.present import label
from openclaw_otel_bridge.reads.settings import Kind, list_kinds


@dataclass(frozen=True, slots=True)
class KindNames:
    """All kinds, also those no longer chosen, for what was resolved with them."""

    kinds: Sequence[Kind]
    locale: str

    def choices(self, family: str) -> list[tuple[str, str]]:
        """Return (kind, name) of what may be chosen, in the team's order; `family` is root_cause or fix."""
        return [(one.kind, self._name(one)) for one in self.kinds if one.family == family and one.active]

    def label(self, family: str, kind: str | None) -> str:
        """Return the name of one kind; of an unknown one what `present` makes of it."""
        found = next((one for one in self.kinds if (one.family, one.kind) == (family, kind)), None)
        return self._name(found) if found else label(family, kind, self.locale)

    def _name(self, kind: Kind) -> str:
        return kind.label_zh if self.locale == "zh" else kind.label_en


def kind_names(conn: Connection, locale: str) -> KindNames:
    """Return the deployment's kinds for a reader."""
    return KindNames(list_kinds(conn), locale)
