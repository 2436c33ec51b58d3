"""Dates and times in words."""

from __future__ import annotations

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
    st.sampled_from(["today", "yesterday", "tomorrow", "now"]),
    st.integers(0, 9999),
    st.sampled_from("+-"),
    st.sampled_from(["", "d", "h", "w", "min"]),
    st.sampled_from(["DA", "DT"]),
)
def test_resolved_values_follow_the_rules(now: datetime, word: str, count: int, sign: str, unit: str, vr: str) -> None:
    assert complaints(vr, resolve(f"{word}{sign}{count}{unit}", vr, now)) == []
