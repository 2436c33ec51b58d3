"""Hides who the patients are, on a screen that others can see, and keeps responses apart all the same."""

from __future__ import annotations

from typing import Final

from findtui.tui.results.readable import name

NAMES: Final = frozenset((0x00100010, 0x00101001, 0x00101005, 0x00101060, 0x00102297))
"""Patient's name, other names, birth name, mother's birth name, responsible person."""

IDENTIFIERS: Final = frozenset((0x00100020, 0x00101000, 0x00101090, 0x00100050))
"""Patient ID, other patient IDs, medical record locator, insurance plan."""

BIRTH: Final = frozenset((0x00100030, 0x00100032, 0x00100033, 0x00100034))
"""Birth date and time, and the birth date in other calendars."""

ADDRESSES: Final = frozenset((0x00101040, 0x00102154, 0x00102155))
"""Address, telephone numbers, electronic address."""

HIDDEN: Final = NAMES | IDENTIFIERS | BIRTH | ADDRESSES
_DOTS: Final = "••••"


class Mask:
    """Gives patients numbers, the same one to the same text for as long as the application runs."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[bool, str], int] = {}
        self._counts = {True: 0, False: 0}

    def shown(self, tag: int, text: str) -> str:
        """What stands in the place of an attribute's text; the text itself where it tells of no patient.

        Args:
            tag: of the attribute.
            text: as it would be shown.
        """
        if not text or tag not in HIDDEN:
            return text
        if tag in NAMES:
            # One patient has one number, whether the name is shown as it was sent or as people read it.
            return f"Patient {self._number(True, '; '.join(map(name, text.split(chr(92)))))}"
        if tag in IDENTIFIERS:
            return f"ID {self._number(False, text)}"
        return _DOTS

    def _number(self, named: bool, text: str) -> int:
        number = self._numbers.get((named, text))
        if number is None:
            self._counts[named] += 1
            number = self._numbers[named, text] = self._counts[named]
        return number
