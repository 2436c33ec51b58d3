"""Dates and times in words: `today`, `now-2h`, `2026-11-01..today`, resolved into what DICOM sends."""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime, timedelta
from typing import Final

from findtui.errors import KeyValueError

DATE_VRS: Final = frozenset(("DA", "TM", "DT"))

_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAYS: Final = {"today": 0, "yesterday": -1, "tomorrow": 1}
# Each word with the unit of a number behind it that names none.
_NATURAL_UNITS: Final = {
    "now": "h",
    **dict.fromkeys((*_DAYS, *_WEEKDAYS), "d"),
    "week": "w",
    "month": "mo",
    "year": "y",
}
_WORD: Final = re.compile(
    rf"(?P<word>{'|'.join(_NATURAL_UNITS)})\s*(?:(?P<sign>[+-])\s*(?P<count>\d{{1,6}})\s*(?P<unit>min|mo|[smhdwy])?)?",
    re.I,
)
_ISO_DATE: Final = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?)?)?", re.I)
_ISO_TIME: Final = re.compile(r"(\d{2}):(\d{2})(?::(\d{2}))?")
_PLAIN: Final = re.compile(r"\d{2,14}(?:\.\d{1,6})?(?:[+-]\d{4})?")
_MINUTE: Final = timedelta(minutes=1)
_CLOCK: Final = {"s": timedelta(seconds=1), "min": _MINUTE, "m": _MINUTE, "h": timedelta(hours=1)}
_CALENDAR: Final = {"d": (1, 0), "w": (7, 0), "mo": (0, 1), "y": (0, 12)}
"""Days and months of a unit."""
_FORMATS: Final = {"DA": "%Y%m%d", "TM": "%H%M%S", "DT": "%Y%m%d%H%M%S"}

_Span = tuple[str, str]
"""The first and the last value that a text stands for."""


def resolve(text: str, vr: str, now: datetime) -> str:
    r"""The value that a text with date words stands for; a text without them comes back unchanged.

    Words are `now`; `today`, `yesterday`, `tomorrow` and the days of this week by name, which begins on `monday`; and
    `week`, `month` and `year`, which stand for all days of the one that is. Behind a word may stand `+` or `-` and a
    number of hours `h`, minutes `min` or `m` or seconds `s`, or of days `d`, weeks `w`, months `mo` or years `y`; where
    no unit is given, it is the word's own: `today-7` is a week ago, `now-2` two hours ago, `month-1` the whole month
    before. A day that a month does not have is its last. Dates may be written 2026-11-01 or, for a whole month,
    2026-11, and times 08:30. Two of them with `..` between make a range from the beginning of the one to the end of
    the other, either of which may be left out; `\` separates values. In a DT range, a day as its end means the end of
    that day, which a date of 8 digits stands for.

    Args:
        text: as typed.
        vr: DA, TM or DT; texts of other VRs come back unchanged.
        now: the local time that the words are counted from, its offset passed over. Hours are counted as they pass,
            also where the clocks are changed in between.

    Raises:
        KeyValueError: a range or word that makes no sense, or a day that the calendar does not have.
    """
    if vr not in DATE_VRS or not is_relative(text):
        return text
    wall = now.replace(tzinfo=None)
    return "\\".join(_value(part.strip(), vr, wall) for part in text.split("\\"))


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
        begin, end = _span(part, vr, now) if part else ("", "")
        return begin if begin == end else f"{begin}-{end}"
    if not first.strip() and not last.strip():
        raise KeyValueError(f"'{part}' has neither a beginning nor an end", remedy="Leave the value out for any date")
    begin = _span(first.strip(), vr, now)[0] if first.strip() else ""
    end = _span(last.strip(), vr, now)[1] if last.strip() else ""
    if begin and end and len(begin) == len(end) and begin > end and vr != "TM":
        raise KeyValueError(f"'{part}' ends before it begins: {begin}-{end}")
    return f"{begin}-{end}"


def _span(text: str, vr: str, now: datetime) -> _Span:
    if match := _WORD.fullmatch(text):
        return _from_word(match, text, vr, now)
    if match := _ISO_DATE.fullmatch(text):
        return _from_iso(match, text, vr)
    if match := _ISO_TIME.fullmatch(text):
        if vr != "TM":
            raise KeyValueError(f"'{text}' is a time of day where VR {vr} wants a date")
        time = _time("".join(group or "" for group in match.groups()), text)
        return time, time
    return text, text


def _from_word(match: re.Match[str], text: str, vr: str, now: datetime) -> _Span:
    word = match["word"].lower()
    unit = (match["unit"] or _NATURAL_UNITS[word]).lower()
    count = int(f"{match['sign']}{match['count']}") if match["count"] else 0
    if vr == "TM" and word != "now":
        raise KeyValueError(f"'{text}' is a day where VR TM wants a time of day", remedy="Write now, now-2h or 08:30")
    try:
        first, last = (_moved(day, count, unit) for day in _days(word, now))
        if word in ("month", "year"):
            last = _last_day(last)
    except (OverflowError, ValueError, OSError):
        raise KeyValueError(f"'{text}' is beyond the calendar") from None
    whole_days = word != "now" and unit in _CALENDAR
    form = _FORMATS["DA"] if vr == "DT" and whole_days else _FORMATS[vr]
    # Years before 1000 have their four digits, too.
    width = 0 if vr == "TM" else len(now.strftime(form))
    return first.strftime(form).rjust(width, "0"), last.strftime(form).rjust(width, "0")


def _days(word: str, now: datetime) -> tuple[datetime, datetime]:
    """The first and the last day of what a word stands for, at this time of day."""
    monday = now - timedelta(days=now.weekday())
    match word:
        case "week":
            return monday, monday + timedelta(days=6)
        case "month":
            return now.replace(day=1), now.replace(day=1)
        case "year":
            return now.replace(month=1, day=1), now.replace(month=12, day=1)
    if word in _WEEKDAYS:
        day = monday + timedelta(days=_WEEKDAYS.index(word))
        return day, day
    day = now + timedelta(days=_DAYS.get(word, 0))
    return day, day


def _moved(start: datetime, count: int, unit: str) -> datetime:
    if unit in _CLOCK:
        # By way of the time that passes: what the clock on the wall says then may have been changed in between.
        return datetime.fromtimestamp(start.timestamp() + (_CLOCK[unit] * count).total_seconds())
    days, months = _CALENDAR[unit]
    month = start.year * 12 + start.month - 1 + months * count
    year, month = divmod(month, 12)
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return start.replace(year=year, month=month + 1, day=day) + timedelta(days=days * count)


def _last_day(day: datetime) -> datetime:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _from_iso(match: re.Match[str], text: str, vr: str) -> _Span:
    if vr == "TM":
        raise KeyValueError(f"'{text}' is a date where VR TM wants a time of day")
    try:
        first = last = date(int(match[1]), int(match[2]), int(match[3] or 1))
        if match[3] is None:
            last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    except ValueError:
        what = "day of the calendar" if match[3] else "month"
        raise KeyValueError(f"'{text}' is no {what}") from None
    time = "".join(group or "" for group in match.groups()[3:])
    if vr == "DA" and time:
        raise KeyValueError(f"'{text}' has a time of day, which VR DA does not hold")
    first_text, last_text = (day.isoformat().replace("-", "") for day in (first, last))
    return first_text + _time(time, text), last_text + time


def _time(digits: str, text: str) -> str:
    limits = zip((digits[0:2], digits[2:4], digits[4:6]), (23, 59, 60), strict=True)
    if any(part and int(part) > largest for part, largest in limits):
        raise KeyValueError(f"'{text}' is no time of day")
    return digits
