"""A saved peer as a form: everything that the command line can say about one."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import DescendantFocus
from textual.widgets import Input, Select, Static, TabbedContent, TabPane, TextArea

from findtui.dicom.visible import visible
from findtui.errors import FindtuiError
from findtui.store.fields import FIELDS, PAGES
from findtui.store.profiles import Profile, ProfileStore
from findtui.tui.screens.ask import ConfirmScreen
from findtui.tui.screens.dialog import Dialog
from findtui.tui.screens.form import FormRow, read_rows


class ProfileEditor(Dialog[Profile]):
    """Asks for all there is to a peer, in four pages, and saves it.

    Args:
        start: what the form holds at first.
        saved: the peer that is changed; None adds a new one.
        store: where it is saved.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "save", priority=True),
        Binding("ctrl+t", "test", "test", priority=True),
        Binding("ctrl+n,f6", "page(1)", "next page", key_display="F6", priority=True),
        Binding("ctrl+b,f5", "page(-1)", "page before", key_display="F5", priority=True),
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

    def on_mount(self) -> None:
        """Begin with the name."""
        self.query_one("#field-name").focus()

    @on(Input.Changed)
    @on(Select.Changed)
    @on(TextArea.Changed)
    def _changed(self, event: Input.Changed | Select.Changed | TextArea.Changed) -> None:
        row = next((node for node in event.control.ancestors if isinstance(node, FormRow)), None)
        if row is not None:
            row.judge()

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Say under the form what the field is that has the keys: beside it there may be no room."""
        row = next((node for node in event.widget.ancestors if isinstance(node, FormRow)), None)
        if row is not None:
            self.query_one("#explained", Static).update(Content(f"{row.field.text}: {row.field.help}"))

    def _profile(self) -> Profile | None:
        """What the form says; None where something is wrong, which is then shown."""
        rows = list(self.query(FormRow))
        values, problem = read_rows(rows)
        if problem:
            for row in rows:
                row.judge()
            self._complain(problem)
            return None
        if values["tls.enabled"] and bool(values["tls.key"]) != bool(values["tls.certificate"]):
            self._complain("A private key needs its certificate, and the other way round: TLS page")
            return None
        return Profile.of(values)

    def _complain(self, text: str) -> None:
        self.query_one(".problem", Static).update(Content(f"✖ {visible(text)}"))

    def action_page(self, offset: int) -> None:
        """Another page."""
        tabs = self.query_one(TabbedContent)
        ids = [f"page-{page.lower()}" for page in PAGES]
        tabs.active = ids[(ids.index(tabs.active) + offset) % len(ids)]
        first = next(iter(tabs.get_pane(tabs.active).query("Input, Select, TextArea")), None)
        if first is not None:
            first.focus()

    def action_save(self) -> None:
        """Save, unless something is wrong."""
        profile = self._profile()
        if profile is None:
            return
        try:
            self._store.save(profile, replacing=self._saved)
        except FindtuiError as error:
            self._complain(str(error))
            return
        self.dismiss(profile)

    @work(exclusive=True, exit_on_error=False)
    async def action_test(self) -> None:
        """Test the peer as the form has it, before it is saved."""
        from findtui.tui.screens.peer_test import PeerTest

        profile = self._profile()
        if profile is not None:
            await self.app.push_screen_wait(PeerTest(profile.name, profile.peer(), profile.model))

    async def action_cancel(self) -> None:
        """Close; what was changed is lost only when its user agrees."""
        self._leave()

    @work(exclusive=True, exit_on_error=False)
    async def _leave(self) -> None:
        values, problem = read_rows(self.query(FormRow))
        changed = bool(problem and values.get("name")) or any(
            value != self._start[key] for key, value in values.items()
        )
        question = "Your changes are not saved. Close without them?"
        agreed = await self.app.push_screen_wait(ConfirmScreen("Close", question, "close")) if changed else True
        if agreed:
            self.dismiss(None)
