"""The application: what is saved, what is remembered, and how it comes and goes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.events import Key
from textual.filter import LineFilter
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.worker import Worker

from findtui.errors import FindtuiError, QueryError
from findtui.net.peer import Peer
from findtui.store.history import History, Run
from findtui.store.paths import Paths
from findtui.store.profiles import Profile, ProfileStore
from findtui.store.settings import Settings, SettingsStore, having_columns
from findtui.store.templates import Template, TemplateStore
from findtui.tui import clipboard, clock
from findtui.tui.actions import BY_ID, Situation
from findtui.tui.inert import Inert
from findtui.tui.keymap import understand
from findtui.tui.masking import masked_key
from findtui.tui.palette import commands
from findtui.tui.question import Question
from findtui.tui.screens.main import MainScreen, main_screen
from findtui.tui.session import Session
from findtui.tui.themes import DARK, PLAIN, THEMES
from findtui.tui.typeahead import TypeAheadApp
from findtui.tui.worker import Find

if TYPE_CHECKING:
    from findtui.demo.server import DemoServer
    from findtui.tui.results.columns import Column
    from findtui.tui.results.mask import Mask
    from findtui.tui.results.store import ResultStore

DEMO_NAME = "Demo hospital"
RESIZED = 0.1
"""Seconds after which a new size of the terminal is taken at the latest."""
_INERT = Inert()


class FindtuiApp(TypeAheadApp):
    """Asks DICOM servers questions and shows the answers.

    Args:
        paths: where things are kept; the user's own directories unless told otherwise.
        profile: name of the peer to open; empty opens the last one.
        run: ask its query at once.
        command: a findscu command line to open instead.
        demo: start a server on this machine and ask it for today's worklist.
        find: the engine; findtui's own unless a test gives another.
        loaded: called once nothing more is to be loaded.
    """

    TITLE = "findtui"
    CSS_PATH = Path(__file__).with_name("findtui.tcss")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-middle"), (140, "-wide")]  # noqa: RUF012 - as Textual declares it
    VERTICAL_BREAKPOINTS = [(0, "-low"), (36, "-high")]  # noqa: RUF012
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "leave", "quit", show=False, priority=True)]

    def __init__(
        self,
        paths: Paths | None = None,
        *,
        profile: str = "",
        run: bool = False,
        command: str = "",
        demo: bool = False,
        find: Find | None = None,
        loaded: Callable[[], None] | None = None,
    ) -> None:
        # Left to itself Textual looks at the theme before there is one, and paints the terminal's own colours black.
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self.paths = paths or Paths.of_user()
        self.profile_store = ProfileStore(self.paths.profiles)
        self.template_store = TemplateStore(self.paths.templates)
        self.last_queries = TemplateStore(self.paths.last_queries)
        self.find = find
        self.settings_store = SettingsStore(self.paths.settings, self.paths.keymap)
        self.history = History(self.paths.history)
        self.settings = Settings()
        self.own_keys: dict[str, str] = {}
        self.profiles: list[Profile] = []
        self._saved: list[Profile] = []
        self._unsaved: list[Profile] = []
        self._passwords: dict[str, str] = {}
        self._start_with = (profile, run, command, demo)
        self._loaded = loaded
        self._demo: DemoServer | None = None
        self._leaving: Worker[None] | None = None
        self._mask: Mask | None = None
        self._problems: list[FindtuiError] = []
        self.unread_peers: FindtuiError | None = None
        self._unkept: set[str] = set()
        self._told_until: dict[tuple[str, str], float] = {}

    # Coming.

    def on_load(self) -> None:
        """Take the settings, before anything is laid out."""
        for theme in THEMES:
            self.register_theme(theme)
        self._load_settings()

    def on_mount(self) -> None:
        """Paint, and load the rest after that."""
        self._leave_when_told()
        self.load_profiles()
        self.push_screen(MainScreen())
        self.call_after_refresh(self._begin)

    def _load_settings(self) -> None:
        try:
            self.settings = self.settings_store.load()
        except FindtuiError as error:
            self._problems.append(error)
        self._load_keymap()
        plain = self.no_color
        known = self.settings.theme in [theme.name for theme in THEMES]
        self._begin_in(PLAIN.name if plain else self.settings.theme if known else DARK.name)
        self.set_class(self.settings.compact, "-compact", update=False)

    def _load_keymap(self) -> None:
        try:
            keymap, faults = self.settings_store.load_keymap(BY_ID)
            self.own_keys, more = understand(keymap)
            self.set_keymap(self.own_keys)
            if faults or more:
                self._problems.append(self.settings_store.keymap_error([*faults, *more]))
        except FindtuiError as error:
            self._problems.append(error)

    def _begin_in(self, theme: str) -> None:
        """Choose the theme before any style sheet is read: after that, all of them would be read again."""
        self.set_reactive(FindtuiApp.theme, theme)
        dark = self.current_theme.dark
        self.update_classes({f"-theme-{theme}": True, "-dark-mode": dark, "-light-mode": not dark}, update=False)
        self._refresh_truecolor_filter(self.ansi_theme)
        self.stylesheet.set_variables(self.get_css_variables())

    def load_profiles(self) -> None:
        """Read the saved peers again; a broken file is reported and left as it is."""
        self.unread_peers = None
        try:
            self._saved = self.profile_store.load()
        except FindtuiError as error:
            self._saved = []
            self.unread_peers = error
        saved = {row.name for row in self._saved}
        self._unsaved = [row for row in self._unsaved if row.name not in saved]
        self.profiles = [*self._saved, *self._unsaved]

    async def _begin(self) -> None:
        """After the first paint: load the engine beside the screen, then open what was asked for."""
        name, run, command, demo = self._start_with
        screen = main_screen(self)
        try:
            if demo:
                self._demo = await asyncio.to_thread(_start_demo)
            await asyncio.to_thread(_load_engine)
            await screen.furnish()
        finally:
            if self._loaded is not None:
                self._loaded()
            self.take_keys()
        for problem in self._problems:
            screen.complain(problem)
        screen.refresh_peers()
        if self._demo is not None:
            await screen.open_profile(self._demo_profile(self._demo.port), run=True)
        elif command:
            await screen.open_command(command, run=run)
        else:
            await self._open_named(screen, name, run)
        if self.unread_peers is not None and not screen.peers_panel.display:
            # The panel tells it where it is seen.
            screen.complain(self.unread_peers)

    async def _open_named(self, screen: MainScreen, name: str, run: bool) -> None:
        wanted = name or self.settings.last_profile
        profile = next((row for row in self.profiles if row.name == wanted), None)
        if profile is None and self.profiles and not name:
            profile = self.profiles[0]
        if profile is not None:
            await screen.open_profile(profile, run=run, question=None if name else screen.last_question(profile))
            screen.go_to("results")
            return
        if name and self.unread_peers is None:
            known = ", ".join(row.name for row in self.profiles) or "none"
            screen.complain(FindtuiError(f"no peer is saved as {name!r}", remedy=f"There are: {known}."))
        if not self.profiles and self.unread_peers is None:
            screen.first_start()
        screen.go_to("peers")

    async def open_demo(self) -> None:
        """Start the demo hospital on this machine and ask it for today's worklist."""
        if self._demo is None:
            self._demo = await asyncio.to_thread(_start_demo)
        await main_screen(self).open_profile(self._demo_profile(self._demo.port), run=True)

    def _demo_profile(self, port: int) -> Profile:
        profile = Profile.make(name=DEMO_NAME, host="127.0.0.1", port=port, called_ae_title="DEMO")
        self.add_unsaved(profile)
        return profile

    def on_resize(self) -> None:
        """Have the new size taken also where the moment passed that Textual set for it, as `clock.later` tells."""
        clock.later(self, RESIZED, self._check_resize)

    # Going.

    def _leave_when_told(self) -> None:
        """A signal to end leaves properly, too: the association and the terminal are given back."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
            # Neither on Windows nor outside the main thread are there signals for a loop.
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(number, self._told_to_leave, number)

    def _told_to_leave(self, number: int) -> None:
        self.leave(128 + number)

    def leave(self, status: int = 0) -> None:
        """Begin to leave with this exit status; the second time, without waiting for a peer any longer."""
        if self._leaving is None or self._leaving.is_finished:
            self._leaving = self.run_worker(self._leave(status), group="leave", exit_on_error=False)
        else:
            main_screen(self).abort_runs()

    async def _leave(self, status: int) -> None:
        """End queries properly, keep what was asked for the next start, and leave."""
        screen = main_screen(self)
        if screen.running or screen.ending:
            screen.tell("The query is being ended; leaving again aborts it")
        await screen.leave_all_runs()
        self.exit(return_code=status, message=screen.keep_question())

    def action_leave(self) -> None:
        """The key that leaves, from anywhere; asks once where that loses what was typed."""
        from findtui.tui.screens.ask import ConfirmScreen
        from findtui.tui.screens.dialog import Dialog

        lost = any(isinstance(screen, Dialog) and screen.unsaved for screen in self.screen_stack)
        if lost and not isinstance(self.screen, ConfirmScreen):
            self.run_worker(self._leave_when_agreed(), group="leave", exit_on_error=False)
        else:
            self.leave()

    async def _leave_when_agreed(self) -> None:
        from findtui.tui.screens.ask import ConfirmScreen

        question = "Your changes are not saved. Leave findtui without them?"
        if await self.push_screen_wait(ConfirmScreen("Leave without saving", question, "leave", "go on editing")):
            self.leave()

    async def action_quit(self) -> None:
        """Textual's own way of leaving is ours."""
        self.action_leave()

    def stop_demo(self) -> None:
        """Stop the demo server, if there is one."""
        if self._demo is not None:
            self._demo.stop()
            self._demo = None

    # Actions.

    @property
    def situation(self) -> Situation:
        """What actions ask for."""
        return main_screen(self).situation

    def on_key(self, event: Key) -> None:
        """Say why a key does nothing just now."""
        active = self.screen.active_bindings.get(event.key)
        if active is not None and not active.enabled and active.binding.id in BY_ID:
            reason = BY_ID[active.binding.id].disabled(self.situation)
            if reason:
                self.notify(f"{active.binding.description}: {reason}", markup=False, timeout=3)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The palette: every action, by what it does."""
        return commands(screen, self.own_keys) if isinstance(screen, MainScreen) else ()

    # What is kept.

    def settings_changed(self, **values: Any) -> Settings:
        """Change some settings and keep them."""
        before, self.settings = self.settings, replace(self.settings, **values)
        try:
            self.settings_store.save(before, self.settings)
        except FindtuiError as error:
            self._complain_once(error)
        return self.settings

    def _complain_once(self, error: FindtuiError) -> None:
        """Say what cannot be kept, and not at every key again."""
        if str(error) not in self._unkept:
            self._unkept.add(str(error))
            main_screen(self).complain(error)

    def is_saved(self, profile: Profile) -> bool:
        """Whether a peer stands in the file."""
        return any(profile.name == row.name for row in self._saved)

    def add_unsaved(self, profile: Profile) -> None:
        """Know a peer until the application is left."""
        self._unsaved = [row for row in self._unsaved if row.name != profile.name] + [profile]
        self.profiles = [*self._saved, *self._unsaved]

    def forget_unsaved(self, name: str) -> None:
        """Know a peer no more that was not saved; one that is saved stays."""
        self._unsaved = [row for row in self._unsaved if row.name != name]
        self.profiles = [*self._saved, *self._unsaved]

    def own_templates(self) -> list[Template]:
        """The user's own templates; a broken file is reported."""
        try:
            return self.template_store.load()
        except FindtuiError as error:
            main_screen(self).complain(error)
            return []

    def remember(self, run: Run) -> None:
        """Put a run into the history."""
        try:
            self.history.add(run)
        except FindtuiError as error:
            self._complain_once(error)

    # What is shown.

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What every line goes through before it is written to the terminal."""
        return [*super().get_line_filters(), _INERT]

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Say something, but not a second time while it still stands on the screen."""
        now = time.monotonic()
        if self._told_until.get((title, message), 0.0) > now:
            return
        lasts = self.NOTIFICATION_TIMEOUT if timeout is None else timeout
        self._told_until = {told: until for told, until in self._told_until.items() if until > now}
        self._told_until[title, message] = now + lasts
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)

    @property
    def mask(self) -> Mask | None:
        """What hides patients; the same number for the same patient all day."""
        if not self.settings.mask:
            return None
        if self._mask is None:
            from findtui.tui.results.mask import Mask

            self._mask = Mask()
        return self._mask

    def columns_of(self, question: Question) -> tuple[Column, ...]:
        """The columns for a question: those that the user chose, or those of its model and level."""
        from findtui.tui.results.columns import Column, default_columns

        chosen = self.settings.columns.get(question.columns_id, ())
        defaults = default_columns(question.model, question.level)
        if not chosen:
            return defaults
        known = {column.path: column for column in defaults}
        columns = []
        for path in chosen:
            try:
                columns.append(known.get(path) or Column.of(path))
            except QueryError as error:
                main_screen(self).complain(error)
        return tuple(columns) or defaults

    def keep_columns(self, question: Question, paths: tuple[str, ...]) -> None:
        """Keep the columns that the user chose for the questions of this model and level."""
        self.settings_changed(columns=having_columns(self.settings, question.columns_id, paths).columns)

    def make_store(self, question: Question) -> ResultStore:
        """Where the responses to a question go."""
        from findtui.tui.results.store import ResultStore

        session = main_screen(self).session
        return ResultStore(
            self.columns_of(question),
            mask=self.mask,
            character_set=session.forced or None,
            fallback=session.fallback or None,
            raw=self.settings.raw,
        )

    def command_line(self, peer: Peer, question: Question) -> str:
        """The findscu command line that asks the same; a note where there is none."""
        from findtui.command.command_line import to_command_line

        try:
            fallback = main_screen(self).session.fallback
            return to_command_line(peer, question.query(), fallback_character_set=fallback)
        except FindtuiError as error:
            return f"# {error.message}"

    def copy(self, text: str, what: str = "") -> None:
        """Copy a text, also over ssh (OSC 52), and say what became of it.

        Args:
            text: to copy.
            what: it is, for saying so; empty where the text says it itself.
        """
        # Bytes that were no text where they came from are none for a clipboard either.
        text = text.encode("utf-8", "backslashreplace").decode("utf-8")
        reason = clipboard.why_not() if text else f"{what or 'what is under the cursor'} is empty"
        if reason:
            self.notify(f"Nothing was copied: {reason}", severity="warning", markup=False, timeout=6)
            return
        self.copy_to_clipboard(text)
        clipboard.tell_tmux(text)
        told = masked_key(text) if self.settings.mask else text
        self.notify(f"Copied {clipboard.described(told, what)}", markup=False, timeout=3)

    # Passwords.

    async def ready_peer(self, session: Session) -> Peer | None:
        """The peer with the password that its key needs; None where there is no peer or its user gave up."""
        from findtui.tui.passwords import with_password

        if session.peer is None:
            return None
        try:
            return await with_password(self, session.peer, session.profile, self._passwords)
        except FindtuiError as error:
            main_screen(self).complain(error)
            return None


def _start_demo() -> DemoServer:
    from findtui.demo.server import DemoServer

    server = DemoServer(happenings_every=20)
    server.start()
    return server


def _load_engine() -> None:
    """Load what takes time, in a thread, so that the screen answers meanwhile."""
    import findtui.command.command_line
    import findtui.dicom.dictionary
    import findtui.net.find
    import findtui.tui.results.store
    import findtui.tui.widgets.detail
    import findtui.tui.widgets.grid
    import findtui.tui.widgets.keyeditor

    findtui.dicom.dictionary.lookup(0x00100010)
