"""The top line: where one is, and how much to believe of what is shown. The only place for the state of the answer."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from findtui.tui.state import RunState, Tone


class StateLine(Horizontal):
    """Crumbs on the left, the state in words on the right; the words come first where there is little room."""

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
        places: list[Content | tuple[str, str]] = []
        for index, crumb in enumerate(crumbs):
            if index:
                places.append((" ▸ ", "dim"))
            places.append((crumb, "bold") if index == 0 else Content(crumb))
        self.query_one("#crumbs", Static).update(Content.assemble(*places) if places else Content("findtui"))
        line = self.query_one("#state", Static)
        line.update(Content(str(words)))
        for tone in Tone:
            line.set_class(tone is words.tone, tone.value)
        figures = [text for text in (state.figures(), f"⟳ {watch}" if watch else "") if text]
        self.query_one("#figures", Static).update(Content("  ".join(figures)))
