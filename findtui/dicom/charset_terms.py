"""The defined terms of Specific Character Set (0008,0005) and the code elements behind them (PS3.3 C.12.1.1.2)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple


class CodeElement(NamedTuple):
    """A set of graphic characters that ISO 2022 puts into G0 (bytes 0x21-0x7E) or G1 (0xA0-0xFF).

    Attributes:
        name: registration, for messages.
        escape: the sequence that designates it, with its ESC.
        register: 0 or 1 for G0 or G1.
        width: bytes a character.
        codec: Python's codec for it.
        prefix: what the codec wants before each character.
    """

    name: str
    escape: bytes
    register: int
    width: int
    codec: str
    prefix: bytes = b""

    def decode(self, code: bytes) -> str | None:
        """The character of one code as it stands in the text, or None where there is none."""
        return _decoded(self, code)

    def encode(self, character: str) -> bytes | None:
        """The code of a character as it stands in the text, or None where the set does not hold it."""
        return _encoded(self, character)


ASCII: Final = CodeElement("ISO-IR 6", b"\x1b(B", 0, 1, "ascii")
ROMAJI: Final = CodeElement("ISO-IR 14", b"\x1b(J", 0, 1, "romaji")
KATAKANA: Final = CodeElement("ISO-IR 13", b"\x1b)I", 1, 1, "shift_jis")
_JIS_X_0208: Final = CodeElement("ISO-IR 87", b"\x1b$B", 0, 2, "euc_jp")
_JIS_X_0212: Final = CodeElement("ISO-IR 159", b"\x1b$(D", 0, 2, "euc_jp", b"\x8f")
_KS_X_1001: Final = CodeElement("ISO-IR 149", b"\x1b$)C", 1, 2, "euc_kr")
_GB_2312: Final = CodeElement("ISO-IR 58", b"\x1b$)A", 1, 2, "gb2312")
_LATIN_1: Final = CodeElement("ISO-IR 100", b"\x1b-A", 1, 1, "iso8859_1")

_SINGLE_BYTE: Final = {
    "100": _LATIN_1,
    "101": CodeElement("ISO-IR 101", b"\x1b-B", 1, 1, "iso8859_2"),
    "109": CodeElement("ISO-IR 109", b"\x1b-C", 1, 1, "iso8859_3"),
    "110": CodeElement("ISO-IR 110", b"\x1b-D", 1, 1, "iso8859_4"),
    "144": CodeElement("ISO-IR 144", b"\x1b-L", 1, 1, "iso8859_5"),
    "127": CodeElement("ISO-IR 127", b"\x1b-G", 1, 1, "iso8859_6"),
    "126": CodeElement("ISO-IR 126", b"\x1b-F", 1, 1, "iso8859_7"),
    "138": CodeElement("ISO-IR 138", b"\x1b-H", 1, 1, "iso8859_8"),
    "148": CodeElement("ISO-IR 148", b"\x1b-M", 1, 1, "iso8859_9"),
    "203": CodeElement("ISO-IR 203", b"\x1b-b", 1, 1, "iso8859_15"),
    "166": CodeElement("ISO-IR 166", b"\x1b-T", 1, 1, "iso8859_11"),
}
_MULTI_BYTE: Final = {"87": _JIS_X_0208, "159": _JIS_X_0212, "149": _KS_X_1001, "58": _GB_2312}

# The code elements of each registration number: what a term designates to G0 and G1 when it stands first.
ELEMENTS: Final[dict[str, tuple[CodeElement, ...]]] = {
    "6": (ASCII,),
    "13": (ROMAJI, KATAKANA),
    **{number: (ASCII, element) for number, element in _SINGLE_BYTE.items()},
    **{number: (element,) for number, element in _MULTI_BYTE.items()},
}
BY_ESCAPE: Final = {element.escape: element for elements in ELEMENTS.values() for element in elements}

# Sets that fill the whole code space themselves and take no code extensions.
STAND_ALONE: Final = {"ISO_IR 192": "utf-8", "GB18030": "gb18030", "GBK": "gbk", "WINDOWS-1252": "cp1252"}

# What PS3.3 defines, "" for a first value that is left out.
DEFINED: Final = frozenset(
    (
        "",
        "GBK",
        "GB18030",
        "ISO_IR 192",
        *(f"ISO_IR {number}" for number in ("6", "13", *_SINGLE_BYTE)),
        *(f"ISO 2022 IR {number}" for number in ELEMENTS),
    )
)

# Terms that a request may declare, in the order in which they are offered for a text that they hold.
OFFERED: Final = (
    *(f"ISO_IR {number}" for number in ("100", "203", "101", "109", "110", "148", "144", "126", "138", "127", "166")),
    "ISO_IR 13",
    "\\ISO 2022 IR 87",
    "\\ISO 2022 IR 149",
    "\\ISO 2022 IR 58",
    "GB18030",
    "ISO_IR 192",
)

_ALIASES: Final = {
    "UTF8": "ISO_IR 192",
    "UTF-8": "ISO_IR 192",
    "UNICODE": "ISO_IR 192",
    "GB18030": "GB18030",
    "ISO_IR GB18030": "GB18030",
    "GB 18030": "GB18030",
    "GBK": "GBK",
    "ISO 2022 GBK": "GBK",
    "CP936": "GBK",
    "GB2312": "GBK",
    "WINDOWS-1252": "WINDOWS-1252",
    "CP1252": "WINDOWS-1252",
    "ASCII": "ISO_IR 6",
    "US-ASCII": "ISO_IR 6",
    "SHIFT_JIS": "ISO_IR 13",
    "EUC-KR": "ISO 2022 IR 149",
    "KS_C_5601": "ISO 2022 IR 149",
    "TIS-620": "ISO_IR 166",
    **{f"LATIN{n}": f"ISO_IR {term}" for n, term in ((1, 100), (2, 101), (3, 109), (4, 110), (5, 148), (9, 203))},
    **{
        f"ISO8859-{part}": f"ISO_IR {term}"
        for part, term in (
            (1, 100), (2, 101), (3, 109), (4, 110), (5, 144), (6, 127), (7, 126), (8, 138), (9, 148), (11, 166),
            (15, 203),
        )
    },
}  # fmt: skip
_TERM: Final = r"ISO[ _-]*(2022)?[ _-]*(?:IR)?[ _-]*(\d+)"


@lru_cache(maxsize=1024)
def canonical(term: str) -> str | None:
    """The defined term that is meant by one value of the attribute, whatever its spelling; None for an unknown one.

    "" stands for the default repertoire. Case, underscores, blanks and hyphens do not matter, so "ISO-IR 100",
    "iso_ir_100" and "latin1" are all ISO_IR 100; whether code extensions were declared ("ISO 2022 IR 100") stays.
    """
    squeezed = " ".join(term.strip(" \0").upper().split())
    if not squeezed:
        return ""
    if alias := _ALIASES.get(squeezed) or _ALIASES.get(squeezed.replace("_", "-").replace("ISO-8859", "ISO8859")):
        return alias
    if match := re.fullmatch(r"LATIN[ _-]?(\d)", squeezed):
        return _ALIASES.get(f"LATIN{match[1]}")
    match = re.fullmatch(_TERM, squeezed)
    if match is None:
        return None
    extended, number = match[1], str(int(match[2]))
    if number == "192":
        return "ISO_IR 192"
    if number == "14":
        number = "13"
    if number not in ELEMENTS:
        return None
    # The multi-byte sets have terms with code extensions only.
    return f"ISO 2022 IR {number}" if extended or number in _MULTI_BYTE else f"ISO_IR {number}"


def number(term: str) -> str:
    """The registration number in a canonical term that is no stand-alone one; 6 for the empty one."""
    return term.rsplit(" ", 1)[-1] if term else "6"


@lru_cache(maxsize=65536)
def _decoded(element: CodeElement, code: bytes) -> str | None:
    if element.codec == "romaji":
        return {b"\\": "¥", b"~": "‾"}.get(code, code.decode("ascii"))
    high = code if element.width == 1 else bytes(byte | 0x80 for byte in code)
    try:
        text = (element.prefix + high).decode(element.codec)
    except UnicodeDecodeError:
        return None
    return text if len(text) == 1 else None


@lru_cache(maxsize=65536)
def _encoded(element: CodeElement, character: str) -> bytes | None:
    if element.codec == "romaji":
        if character in "\\~":
            return None
        character = {"¥": "\\", "‾": "~"}.get(character, character)
    try:
        code = character.encode("ascii" if element.codec == "romaji" else element.codec)
    except UnicodeEncodeError:
        return None
    if not code.startswith(element.prefix):
        return None
    code = code[len(element.prefix) :]
    if len(code) != element.width:
        return None
    # A codec holds more than its set: ASCII, C1 controls and Shift-JIS's two byte codes are no part of G1.
    if element is ASCII or element.codec == "romaji":
        return code
    if any(byte < 0xA0 for byte in code):
        return None
    return bytes(byte & 0x7F for byte in code) if element.register == 0 else code
