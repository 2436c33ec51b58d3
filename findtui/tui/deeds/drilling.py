"""Going down from a response to the level below it, and back."""

from __future__ import annotations

from findtui.errors import FindtuiError
from findtui.tui.deeds.asking import Asking
from findtui.tui.drill import down, level_of, next_level
from findtui.tui.session import Level


class Drilling(Asking):
    """What Enter and Backspace do in the results."""

    def do_results_open(self) -> None:
        """Down a level, or to the identifier where there is none below."""
        level, response = self.level, self.response
        if level is None or response is None:
            return
        if not next_level(level.question.model, level_of(level.question, response)):
            self.go_to("detail")
            return
        if self.running and level.pending is None:
            self.tell("The query is still running: c cancels it")
            return
        try:
            question, title = down(level.question, response, self.session.fallback or None, self.session.forced or None)
        except FindtuiError as error:
            self.complain(error)
            return
        self.stop_watching()
        self._leave_behind(level)
        if self.results_panel.grid is not None:
            level.gone_into = response, self.results_panel.grid.scroll_offset.y
        self.session.levels.append(Level(question, self.findtui.make_store(question), title))
        self.keys_panel.question = question
        self.show_level()
        self.ask(question)

    def do_results_back(self) -> None:
        """Up a level, without asking again."""
        if len(self.session.levels) < 2:
            return
        self.stop_watching()
        self._leave_behind(self.session.levels.pop())
        level = self.session.levels[-1]
        self.keys_panel.question = level.question
        self.show_level()
        if self.results_panel.grid is not None and level.gone_into is not None:
            self.results_panel.grid.return_to(*level.gone_into)
        self.show_response()
        self.refresh_state()
