"""Values as people read them, and as they were sent; both safe to show."""

from __future__ import annotations

import re
import struct
from typing import Final

from findtui.dicom.charset import TEXT_VRS, UNSPLIT_VRS, CharacterSet
from findtui.dicom.visible import visible

_NUMBERS: Final = {
    "US": "H", "SS": "h", "UL": "I", "SL": "i", "UV": "Q", "SV": "q", "FL": "f", "FD": "d",
    "OF": "f", "OD": "d", "OL": "I", "OV": "Q",
}  # fmt: skip
STRING_VRS: Final = TEXT_VRS | {"AE", "AS", "CS", "DA", "DS", "DT", "IS", "TM", "UI", "UR"}
"""VRs whose values are text, in a character set or in ASCII."""
_PLAIN_VRS: Final = STRING_VRS - {"PN", "DA", "TM", "DT"}

_DATE: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_OLD_DATE: Final = re.compile(r"(\d{4})\.(\d{2})\.(\d{2})")
_TIME: Final = re.compile(r"(\d{2}):?(\d{2})(?::?\d{2}(?:\.\d{1,6})?)?")
_MOMENT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(?:\d{2}(?:\.\d{1,6})?)?([+-]\d{4})?")
_MOST_NUMBERS: Final = 64


def as_read(raw: bytes, vr: str, character_set: CharacterSet) -> str:
    """A value on one line: dates in ISO form, times as HH:MM, names as "Family, Given".

    What is no valid date, time or name stands as it was sent. Several values are separated by commas.

    Args:
        raw: as in `Element.value`.
        vr: how the value is laid out.
        character_set: of the data set or item.
    """
    if not raw:
        return ""
    if vr not in STRING_VRS:
        return as_sent(raw, vr, character_set)
    if vr in _PLAIN_VRS and raw.isascii() and b"\\" not in raw:
        text = character_set.decode(raw.rstrip(b"\0") if vr == "UI" else raw, vr)
        if text.isprintable():
            return text.strip(" ")
    # A NUL is how UIDs are padded; elsewhere it shows as an escape, since no one meant it.
    values = [value.strip(" ") for value in _values(raw, vr, character_set)]
    match vr:
        case "PN":
            return "; ".join(visible(name(value)) for value in values)
        case "DA":
            values = [date(value) for value in values]
        case "TM":
            values = [time(value) for value in values]
        case "DT":
            values = [moment(value) for value in values]
    return visible(", ".join(values))


def as_sent(raw: bytes, vr: str, character_set: CharacterSet) -> str:
    """A value on one line as it was sent, decoded but otherwise unchanged, without its padding.

    Numbers are decimal, with backslashes between them as in text; bytes without a form of their own are hexadecimal.

    Args:
        raw: as in `Element.value`.
        vr: how the value is laid out.
        character_set: of the data set or item.
    """
    if vr in STRING_VRS:
        text = "\\".join(_values(raw, vr, character_set))
        return visible(text.removesuffix("\0") if vr == "UI" else text.rstrip(" "))
    if vr == "AT" and len(raw) % 4 == 0:
        words = struct.unpack(f"<{len(raw) // 2}H", raw)
        return "\\".join(f"({group:04X},{word:04X})" for group, word in zip(words[::2], words[1::2], strict=True))
    if vr in _NUMBERS:
        return _numbers(raw, _NUMBERS[vr])
    shown = raw[:_MOST_NUMBERS]
    if vr == "UN" and all(0x20 <= byte < 0x7F for byte in raw.rstrip(b"\0")):
        return raw.rstrip(b"\0 ").decode("ascii")
    return shown.hex(" ") + (" …" if len(shown) < len(raw) else "")


def _values(raw: bytes, vr: str, character_set: CharacterSet) -> list[str]:
    if vr in TEXT_VRS and not (raw.isascii() and b"\x1b" not in raw):
        return character_set.decode_values(raw, vr)
    text = character_set.decode(raw, vr)
    if vr == "UI":
        text = text.rstrip("\0")
    return [text] if vr in UNSPLIT_VRS else text.split("\\")


def _numbers(raw: bytes, code: str) -> str:
    width = struct.calcsize("<" + code)
    if len(raw) % width:
        return raw[:_MOST_NUMBERS].hex(" ")
    count = min(len(raw) // width, _MOST_NUMBERS)
    numbers = struct.unpack_from(f"<{count}{code}", raw)
    form = "{:.9g}" if code == "f" else "{}"
    return "\\".join(form.format(number) for number in numbers) + ("\\…" if count * width < len(raw) else "")


def date(value: str) -> str:
    """A DA in ISO form (PS3.5 table 6.2-1)."""
    match = _DATE.fullmatch(value) or _OLD_DATE.fullmatch(value)
    return "-".join(match.groups()) if match else value


def time(value: str) -> str:
    """A TM as HH:MM."""
    match = _TIME.fullmatch(value)
    return f"{match[1]}:{match[2]}" if match else value


def moment(value: str) -> str:
    """A DT as an ISO date and HH:MM, with its offset from UTC where it has one."""
    match = _MOMENT.fullmatch(value)
    if match is None:
        return date(value)
    year, month, day, hour, minute, offset = match.groups()
    return f"{year}-{month}-{day} {hour}:{minute}" + (f" {offset}" if offset else "")


def period(value: str, vr: str) -> str:
    """A DA, TM or DT that is matched, ranges included, in the form that dates and times are read in."""
    form = {"DA": date, "TM": time, "DT": moment}.get(vr)
    if form is None:
        return value
    return ", ".join("..".join(map(form, part.split("-"))) for part in value.split("\\"))


def name(value: str) -> str:
    """One PN as "Family, Given" (PS3.5 section 6.2.1).

    The ideographic group stands first where there is one, family name first as its writers have it, with the
    alphabetic and phonetic groups in brackets behind.
    """
    if "=" not in value:
        return _alphabetic(value)
    groups = value.split("=")
    alphabetic = _alphabetic(groups[0])
    written = [_native(group) for group in groups[1:3]] + [""] * (3 - len(groups))
    ideographic, phonetic = written[0], written[1]
    behind = ", ".join(groups[3:])
    first, *others = [text for text in (ideographic, alphabetic, phonetic) if text] or [""]
    text = f"{first} ({'; '.join(others)})" if others else first
    return f"{text}={behind}" if behind else text


def _native(group: str) -> str:
    return " ".join(part for part in group.split("^") if part.strip())


def _alphabetic(group: str) -> str:
    if "^" not in group:
        return group.strip()
    parts = [part.strip() for part in group.split("^")]
    family, given, middle, prefix, suffix = (parts + [""] * 5)[:5]
    first = " ".join(part for part in (prefix, given, middle) if part)
    return ", ".join(part for part in (family, first, suffix, *parts[5:]) if part)
