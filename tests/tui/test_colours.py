"""Whether one can read what is on the pictures: contrast as WCAG 2.2 reckons it, and a cursor that needs no colour."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import pytest
from textual.color import Color

from tests.tui.pictures import HEIGHT, WIDTH
from tests.tui.scenes import SCENES, Scene

PICTURES: Final = Path(__file__).parent / "__snapshots__"
LEAST: Final = 4.5
"""Contrast of text with what is behind it (WCAG 2.2, success criterion 1.4.3)."""
LEAST_INACTIVE: Final = 2.5
"""Of keys that do nothing just now, for which WCAG asks nothing."""

_SVG: Final = "{http://www.w3.org/2000/svg}"
_DRAWN: Final = re.compile("[\u2500-\u259f\\s]")
"""Lines and bars, which are no text."""


@dataclass(frozen=True)
class Words:
    """Some text on a picture; it is marked where it is underlined or stands on another ground than the rest."""

    row: int
    column: int
    text: str
    colour: str
    ground: str
    marked: bool

    @property
    def contrast(self) -> float:
        """How much the text stands out, from 1 to 21."""
        darker, lighter = sorted((_luminance(self.colour), _luminance(self.ground)))
        return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = Color.parse(colour).normalized
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def words_on(picture: Path) -> Iterator[Words]:
    """All text on a picture."""
    root = ElementTree.parse(picture).getroot()
    paper, *rects = root.iter(f"{_SVG}rect")
    grounds = [
        (
            int(rect.get("y", "0")) // HEIGHT,
            range(int(rect.get("x", "0")), int(rect.get("x", "0")) + int(rect.get("width", "0"))),
            rect.get("fill", ""),
        )
        for rect in rects
    ]
    for line in root.iter(f"{_SVG}text"):
        row = int(line.get("y", "0")) // HEIGHT
        for span in line:
            x = int(span.get("x", "0"))
            ground = next((fill for at, cells, fill in grounds if at == row and x in cells), paper.get("fill", ""))
            colour = "#" + span.get("class", "").split()[0][1:]
            marked = ground != paper.get("fill") or "u" in span.get("class", "").split()
            yield Words(row, x // WIDTH, span.text or "", colour, ground, marked)


def in_front(words: list[Words], scene: Scene) -> list[Words]:
    """Without what lies dimmed behind a dialog."""
    corner = next((word for word in words if "╭" in word.text), None)
    if scene.screen == "MainScreen" or corner is None:
        return words
    left = corner.column + corner.text.index("╭")
    top, bottom = corner.row, max(word.row for word in words if "╰" in word.text)
    last = -1 if scene.screen == "CommandPalette" else max(word.row for word in words)
    right = max(word.column + len(word.text) for word in words if "╯" in word.text)
    return [word for word in words if word.row == last or (top <= word.row <= bottom and left <= word.column < right)]


CASES = [
    pytest.param(scene, theme, id=f"{scene.name}-{theme}")
    for scene in SCENES
    for theme in ("dark", "light")
    # The palette's texts keep the colours of the theme in which it was opened, which is the dark one here.
    if scene.screen != "CommandPalette" or theme == "dark"
]


@pytest.mark.parametrize(("scene", "theme"), CASES)
def test_text_stands_out(scene: Scene, theme: str) -> None:
    faint = []
    for size in ("80x24", "160x50"):
        words = in_front(list(words_on(PICTURES / scene.name / f"{size}-{theme}.svg")), scene)
        # Under the palette the footer lies dimmed, too.
        footer = -1 if scene.screen == "CommandPalette" else max(word.row for word in words)
        for word in words:
            # Text in the colour of what is behind it is not to be seen, and takes up room only.
            if _DRAWN.sub("", word.text) and word.colour != word.ground:
                least = LEAST_INACTIVE if word.row == footer else LEAST
                if word.contrast < least:
                    faint.append(f"{size} line {word.row + 1}: {word.text!r} has {word.contrast:.2f}")
    assert not faint, "\n" + "\n".join(faint)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("worklist", "▸"),
        ("peers", "Demo Hospital"),
        ("keys", "SpecificCharacterSet"),
        ("identifier", "PatientName"),
        ("log", "Releasing Association"),
        ("history", "Demo Hospital"),
    ],
)
def test_the_cursor_is_seen_without_colour(name: str, words: str) -> None:
    for size in ("80x24", "160x50"):
        on_picture = list(words_on(PICTURES / name / f"{size}-plain.svg"))
        assert [word for word in on_picture if word.marked and words in word.text], size
