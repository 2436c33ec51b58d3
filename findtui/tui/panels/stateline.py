"""The top line: where one is, and how much to believe of what is shown. The only place for the state of the answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from findtui.tui.state import RunState, Tone
from findtui.tui.widgets.cells import clip, width_of

ARROW: Final = " ▸ "
GAP: Final = 2
LEAST: Final = 12
"""Cells that are left to where one is, however much there is to say about the answer."""


LONGEST: Final = 20
"""Cells that a place takes where not all have the room that they want."""


class StateLine(Horizontal):
    """Where one is on the left, the state in words on the right; the words come first where there is little room."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[tuple[str, ...], str, tuple[str, ...]] = ((), "", ())
        self._widths = (0, 0, 0)

    def compose(self) -> ComposeResult:
        """Three texts."""
        yield Static(id="crumbs")
        yield Static(id="state")
        yield Static(id="figures")

    def show(self, crumbs: Sequence[str], state: RunState, watch: str) -> None:
        """Show where one is and how the answer stands.

        Args:
            crumbs: from the peer down.
            state: of the run.
            watch: how often the query is asked again; empty where it is not.
        """
        words = state.words()
        line = self.query_one("#state", Static)
        for tone in Tone:
            line.set_class(tone is words.tone, tone.value)
        figures = (*([f"⟳ {watch}"] if watch else []), *state.figures())
        self._shown = (tuple(crumbs) or ("findtui",), str(words), figures)
        self._lay_out()

    def on_resize(self, event: Resize) -> None:
        """Another width, another choice of what to leave out."""
        self._lay_out()

    def _lay_out(self) -> None:
        places, words, figures = arranged(*self._shown, self.content_size.width)
        first, *others = places.split(ARROW)
        parts: list[Content | tuple[str, str]] = [(first, "bold")]
        for place in others:
            parts += [(ARROW, "dim"), Content(place)]
        widths = (width_of(places), width_of(words), width_of(figures))
        # Figures change all the time, and their width now and then: all else need not be laid out anew for them.
        anew, self._widths = widths != self._widths, widths
        self.query_one("#crumbs", Static).update(Content.assemble(*parts), layout=anew)
        self.query_one("#state", Static).update(Content(words), layout=anew)
        beside = self.query_one("#figures", Static)
        beside.update(Content(figures), layout=anew)
        beside.display = bool(figures)


def arranged(crumbs: Sequence[str], words: str, figures: Sequence[str], width: int) -> tuple[str, str, str]:
    """What there is room for: first the words of the state, then where one is, then the figures.

    Args:
        crumbs: from the peer down.
        words: the state of the answer.
        figures: the most important first.
        width: of the line, in cells.
    """
    forms = _shorter(crumbs)
    # The first figure is worth more than a whole place, and a whole place more than the other figures.
    for places, least in ((forms[:-1], 1), (forms[-1:], 0)):
        for count in range(len(figures), min(least, len(figures)) - 1, -1):
            beside = "  ".join(figures[:count])
            room = width - width_of(words) - GAP - (width_of(beside) + GAP if beside else 0)
            fitting = next((form for form in places if width_of(form) <= room), "")
            if fitting:
                return fitting, words, beside
    place = clip(forms[-1], max(width - width_of(words) - GAP, min(LEAST, width // 3)))
    return place, clip(words, width - width_of(place) - GAP), ""


def _shorter(crumbs: Sequence[str]) -> list[str]:
    """Where one is, shorter and shorter: the middle goes first, then all but the last place."""
    forms = [ARROW.join(crumbs)]
    crumbs = [crumbs[0], *(clip(crumb, LONGEST) for crumb in crumbs[1:])]
    forms.append(ARROW.join(crumbs))
    forms += [ARROW.join((crumbs[0], "…", *crumbs[place:])) for place in range(2, len(crumbs))]
    return [*forms, crumbs[0]] if len(crumbs) > 1 else forms
