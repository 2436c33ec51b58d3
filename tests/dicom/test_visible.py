"""Nothing that acts on a terminal, or hides, gets through."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from findtui.dicom.visible import describe, visible

ACTING = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))


def test_every_control_and_format_character_is_escaped_and_no_letter_is() -> None:
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        category = unicodedata.category(character)
        shown = visible(character)
        if category in ACTING:
            assert shown.startswith("\\"), hex(code)
            assert int(shown[2:], 16) == code
        elif category[0] in "LNPS" and code not in (0x115F, 0x1160, 0x3164, 0xFFA0):
            assert shown == character, hex(code)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Müller^Jörg", "Müller^Jörg"),
        ("山田^太郎", "山田^太郎"),
        ("e\u0301", "e\u0301"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x1b]52;c;AAAA\x07", "\\x1b]52;c;AAAA\\x07"),
        ("\x9b2J", "\\x9b2J"),
        ("a\u202eb", "a\\u202eb"),
        ("Patient\u200bSex", "Patient\\u200bSex"),
        ("\ufeffx", "\\ufeffx"),
        ("a\tb\r\nc", "a\\x09b\\x0d\\x0ac"),
        ("\udc80", "\\udc80"),
        ("\U000e0041", "\\U000e0041"),
        ("a\\b", "a\\b"),
    ],
)
def test_escapes(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_line_breaks_can_be_kept() -> None:
    assert visible("a\r\nb\rc\nd\t", keep_line_breaks=True) == "a\nb\nc\nd\\x09"


@given(st.text(alphabet=st.characters(), max_size=60))
def test_what_is_shown_is_clean_and_stays_so(text: str) -> None:
    shown = visible(text)
    assert not any(unicodedata.category(character) in ACTING for character in shown)
    assert visible(shown) == shown


def test_a_character_is_described_by_code_and_name() -> None:
    assert describe("ü") == "'ü' (U+00FC LATIN SMALL LETTER U WITH DIAERESIS)"
    assert describe("\x1b") == "'\\x1b' (U+001B)"
