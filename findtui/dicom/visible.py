"""Text made safe to show: what acts on a terminal or hides in a line is written as an escape."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Final

# The ranges hold every character of the categories Cc, Cf, Cs, Zl and Zp, those that take no room or fill it with
# nothing (variation selectors, fillers, the combining grapheme joiner), and the two noncharacters that XML forbids.
# Tests hold this against unicodedata.
_RANGES: Final = (
    (0x00, 0x1F),
    (0x7F, 0x9F),
    (0xAD, 0xAD),
    (0x034F, 0x034F),
    (0x0600, 0x0605),
    (0x061C, 0x061C),
    (0x06DD, 0x06DD),
    (0x070F, 0x070F),
    (0x0890, 0x0891),
    (0x08E2, 0x08E2),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x2028, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xD800, 0xDFFF),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFFB),
    (0xFFFE, 0xFFFF),
    (0x110BD, 0x110BD),
    (0x110CD, 0x110CD),
    (0x13430, 0x1343F),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)
_LINE_BREAKS: Final = frozenset("\n")


def visible(text: str, *, keep_line_breaks: bool = False) -> str:
    r"""The text with every control, format and otherwise invisible character as an escape.

    C0 (TAB, CR and LF too), DEL, C1, bidirectional and zero-width controls, byte order marks, tags, fillers and lone
    surrogates become ``\x1b``, ``\u202e`` or ``\U000e0041``. Everything else stays, combining marks too.

    Args:
        text: from a peer, a file or a user.
        keep_line_breaks: leave LF as it is; CR LF and CR count as one LF.
    """
    if text.isascii() and text.isprintable():
        return text
    if keep_line_breaks:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = _LINE_BREAKS if keep_line_breaks else frozenset()
    return _invisible().sub(lambda match: match[0] if match[0] in kept else _escape(match[0]), text)


@cache
def _invisible() -> re.Pattern[str]:
    return re.compile("[" + "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in _RANGES) + "]")


@lru_cache(maxsize=1024)
def _escape(character: str) -> str:
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def describe(character: str) -> str:
    """A character for an error message: itself where it can be seen, its code and its name."""
    name = unicodedata.name(character, "")
    return f"'{visible(character)}' (U+{ord(character):04X}{' ' + name if name else ''})"
