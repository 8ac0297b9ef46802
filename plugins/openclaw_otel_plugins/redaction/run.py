"""What one redaction carries along: what was found, where, and the buyer it was about."""

from __future__ import annotations

from dataclasses import dataclass, field

PLACEHOLDER = "[redacted]"


LOOKS = 2000
"""Candidates one text may hold. An error has few; beyond, the text is an export, and is replaced whole."""


WORK = 8000
"""Texts of one call that may be worked on: strings of a document, lines, what is decoded. Each of those beyond that
hold a candidate is replaced whole: so many are an export, and each takes as long as a hundred that hold none."""


class TooDense(Exception):
    """A text holds more candidates than is worth looking at; it is replaced whole."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One replacement: the rule (`key:email`, `value:card`), the place (JSON path), what stands there now."""

    rule: str
    place: str
    placeholder: str


@dataclass(slots=True)
class Run:
    """The state of one call; never shared between calls."""

    findings: list[Finding] | None = None
    """A list when somebody asked for an explanation."""
    place: str = "$"
    emails: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    depth: int = 0
    """How many texts inside texts (JSON in JSON strings, base64) we are in."""

    looks: int = LOOKS
    work: int = WORK

    def spend(self) -> None:
        """Count one candidate of the text at work.

        Raises:
            TooDense: there were too many; caught where the text began.
        """
        self.looks -= 1
        if self.looks < 0:
            raise TooDense

    def begin(self) -> bool:
        """Count one text to be worked on; False when there were too many."""
        self.work -= 1
        return self.work >= 0

    def note(self, rule: str, placeholder: str) -> None:
        """Remember a replacement when an explanation was asked for."""
        if self.findings is not None:
            self.findings.append(Finding(rule, self.place, placeholder))

    def buyer(self, kind: str, value: str) -> None:
        """Remember an e-mail or phone found by key: what the pseudonym is made of."""
        known = self.emails if kind == "email" else self.phones
        if len(known) < 8 and value not in known:
            known.append(value)
