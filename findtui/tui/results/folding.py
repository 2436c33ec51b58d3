"""Text made alike for finding and sorting: case and accents do not count."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from math import inf, isnan
from typing import Final


def fold(text: str) -> str:
    """The text in which "Müller", "MULLER" and "muller" are the same."""
    return text.lower() if text.isascii() else _fold(text)


_STROKES: Final = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ŋ": "n"}
)
"""Letters that Unicode does not take apart, and that people type without their strokes."""


@lru_cache(maxsize=4096)
def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(character for character in decomposed if not unicodedata.combining(character))
    return kept.translate(_STROKES)


def collated(name: str) -> str:
    """A folded name for sorting: a family name comes before longer ones that begin with it."""
    return name.replace(", ", "\x01").replace("^", "\x01")


_FIRST_UNSEEN: Final = 0xE000


def unseen(text: str) -> str:
    """A text that sorts as it does, in characters that nobody types, so that no filter finds it."""
    return "".join(chr(_FIRST_UNSEEN + ord(character)) for character in text if ord(character) < 0x80)


def number(text: str) -> float:
    """The number that a text starts with, for sorting; infinity where it is none."""
    try:
        found = float(text.partition(",")[0].partition("\\")[0])
    except ValueError:
        return inf
    return inf if isnan(found) else found
