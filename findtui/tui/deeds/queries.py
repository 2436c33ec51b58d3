"""What is done with the query: templates, models, files, commands, history, and the user's editor."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Final

from textual import work
from textual.events import Paste

from findtui.dicom.models import MODELS
from findtui.dicom.visible import visible
from findtui.errors import FindtuiError
from findtui.store.history import Run
from findtui.store.profiles import Profile
from findtui.store.templates import Template, shipped
from findtui.tui import clock
from findtui.tui.deeds.opening import asking
from findtui.tui.deeds.peers import Peers
from findtui.tui.external import edit_text
from findtui.tui.queryfiles import from_text, open_file, to_text, write_file
from findtui.tui.question import Question, model_of
from findtui.tui.screens.ask import AskScreen, ConfirmScreen
from findtui.tui.screens.choose import Choice, ChooseScreen
from findtui.tui.widgets.cells import fit, width_of

_HISTORY_NAME: Final = 14
"""Cells of a peer's name in the history."""
_HISTORY_END: Final = (22, 44)
"""Cells of how a run ended in the history: where there is little room, and where there is more."""


class Queries(Peers):
    """What t, M, O, E, h, Y, P and ctrl+s do."""

    @work(exclusive=True, group="query", exit_on_error=False)
    async def do_templates(self) -> None:
        """Queries to start from."""
        templates = [*self.findtui.own_templates(), *shipped()]
        choices = [Choice(str(index), row.name, _origin(row)) for index, row in enumerate(templates)]
        screen = ChooseScreen("Templates", choices, keys=(("delete", "ctrl+delete", "delete your own"),))
        answer = await self.app.push_screen_wait(screen)
        if answer is None:
            return
        template = templates[int(answer.id)]
        if answer.how == "delete":
            await self._delete_template(template)
            return
        self.use_question(Question.of_template(template))
        self.go_to("keys")

    async def _delete_template(self, template: Template) -> None:
        if template.shipped:
            self.tell(f"{template.name} comes with findtui and stays")
            return
        question = f"Delete the query {template.name}?"
        if await self.app.push_screen_wait(ConfirmScreen("Delete", question, "delete")) is not True:
            return
        try:
            self.findtui.template_store.delete(template.name)
        except FindtuiError as error:
            self.complain(error)
            return
        self.refresh_peers()
        self.tell(f"Deleted the query {visible(template.name)}")

    @work(exclusive=True, group="query", exit_on_error=False)
    async def do_model(self) -> None:
        """Choose the information model and level; matching keys stay where the new level has them."""
        places = [(model, level) for model in MODELS.values() for level in model.levels or ("",)]
        question = self.question
        current = next((i for i, place in enumerate(places) if place == (question.model, question.level)), 0)
        choices = [
            Choice(str(index), f"{model.name}, {level}" if level else model.name, model.option)
            for index, (model, level) in enumerate(places)
        ]
        answer = await self.app.push_screen_wait(ChooseScreen("Model and level", choices, current=str(current)))
        if answer is None:
            return
        model, level = places[int(answer.id)]
        self.use_question(question.at(model, level))
        self.go_to("keys")

    @work(exclusive=True, group="query", exit_on_error=False)
    async def do_options(self) -> None:
        """How the question is asked: character set, repetitions, cancel after."""
        from findtui.tui.screens.query_options import QueryOptions

        question = await self.app.push_screen_wait(QueryOptions(self.question))
        if question is not None:
            self.keys_panel.question = question

    @work(exclusive=True, group="query", exit_on_error=False)
    async def do_keys_open_query(self) -> None:
        """Open a DICOM query file; its attributes become keys."""
        from findtui.tui.screens.files import FileScreen

        path = await self.app.push_screen_wait(FileScreen("Open a query file", Path.cwd()))
        if path is None:
            return
        try:
            opened = open_file(path)
        except FindtuiError as error:
            self.complain(error)
            return
        files = (path.absolute(),) if opened.left else ()
        self.use_question(replace(self.question.having(self.question.model, opened.keys), files=files))
        self.go_to("keys")
        if opened.left:
            count = f" and {len(opened.left) - 1} more" if opened.left[1:] else ""
            self.tell(
                f"No key can say {opened.left[0]}{count} as {visible(path.name)} does:"
                " the file itself is asked, with the keys laid over it"
            )

    @work(exclusive=True, group="editor", exit_on_error=False)
    async def do_keys_editor(self) -> None:
        """Change the query as text, one key a line, in the user's editor."""
        try:
            text = await edit_text(self.app, to_text(self.question.keys), suffix=".keys")
        except FindtuiError as error:
            self.complain(error)
            return
        keys = from_text(text)
        if keys != self.question.keys:
            self.keys_panel.question = self.question.having_keys(keys)

    @work(exclusive=True, group="editor", exit_on_error=False)
    async def do_keys_value_editor(self) -> None:
        """Change the value of the key under the cursor in the user's editor."""
        editor = self.keys_panel.editor
        if editor is None or not editor.path:
            return
        try:
            text = await edit_text(self.app, editor.value, suffix=".txt")
        except FindtuiError as error:
            self.complain(error)
            return
        editor.set_value(text.removesuffix("\n"))

    def do_keys_copy(self) -> None:
        """Copy the key under the cursor."""
        editor = self.keys_panel.editor
        if editor is not None and editor.text:
            self.findtui.copy(editor.text)

    @work(exclusive=True, group="query", exit_on_error=False)
    async def do_history(self) -> None:
        """Queries that were run; Enter runs one again, F2 takes it into the editor."""
        try:
            runs = self.findtui.history.load()
        except FindtuiError as error:
            self.complain(error)
            return
        choices = []
        names = min(max((width_of(visible(run.profile)) for run in runs), default=0), _HISTORY_NAME)
        ends = min(
            max((width_of(visible(run.end)) for run in runs), default=0), _HISTORY_END[self.app.size.width >= 120]
        )
        for index, run in enumerate(runs):
            words = Question(model_of(run.model), run.keys).words(masked=self.findtui.settings.mask)
            when = f"{run.started:%m-%d %H:%M}" if run.started.year == clock.now().year else f"{run.started:%Y-%m-%d} "
            who, end = fit(visible(run.profile), names), fit(visible(run.end), ends)
            choices.append(Choice(str(index), f"{when}  {who}  {end}  {words}", f"{run.elapsed:.1f} s"))
        screen = ChooseScreen(
            "History",
            choices,
            empty="No query was run yet.",
            keys=(("edit", "f2", "edit"), ("copy", "ctrl+y", "copy command"), ("clear", "ctrl+delete", "forget all")),
        )
        answer = await self.app.push_screen_wait(screen)
        if answer is None:
            return
        run = runs[int(answer.id)]
        if answer.how == "copy":
            self.findtui.copy(run.command, "the command line")
            return
        if answer.how == "clear":
            self.findtui.history.clear()
            return
        try:
            question = _question_of(run)
        except FindtuiError as error:
            self.complain(error)
            return
        profile = next((row for row in self.findtui.profiles if row.name == run.profile), None)
        if profile is not None and run.profile != self.session.name:
            await self.open_profile(profile, run=False)
        self.use_question(question)
        if answer.how == "open":
            self.go_to("results")
            self.ask(self.question)
        else:
            self.go_to("keys")

    def do_copy_command(self) -> None:
        """Copy the query as a findscu command line."""
        if self.session.peer is None:
            return
        command = self.findtui.command_line(self.session.peer, self.question)
        if command.startswith("#"):
            # A note on why there is none is for the log; nobody wants to paste it.
            self.tell(f"There is no command line for this query: {command.removeprefix('# ')}")
            return
        self.findtui.copy(command, "the command line")

    def do_paste_command(self) -> None:
        """Open a findscu command line that the user has."""
        self._open_pasted("")

    def on_paste(self, event: Paste) -> None:
        """What is pasted where nothing can be typed is opened, if it is a command."""
        if re.search(r"\bfindscu\b", event.text):
            self._open_pasted(event.text)
        else:
            self.tell("Nothing takes what was pasted here: / filters with it, 2 and a make a key of it")

    @work(exclusive=True, group="query", exit_on_error=False)
    async def _open_pasted(self, pasted: str) -> None:
        from findtui.tui.screens.paste import PasteScreen

        text = await self.app.push_screen_wait(PasteScreen(pasted))
        if text:
            await self.open_command(text)

    async def open_command(self, text: str, *, run: bool = False) -> None:
        """Talk to the peer of a findscu command line, and put its query into the editor."""
        from findtui.command.command_line import from_command_line

        try:
            peer, query, output = from_command_line(text)
            question = Question.of_query(query)
            profile = asking(Profile.of_peer(str(peer), peer), question)
        except FindtuiError as error:
            self.complain(error)
            return
        if output.fallback_character_set:
            profile = profile.having(fallback_character_set=output.fallback_character_set)
        self.findtui.add_unsaved(profile)
        await self.open_profile(profile, run=False)
        self.session.peer = peer
        self.use_question(question)
        self.go_to("results" if run else "keys")
        if run:
            self.ask(self.question)

    @work(exclusive=True, group="query", exit_on_error=False)
    async def do_save(self) -> None:
        """Save the query: as a template, as the peer's own, or as a DICOM file."""
        choices = [
            Choice("template", "as a template", "shown under the peers"),
            Choice("file", "as a DICOM query file"),
        ]
        profile = self.session.profile
        if profile is not None and self.findtui.is_saved(profile):
            choices.insert(1, Choice("profile", f"as what {visible(profile.name)} is opened with"))
        answer = await self.app.push_screen_wait(ChooseScreen("Save the query", choices))
        if answer is None:
            return
        try:
            match answer.id:
                case "template":
                    await self._save_template()
                case "profile":
                    self._save_as_default()
                case _:
                    await self._save_file()
        except FindtuiError as error:
            self.complain(error)

    async def _save_template(self) -> None:
        question = self.question
        name = await self.app.push_screen_wait(
            AskScreen("Save as a template", "Its name", question.words(), check=_problem_of_name)
        )
        if not name:
            return
        store = self.findtui.template_store
        known = any(row.name == name.strip() for row in store.load())
        if known and not await self._overwrites(f"There is a template {name.strip()} already."):
            return
        store.save(question.template(name.strip()))
        self.refresh_peers()
        self.tell(f"Saved the template {visible(name.strip())}")

    async def _overwrites(self, what: str) -> bool:
        """Whether something may be written over."""
        question = f"{what}\nWrite this query over it?"
        answer = await self.app.push_screen_wait(ConfirmScreen("Overwrite", question, "overwrite"))
        return answer is True

    def _save_as_default(self) -> None:
        profile, question = self.session.profile, self.question
        if profile is None:
            return
        changed = asking(profile, question)
        self.findtui.profile_store.save(changed, replacing=profile)
        self.session.profile = changed
        self.findtui.load_profiles()
        self.refresh_peers()
        self.tell(f"{profile.name} is opened with this query from now on")

    async def _save_file(self) -> None:
        answer = await self.app.push_screen_wait(
            AskScreen("Save as a DICOM query file", "Words for dates are written as the dates of today.", "query.dcm")
        )
        if not answer:
            return
        path = Path(answer).expanduser().absolute()
        if path.exists() and not await self._overwrites(f"{path} exists already."):
            return
        write_file(path, self.question.query())
        self.tell(f"Wrote {visible(str(path))}")


def _question_of(run: Run) -> Question:
    """What was asked. Words for dates are kept with the run; how it was asked is told by its command.

    Raises:
        UsageError: a file that was asked is gone.
    """
    from findtui.command.command_line import from_command_line

    question = Question(model_of(run.model), run.keys, character_set=run.character_set)
    if not run.command or run.command.startswith("#"):
        return question
    query = from_command_line(run.command)[1]
    return replace(
        question, files=query.files, repeat=query.repeat, cancel_after=query.cancel_after, new_vrs=query.new_vrs
    )


def _origin(template: Template) -> str:
    """What stands beside a template's name: its model, unless that is the name, and that it is the user's own."""
    model = template.model.name
    if not template.shipped:
        return f"{model}, your own"
    return "" if model == template.name else model


def _problem_of_name(name: str) -> str:
    return "" if name.strip() else "a template needs a name"
