"""The ground that the parts of the main screen stand on."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING, Final, cast

from textual import on
from textual.screen import Screen

from findtui.dicom.visible import visible
from findtui.errors import FindtuiError, NetworkError
from findtui.net.events import End
from findtui.tui.acting import Acting
from findtui.tui.failsafe import Failsafe, complain
from findtui.tui.panels.detail import DetailPanel
from findtui.tui.panels.keys import KeysPanel
from findtui.tui.panels.log import LogPanel
from findtui.tui.panels.panel import Panel
from findtui.tui.panels.peers import PeersPanel
from findtui.tui.panels.results import ResultsPanel, Standing
from findtui.tui.panels.stateline import StateLine
from findtui.tui.question import Question
from findtui.tui.session import Level, Session
from findtui.tui.state import Phase, RunState
from findtui.tui.summary import Summary, fate

if TYPE_CHECKING:
    from findtui.dicom.response import Response
    from findtui.tui.app import FindtuiApp

CURRENT: Final = "-current"
"""The class of the panel that has the keys, and of what lies around it."""


class Desk(Failsafe, Acting, Screen[None]):
    """Panels, session and settings, for the parts of the main screen.

    Attributes:
        session: whom one talks to, and how deep one has gone.
        running: a query is on its way.
        watching: the query is asked again and again.
        paused: but not at the moment.
    """

    session: Session
    running = False
    watching = False
    paused = False
    _possible: tuple[bool, ...] = ()

    @property
    def findtui(self) -> FindtuiApp:
        """The application."""
        return cast("FindtuiApp", self.app)

    @property
    def peers_panel(self) -> PeersPanel:
        """Panel 1."""
        return self.query_one(PeersPanel)

    @property
    def keys_panel(self) -> KeysPanel:
        """Panel 2."""
        return self.query_one(KeysPanel)

    @property
    def results_panel(self) -> ResultsPanel:
        """Panel 3."""
        return self.query_one(ResultsPanel)

    @property
    def detail_panel(self) -> DetailPanel:
        """Panel 4."""
        return self.query_one(DetailPanel)

    @property
    def log_panel(self) -> LogPanel:
        """Panel 5."""
        return self.query_one(LogPanel)

    @property
    def level(self) -> Level | None:
        """The question and answer that are shown."""
        return self.session.level

    @property
    def question(self) -> Question:
        """What would be asked now."""
        return self.keys_panel.question

    @property
    def response(self) -> Response | None:
        """The response under the cursor."""
        return self.results_panel.selected

    # Where one is.

    def go_to(self, panel: str) -> None:
        """Give the keys, and on a small screen the room, to a panel."""
        chosen = self.query_one(f"#{panel}", Panel)
        self._make_current(chosen)
        # At once, or the next key would still go to the panel that was left: only what is shown can take keys.
        self.app.stylesheet.update(self)
        chosen.enter()

    def _make_current(self, chosen: Panel) -> None:
        detail = self.detail_panel
        if chosen is not detail and detail.has_class(CURRENT) and self.has_class("-narrow"):
            # What is left of the panel has no room for the line.
            detail.put_line_away()
        around = set(chosen.ancestors_with_self)
        for widget in self.query("#body, #right, #answer, Panel"):
            widget.set_class(widget in around, CURRENT)

    def on_descendant_focus(self) -> None:
        """The panel that has the keys by now gets the room, however the keys came there."""
        ancestors = self.focused.ancestors if self.focused is not None else []
        panel = next((node for node in ancestors if isinstance(node, Panel)), None)
        if panel is not None:
            self._make_current(panel)

    @on(Panel.Left)
    def _left(self) -> None:
        if self.has_class("-zoom"):
            self.remove_class("-zoom")
        else:
            self.go_to("results")

    # What is shown.

    def refresh_state(self, *, actions: bool = True) -> None:
        """Show the state of the answer.

        Args:
            actions: what can be done may have changed, too.
        """
        line = self.query_one(StateLine)
        line.show(
            list(self.session.crumbs(masked=self.findtui.settings.mask)),
            self.level.state if self.level is not None else RunState(),
            self._watch(),
        )
        self.results_panel.remark(self._standing())
        situation = self.findtui.situation
        possible = tuple(map(bool, astuple(situation)))
        if actions and possible != self._possible:
            self._possible = possible
            self.refresh_bindings()

    def _standing(self) -> Standing:
        """What is to be known of the responses that are shown."""
        level = self.level
        if level is None or not (level.store.total or level.state.running):
            return Standing()
        edited = "keys edited: r asks anew" if self.question != level.question else ""
        remarks = tuple(text for text in (edited, level.moved) if text)
        if level.state.running and level.pending is None:
            return Standing(remarks, "so far")
        return Standing(remarks, "" if level.whole else "that came")

    def _watch(self) -> str:
        if not self.watching:
            return ""
        return "paused" if self.paused else f"every {self.findtui.settings.watch_interval} s"

    def show_level(self) -> None:
        """Show the responses of the level that one is on."""
        level, panel = self.level, self.results_panel
        if level is None:
            return
        if panel.grid is not None:
            panel.grid.show(level.store, level.changes)
            panel.show_filter()
        panel.explain(level.error, self._hint(level))
        panel.refresh_title()
        self.show_response()

    def _hint(self, level: Level) -> str:
        if len(level.store) or level.state.running:
            return ""
        if level.error is not None:
            is_theirs = isinstance(level.error, NetworkError)
            return "1, then t, tests the peer step by step and tells what it takes." if is_theirs else ""
        outcome = level.state.outcome
        if level.state.phase is Phase.ENDED and outcome is not None:
            if outcome.end is End.SUCCESS:
                return "Nothing matches. Fewer or wider keys find more: 2 shows them."
            return "The query was cancelled before anything came: r runs it again."
        return "Nothing was asked yet: r runs the query."

    def show_response(self) -> None:
        """Show the identifier of the response under the cursor."""
        response = self.response
        summary = Summary.of(response, self.session) if response is not None else Summary()
        if self.findtui.settings.mask:
            summary = summary.masked()
        self.log_panel.masked = self.findtui.settings.mask
        self.keys_panel.hide_patients(self.findtui.settings.mask)
        grid = self.results_panel.grid
        changed = fate(grid.store, grid.row) if grid is not None and grid.row is not None else ""
        self.detail_panel.show(response, summary.title, summary.text, changed, self.session, self.findtui.mask)

    def tell(self, text: str) -> None:
        """Say in passing what was done."""
        self.app.notify(visible(text), markup=False, timeout=4)

    def complain(self, error: FindtuiError) -> None:
        """Say what could not be done, why, and what to do about it."""
        complain(self.app, error)
