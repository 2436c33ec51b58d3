"""Dates and times in words."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from findtui.dicom.dates import is_relative, resolve
from findtui.dicom.rules import complaints
from findtui.errors import KeyValueError

NOW = datetime(2026, 11, 22, 9, 5, 7)


@pytest.mark.parametrize(
    ("text", "vr", "value"),
    [
        ("today", "DA", "20261122"),
        ("Today", "DA", "20261122"),
        ("today-7", "DA", "20261115"),
        ("today - 7", "DA", "20261115"),
        ("today+1w", "DA", "20261129"),
        ("yesterday", "DA", "20261121"),
        ("tomorrow", "DA", "20261123"),
        ("now", "DA", "20261122"),
        ("now-12h", "DA", "20261121"),
        ("today-7..today", "DA", "20261115-20261122"),
        ("today..", "DA", "20261122-"),
        ("..today", "DA", "-20261122"),
        ("2026-11-01..today", "DA", "20261101-20261122"),
        ("20261101..today", "DA", "20261101-20261122"),
        ("2026-11-01", "DA", "20261101"),
        ("2026-02", "DA", "20260201-20260228"),
        ("2024-02..2024-03", "DA", "20240201-20240331"),
        ("2026-10..today", "DA", "20261001-20261122"),
        ("sunday", "DA", "20261122"),
        ("Monday", "DA", "20261116"),
        ("monday-1w", "DA", "20261109"),
        ("monday..today", "DA", "20261116-20261122"),
        ("week", "DA", "20261116-20261122"),
        ("week-1", "DA", "20261109-20261115"),
        ("week-1..", "DA", "20261109-"),
        ("..week-1", "DA", "-20261115"),
        ("month", "DA", "20261101-20261130"),
        ("month-9", "DA", "20260201-20260228"),
        ("month-1", "DT", "20261001-20261031"),
        ("month-12..month", "DA", "20251101-20261130"),
        ("year", "DA", "20260101-20261231"),
        ("year-1", "DA", "20250101-20251231"),
        ("today-1mo", "DA", "20261022"),
        ("today+3mo", "DA", "20270222"),
        ("today-1y", "DA", "20251122"),
        ("today\\yesterday", "DA", "20261122\\20261121"),
        ("now", "TM", "090507"),
        ("now-2h..now", "TM", "070507-090507"),
        ("08:30..12:00", "TM", "0830-1200"),
        ("08:30:15", "TM", "083015"),
        ("now-90min", "DT", "20261122073507"),
        ("today", "DT", "20261122"),
        ("now-2h..", "DT", "20261122070507-"),
        ("2026-11-01T08:30..today", "DT", "202611010830-20261122"),
        ("20260101-", "DA", "20260101-"),
        ("20260101-20260131", "DA", "20260101-20260131"),
        ("", "DA", ""),
        ("-", "DA", "-"),
        ("nonsense", "DA", "nonsense"),
        ("a..b", "DA", "a..b"),
        ("today", "PN", "today"),
        ("TODAY*", "LO", "TODAY*"),
    ],
)
def test_words_are_resolved_and_all_else_stays(text: str, vr: str, value: str) -> None:
    assert resolve(text, vr, NOW) == value


@pytest.mark.parametrize(
    ("text", "vr", "problem"),
    [
        ("today..yesterday", "DA", "ends before it begins"),
        ("..", "DA", "neither a beginning nor an end"),
        ("2026-02-30", "DA", "no day of the calendar"),
        ("2026-13", "DA", "no month"),
        ("month", "TM", "time of day"),
        ("today..month-1", "DA", "ends before it begins"),
        ("today-999999y", "DA", "beyond the calendar"),
        ("today", "TM", "time of day"),
        ("2026-11-01", "TM", "time of day"),
        ("08:30", "DA", "wants a date"),
        ("2026-11-01T08:30", "DA", "does not hold"),
        ("25:00", "TM", "no time of day"),
    ],
)
def test_what_makes_no_sense_is_refused(text: str, vr: str, problem: str) -> None:
    with pytest.raises(KeyValueError, match=problem):
        resolve(text, vr, NOW)


@given(st.text(max_size=20), st.sampled_from(["DA", "TM", "DT"]))
def test_a_text_without_words_is_unchanged(text: str, vr: str) -> None:
    if not is_relative(text):
        assert resolve(text, vr, NOW) == text


@given(
    st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)),
    st.sampled_from(["today", "yesterday", "tomorrow", "now", "week", "month", "year", "monday", "sunday"]),
    st.integers(0, 999),
    st.sampled_from("+-"),
    st.sampled_from(["", "d", "h", "w", "min", "mo", "y"]),
    st.sampled_from(["DA", "DT"]),
)
def test_resolved_values_follow_the_rules(now: datetime, word: str, count: int, sign: str, unit: str, vr: str) -> None:
    assert complaints(vr, resolve(f"{word}{sign}{count}{unit}", vr, now)) == []


@pytest.mark.parametrize(
    ("day", "text", "value"),
    [
        (datetime(2026, 3, 31), "today-1mo", "20260228"),
        (datetime(2024, 3, 31), "today-1mo", "20240229"),
        (datetime(2024, 2, 29), "today-1y", "20230228"),
        (datetime(2024, 2, 29), "today+4y", "20280229"),
        (datetime(2026, 1, 31), "month+1", "20260201-20260228"),
        (datetime(2026, 1, 1), "month-1", "20251201-20251231"),
        (datetime(2024, 2, 29), "year-1", "20230101-20231231"),
        (datetime(2026, 1, 1), "week", "20251229-20260104"),
        (datetime(2026, 3, 1), "yesterday", "20260228"),
    ],
)
def test_months_and_years_end_where_they_end(day: datetime, text: str, value: str) -> None:
    assert resolve(text, "DA", day) == value


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A place where the clocks are changed."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    ("now", "text", "value"),
    [
        # Clocks go from 2 to 3 on 29 March 2026, and from 3 to 2 on 25 October.
        (datetime(2026, 3, 29, 4, 0), "now-2h", "010000"),
        (datetime(2026, 3, 29, 1, 30), "now+1h", "033000"),
        (datetime(2026, 10, 25, 4, 0), "now-3h", "020000"),
        (datetime(2026, 6, 1, 4, 0), "now-2h", "020000"),
    ],
)
@pytest.mark.usefixtures("berlin")
def test_hours_are_counted_as_they_pass(now: datetime, text: str, value: str) -> None:
    assert resolve(text, "TM", now) == value


@pytest.mark.usefixtures("berlin")
def test_days_are_counted_by_the_calendar() -> None:
    assert resolve("yesterday", "DT", datetime(2026, 3, 30, 2, 30)) == "20260329"
    assert resolve("today-1..today", "DA", datetime(2026, 3, 30, 0, 10)) == "20260329-20260330"
