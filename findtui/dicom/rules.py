"""The rules that values follow (PS3.5 section 6.2), and those that keys may break (PS3.4 section C.2.2.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from findtui.dicom.charset import DEFAULT, UNSPLIT_VRS, CharacterSet
from findtui.dicom.visible import visible

_TIME: Final = r"(?:[01]\d|2[0-3])(?:[0-5]\d(?:(?:[0-5]\d|60)(?:\.\d{1,6})?)?)?"
_MONTH_DAY: Final = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_DATE_TIME: Final = (
    rf"\d{{4}}(?:(?:0[1-9]|1[0-2])(?:(?:0[1-9]|[12]\d|3[01])(?:{_TIME})?)?)?(?:[+-](?:0\d|1[0-4])[0-5]\d)?"
)


class _Rule(NamedTuple):
    """Of one VR: its pattern, in words, and the most characters that one value may have."""

    pattern: str | None
    form: str
    length: int | None


_RULES: Final = {
    "AE": _Rule(r"[\x20-\x5b\x5d-\x7e]*", "printable ASCII without backslashes", 16),
    "AS": _Rule(r"\d{3}[DWMY]", "three digits and D, W, M or Y", 4),
    "CS": _Rule(r"[A-Z0-9 _]*", "capitals, digits, blanks and underscores", 16),
    "DA": _Rule(rf"\d{{4}}{_MONTH_DAY}", "a date as YYYYMMDD", 8),
    "DS": _Rule(r" *[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)? *", "a decimal number", 16),
    "DT": _Rule(_DATE_TIME, "a date and time as YYYYMMDDHHMMSS.FFFFFF&ZZXX", 26),
    "IS": _Rule(r" *[+-]?\d+ *", "a whole number", 12),
    "LO": _Rule(None, "", 64),
    "LT": _Rule(None, "", 10240),
    "PN": _Rule(None, "", None),
    "SH": _Rule(None, "", 16),
    "ST": _Rule(None, "", 1024),
    "TM": _Rule(_TIME, "a time as HHMMSS.FFFFFF", 14),
    "UI": _Rule(r"(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))*", "a UID of numbers without leading zeros, parted by dots", 64),
    "UR": _Rule(r"[!#-\[\]_a-z~%]*", "a URI", None),
}
_RANGES: Final = frozenset(("DA", "TM", "DT"))
_WILDCARDS: Final = frozenset(("AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"))
_FREE_LENGTH: Final = frozenset(("LT", "ST", "UT"))
_VM: Final = r"(\d+)(?:-(?:(\d*)(n)|(\d+)))?"
_GROUPS: Final = ("alphabetic", "ideographic", "phonetic")


def complaints(
    vr: str, value: str | bytes, matching: bool = True, *, vm: str | None = None, charset: CharacterSet = DEFAULT
) -> list[str]:
    r"""Which rules of its VR a value breaks, in words; empty where it breaks none.

    Args:
        vr: two letters.
        value: as it is typed or as it stands in an element.
        matching: it is a key: ranges, wildcards, lists of UIDs and universal matching are allowed where PS3.4
            section C.2.2.2 allows them.
        vm: value multiplicity from the dictionary to hold it against; a key may list UIDs whatever it says.
        charset: of the bytes.
    """
    if isinstance(value, bytes):
        if vr not in _RULES and vr not in ("UC", "UT"):
            return []
        if not charset.decodes(value, vr):
            return [
                f"its bytes are no text in {charset if charset.declared else 'ASCII, which is all that is declared'}"
            ]
        value = charset.decode(value, vr).rstrip(" \0")
    if not value:
        return []
    parts = [value] if vr in UNSPLIT_VRS else value.split("\\")
    found = list(_multiplicity(vr, parts, vm, matching))
    if vr in _RULES or vr in ("UC", "UT"):
        for part in parts:
            found += _value(vr, part, matching)
    return list(dict.fromkeys(found))


def _multiplicity(vr: str, parts: list[str], vm: str | None, matching: bool) -> Iterator[str]:
    match = re.fullmatch(_VM, vm) if vm else None
    if match is None or (matching and vr == "UI"):
        return
    low = int(match[1])
    high = int(match[4]) if match[4] else None if match[3] else low
    count = len(parts)
    # A key of one value matches attributes of several (PS3.4 section C.2.2.2).
    if (count < low and not matching) or (high is not None and count > high):
        yield f"it has {count} value{'s' * (count != 1)} where the dictionary says {vm}"


def _value(vr: str, part: str, matching: bool) -> Iterator[str]:
    shown = f"'{visible(part)}'"
    wild = matching and vr in _WILDCARDS
    if vr != "UI" and any(ord(character) < 0x20 or ord(character) == 0x7F for character in part):
        allowed = "\t\n\f\r\x1b" if vr in _FREE_LENGTH else "\x1b"
        if any((ord(c) < 0x20 or ord(c) == 0x7F) and c not in allowed for c in part):
            yield f"{shown} holds control characters"
    if matching and vr in _RANGES and "-" in part:
        yield from _range(vr, part)
        return
    if vr == "PN":
        yield from _person_name(part)
    rule = _RULES.get(vr)
    if rule is None:
        return
    if rule.length is not None and len(part) > rule.length:
        yield f"{shown} has {len(part)} characters where VR {vr} allows {rule.length}"
    checked = part.replace("*", "").replace("?", "") if wild else part
    if rule.pattern is not None and checked and re.fullmatch(rule.pattern, checked) is None:
        if not wild and matching and ("*" in part or "?" in part):
            yield f"{shown} holds a wildcard, which VR {vr} does not allow"
        else:
            yield f"{shown} is not {rule.form}, as VR {vr} wants it"
    elif vr == "DA" and (problem := _calendar(part)):
        yield problem
    if vr == "IS" and re.fullmatch(r" *[+-]?\d{1,99} *", part) and not -(2**31) <= int(part) < 2**31:
        yield f"{shown} is beyond the range of VR IS, -2147483648 to 2147483647"
    if vr == "AE" and not part.strip(" "):
        yield "an AE title of blanks alone is none"


def _calendar(text: str) -> str:
    from datetime import date

    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return f"'{text}' is no day of the calendar"
    return ""


def _range(vr: str, part: str) -> Iterator[str]:
    """A range has a beginning, an end or both (PS3.4 section C.2.2.2.5); DT may hold the minus of a time zone, too."""
    pattern = _RULES[vr].pattern
    ends = next(
        (
            (part[:index], part[index + 1 :])
            for index in (position for position, character in enumerate(part) if character == "-")
            if _fits(pattern, part[:index].strip()) and _fits(pattern, part[index + 1 :].strip())
        ),
        None,
    )
    if vr == "DT" and pattern is not None and re.fullmatch(pattern, part.strip()):
        return
    if ends is None:
        yield f"'{visible(part)}' is no range of values of VR {vr}: {_RULES[vr].form}, with one '-' between"
        return
    first, last = (end.strip() for end in ends)
    if not first and not last:
        yield f"'{part}' has neither a beginning nor an end"
    for end in (first, last):
        if vr == "DA" and end and (problem := _calendar(end)):
            yield problem
    if first and last and len(first) == len(last) and first > last and vr != "TM":
        yield f"'{part}' ends before it begins"


def _fits(pattern: str | None, end: str) -> bool:
    return not end or (pattern is not None and re.fullmatch(pattern, end) is not None)


def _person_name(part: str) -> Iterator[str]:
    groups = part.split("=")
    if len(groups) > 3:
        yield f"'{visible(part)}' has {len(groups)} component groups where a person name has at most 3"
    for index, group in enumerate(groups[:3]):
        if len(group) > 64:
            yield f"its {_GROUPS[index]} component group has {len(group)} characters where VR PN allows 64"
        if group.count("^") > 4:
            yield f"its {_GROUPS[index]} component group has {group.count('^') + 1} components where VR PN allows 5"
