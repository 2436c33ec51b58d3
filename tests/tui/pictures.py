"""Pictures of the screen: taken in every size and theme, and written as small SVG files that one can read.

Textual's own export repeats a font, a clip path for every line and a rectangle for every space, and is five to ten
times as large. What is kept here is what there is to see: one line of the file is one line of the terminal, styles have
the names of what they look like, and coordinates are whole numbers. So a changed picture has a readable difference.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

SIZES: Final = ((80, 24), (160, 50))
THEMES: Final = ("dark", "light", "plain")
LOOKS: Final = tuple(f"{width}x{height}-{theme}" for width, height in SIZES for theme in THEMES)

_SVG: Final = "{http://www.w3.org/2000/svg}"
_CELL: Final = (12.2, 24.4)
"""Width and height of a cell in Textual's export."""
WIDTH, HEIGHT, _BASELINE = 12, 24, 18
_STYLE: Final = re.compile(r"\.(terminal-\d+-r\d+|terminal-r\d+) \{([^}]*)\}")
_MOST_LOOKS: Final = 40
_PATIENCE: Final = 60.0


class Album:
    """The stored pictures.

    Args:
        directory: a directory for each scene in it.
        update: keep new pictures instead of comparing them.
    """

    def __init__(self, directory: Path, *, update: bool) -> None:
        self._directory = directory
        self._update = update

    def compare(self, scene: str, look: str, picture: str, aside: Path) -> str:
        """What is different, in words, with the new picture put aside to be looked at; empty where nothing is."""
        stored = self._directory / scene / f"{look}.svg"
        before = stored.read_text(encoding="utf-8") if stored.exists() else ""
        if picture == before:
            return ""
        if self._update:
            stored.parent.mkdir(parents=True, exist_ok=True)
            stored.write_text(picture, encoding="utf-8")
            return ""
        taken = aside / f"{scene}-{look}.svg"
        taken.write_text(picture, encoding="utf-8")
        if not before:
            return f"there is no {stored} yet; it would be {taken}"
        lines = zip(before.splitlines(), picture.splitlines(), strict=False)
        row = next((row for row, (old, new) in enumerate(lines) if old != new), 0)
        return f"{stored} differs from {taken} from line {row + 1} on"

    def forgotten(self, scenes: Iterable[str]) -> list[Path]:
        """Pictures that belong to no scene or look; where pictures are taken anew, they are removed."""
        known = {self._directory / scene / f"{look}.svg" for scene in scenes for look in LOOKS}
        left = sorted(path for path in self._directory.glob("*/*.svg") if path not in known)
        if not self._update:
            return left
        for path in left:
            path.unlink()
        return []


async def looks(pilot: Pilot[None]) -> AsyncIterator[tuple[str, str]]:
    """What is on the screen now, in every size and theme: the name of the look, and the picture."""
    app = pilot.app
    # Each size begins with the theme that the one before ended with: a change of theme costs most.
    for size, themes in zip(SIZES, (THEMES, THEMES[::-1]), strict=True):
        if app.size != size:
            await resize(pilot, *size)
        for theme in themes:
            await change_theme(pilot, theme)
            yield f"{size[0]}x{size[1]}-{theme}", await still_picture(pilot)


async def resize(pilot: Pilot[None], width: int, height: int) -> None:
    """Another size of the terminal, on every screen that there is."""
    deadline = time.monotonic() + _PATIENCE
    await pilot.resize_terminal(width, height)
    app = pilot.app
    while any(screen._compositor.size != (width, height) for screen in (app.screen, *app._background_screens)):
        assert time.monotonic() < deadline, f"the screen does not come to {width}x{height}"
        await pilot.pause(0.01)


async def change_theme(pilot: Pilot[None], theme: str) -> None:
    """Another theme, also for the command palette, which Textual passes over when a theme changes."""
    pilot.app.theme = f"findtui-{theme}"
    await pilot.pause()
    pilot.app.stylesheet.update(pilot.app.screen)


async def still_picture(pilot: Pilot[None]) -> str:
    """The picture on which nothing moves any more."""
    for line in pilot.app.screen.query(Input):
        line.cursor_blink = False
    for area in pilot.app.screen.query(TextArea):
        area.cursor_blink = False
    before = ""
    for _ in range(_MOST_LOOKS):
        await pilot.pause()
        picture = pilot.app.export_screenshot()
        if _bare(picture) == before:
            return compact(picture)
        before = _bare(picture)
        await asyncio.sleep(0.01)
    raise AssertionError("the screen does not come to rest")


def _bare(picture: str) -> str:
    """A picture without the number that is made up anew for every export."""
    return re.sub(r"terminal-\d+-", "", picture)


@dataclass(frozen=True)
class _Run:
    """Cells of one style in a line."""

    column: int
    width: int
    style: str
    text: str

    @property
    def even(self) -> bool:
        """Whether every character is as wide as a cell in whatever font there is."""
        return all(
            character < "\u0250" or "\u2010" <= character < "\u2040" or "\u2500" <= character < "\u2600"
            for character in self.text
        )

    @property
    def underlined(self) -> bool:
        """Whether its spaces can be seen."""
        return "underline" in self.style


def compact(exported: str) -> str:
    """Textual's SVG with what there is to see of it, a line for each line of the terminal."""
    root = ElementTree.fromstring(exported)
    styles = dict(_STYLE.findall(exported))
    matrix = next(group for group in root.iter(f"{_SVG}g") if "matrix" in group.get("class", ""))
    lines: dict[int, list[_Run]] = {}
    for text in matrix.iter(f"{_SVG}text"):
        words = (text.text or "").replace("\xa0", " ").rstrip("\n")
        if words.strip() or "underline" in styles[text.get("class", "")]:
            row = round((float(text.get("y", "0")) - 20) / _CELL[1])
            column = round(float(text.get("x", "0")) / _CELL[0])
            lines.setdefault(row, []).append(_Run(column, cell_len(words), styles[text.get("class", "")], words))
    grounds, (columns, rows) = _grounds(root), _size(root)
    # Where the terminal's own colour is behind everything, it is taken to be dark.
    paper = Counter(ground for row in grounds.values() for ground in row).most_common(1)[0][0] or "#1b1f24"
    used: set[str] = set()
    body = [_line(row, grounds.get(row, []), lines.get(row, []), paper, used) for row in range(rows)]
    sheet = "".join(sorted(f".{name}{{{_RULES.get(name, f'fill:#{name[1:]}')}}}" for name in used))
    width, height = columns * WIDTH, rows * HEIGHT
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" xml:space="preserve"'
        ' font-family="Fira Code,DejaVu Sans Mono,monospace" font-size="20">',
        f"<style>{sheet}</style>",
        f'<rect width="{width}" height="{height}" fill="{paper}"/>',
    ]
    return "\n".join([*head, *body, "</svg>\n"])


_RULES: Final = {
    "b": "font-weight:bold",
    "i": "font-style:italic",
    "u": "text-decoration:underline",
    "s": "text-decoration:line-through",
}


def _size(root: ElementTree.Element) -> tuple[int, int]:
    clip = next(clip for clip in root.iter(f"{_SVG}clipPath") if clip.get("id", "").endswith("clip-terminal"))
    rect = clip[0]
    return round((float(rect.get("width", "0")) + 1) / _CELL[0]), round((float(rect.get("height", "0")) + 1) / _CELL[1])


def _grounds(root: ElementTree.Element) -> dict[int, list[str | None]]:
    """The colour behind each cell, by row; None where it is the terminal's own."""
    columns, rows = _size(root)
    grounds: dict[int, list[str | None]] = {row: [None] * columns for row in range(rows)}
    for rect in root.iter(f"{_SVG}rect"):
        if rect.get("shape-rendering") is None:
            continue
        row = round((float(rect.get("y", "0")) - 1.5) / _CELL[1])
        column = round(float(rect.get("x", "0")) / _CELL[0])
        width = round(float(rect.get("width", "0")) / _CELL[0])
        grounds[row][column : column + width] = [rect.get("fill")] * width
    return grounds


def _line(row: int, grounds: list[str | None], runs: list[_Run], paper: str, used: set[str]) -> str:
    parts = []
    column = 0
    for ground, cells in groupby(grounds):
        width = len(list(cells))
        if ground not in (None, paper):
            x, y = column * WIDTH, row * HEIGHT
            parts.append(f'<rect x="{x}" y="{y}" width="{width * WIDTH}" height="{HEIGHT}" fill="{ground}"/>')
        column += width
    spans = []
    for run in _joined(runs):
        names = list(_names(run.style))
        used.update(names)
        length = "" if run.even else f' textLength="{run.width * WIDTH}"'
        spans.append(f'<tspan class="{" ".join(names)}" x="{run.column * WIDTH}"{length}>{escape(run.text)}</tspan>')
    if spans:
        parts.append(f'<text y="{row * HEIGHT + _BASELINE}">{"".join(spans)}</text>')
    return "".join(parts)


def _joined(runs: list[_Run]) -> Iterator[_Run]:
    """Neighbours of one style as one, spaces between them included; spaces at either end are left out."""
    last: _Run | None = None
    for run in map(_stripped, runs):
        gap = run.column - last.column - last.width if last is not None else 0
        if last is None:
            last = run
        elif run.style == last.style and (gap == 0 or (last.even and not run.underlined)):
            last = _Run(last.column, last.width + gap + run.width, last.style, last.text + " " * gap + run.text)
        else:
            yield last
            last = run
    if last is not None:
        yield last


def _stripped(run: _Run) -> _Run:
    if run.underlined:
        return run
    text = run.text.strip(" ")
    return _Run(run.column + run.text.index(text), cell_len(text), run.style, text)


def _names(style: str) -> Iterator[str]:
    """The names of what a style looks like: its colour, and a letter for each thing beside that."""
    colour = re.search(r"fill: #([0-9a-f]+)", style)
    yield f"f{colour.group(1) if colour else 'fff'}"
    yield from (letter for letter, rule in _RULES.items() if rule.replace(":", ": ") in style)
