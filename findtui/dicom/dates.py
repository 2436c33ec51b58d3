"""Dates and times in words: `today`, `now-2h`, `2026-11-01..today`, resolved into what DICOM sends."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Final

from findtui.errors import KeyValueError

DATE_VRS: Final = frozenset(("DA", "TM", "DT"))

_WORD: Final = re.compile(
    r"(?P<word>today|yesterday|tomorrow|now)\s*(?:(?P<sign>[+-])\s*(?P<count>\d{1,6})\s*(?P<unit>min|[smhdwy])?)?", re.I
)
_ISO_DATE: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?)?", re.I)
_ISO_TIME: Final = re.compile(r"(\d{2}):(\d{2})(?::(\d{2}))?")
_PLAIN: Final = re.compile(r"\d{2,14}(?:\.\d{1,6})?(?:[+-]\d{4})?")
_UNITS: Final = {
    "s": timedelta(seconds=1),
    "min": timedelta(minutes=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "y": timedelta(days=365),
}
_DAYS: Final = {"today": 0, "yesterday": -1, "tomorrow": 1}
_FORMATS: Final = {"DA": "%Y%m%d", "TM": "%H%M%S", "DT": "%Y%m%d%H%M%S"}


def resolve(text: str, vr: str, now: datetime) -> str:
    r"""The value that a text with date words stands for; a text without them comes back unchanged.

    Words are `today`, `yesterday`, `tomorrow` and `now`, with `+` or `-` a number of days (`d`, what is meant where
    no unit is given, but hours after `now`), weeks `w`, years `y` of 365 days, hours `h`, minutes `min` or `m`, or
    seconds `s`. Dates may be written 2026-11-01 and times 08:30. Two of them with `..` between make a range, whose
    beginning or end may be left out; `\` separates values. In a DT range, `today` as its end means the end of the day,
    which a date of 8 digits stands for.

    Args:
        text: as typed.
        vr: DA, TM or DT; texts of other VRs come back unchanged.
        now: the time that the words are counted from.

    Raises:
        KeyValueError: a range or word that makes no sense, or a day that the calendar does not have.
    """
    if vr not in DATE_VRS or not is_relative(text):
        return text
    return "\\".join(_value(part.strip(), vr, now) for part in text.split("\\"))


def is_relative(text: str) -> bool:
    """Whether a text is written in words, ISO dates or `..` ranges, so that `resolve` would change it."""
    parts = [end.strip() for part in text.split("\\") for end in part.split("..")]
    if ".." not in text and not any(
        _WORD.fullmatch(p) or _ISO_DATE.fullmatch(p) or _ISO_TIME.fullmatch(p) for p in parts
    ):
        return False
    return all(not part or _readable(part) for part in parts)


def _readable(part: str) -> bool:
    return any(pattern.fullmatch(part) for pattern in (_WORD, _ISO_DATE, _ISO_TIME, _PLAIN))


def _value(part: str, vr: str, now: datetime) -> str:
    first, dots, last = part.partition("..")
    if not dots:
        return _point(part, vr, now) if part else ""
    if not first.strip() and not last.strip():
        raise KeyValueError(f"'{part}' has neither a beginning nor an end", remedy="Leave the value out for any date")
    begin, end = (_point(side.strip(), vr, now) if side.strip() else "" for side in (first, last))
    if begin and end and len(begin) == len(end) and begin > end and vr != "TM":
        raise KeyValueError(f"'{part}' ends before it begins: {begin}-{end}")
    return f"{begin}-{end}"


def _point(text: str, vr: str, now: datetime) -> str:
    if match := _WORD.fullmatch(text):
        return _from_word(match, text, vr, now)
    if match := _ISO_DATE.fullmatch(text):
        return _from_iso(match, text, vr)
    if match := _ISO_TIME.fullmatch(text):
        if vr != "TM":
            raise KeyValueError(f"'{text}' is a time of day where VR {vr} wants a date")
        return _time("".join(group or "" for group in match.groups()), text)
    return text


def _from_word(match: re.Match[str], text: str, vr: str, now: datetime) -> str:
    word = match["word"].lower()
    unit = (match["unit"] or ("h" if word == "now" else "d")).lower()
    try:
        moved = now + timedelta(days=_DAYS.get(word, 0))
        if match["count"]:
            step = _UNITS[unit] * int(match["count"])
            moved = moved - step if match["sign"] == "-" else moved + step
    except OverflowError:
        raise KeyValueError(f"'{text}' is beyond the calendar") from None
    if vr == "TM" and word != "now":
        raise KeyValueError(f"'{text}' is a day where VR TM wants a time of day", remedy="Write now, now-2h or 08:30")
    whole_day = word != "now" and unit in "dwy"
    return moved.strftime(_FORMATS["DA"] if vr == "DT" and whole_day else _FORMATS[vr]).rjust(
        8 if vr == "DA" else 0, "0"
    )


def _from_iso(match: re.Match[str], text: str, vr: str) -> str:
    day = "".join(match.groups()[:3])
    try:
        date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise KeyValueError(f"'{text}' is no day of the calendar") from None
    time = "".join(group or "" for group in match.groups()[3:])
    if vr == "TM":
        raise KeyValueError(f"'{text}' is a date where VR TM wants a time of day")
    if vr == "DA" and time:
        raise KeyValueError(f"'{text}' has a time of day, which VR DA does not hold")
    return day + _time(time, text)


def _time(digits: str, text: str) -> str:
    limits = zip((digits[0:2], digits[2:4], digits[4:6]), (23, 59, 60), strict=True)
    if any(part and int(part) > largest for part, largest in limits):
        raise KeyValueError(f"'{text}' is no time of day")
    return digits
