"""The character sets that answers may be read in (PS3.3 section C.12.1.1.2)."""

from __future__ import annotations

from typing import Final

CHARACTER_SETS: Final = (
    ("ISO_IR 192", "UTF-8, every script"),
    ("ISO_IR 100", "Latin 1, western Europe"),
    ("ISO_IR 101", "Latin 2, central Europe"),
    ("ISO_IR 109", "Latin 3, southern Europe"),
    ("ISO_IR 110", "Latin 4, northern Europe"),
    ("ISO_IR 203", "Latin 9, western Europe with the euro"),
    ("ISO_IR 148", "Latin 5, Turkish"),
    ("ISO_IR 144", "Cyrillic"),
    ("ISO_IR 126", "Greek"),
    ("ISO_IR 127", "Arabic"),
    ("ISO_IR 138", "Hebrew"),
    ("ISO_IR 166", "Thai"),
    ("ISO_IR 13", "Japanese, half-width"),
    ("\\ISO 2022 IR 87", "Japanese, kanji"),
    ("ISO 2022 IR 13\\ISO 2022 IR 87", "Japanese, half-width and kanji"),
    ("\\ISO 2022 IR 149", "Korean"),
    ("\\ISO 2022 IR 58", "Chinese, simplified, ISO 2022"),
    ("GB18030", "Chinese"),
    ("GBK", "Chinese, simplified"),
)
"""Defined terms and what they are good for."""
