"""A saved peer as a form: everything that the command line can say about one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import DescendantFocus
from textual.widget import Widget
from textual.widgets import Input, Select, Static, TabbedContent, TabPane, TextArea

from findtui.dicom.visible import visible
from findtui.errors import FindtuiError
from findtui.store.fields import FIELDS, PAGES, Kind, expanded
from findtui.store.profiles import Profile, ProfileStore
from findtui.tui.screens.ask import ConfirmScreen
from findtui.tui.screens.form import Form, FormRow, read_rows
from findtui.tui.session import Session

if TYPE_CHECKING:
    from findtui.tui.app import FindtuiApp

_ON_DISK: Final = (Kind.FILE, Kind.FILES, Kind.DIRECTORIES)


class ProfileEditor(Form[Profile]):
    """Asks for all there is to a peer, in four pages, and saves it.

    Args:
        start: what the form holds at first.
        saved: the peer that is changed; None adds a new one.
        store: where it is saved.
    """

    AUTO_FOCUS = "#field-name"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "save", priority=True),
        Binding("ctrl+t", "test", "test", priority=True),
        Binding("f6,ctrl+n", "page(1)", "next page", priority=True),
        Binding("f5,ctrl+b", "page(-1)", "page before", priority=True),
        Binding("f3", "choose", "choose a file", priority=True),
    ]

    def __init__(self, start: Profile, saved: Profile | None, store: ProfileStore) -> None:
        super().__init__()
        self._start = start
        self._saved = saved
        self._store = store

    @property
    def heading(self) -> str:
        """The text on the border."""
        return f"Peer {visible(self._saved.name)}" if self._saved is not None else "New peer"

    def body(self) -> ComposeResult:
        """The pages, and a line for what is wrong."""
        with TabbedContent():
            for page in PAGES:
                with TabPane(page, id=f"page-{page.lower()}"), VerticalScroll(can_focus=False):
                    for field in FIELDS:
                        if field.page == page:
                            yield FormRow(field, self._start[field.key])
        yield Static(classes="problem")
        yield Static(id="explained", classes="hint")

    @on(Input.Changed)
    @on(Select.Changed)
    @on(TextArea.Changed)
    def _changed(self, event: Input.Changed | Select.Changed | TextArea.Changed) -> None:
        row = _row_of(event.control)
        if row is not None:
            row.judge()
            if row is _row_of(self.focused):
                self._explain(row)

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Say under the form what the field is that has the keys: beside it there may be no room."""
        row = _row_of(event.widget)
        if row is not None:
            self._explain(row)
        self.refresh_bindings()

    def _explain(self, row: FormRow) -> None:
        self._complain(row.judgement().text if row.judged else "")
        text = f"{row.field.text}: {row.field.help}" if row.field.help else row.field.text
        self.query_one("#explained", Static).update(Content(text))

    def _complain(self, text: str) -> None:
        self.query_one(".problem", Static).update(Content(text))

    def _profile(self) -> Profile | None:
        """What the form says; None where something is wrong, which is then shown and has the keys."""
        rows = list(self.query(FormRow))
        for row in rows:
            row.judge()
        wrong = next((row for row in rows if row.judgement().problem), None)
        if wrong is not None:
            self._go_to(wrong)
            return None
        values, _ = read_rows(rows)
        if values["tls.enabled"] and bool(values["tls.key"]) != bool(values["tls.certificate"]):
            missing = "tls.certificate" if values["tls.key"] else "tls.key"
            self._go_to(next(row for row in rows if row.field.key == missing))
            self._complain("✖ A private key needs its certificate, and the other way round")
            return None
        return Profile.of(values)

    def _go_to(self, row: FormRow) -> None:
        self.query_one(TabbedContent).active = f"page-{row.field.page.lower()}"
        row.control.focus()
        self._explain(row)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A file can only be chosen where one is asked for."""
        if action == "choose":
            row = _row_of(self.focused)
            return row is not None and row.field.kind in _ON_DISK
        return super().check_action(action, parameters)

    @work(exclusive=True, exit_on_error=False)
    async def action_choose(self) -> None:
        """Choose a file or directory for the field that has the keys."""
        from findtui.tui.screens.files import FileScreen

        row = _row_of(self.focused)
        if row is None:
            return
        value, _ = row.read()
        last = value[-1] if isinstance(value, tuple) and value else value if isinstance(value, str) else ""
        start = expanded(last).parent if last else Path.home()
        directories = row.field.kind is Kind.DIRECTORIES
        path = await self.app.push_screen_wait(
            FileScreen(row.field.text, start if start.is_dir() else Path.home(), directories=directories)
        )
        if path is not None:
            row.put(str(path))

    def action_page(self, offset: int) -> None:
        """Another page."""
        tabs = self.query_one(TabbedContent)
        ids = [f"page-{page.lower()}" for page in PAGES]
        tabs.active = ids[(ids.index(tabs.active) + offset) % len(ids)]
        first = next(iter(tabs.get_pane(tabs.active).query(FormRow)), None)
        if first is not None:
            first.control.focus()

    def action_save(self) -> None:
        """Save, unless something is wrong."""
        profile = self._profile()
        if profile is None:
            return
        try:
            self._store.save(profile, replacing=self._saved)
        except FindtuiError as error:
            self._complain(f"✖ {visible(str(error))}")
            return
        self.dismiss(profile)

    @work(exclusive=True, exit_on_error=False)
    async def action_test(self) -> None:
        """Test the peer as the form has it, before it is saved."""
        from findtui.tui.screens.peer_test import PeerTest

        profile = self._profile()
        if profile is None:
            return
        app = cast("FindtuiApp", self.app)
        peer = await app.ready_peer(Session(profile.name, profile.peer(), profile))
        if peer is not None:
            await app.push_screen_wait(PeerTest(profile.name, peer, profile.model))

    @property
    def unsaved(self) -> bool:
        """Whether the form says something else than it did at first."""
        values, _ = read_rows(self.query(FormRow))
        return any(value != self._start[key] for key, value in values.items())

    async def action_cancel(self) -> None:
        """Close; what was changed is lost only when its user agrees."""
        self._leave()

    @work(exclusive=True, exit_on_error=False)
    async def _leave(self) -> None:
        if self.unsaved:
            question = "Your changes are not saved. Close without them?"
            asked = ConfirmScreen("Close without saving", question, "close", "go on editing")
            if not await self.app.push_screen_wait(asked):
                return
        self.dismiss(None)


def _row_of(widget: Widget | None) -> FormRow | None:
    """The row that a widget stands in."""
    return next((node for node in widget.ancestors if isinstance(node, FormRow)), None) if widget is not None else None
