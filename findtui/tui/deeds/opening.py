"""Turning to a peer: with its own question, with the last one, or with one that was chosen."""

from __future__ import annotations

from rich.text import Text

from findtui.dicom.visible import visible
from findtui.errors import FindtuiError
from findtui.store.fields import NO_KEYS
from findtui.store.profiles import Profile
from findtui.tui.deeds.drilling import Drilling
from findtui.tui.question import Question
from findtui.tui.session import Level


class Opening(Drilling):
    """How a peer and a question come onto the screen, and how they are found again at the next start."""

    def refresh_peers(self) -> None:
        """Show the peers as they are saved now."""
        app = self.findtui
        self.peers_panel.fill(app.profiles, app.own_templates(), self.session.name, app.unread_peers)
        self.refresh_state()

    async def open_profile(self, profile: Profile, *, run: bool, question: Question | None = None) -> None:
        """Talk to a saved peer.

        Args:
            profile: of the peer.
            run: ask at once.
            question: to start from; the peer's own where there is none.
        """
        await self.leave_run()
        self.stop_watching()
        self.session.name, self.session.profile, self.session.peer = profile.name, profile, profile.peer()
        self.session.fallback = profile.text("fallback_character_set")
        self.session.forced = ""
        if self.findtui.is_saved(profile):
            self.findtui.settings_changed(last_profile=profile.name)
        self.refresh_peers()
        self.use_question(question or Question.of_profile(profile))
        if run:
            self.go_to("results")
            self.ask(self.question)

    def last_question(self, profile: Profile) -> Question | None:
        """What a peer was asked when findtui was left; None where that is what it is opened with."""
        try:
            kept = next((row for row in self.findtui.last_queries.load() if row.name == profile.name), None)
        except FindtuiError as error:
            self.complain(error)
            return None
        return Question.of_template(kept) if kept is not None else None

    def keep_question(self) -> Text | None:
        """Keep what the peer that is open was asked, for the next start; says why where that cannot be done."""
        profile, levels, store = self.session.profile, self.session.levels, self.findtui.last_queries
        if profile is None or not self.findtui.is_saved(profile):
            return None
        question = levels[0].question if len(levels) > 1 else self.question
        try:
            if question != Question.of_profile(profile):
                store.save(question.template(profile.name))
            elif any(row.name == profile.name for row in store.load()):
                store.delete(profile.name)
        except FindtuiError as error:
            return Text(visible(f"findtui: the last query was not kept: {error}"))
        return None

    def use_question(self, question: Question) -> None:
        """Start anew from a question, without asking it yet."""
        self.leave_answer()
        self.session.levels = [Level(question, self.findtui.make_store(question))]
        self.keys_panel.question = question
        self.show_level()
        self.refresh_state()


def asking(profile: Profile, question: Question) -> Profile:
    """A peer that is opened with this question."""
    return profile.having(
        model=question.model.id,
        keys=question.keys or NO_KEYS,
        files=tuple(map(str, question.files)),
        character_set=question.character_set,
        repeat=question.repeat,
        cancel_after=question.cancel_after,
        new_vrs=question.new_vrs,
    )
