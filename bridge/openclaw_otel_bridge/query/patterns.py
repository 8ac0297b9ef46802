"""Globs: `*` stands for any text, also none. One pattern, read by Python and by SQL's LIKE alike."""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase

_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)


def fold(text: str) -> str:
    """Return the text with A-Z lowered and nothing else: what `lower(… collate "C")` does in PostgreSQL."""
    return text.translate(_LOWER)


@dataclass(frozen=True, slots=True)
class Pattern:
    """The literal pieces between the stars; a single piece matches itself alone."""

    pieces: tuple[str, ...]

    @classmethod
    def literal(cls, text: str) -> Pattern:
        """Return the pattern that matches exactly this text, stars included."""
        return cls((text,))

    @classmethod
    def glob(cls, text: str) -> Pattern:
        """Return the pattern of a text whose stars are wild."""
        return cls(tuple(text.split("*")))

    @property
    def exact(self) -> str | None:
        """The one text it matches, or None when it has stars."""
        return self.pieces[0] if len(self.pieces) == 1 else None

    def folded(self) -> Pattern:
        """Return the pattern for texts that went through `fold`."""
        return Pattern(tuple(fold(piece) for piece in self.pieces))

    def within(self) -> Pattern:
        """Return the pattern of texts that hold this one somewhere."""
        return Pattern(("", *self.pieces, ""))

    def matches(self, text: str) -> bool:
        """Whether the whole text matches. One pass, whatever the number of stars."""
        first, *rest = self.pieces
        if not rest:
            return text == first
        *middle, last = rest
        if not text.startswith(first):
            return False
        at = len(first)
        for piece in middle:
            found = text.find(piece, at)
            if found < 0:
                return False
            at = found + len(piece)
        return len(text) - at >= len(last) and text.endswith(last)

    def like(self) -> str:
        """Return the pattern for SQL's LIKE with its default escape."""
        return "%".join(_escaped(piece) for piece in self.pieces)


def _escaped(piece: str) -> str:
    return piece.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def trace_bytes(text: str) -> bytes | None:
    """Return the bytes of a trace id in hex, or None when the text is none."""
    if len(text) != 32 or set(text) - set("0123456789abcdefABCDEF"):
        return None
    return bytes.fromhex(text)
