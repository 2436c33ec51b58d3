"""Panel 1: the saved peers, and the user's own queries under them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from findtui.dicom.visible import visible
from findtui.errors import FindtuiError
from findtui.store.profiles import Profile
from findtui.store.templates import Template
from findtui.tui.actions import Scope, bindings
from findtui.tui.panels.panel import NarrowedPanel, NarrowLine
from findtui.tui.screens.first_start import BEGINNINGS

NOTHING = "No server is saved yet."


class PeersPanel(NarrowedPanel):
    """Saved peers; Enter opens one, `t` tests it."""

    NUMBER = 1
    TITLE = "Peers"
    SCOPE = Scope.PEERS
    HELP: ClassVar[str | None] = (
        "The servers that you saved, and under them the queries that you saved as templates. Enter opens the one under"
        " the cursor. ● is the peer that is open."
    )
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.PEERS)]

    @dataclass
    class Opened(Message):
        """A peer is to be opened."""

        profile: Profile

    @dataclass
    class TemplateOpened(Message):
        """One of the user's own queries is to be asked."""

        template: Template

    class Entered(Message):
        """The panel has the keys; it may be long since it was filled."""

    @dataclass
    class Begun(Message):
        """Where no peer is saved: one of the ways to begin, by its id."""

        how: str

    def __init__(self) -> None:
        super().__init__(id="peers")
        self._profiles: list[Profile] = []
        self._templates: list[Template] = []
        self._current = ""
        self._text = ""
        self._unread: FindtuiError | None = None

    def compose(self) -> ComposeResult:
        """Title, a line to narrow the list, and the list."""
        yield self.compose_title()
        yield NarrowLine("narrow")
        yield Static(id="peers-empty", classes="hint")
        yield OptionList(id="peers-list", compact=True)

    def on_mount(self) -> None:
        """Show that there is nothing yet."""
        self._show()

    def fill(
        self,
        profiles: Sequence[Profile],
        templates: Sequence[Template],
        current: str,
        unread: FindtuiError | None = None,
    ) -> None:
        """Show these peers and queries; the cursor stays on its line.

        Args:
            profiles: peers, in their order.
            templates: the user's own queries.
            current: name of the peer that is open.
            unread: why the saved peers could not be read.
        """
        self._profiles, self._templates, self._current = list(profiles), list(templates), current
        self._unread = unread
        hint = self.query_one("#peers-empty", Static)
        hint.set_class(unread is not None, "-error")
        hint.update(Content(NOTHING if unread is None else visible(f"✖ {unread}", keep_line_breaks=True)))
        self._show()

    @property
    def profile(self) -> Profile | None:
        """The peer under the cursor."""
        option = self._highlighted
        return next((row for row in self._profiles if option == f"profile:{row.name}"), None)

    @property
    def template(self) -> Template | None:
        """The query under the cursor."""
        option = self._highlighted
        return next((row for row in self._templates if option == f"template:{row.name}"), None)

    @property
    def _highlighted(self) -> str | None:
        option = self.query_one(OptionList).highlighted_option
        return None if option is None else option.id

    def select(self, name: str) -> None:
        """Put the cursor on a peer."""
        self._highlight(f"profile:{name}")

    def select_query(self, name: str) -> None:
        """Put the cursor on a query."""
        self._highlight(f"template:{name}")

    def _highlight(self, wanted: str) -> None:
        listing = self.query_one(OptionList)
        ids = [option.id for option in listing.options]
        if wanted in ids:
            listing.highlighted = ids.index(wanted)

    @property
    def shown(self) -> list[str]:
        """The names of the peers that are shown, in their order."""
        return [row.name for row in self._profiles if self._fits(_searched(row))]

    @property
    def shown_templates(self) -> list[str]:
        """The names of the queries that are shown, in their order."""
        return [row.name for row in self._templates if self._fits(row.name)]

    def _fits(self, text: str) -> bool:
        return all(word in text.casefold() for word in self._text.casefold().split())

    def _show(self) -> None:
        listing = self.query_one(OptionList)
        before, line = self._highlighted, listing.highlighted or 0
        names = self.shown
        profiles = [row for row in self._profiles if row.name in names]
        queries = self.shown_templates
        nothing = not (self._profiles or self._templates)
        listing.clear_options()
        listing.add_options(Option(self._peer_line(row), id=f"profile:{row.name}") for row in profiles)
        if queries:
            listing.add_option(Option(Content.styled("  Queries", "bold"), disabled=True))
            listing.add_options(Option(Content(f"  {visible(name)}"), id=f"template:{name}") for name in queries)
        if nothing and self._unread is None:
            listing.add_options(Option(Content(f"  {way.short}"), id=f"begin:{way.id}") for way in BEGINNINGS)
        listing.set_class(not listing.option_count, "-empty")
        self.query_one("#peers-empty").display = self._unread is not None or nothing
        ids = [option.id for option in listing.options]
        wanted = before if before is not None and before in ids else f"profile:{self._current}"
        if ids:
            listing.highlighted = ids.index(wanted) if wanted in ids else min(line, len(ids) - 1)

    def _peer_line(self, profile: Profile) -> Content:
        mark = "●" if profile.name == self._current else "○"
        name = Content(f"{mark} {visible(profile.name)}")
        width = max(self.size.width - 4, 20)
        tls = "TLS" if profile["tls.enabled"] else ""
        name = name.truncate(max(4, width - len(tls) - 1), ellipsis=True)
        return Content.assemble(name, " " * max(1, width - name.cell_length - len(tls)), (tls, "dim"))

    def on_descendant_focus(self) -> None:
        """Somebody is about to look at the peers."""
        self.post_message(self.Entered())

    def on_resize(self) -> None:
        """Words on the right follow the edge."""
        self._show()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.do_open()

    @on(OptionList.OptionHighlighted)
    def _highlighted_another(self) -> None:
        """What can be done depends on what is under the cursor."""
        self.screen.refresh_bindings()

    def narrow(self, text: str) -> None:
        """Show only peers and queries that hold the text."""
        self._text = text
        self._show()

    @property
    def target(self) -> OptionList:
        """The list takes the keys."""
        return self.query_one(OptionList)

    def do_open(self) -> None:
        """Open the peer or the query under the cursor."""
        option = self._highlighted or ""
        if option.startswith("begin:"):
            self.post_message(self.Begun(option.removeprefix("begin:")))
        elif self.profile is not None:
            self.post_message(self.Opened(self.profile))
        elif self.template is not None:
            self.post_message(self.TemplateOpened(self.template))


def _searched(profile: Profile) -> str:
    """What a peer is found by."""
    return f"{profile.name} {profile.text('host')} {profile.text('called_ae_title')}"
