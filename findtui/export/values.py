"""Values as text, in the notation that DCMTK uses in its dumps and in XML."""

from __future__ import annotations

from struct import Struct
from typing import Final

from findtui.dicom.charset import CharacterSet
from findtui.dicom.dataset import DataSet, Element

SPECIFIC_CHARACTER_SET: Final = 0x00080005

TEXT_VRS: Final = frozenset(
    ["AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI", "UR", "UT"]
)
SINGLE_TEXT_VRS: Final = frozenset(["LT", "ST", "UR", "UT"])
"""Text in which a backslash is a character like any other (PS3.5 section 6.2)."""

_INTEGERS: Final = {"US": "H", "SS": "h", "UL": "I", "SL": "i", "UV": "Q", "SV": "q", "OL": "I", "OV": "Q"}
_FLOATS: Final = {"FL": "f", "OF": "f", "FD": "d", "OD": "d"}
_WIDTHS: Final = {letter: Struct(letter).size for letter in "HhIiQqfd"}
_WHITE_SPACE: Final = b" \t\n\v\f\r"
_COUNTED_AS_ONE: Final = frozenset(["OB", "OD", "OF", "OL", "OV", "OW", "UN", "SQ"])


def binary_values(vr: str, value: bytes) -> list[str]:
    """The values of a VR that is no text, each in DCMTK's notation; bytes behind the last whole value are left out.

    Args:
        vr: any VR; what is not known is shown as bytes.
        value: in little endian order.
    """
    letter = _INTEGERS.get(vr)
    if letter is not None:
        return [str(number) for (number,) in _unpacked(letter, value)]
    letter = _FLOATS.get(vr)
    if letter is not None:
        write = _single if letter == "f" else _double
        return [write(number) for (number,) in _unpacked(letter, value)]
    if vr == "AT":
        return [f"({group:04x},{element:04x})" for group, element in Struct("<HH").iter_unpack(_whole(value, 4))]
    if vr == "OW":
        return [f"{word:04x}" for (word,) in Struct("<H").iter_unpack(_whole(value, 2))]
    return [f"{byte:02x}" for byte in value]


def multiplicity(vr: str, value: bytes) -> int:
    """The value multiplicity as DCMTK counts it."""
    if vr in TEXT_VRS:
        if not value:
            return 0
        return 1 if vr in SINGLE_TEXT_VRS else value.count(b"\\") + 1
    if vr in _COUNTED_AS_ONE:
        return 1
    letter = _INTEGERS.get(vr) or _FLOATS.get(vr)
    if letter is not None:
        return len(value) // _WIDTHS[letter]
    return len(value) // 4 if vr == "AT" else 1


def charset_of(dataset: DataSet, outer: CharacterSet, fallback: str | None) -> CharacterSet:
    """The character set of a data set or item (PS3.3 section C.12.1.1.2).

    Args:
        dataset: which may declare one.
        outer: what counts where it does not.
        fallback: term for text of which the declaration says nothing, or None.
    """
    declared = dataset.get(SPECIFIC_CHARACTER_SET)
    return outer if declared is None else declared_charset(declared.value, fallback)


def declared_charset(value: bytes, fallback: str | None) -> CharacterSet:
    """The character set that a value of (0008,0005) declares, with another for text of which it says nothing."""
    charset = CharacterSet.parse(value.rstrip(b" \0"))
    return charset.with_fallback(fallback) if fallback else charset


def unpadded(element: Element) -> bytes:
    """A text value without padding and NULs at its end."""
    return element.value.rstrip(b"\0" if element.vr == "UI" else b" \0")


def corrected(element: Element) -> bytes:
    """A value as `--enable-correction` leaves it: text without padding, UIDs without white space, bytes made even."""
    if element.vr not in TEXT_VRS:
        return element.value + b"\0" * (len(element.value) & 1)
    value = unpadded(element)
    return value.translate(None, _WHITE_SPACE).rstrip(b"\0") if element.vr == "UI" else value


def is_corrected(text: str, vr: str) -> bool:
    """Whether `--enable-correction` leaves a printable text, a byte for each character, as it is."""
    return not len(text) & 1 and not text.endswith((" ", "\0")) and (vr != "UI" or " " not in text)


def _unpacked(letter: str, value: bytes) -> list[tuple[int | float]]:
    unit = Struct("<" + letter)
    return list(unit.iter_unpack(_whole(value, unit.size)))


def _whole(value: bytes, width: int) -> bytes:
    return value[: len(value) - len(value) % width]


def _single(number: float) -> str:
    return f"{number:.9g}"


def _double(number: float) -> str:
    """As few digits as read back the same, but no fewer than 16 are tried."""
    text = f"{number:.16g}"
    return text if float(text) == number or number != number else f"{number:.17g}"
