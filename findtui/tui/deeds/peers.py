"""What is done with saved peers."""

from __future__ import annotations

from pathlib import Path

from textual import on, work

from findtui.errors import FindtuiError
from findtui.store.profiles import Profile, free_name
from findtui.tui.deeds.asking import Asking
from findtui.tui.panels.peers import PeersPanel
from findtui.tui.question import Question
from findtui.tui.screens.ask import AskScreen, ConfirmScreen


class Peers(Asking):
    """What Enter, a, F2, Del, D, t and the rest do in panel 1."""

    @on(PeersPanel.Opened)
    async def _opened(self, message: PeersPanel.Opened) -> None:
        await self.open_profile(message.profile, run=True)

    @on(PeersPanel.TemplateOpened)
    def _template_opened(self, message: PeersPanel.TemplateOpened) -> None:
        template = message.template
        self.use_question(Question(template.model, template.keys))
        self.go_to("keys")

    def refresh_peers(self) -> None:
        """Show the peers as they are saved now."""
        app = self.findtui
        self.peers_panel.fill(app.profiles, app.own_templates(), self.session.name, app.unread_peers)

    @work(exclusive=True, group="peer", exit_on_error=False)
    async def do_peers_add(self) -> None:
        """Add a peer, from nothing."""
        await self._edit(None, Profile({}))

    @work(exclusive=True, group="peer", exit_on_error=False)
    async def do_peers_edit(self) -> None:
        """Change the peer under the cursor."""
        profile = self.peers_panel.profile
        if profile is not None:
            await self._edit(profile if self.findtui.is_saved(profile) else None, profile)

    @work(exclusive=True, group="peer", exit_on_error=False)
    async def do_peers_duplicate(self) -> None:
        """A second peer like the one under the cursor."""
        profile = self.peers_panel.profile
        if profile is not None:
            name = free_name(profile.name, [known.name for known in self.findtui.profiles])
            await self._edit(None, profile.having(name=name))

    async def _edit(self, saved: Profile | None, start: Profile) -> None:
        from findtui.tui.screens.profile_editor import ProfileEditor

        edited = await self.app.push_screen_wait(ProfileEditor(start, saved, self.findtui.profile_store))
        if edited is None:
            return
        self.findtui.load_profiles()
        self.refresh_peers()
        opened = self.session.profile
        if opened is None or (saved is not None and opened.name == saved.name):
            await self.open_profile(edited, run=False)
        self.tell(f"Saved {edited.name}")

    @work(exclusive=True, group="peer", exit_on_error=False)
    async def do_peers_delete(self) -> None:
        """Delete the peer or the query under the cursor, when its user agrees."""
        profile, template = self.peers_panel.profile, self.peers_panel.template
        name = profile.name if profile is not None else template.name if template is not None else ""
        kind = "peer" if profile is not None else "query"
        if not name or not await self.app.push_screen_wait(
            ConfirmScreen("Delete", f"Delete the {kind} {name}?", "delete")
        ):
            return
        try:
            if profile is not None:
                self.findtui.profile_store.delete(name)
            else:
                self.findtui.template_store.delete(name)
        except FindtuiError as error:
            self.complain(error)
            return
        self.findtui.load_profiles()
        self.refresh_peers()

    def do_peers_move_up(self) -> None:
        """Move the peer up."""
        self._move(-1)

    def do_peers_move_down(self) -> None:
        """Move the peer down."""
        self._move(1)

    def _move(self, offset: int) -> None:
        profile = self.peers_panel.profile
        if profile is None or not self.findtui.is_saved(profile):
            return
        try:
            self.findtui.profile_store.move(profile.name, offset)
        except FindtuiError as error:
            self.complain(error)
            return
        self.findtui.load_profiles()
        self.refresh_peers()

    @work(exclusive=True, group="peer", exit_on_error=False)
    async def do_peers_test(self) -> None:
        """Test the peer under the cursor step by step."""
        from findtui.tui.screens.peer_test import PeerTest
        from findtui.tui.session import Session

        profile = self.peers_panel.profile
        if profile is None:
            return
        peer = await self.findtui.ready_peer(Session(profile.name, profile.peer(), profile))
        if peer is not None:
            await self.app.push_screen_wait(PeerTest(profile.name, peer, profile.model))

    def do_peers_copy(self) -> None:
        """Copy the address of the peer under the cursor."""
        profile = self.peers_panel.profile
        if profile is not None:
            self.findtui.copy(f"{profile.text('called_ae_title')}@{profile.peer()}")

    @work(exclusive=True, group="peer", exit_on_error=False)
    async def do_peers_import_profiles(self) -> None:
        """Add the peers of a file."""
        from findtui.tui.screens.files import FileScreen

        path = await self.app.push_screen_wait(FileScreen("Import peers", Path.home(), suffixes=(".toml",)))
        if path is None:
            return
        try:
            names = self.findtui.profile_store.import_from(path)
        except FindtuiError as error:
            self.complain(error)
            return
        self.findtui.load_profiles()
        self.refresh_peers()
        self.tell(f"Added {', '.join(names) or 'nothing'}")

    @work(exclusive=True, group="peer", exit_on_error=False)
    async def do_peers_export_profiles(self) -> None:
        """Write all saved peers to a file."""
        start = str(Path.home() / "findtui-peers.toml")
        question = "Write the saved peers to this file. Passwords are never part of it."
        answer = await self.app.push_screen_wait(AskScreen("Export peers", question, start))
        if not answer:
            return
        path = Path(answer).expanduser()
        try:
            count = self.findtui.profile_store.export_to(path, [profile.name for profile in self.findtui.profiles])
        except FindtuiError as error:
            self.complain(error)
            return
        self.tell(f"Wrote {count} peers to {path}")

    async def open_profile(self, profile: Profile, *, run: bool) -> None:
        """Talk to a saved peer, starting from its own question.

        Args:
            profile: of the peer.
            run: ask at once.
        """
        await self.leave_run()
        self.stop_watching()
        self.session.name, self.session.profile, self.session.peer = profile.name, profile, profile.peer()
        self.session.fallback = profile.text("fallback_character_set")
        self.session.forced = ""
        self.findtui.settings_changed(last_profile=profile.name)
        self.refresh_peers()
        self.use_question(Question.of_profile(profile))
        if run:
            self.go_to("results")
            self.ask(self.question)

    def use_question(self, question: Question) -> None:
        """Start anew from a question, without asking it yet."""
        from findtui.tui.session import Level

        self.session.levels = [Level(question, self.findtui.make_store(question))]
        self.keys_panel.question = question
        self.show_level()
        self.refresh_state()
