"""Values as text: what is typed for a key, and what the bytes of an element say."""

from __future__ import annotations

import math
import re
import struct
from functools import cache
from typing import Final, NoReturn

from findtui.dicom import uid_names
from findtui.dicom.charset import DEFAULT, TEXT_VRS, UNSPLIT_VRS, CharacterSet
from findtui.dicom.rules import complaints
from findtui.errors import KeyValueError

__all__ = ["complaints", "encode", "text"]

_INTEGERS: Final = {
    "SS": "h", "US": "H", "OW": "H", "SL": "i", "UL": "I", "OL": "I", "SV": "q", "UV": "Q", "OV": "Q",
}  # fmt: skip
_FLOATS: Final = {"FL": "f", "OF": "f", "FD": "d", "OD": "d"}
_STRINGS: Final = TEXT_VRS | frozenset(("AE", "AS", "CS", "DA", "DS", "DT", "IS", "TM", "UI", "UR"))

_DECIMAL: Final = r"(?a)\s*([+-]?\d+)\s*"
_FLOAT: Final = r"(?ai)\s*([+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?|nan))\s*"
_HEX: Final = r"(?a)\s*(?:0[xX])?([0-9a-fA-F]+)\s*"
_TAG: Final = r"(?a)\s*\(\s*(?:0[xX])?([0-9a-fA-F]+)\s*,\s*(?:0[xX])?([0-9a-fA-F]+)\s*\)\s*"
# What C's sscanf makes a number of; DCMTK takes it, whatever follows.
_SCANNED_HEX: Final = r"(?a)\s*[+-]?(?:0[xX])?[0-9a-fA-F]"
_SCANNED_TAG: Final = r"(?a)\s*\(\s*[+-]?(?:0[xX])?[0-9a-fA-F]+,\s*[+-]?(?:0[xX])?[0-9a-fA-F]"
_SCANNED_FLOAT: Final = r"(?ai)\s*[+-]?(?:\d++\.?+\d*+|\.\d++|inf|nan)(?!e(?![+-]?\d))"

_CORRUPTED: Final = "0001:0006 Corrupted data"
_NO_UID: Final = "0001:003c Unknown UID name: No mapping to UID value defined"


def encode(vr: str, text: str, charset: CharacterSet = DEFAULT) -> bytes:
    r"""The bytes of a value as it is typed, padded to an even length, numbers in little endian order.

    `\` separates values except in LT, ST, UR and UT. Text goes out as it is typed: what its VR's rules say of it is
    the business of `complaints`. Numbers are decimal; those of OB, UN (bytes) and OW (words) are hexadecimal; tags
    (AT) are (gggg,eeee). A UI that begins with "=" is the name of a UID: `=CTImageStorage`.

    Raises:
        KeyValueError: a number that is none or does not fit, an unknown name of a UID, a value for a sequence;
            `dcmtk` holds DCMTK's code and reason where it refuses it, too.
        CharacterSetError: a character that the set does not hold.
    """
    if vr in _STRINGS:
        raw = charset.encode(_uid(text) if vr == "UI" else text, vr)
        return raw + (b"\0" if vr == "UI" else b" ") * (len(raw) % 2)
    if not text:
        return b""
    if vr == "SQ":
        raise KeyValueError("a sequence has items and no value")
    parts = text.split("\\")
    if vr in _INTEGERS:
        return b"".join(_integer(vr, part) for part in parts)
    if vr in _FLOATS:
        return b"".join(_float(vr, part) for part in parts)
    if vr == "AT":
        return b"".join(map(_tag, parts))
    raw = bytes(_hexadecimal(part, 0xFF) for part in parts)
    return raw + b"\0" * (len(raw) % 2)


def text(vr: str, raw: bytes, charset: CharacterSet = DEFAULT) -> str:
    r"""The value as it would be typed, without padding: `encode` gives the same bytes for it.

    For text that the character set does not explain, the bytes are kept as lone surrogates (PEP 383), so that
    nothing is lost; `visible` shows them as escapes. Numbers whose bytes are no whole number of values are shown in
    hexadecimal bytes.
    """
    if vr in _STRINGS:
        raw = raw.rstrip(b"\0") if vr == "UI" else raw[:-1] if raw.endswith((b" ", b"\0")) else raw
        return charset.decode(raw, vr) if charset.decodes(raw, vr) else raw.decode("ascii", "surrogateescape")
    if vr == "AT" and len(raw) % 4 == 0:
        return "\\".join(f"({group:04x},{element:04x})" for group, element in struct.iter_unpack("<HH", raw))
    code = _INTEGERS.get(vr) or _FLOATS.get(vr)
    if code is not None and len(raw) % struct.calcsize(code) == 0:
        numbers = (number for (number,) in struct.iter_unpack(f"<{code}", raw))
        if vr == "OW":
            return "\\".join(f"{number:04x}" for number in numbers)
        return "\\".join(map(_shortest_float if code == "f" else repr, numbers))
    return "\\".join(f"{byte:02x}" for byte in raw)


def split(vr: str, value: str) -> list[str]:
    r"""The single values of a text, which `\` separates in all VRs but LT, ST, UR and UT; none for an empty one."""
    if not value:
        return []
    return [value] if vr in UNSPLIT_VRS else value.split("\\")


def _shortest_float(number: float) -> str:
    """As few digits as lead back to the same single-precision number."""
    for digits in range(6, 9):
        shown = f"{number:.{digits}g}"
        if struct.pack("<f", float(shown)) == struct.pack("<f", number):
            return shown
    return f"{number:.9g}"


def _integer(vr: str, part: str) -> bytes:
    if vr == "OW":
        return struct.pack("<H", _hexadecimal(part, 0xFFFF))
    match = re.fullmatch(_DECIMAL, part)
    if match is None:
        _refuse_number(part, f"is no whole number, which VR {vr} needs", re.match(_DECIMAL, part) is not None)
    try:
        return struct.pack(f"<{_INTEGERS[vr]}", int(match[1]) if len(match[1]) < 64 else 1 << 99)
    except struct.error:
        bits = 8 * struct.calcsize(_INTEGERS[vr])
        signed = vr in ("SS", "SL", "SV")
        low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
        raise KeyValueError(f"{part.strip()} does not fit VR {vr}", remedy=f"It holds {low} to {high}") from None


def _float(vr: str, part: str) -> bytes:
    begins = re.match(_FLOAT, part) if re.match(_SCANNED_FLOAT, part) else None
    number = float(begins[1]) if begins else 0.0
    too_large = math.isinf(number) and begins is not None and "inf" not in begins[1].lower()
    if begins is None or begins.end() < len(part):
        _refuse_number(part, f"is no number, which VR {vr} needs", begins is not None and not too_large)
    try:
        raw = struct.pack(f"<{_FLOATS[vr]}", number)
    except OverflowError:
        raw = b""
    if too_large or not raw:
        raise KeyValueError(
            f"{part.strip()} does not fit VR {vr}",
            remedy="It is too large a number",
            dcmtk=_CORRUPTED if too_large else "",
        )
    return raw


def _hexadecimal(part: str, largest: int) -> int:
    match = re.fullmatch(_HEX, part)
    if match is None or int(match[1], 16) > largest:
        unit = "byte" if largest == 0xFF else "word"
        raise KeyValueError(
            f"'{part}' is no hexadecimal {unit}",
            remedy=f"Write {unit}s with a backslash between them, such as "
            + (r"12\a0\ff" if largest == 0xFF else r"1234\00ff"),
            dcmtk="" if re.match(_SCANNED_HEX, part) else _CORRUPTED,
        )
    return int(match[1], 16)


def _tag(part: str) -> bytes:
    match = re.fullmatch(_TAG, part)
    numbers = [int(number, 16) for number in match.groups()] if match else []
    if not numbers or max(numbers) > 0xFFFF:
        dcmtk = "" if re.match(_SCANNED_TAG, part) else _CORRUPTED
        raise KeyValueError(f"'{part}' is no tag", remedy="Write it as (gggg,eeee)", dcmtk=dcmtk)
    return struct.pack("<HH", *numbers)


def _refuse_number(part: str, problem: str, scanned: bool) -> NoReturn:
    # DCMTK reads the number that a text begins with and passes over the rest; what begins with none it refuses, too.
    shown = f"'{part}'" if part else "an empty value"
    raise KeyValueError(f"{shown} {problem}", dcmtk="" if scanned else _CORRUPTED)


def _uid(typed: str) -> str:
    if not typed.startswith("="):
        return typed
    name = typed[1:]
    uid = uid_names.uid_of(name) or _standard_uids().get(name)
    if uid is None:
        import difflib

        close = difflib.get_close_matches(name, _standard_uids(), n=3)
        raise KeyValueError(
            f"no UID is called '{name}'",
            remedy=f"Did you mean {' or '.join(close)}?" if close else "Write the UID in numbers",
            dcmtk=_NO_UID,
        )
    return uid


@cache
def _standard_uids() -> dict[str, str]:
    """UIDs by their keyword in PS3.6 annex A."""
    from pydicom._uid_dict import UID_dictionary

    return {keyword: uid for uid, (*_, keyword) in UID_dictionary.items() if keyword}
