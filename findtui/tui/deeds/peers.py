"""What is done with saved peers."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from textual import on, work

from findtui.errors import FindtuiError
from findtui.store import secrets
from findtui.store.fields import FIELDS, QUERY, expanded
from findtui.store.profiles import Profile, ProfileStore, free_name
from findtui.store.templates import Template, TemplateStore
from findtui.tui.deeds.opening import Opening, asking
from findtui.tui.panels.peers import PeersPanel
from findtui.tui.question import Question
from findtui.tui.screens.ask import AskScreen, ConfirmScreen
from findtui.tui.session import Session


class Peers(Opening):
    """What Enter, a, F2, Del, D, t and the rest do in panel 1."""

    # The beginning.

    @work(exclusive=True, group="begin", exit_on_error=False)
    async def first_start(self) -> None:
        """Where no peer is saved: say what findtui is, and begin as its user likes."""
        from findtui.tui.screens.first_start import FirstStart

        how = await self.app.push_screen_wait(FirstStart())
        if how is not None:
            await self._begin(how)

    @on(PeersPanel.Begun)
    async def _begun(self, message: PeersPanel.Begun) -> None:
        await self._begin(message.how)

    async def _begin(self, how: str) -> None:
        match how:
            case "add":
                self.do_peers_add()
            case "paste":
                await self.action_act("paste_command")
            case "demo":
                await self.findtui.open_demo()

    # Peers.

    @on(PeersPanel.Opened)
    async def _opened(self, message: PeersPanel.Opened) -> None:
        await self.open_profile(message.profile, run=True)

    @on(PeersPanel.TemplateOpened)
    def _template_opened(self, message: PeersPanel.TemplateOpened) -> None:
        self.use_question(Question.of_template(message.template))
        self.go_to("keys")

    @on(PeersPanel.Entered)
    def _entered(self) -> None:
        """Show what somebody else has done to the file meanwhile."""
        if self.findtui.profile_store.changed:
            self.findtui.load_profiles()
            self.refresh_peers()

    def _peer(self) -> Profile | None:
        """The peer under the cursor, with the question that it is asked now; tells where there is none."""
        profile = self.peers_panel.profile
        if profile is None:
            self.tell("There is no peer under the cursor")
            return None
        if profile.name == self.session.name and not self.findtui.is_saved(profile):
            return asking(profile, self.question)
        return profile

    @work(exclusive=True, group="peer", exit_on_error=False)
    async def do_peers_add(self) -> None:
        """Add a peer, from nothing."""
        await self._edit(None, Profile({}))

    @work(exclusive=True, group="peer", exit_on_error=False)
    async def do_peers_edit(self) -> None:
        """Change the peer under the cursor; a query is opened in the editor of keys."""
        template = self.peers_panel.template
        if template is not None:
            self.peers_panel.do_open()
            return
        profile = self._peer()
        if profile is not None:
            await self._edit(profile if self.findtui.is_saved(profile) else None, profile)

    @work(exclusive=True, group="peer", exit_on_error=False)
    async def do_peers_duplicate(self) -> None:
        """A second peer, or query, like the one under the cursor."""
        template = self.peers_panel.template
        if template is not None:
            await self._duplicate_query(template)
            return
        profile = self._peer()
        if profile is not None:
            name = free_name(profile.name, [known.name for known in self.findtui.profiles])
            await self._edit(None, profile.having(name=name))

    async def _duplicate_query(self, template: Template) -> None:
        known = [own.name for own in self.findtui.own_templates()]

        def problem(name: str) -> str:
            if not name.strip():
                return "a query needs a name"
            return "there is a query of this name already" if name.strip() in known else ""

        name = await self.app.push_screen_wait(
            AskScreen(
                "Duplicate the query", "The name of the second one", free_name(template.name, known), check=problem
            )
        )
        if not name:
            return
        try:
            self.findtui.template_store.save(replace(template, name=name.strip()))
        except FindtuiError as error:
            self.complain(error)
            return
        self.refresh_peers()
        self.peers_panel.select_query(name.strip())
        self.tell(f"Saved the query {name.strip()}")

    async def _edit(self, saved: Profile | None, start: Profile) -> None:
        from findtui.tui.screens.profile_editor import ProfileEditor

        edited = await self.app.push_screen_wait(ProfileEditor(start, saved, self.findtui.profile_store))
        if edited is None:
            return
        if saved is None:
            self.findtui.forget_unsaved(start.name)
        self.findtui.load_profiles()
        await self._forget_password(start)
        opened = self.session.profile
        if opened is None:
            await self.open_profile(edited, run=False)
        elif opened.name == (saved or start).name:
            await self._follow(start, edited)
        self.refresh_peers()
        self.peers_panel.select(edited.name)
        self.tell(f"Saved {edited.name}")

    async def _follow(self, before: Profile, edited: Profile) -> None:
        """Talk to the peer that is open as it is now; what it was asked stays, unless that was changed."""
        asked = [field.key for field in FIELDS if field.page == QUERY and field.key != "fallback_character_set"]
        if any(before[key] != edited[key] for key in asked):
            await self.open_profile(edited, run=False)
            return
        self.session.name, self.session.profile, self.session.peer = edited.name, edited, edited.peer()
        self.session.fallback = edited.text("fallback_character_set")
        self.findtui.settings_changed(last_profile=edited.name)

    @work(exclusive=True, group="peer", exit_on_error=False)
    async def do_peers_delete(self) -> None:
        """Delete the peer or the query under the cursor, when its user agrees."""
        profile, template = self.peers_panel.profile, self.peers_panel.template
        name = profile.name if profile is not None else template.name if template is not None else ""
        kind = "peer" if profile is not None else "query"
        if not name or not await self.app.push_screen_wait(
            ConfirmScreen("Delete", f"Delete the {kind} {name}?", "delete", "keep it")
        ):
            return
        try:
            if template is not None:
                self.findtui.template_store.delete(name)
            elif profile is not None and self.findtui.is_saved(profile):
                self.findtui.profile_store.delete(name)
            else:
                self.findtui.forget_unsaved(name)
        except FindtuiError as error:
            self.complain(error)
            return
        self.findtui.load_profiles()
        if profile is not None:
            await self._forget_password(profile)
        self.refresh_peers()
        self.tell(f"Deleted the {kind} {name}")

    async def _forget_password(self, before: Profile) -> None:
        """Take the password of a key out of the keyring once no peer wants it there any more."""

        def kept(profile: Profile) -> str:
            return profile.text("tls.key") if profile["tls.password"] == "keyring" else ""

        key = kept(before)
        if not key or key in map(kept, self.findtui.profiles):
            return
        try:
            await asyncio.to_thread(secrets.forget_password, expanded(key))
        except FindtuiError as error:
            self.complain(error)

    def do_peers_move_up(self) -> None:
        """Move the peer or the query up."""
        self._move(-1)

    def do_peers_move_down(self) -> None:
        """Move the peer or the query down."""
        self._move(1)

    def _move(self, offset: int) -> None:
        """Move what is under the cursor past its neighbour on the screen, whatever the list is narrowed to."""
        panel, app = self.peers_panel, self.findtui
        row = panel.profile or panel.template
        store: ProfileStore | TemplateStore = app.profile_store if panel.profile is not None else app.template_store
        shown = panel.shown if panel.profile is not None else panel.shown_templates
        try:
            known = [saved.name for saved in store.load()]
            places = [known.index(name) for name in shown if name in known]
            if row is None or row.name not in known:
                return
            place = places.index(known.index(row.name)) + offset
            if not 0 <= place < len(places):
                return
            store.move(row.name, places[place] - known.index(row.name))
        except FindtuiError as error:
            self.complain(error)
            return
        app.load_profiles()
        self.refresh_peers()

    @work(exclusive=True, group="peer", exit_on_error=False)
    async def do_peers_test(self) -> None:
        """Test the peer under the cursor step by step."""
        from findtui.tui.screens.peer_test import EDIT, PeerTest

        profile = self._peer()
        if profile is None:
            return
        model = self.question.model if profile.name == self.session.name else profile.model
        peer = await self.findtui.ready_peer(Session(profile.name, profile.peer(), profile))
        if peer is not None and await self.app.push_screen_wait(PeerTest(profile.name, peer, model)) == EDIT:
            await self._edit(profile if self.findtui.is_saved(profile) else None, profile)

    def do_peers_copy(self) -> None:
        """Copy the address of the peer under the cursor."""
        profile = self._peer()
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
        if names:
            self.peers_panel.select(names[0])
        self.tell(f"Added {', '.join(names) or 'nothing: there are no peers in it'}")

    @work(exclusive=True, group="peer", exit_on_error=False)
    async def do_peers_export_profiles(self) -> None:
        """Write all saved peers to a file."""
        start = str(Path.home() / "findtui-peers.toml")
        question = "Write the saved peers to this file. Passwords are never part of it."
        answer = await self.app.push_screen_wait(AskScreen("Export peers", question, start, check=_problem_of_target))
        if not answer:
            return
        path = Path(answer).expanduser().absolute()
        try:
            count = self.findtui.profile_store.export_to(path, [profile.name for profile in self.findtui.profiles])
        except FindtuiError as error:
            self.complain(error)
            return
        self.tell(f"Wrote {count} {'peer' if count == 1 else 'peers'} to {path}")


def _problem_of_target(text: str) -> str:
    """Why a new file cannot be written there, in words; empty where it can."""
    try:
        path = Path(text).expanduser().absolute()
        if path.exists() or path.is_symlink():
            return f"{path} exists already; choose another name"
        return "" if path.parent.is_dir() else f"there is no directory {path.parent}"
    except (OSError, ValueError, RuntimeError) as error:
        return str(error)
