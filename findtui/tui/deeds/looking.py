"""How things are shown: columns, masks, character sets, themes."""

from __future__ import annotations

from textual import work

from findtui.dicom.visible import visible
from findtui.errors import FindtuiError
from findtui.tui.deeds.desk import Desk
from findtui.tui.screens.ask import AskScreen
from findtui.tui.screens.choose import Choice, ChooseScreen
from findtui.tui.themes import THEMES


class Looking(Desk):
    """What z, o, x, m, d, T and the like do."""

    def do_peers(self) -> None:
        """Go to panel 1."""
        self.go_to("peers")

    def do_keys(self) -> None:
        """Go to panel 2."""
        self.go_to("keys")

    def do_results(self) -> None:
        """Go to panel 3."""
        self.go_to("results")

    def do_detail(self) -> None:
        """Go to panel 4."""
        self.go_to("detail")

    def do_log(self) -> None:
        """Go to panel 5."""
        self.go_to("log")

    def do_zoom(self) -> None:
        """Let this panel fill the screen, or give the room back."""
        self.toggle_class("-zoom")

    def do_raw(self) -> None:
        """Values as they were sent, or as people read them."""
        settings = self.findtui.settings_changed(raw=not self.findtui.settings.raw)
        for level in self.session.levels:
            level.store.raw = settings.raw
        self.reread()
        self.tell("Values are shown as they were sent" if settings.raw else "Values are shown as people read them")

    def do_mask(self) -> None:
        """Hide who the patients are, or show it again."""
        settings = self.findtui.settings_changed(mask=not self.findtui.settings.mask)
        for level in self.session.levels:
            level.store.mask = self.findtui.mask
        self.reread()
        self.tell("Patients are hidden" if settings.mask else "Patients are shown")

    def do_theme(self) -> None:
        """The next theme."""
        if self.app.no_color:
            self.tell("NO_COLOR is set, so there are no colours to choose from")
            return
        names = [theme.name for theme in THEMES]
        current = self.app.theme
        name = names[(names.index(current) + 1) % len(names)] if current in names else names[0]
        self.app.theme = name
        self.findtui.settings_changed(theme=name)

    def do_compact(self) -> None:
        """Less air between things, or more."""
        settings = self.findtui.settings_changed(compact=not self.findtui.settings.compact)
        self.app.set_class(settings.compact, "-compact")

    @work(exclusive=True, group="look", exit_on_error=False)
    async def do_columns(self) -> None:
        """Choose the columns of the results."""
        from findtui.tui.screens.columns import ColumnsScreen

        # Of what is shown, whatever the keys have been changed to since.
        question = self.level.question if self.level is not None else self.question
        shown = tuple(column.path for column in self.findtui.columns_of(question))
        grid = self.results_panel.grid
        left_out = grid.left_out if grid is not None else {}
        answer = await self.app.push_screen_wait(ColumnsScreen(shown, question, left_out))
        if answer is None:
            return
        self.findtui.keep_columns(question, answer)
        if not answer and self.results_panel.grid is not None:
            self.results_panel.grid.forget_own_widths(shown)
            self.keep_widths()
        columns = self.findtui.columns_of(question)
        for level in self.session.levels:
            if level.question.columns_id == question.columns_id:
                level.store.set_columns(columns)
        self.reread()

    def keep_widths(self) -> None:
        """Keep the widths that columns were given."""
        if self.results_panel.grid is not None:
            self.findtui.settings_changed(widths=self.results_panel.grid.own_widths)

    @work(exclusive=True, group="look", exit_on_error=False)
    async def do_redecode(self) -> None:
        """Read the answers in another character set, and remember it for those of the peer that declare none."""
        from findtui.tui.screens.character_sets import CHARACTER_SETS

        choices = [Choice("", "what each response declares")]
        choices += [Choice(term, term, name) for term, name in CHARACTER_SETS]
        screen = ChooseScreen(
            "Read the answers in",
            choices,
            current=self.session.forced,
            keys=(("fallback", "f2", "only where none is declared"),),
        )
        answer = await self.app.push_screen_wait(screen)
        if answer is None:
            return
        self.session.forced = answer.id if answer.how == "open" else ""
        remembered = self._remember_fallback(answer.id)
        for level in self.session.levels:
            level.store.decode_as(self.session.forced or None, self.session.fallback or None)
        self.reread()
        self.tell(remembered)

    def _remember_fallback(self, term: str) -> str:
        """Keep a character set for the peer's answers that declare none; says what holds for how long."""
        self.session.fallback = term
        name, profile = self.session.name, self.session.profile
        undeclared = f"answers that declare nothing are read in {term or 'ASCII'}"
        for_now = f"{f'all answers are read in {term}' if self.session.forced else undeclared} until a peer is opened"
        if profile is None or not self.findtui.is_saved(profile):
            return f"{name}: {for_now}. It is not saved, so nothing is remembered for it"
        changed = profile.having(fallback_character_set=term)
        try:
            self.findtui.profile_store.save(changed, replacing=profile)
        except FindtuiError as error:
            self.complain(error)
            return f"{name}: {for_now}. Nothing could be remembered for it"
        self.session.profile = changed
        self.findtui.load_profiles()
        if self.session.forced:
            return f"{name}: {for_now}. Remembered for it: {undeclared}"
        return f"{name}: {undeclared} from now on"

    @work(exclusive=True, group="look", exit_on_error=False)
    async def do_results_find(self) -> None:
        """Jump to a text."""
        answer = await self.app.push_screen_wait(AskScreen("Find", "Jump to the next response that holds this"))
        if answer and not self.results_panel.seek(answer):
            self.tell(f"Nothing shown holds {answer!r}")

    def do_results_copy(self) -> None:
        """Copy the value under the cursor."""
        grid = self.results_panel.grid
        if grid is not None and grid.value:
            self.findtui.copy(grid.value)

    def do_help(self) -> None:
        """What this panel is and what its keys do."""
        from findtui.tui.panels.panel import Panel
        from findtui.tui.screens.help import HelpScreen

        focused = self.focused
        panel = (
            next((node for node in focused.ancestors_with_self if isinstance(node, Panel)), None) if focused else None
        )
        self.app.push_screen(HelpScreen(panel or self.results_panel, self.findtui.own_keys))

    def do_palette(self) -> None:
        """Find an action by what it does."""
        self.app.action_command_palette()

    def do_quit(self) -> None:
        """End a running query properly and leave."""
        self.findtui.leave()

    def reread(self) -> None:
        """Show the same responses otherwise."""
        if self.results_panel.grid is not None:
            self.results_panel.grid.refresh_cells()
        self.show_level()
        self.refresh_state()

    def add_key(self, path: str, value: str) -> None:
        """Make an attribute of a response a key of the next query."""
        question = self.question
        kept = tuple(key for key in question.keys if key.partition("=")[0] != path)
        self.keys_panel.question = question.having_keys((*kept, f"{path}={value}" if value else path))
        self.tell(f"{visible(path)} is a key of the next query")
