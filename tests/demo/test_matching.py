"""Matching of single values (PS3.4 section C.2.2.2), by property."""

from __future__ import annotations

import fnmatch
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from findtui.demo.matching import BadKeyError, interval, is_universal, key_interval, matches

WORD = st.text("ABCabc [].", min_size=1, max_size=8).filter(lambda text: text.strip() == text)
DATES = st.dates(date(1900, 1, 1), date(9999, 12, 31))
TIMES = st.times()


def _dicom_time(moment: time) -> str:
    return f"{moment:%H%M%S.%f}"


@given(st.sampled_from(["AE", "CS", "LO", "SH", "PN", "UI", "DA", "IS"]), st.lists(WORD))
def test_an_empty_key_matches_everything(vr: str, values: list[str]) -> None:
    assert is_universal("")
    assert matches(vr, "", values)


@given(st.sampled_from(["AE", "CS", "LO", "SH", "ST", "UI", "AS"]), WORD)
def test_a_value_matches_itself_and_an_absent_one_matches_nothing(vr: str, value: str) -> None:
    assert matches(vr, value, [value])
    assert not matches(vr, value, [])


@given(st.text("AB*?", min_size=1, max_size=8), st.text("AB", min_size=1, max_size=8))
def test_wildcards_are_those_of_the_shell(pattern: str, value: str) -> None:
    assert matches("LO", pattern, [value]) == fnmatch.fnmatchcase(value, pattern)


def test_many_wildcards_are_no_burden() -> None:
    assert not matches("LO", "*a" * 30 + "b", ["a" * 2000])


@pytest.mark.parametrize("vr", ["UI", "DA", "IS", "AS"])
def test_other_vrs_have_no_wildcards(vr: str) -> None:
    if vr == "DA":
        with pytest.raises(BadKeyError):
            matches(vr, "2026*", ["20261122"])
    else:
        assert not matches(vr, "1*", ["12"])


@given(WORD)
def test_only_names_ignore_case(value: str) -> None:
    assert matches("PN", value.swapcase(), [value])
    assert matches("LO", value.swapcase(), [value]) == (value == value.swapcase())


@pytest.mark.parametrize(
    "key", ["yamada*", "山田^太郎", "やまだ*", "*^タロウ", "Yamada^Tarou=山田^太郎=やまだ^たろう", "YAMADA^TAROU^^"]
)
def test_a_name_matches_in_each_component_group(key: str) -> None:
    assert matches("PN", key, ["Yamada^Tarou=山田^太郎=やまだ^たろう"]) == ("タロウ" not in key)


@given(st.lists(st.from_regex(r"\A[1-9]\.[0-9]{1,5}\Z"), min_size=1, max_size=5), st.data())
def test_a_list_of_uids_matches_each_of_them(uids: list[str], data: st.DataObject) -> None:
    assert matches("UI", "\\".join(uids), [data.draw(st.sampled_from(uids))])
    assert not matches("UI", "\\".join(uids), ["0.1"])


@given(DATES, DATES, DATES)
def test_a_range_of_dates_holds_what_lies_between(first: date, last: date, value: date) -> None:
    key = f"{first:%Y%m%d}-{last:%Y%m%d}"
    first_text, last_text, text = f"{first:%Y%m%d}", f"{last:%Y%m%d}", f"{value:%Y%m%d}"
    assert matches("DA", key, [text]) == (first <= value <= last)
    assert matches("DA", f"{first_text}-", [text]) == (first <= value)
    assert matches("DA", f"-{last_text}", [text]) == (value <= last)
    assert matches("DA", first_text, [text]) == (value == first)


@given(TIMES, TIMES, TIMES)
def test_a_range_of_times_holds_what_lies_between(first: time, last: time, value: time) -> None:
    key = f"{_dicom_time(first)}-{_dicom_time(last)}"
    assert matches("TM", key, [_dicom_time(value)]) == (first <= value <= last)


@given(TIMES)
def test_a_time_may_be_less_precise(value: time) -> None:
    for key in (f"{value:%H}", f"{value:%H%M}", f"{value:%H%M%S}", f"{value:%H:%M:%S}"):
        assert matches("TM", key, [_dicom_time(value)])
        assert matches("TM", f"{key}-{key}", [_dicom_time(value)])


@given(
    st.datetimes(datetime(1900, 1, 3), datetime(2999, 1, 1)),
    st.integers(-12 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters))),
)
def test_a_date_time_with_an_offset_is_a_moment(moment: datetime, zone: timezone) -> None:
    there = moment.replace(tzinfo=UTC).astimezone(zone)
    key = f"{there:%Y%m%d%H%M%S.%f%z}"
    assert interval("DT", key) == (moment, moment)
    assert matches("DT", f"{key}-{key}", [f"{moment:%Y%m%d%H%M%S.%f}"])


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("2026", "20261122101112", True),
        ("202611", "20261122101112", True),
        ("20261122", "20261122235959.999999", True),
        ("2026112210", "20261122101112", True),
        ("2026112211", "20261122101112", False),
        ("20261122-", "20261123", True),
        ("-20261122", "20261122235959", True),
        ("-20261122", "20261123", False),
        ("20261122120000-0100", "20261122130000", True),
        ("20261122120000-0100-20261122120000-0100", "20261122130000", True),
        ("20261122-20261123", "20261122", True),
    ],
)
def test_date_times(key: str, value: str, expected: bool) -> None:
    assert matches("DT", key, [value]) is expected


@pytest.mark.parametrize(
    ("vr", "key"),
    [
        ("DA", "2026-11-22"),
        ("DA", "20261322"),
        ("DA", "-"),
        ("TM", "25"),
        ("TM", "0861"),
        ("DT", "now"),
        ("DT", "-"),
        ("DA", "abc"),
    ],
)
def test_a_key_that_is_no_date_or_time_is_refused(vr: str, key: str) -> None:
    with pytest.raises(BadKeyError):
        key_interval(vr, key)


@given(st.integers(-1000, 1000))
def test_numbers_match_by_value(number: int) -> None:
    assert matches("IS", f"{number:+d}", [str(number)])
    assert matches("DS", f"{number}.0", [str(number)])
