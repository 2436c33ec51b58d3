"""The top line: where one is, and how much to believe of what is shown. The only place for the state of the answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from findtui.tui.state import RunState, Tone
from findtui.tui.widgets.cells import clip, width_of

ARROW: Final = " ▸ "
GAP: Final = 2
FIGURES: Final = " " * GAP
LEAST: Final = 12
"""Cells that are left to where one is, however much there is to say about the answer."""


LONGEST: Final = (20, 12)
"""Cells that a place takes at most where not all have the room that they want, and where not even that is there."""


class StateLine(Widget):
    """Where one is on the left, the state in words on the right; the words come first where there is little room.

    One widget for all three texts: they change all the time, and the screen need not be laid out anew for that.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"state--figures", *(tone.value for tone in Tone)}

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[tuple[str, ...], str, tuple[str, ...]] = ((), "", ())
        self._tone = Tone.QUIET

    def show(self, crumbs: Sequence[str], state: RunState, watch: str) -> None:
        """Show where one is and how the answer stands.

        Args:
            crumbs: from the peer down.
            state: of the run.
            watch: how often the query is asked again; empty where it is not.
        """
        words = state.words()
        self._tone = words.tone
        figures = (*([f"⟳ {watch}"] if watch else []), *state.figures())
        self._shown = (tuple(crumbs) or ("findtui",), str(words), figures)
        self.refresh()

    @property
    def texts(self) -> tuple[str, str, str]:
        """Where one is, the state in words, and the figures, as far as there is room for them."""
        return arranged(*self._shown, self.content_size.width)

    def render(self) -> RenderResult:
        """One line, as wide as there is room."""
        places, words, figures = self.texts
        first, *others = places.split(ARROW)
        arrow = Content.styled(ARROW, "dim")
        left = Content.assemble((first, "bold"), *(part for other in others for part in (arrow, Content(other))))
        right = Content.assemble((words, self.get_visual_style(self._tone.value)))
        if figures:
            right = Content.assemble(right, FIGURES, (figures, self.get_visual_style("state--figures")))
        fill = max(self.content_size.width - left.cell_length - right.cell_length, 0)
        return Content.assemble(left, " " * fill, right)


def arranged(crumbs: Sequence[str], words: str, figures: Sequence[str], width: int) -> tuple[str, str, str]:
    """What there is room for: first the words of the state, then where one is, then the figures.

    Args:
        crumbs: from the peer down.
        words: the state of the answer.
        figures: the most important first.
        width: of the line, in cells.
    """
    *forms, shortest = _shorter(crumbs)
    # The first figure is worth more than a whole place, and a place that one went down into more than the others.
    for alike in forms:
        for count in range(len(figures), min(1, len(figures)) - 1, -1):
            beside = FIGURES.join(figures[:count])
            room = width - width_of(words) - GAP - (width_of(beside) + GAP if beside else 0)
            fitting = next((form for form in alike if width_of(form) <= room), "")
            if fitting:
                return fitting, words, beside
    place = clip(shortest[0], max(width - width_of(words) - GAP, min(LEAST, width // 3)))
    words = clip(words, width - width_of(place) - GAP)
    left = width - width_of(place) - GAP - width_of(words)
    fitting_figures = []
    for figure in figures:
        if width_of(figure) + GAP <= left:
            fitting_figures.append(figure)
            left -= width_of(figure) + GAP
        elif fitting_figures:
            break
    return place, words, FIGURES.join(fitting_figures)


def _shorter(crumbs: Sequence[str]) -> list[list[str]]:
    """Where one is, shorter and shorter: the middle goes first, then what one went down into, then all but the peer.

    Returns:
        Forms that are as good as each other where figures have to go for the longer ones, the best first.
    """
    first, *others = crumbs
    if not others:
        return [[first]]

    def cut(places: Sequence[str], longest: int) -> str:
        left_out = ["…"] if len(places) < len(others) else []
        return ARROW.join((first, *left_out, *(clip(place, longest) for place in places)))

    kept = others[-2:] if len(others) > 2 else others[-1:]
    most, least = LONGEST
    forms = [cut(others[place:], most) for place in range(len(others) - len(kept) + 1)]
    return [[ARROW.join(crumbs), *forms], [cut(kept, least)], [cut(others[-1:], most)], [first]]
