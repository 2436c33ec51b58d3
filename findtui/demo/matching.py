"""Attribute matching as PS3.4 section C.2.2.2 has it, on values as text.

Which kind of matching a key asks for follows from its VR and its value: none is universal matching, several UIDs are a
list, "*" and "?" are wildcards where the VR has them, a hyphen makes a range of dates or times. Sequence matching is
in `findtui.demo.identifier`, which knows items.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from fnmatch import translate
from functools import lru_cache
from typing import Final

WILDCARD_VRS: Final = frozenset(("AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"))
DATE_VRS: Final = frozenset(("DA", "TM", "DT"))
TEXT_VRS: Final = frozenset(("LT", "ST", "UR", "UT"))
"""VRs with one value only, in which a backslash is an ordinary character."""

Interval = tuple[datetime, datetime]
"""First and last moment, both included. Dates stand at midnight, times on the first day of year 1."""

_FIRST_DAY: Final = date.min
_MOMENT: Final = timedelta(microseconds=1)
_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})|(\d{4})\.(\d{2})\.(\d{2})", re.ASCII)
_TIME = re.compile(r"(\d{2})(?::?(\d{2})(?::?(\d{2})(?:\.(\d{1,6}))?)?)?", re.ASCII)
_DATE_TIME_PATTERN = r"\d{4}(?:\d{2}){0,5}(?:\.\d{1,6})?(?:[+-](?:0\d|1[0-4])[0-5]\d)?"
_DATE_TIME = re.compile(
    r"(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:\.(\d{1,6}))?([+-]\d{4})?",
    re.ASCII,
)
_DATE_TIME_RANGE = re.compile(f"({_DATE_TIME_PATTERN})?-({_DATE_TIME_PATTERN})?", re.ASCII)


class BadKeyError(ValueError):
    """A matching key whose value is neither a value of its VR nor a kind of matching that the VR has."""


def is_universal(key: str) -> bool:
    """Whether a key matches everything, also what has no value (PS3.4 section C.2.2.2.3)."""
    return not key.strip("*")


def matches(vr: str, key: str, values: Sequence[str]) -> bool:
    """Whether any of an attribute's values meets a matching key.

    Args:
        vr: of the attribute.
        key: its value in the request, padding taken off.
        values: of the attribute, padding taken off; none where it is absent or empty.

    Raises:
        BadKeyError: the key cannot be a date, time or range although its VR wants one.
    """
    if is_universal(key):
        return True
    test = _test(vr, key)
    return any(test(value) for value in values if value)


@lru_cache(maxsize=256)
def _test(vr: str, key: str) -> Callable[[str], bool]:
    if vr in DATE_VRS:
        first, last = key_interval(vr, key)
        return lambda value: _within(vr, value, first, last)
    alternatives = [key] if vr in TEXT_VRS else key.split("\\")
    if vr == "PN":
        return _any_of([_person_name(alternative) for alternative in alternatives])
    if vr in WILDCARD_VRS:
        return _any_of([_wildcard(alternative.strip()) for alternative in alternatives])
    if vr in ("IS", "DS"):
        numbers = {_number(alternative) for alternative in alternatives}
        return lambda value: _number(value) in numbers
    wanted = frozenset(alternative.strip() for alternative in alternatives)
    return wanted.__contains__


def _any_of(tests: Sequence[Callable[[str], bool]]) -> Callable[[str], bool]:
    return lambda value: any(test(value) for test in tests)


def _wildcard(pattern: str) -> Callable[[str], bool]:
    if "*" not in pattern and "?" not in pattern:
        return pattern.__eq__
    # fnmatch knows one more special character than DICOM.
    expression = re.compile(translate(pattern.replace("[", "[[]")))
    return lambda value: expression.match(value) is not None


def _person_name(key: str) -> Callable[[str], bool]:
    """Names match without regard to case; a key without "=" may be any of the three component groups."""
    test = _wildcard(_name_form(key))

    def matches_name(value: str) -> bool:
        groups = [_name_form(group) for group in value.split("=")]
        return test("=".join(groups)) or ("=" not in key and any(test(group) for group in groups))

    return matches_name


def _name_form(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold().strip().rstrip("^=").rstrip()


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text.strip()


def _within(vr: str, value: str, first: datetime, last: datetime) -> bool:
    try:
        begin, end = interval(vr, value)
    except BadKeyError:
        return False
    return first <= begin <= last or first <= end <= last


def key_interval(vr: str, key: str) -> Interval:
    """The span of time that a key for a DA, TM or DT attribute asks for, a single value or a range.

    Raises:
        BadKeyError: it is neither.
    """
    first, last = split_range(vr, key.strip())
    if not first and not last:
        raise BadKeyError(f"'{key}' is a range without ends")
    begin = interval(vr, first)[0] if first else datetime.min
    end = interval(vr, last)[1] if last else datetime.max
    return begin, end


def split_range(vr: str, key: str) -> tuple[str, str]:
    """The two ends of a range, either of them empty where it is open; a single value is both ends.

    In a DT a hyphen may also begin the offset from UTC (PS3.4 section C.2.2.2.5): what can be read as one value is.

    Raises:
        BadKeyError: a DT that is neither a value nor a range.
    """
    if vr != "DT":
        first, hyphen, last = key.partition("-")
        return (first.strip(), last.strip()) if hyphen else (key, key)
    if re.fullmatch(_DATE_TIME_PATTERN, key, re.ASCII):
        return key, key
    if found := _DATE_TIME_RANGE.fullmatch(key):
        return found[1] or "", found[2] or ""
    raise BadKeyError(f"'{key}' is neither a date-time nor a range of them")


def interval(vr: str, value: str) -> Interval:
    """From the first to the last moment that a DA, TM or DT value, precise or not, can mean.

    Values with an offset from UTC are taken to UTC, those without are compared as they stand.

    Raises:
        BadKeyError: it is no value of the VR.
    """
    try:
        match vr:
            case "DA":
                return _date_interval(value)
            case "TM":
                return _time_interval(value)
            case _:
                return _date_time_interval(value)
    except (ValueError, OverflowError) as error:
        kind = {"DA": "a date (YYYYMMDD)", "TM": "a time (HHMMSS)"}.get(vr, "a date-time (YYYYMMDDHHMMSS)")
        raise BadKeyError(f"'{value}' is neither {kind} nor a range of them") from error


def _date_interval(value: str) -> Interval:
    found = _DATE.fullmatch(value)
    if found is None:
        raise ValueError(value)
    year, month, day = (int(part) for part in found.groups() if part is not None)
    begin = datetime(year, month, day)
    return begin, begin + (timedelta(days=1) - _MOMENT)


def _time_interval(value: str) -> Interval:
    found = _TIME.fullmatch(value)
    if found is None:
        raise ValueError(value)
    return _clock_interval(datetime.combine(_FIRST_DAY, datetime.min.time()), *found.groups())


def _date_time_interval(value: str) -> Interval:
    found = _DATE_TIME.fullmatch(value)
    if found is None:
        raise ValueError(value)
    year, month, day, hour, minute, second, fraction, offset = found.groups()
    if fraction and second is None:
        raise ValueError(value)
    begin = datetime(int(year), int(month or 1), int(day or 1))
    if month is None:
        end = datetime(int(year), 12, 31) + (timedelta(days=1) - _MOMENT)
    elif day is None:
        end = begin.replace(day=monthrange(int(year), int(month))[1]) + (timedelta(days=1) - _MOMENT)
    elif hour is None:
        end = begin + (timedelta(days=1) - _MOMENT)
    else:
        begin, end = _clock_interval(begin, hour, minute, second, fraction)
    if offset:
        shift = timedelta(hours=int(offset[1:3]), minutes=int(offset[3:])) * (-1 if offset[0] == "-" else 1)
        begin, end = begin - shift, end - shift
    return begin, end


def _clock_interval(day: datetime, hour: str, minute: str | None, second: str | None, fraction: str | None) -> Interval:
    # A leap second is the last one of its minute to Python.
    begin = day.replace(hour=int(hour), minute=int(minute or 0), second=min(int(second or 0), 59))
    if int(second or 0) > 60:
        raise ValueError(second)
    if fraction:
        begin += timedelta(microseconds=int(fraction.ljust(6, "0")))
        return begin, begin + (timedelta(microseconds=10 ** (6 - len(fraction))) - _MOMENT)
    if second is not None:
        return begin, begin + (timedelta(seconds=1) - _MOMENT)
    if minute is not None:
        return begin, begin + (timedelta(minutes=1) - _MOMENT)
    return begin, begin + (timedelta(hours=1) - _MOMENT)
