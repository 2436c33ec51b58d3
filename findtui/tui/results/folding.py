"""Text made alike for finding and sorting: case and accents do not count."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from math import inf, isnan


def fold(text: str) -> str:
    """The text in which "Müller", "MULLER" and "muller" are the same."""
    return text.lower() if text.isascii() else _fold(text)


@lru_cache(maxsize=4096)
def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def number(text: str) -> float:
    """The number that a text starts with, for sorting; infinity where it is none."""
    try:
        found = float(text.partition(",")[0].partition("\\")[0])
    except ValueError:
        return inf
    return inf if isnan(found) else found
