"""The editor of a query's keys."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Offset
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from findtui.dicom.keys import Key
from findtui.dicom.models import InformationModel
from findtui.dicom.visible import visible
from findtui.tui import clock
from findtui.tui.question import Question
from findtui.tui.widgets.completion import Offer, offer_paths, offer_values
from findtui.tui.widgets.keylist import KeyList
from findtui.tui.widgets.keynotes import KeyNote, in_words, in_words_of_sequence, look_at, look_over
from findtui.tui.widgets.keyrows import Field, KeyRows, Row, Steps, rows

_TYPING: Final = frozenset(("offer_up", "offer_down", "take", "to_path", "cancel"))


class KeyEditor(Widget):
    """Rows of kind, path, VR, value and note; Enter edits in place, Esc takes it back.

    Bad keys are kept, with what is wrong in words; nothing that was typed is lost.
    """

    DEFAULT_CSS = """
    KeyEditor {
        height: 1fr;
        layers: rows edit offers;
        & KeyRows { layer: rows; }
        & #key-hint {
            layer: rows; dock: bottom; height: auto; min-height: 1; max-height: 3; padding: 0 1; color: $text-muted;
        }
        & #key-hint.-wrong { color: $text-error; }
        & Input {
            layer: edit; position: absolute; height: 1; border: none; padding: 0; display: none;
            background: $surface-lighten-1;
        }
        & #key-offers {
            layer: offers; position: absolute; overlay: screen; constrain: inside inflect; display: none;
            height: auto; max-height: 8; max-width: 100%; text-wrap: nowrap; text-overflow: ellipsis;
            border: none; padding: 0; background: $panel;
            scrollbar-size-vertical: 1;
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "edit", "edit", show=False),
        Binding("up", "offer_up", "previous offer", show=False),
        Binding("down", "offer_down", "next offer", show=False),
        Binding("tab", "take", "take the offer", show=False),
        Binding("shift+tab", "to_path", "to the path", show=False),
        Binding("escape", "cancel", "take it back", show=False),
        Binding("ctrl+r", "run", "run the query", show=False),
    ]

    class Changed(Message):
        """The keys are others than before."""

    class RunRequested(Message):
        """The query is to be run as it stands."""

    def __init__(
        self,
        *,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._list = KeyList(Question())
        self._notes: list[KeyNote] = []
        self._as_tree = True
        self._folded: set[Steps] = set()
        self._is_new_here = True
        # The key that is edited, the field of it, and whether it is a new one.
        self._editing: int | None = None
        self._field = Field.VALUE
        self._is_new = False
        self._path = ""
        self._offers: list[Offer] = []

    def compose(self) -> ComposeResult:
        """Lines, the line to type in, what is offered for it, and what there is to say of the key."""
        yield KeyRows()
        yield Input(compact=True, select_on_focus=False)
        yield OptionList(id="key-offers", compact=True)
        yield Static(id="key-hint")

    def on_mount(self) -> None:
        """Show what was set before there was anything to show it in."""
        self.query_one(OptionList).can_focus = False
        self._refresh()

    # What is edited.

    def show(self, question: Question) -> None:
        """Edit the keys of another question. The one before can be brought back, with its model, files and options."""
        self._close()
        if self._is_new_here:
            self._list = KeyList(question)
        else:
            self._list.replace(question)
        self._is_new_here = False
        self._refresh()

    @property
    def question(self) -> Question:
        """All that is asked, with the keys as they are; what is being typed counts, too."""
        return self._list.question.having_keys(self.texts)

    @property
    def model(self) -> InformationModel:
        """The information model that the keys are for."""
        return self._list.question.model

    @property
    def texts(self) -> tuple[str, ...]:
        """The keys as -k takes them, with words for dates as they were typed; what is being typed counts, too."""
        draft = self._draft()
        if draft is None or self._editing is None:
            return self._list.texts
        texts = list(self._list.texts)
        texts[self._editing : self._editing + (not self._is_new)] = [draft] if draft else []
        return tuple(texts)

    @property
    def keys(self) -> tuple[Key, ...]:
        """The keys, parsed; words for dates are not resolved.

        Raises:
            KeyPathError: what is wrong with the path of the first key that cannot be read.
        """
        return tuple(Key.parse(text) for text in self.texts)

    @property
    def problems(self) -> int:
        """How many keys something is wrong with."""
        return sum(note.wrong for note in self._notes)

    @property
    def level(self) -> str:
        """The query/retrieve level that is asked; empty for none."""
        return self.question.level

    @property
    def editing(self) -> bool:
        """Whether a key is being typed."""
        return self._editing is not None

    @property
    def text(self) -> str:
        """The key under the cursor; empty where there is none."""
        index = self._index
        return "" if index is None else self._list.texts[index]

    @property
    def value(self) -> str:
        """The value of the key under the cursor."""
        return self.text.partition("=")[2]

    @property
    def path(self) -> str:
        """The path of the key under the cursor."""
        return self.text.partition("=")[0]

    def set_value(self, value: str) -> None:
        """Give the key under the cursor another value."""
        index = self._index
        if index is not None:
            self._changed(self._list.put(index, _joined(self.path, value)), index)

    # What is done to the keys.

    def add(self) -> None:
        """Type a new key, in the sequence that the cursor is in."""
        self._commit()
        index, row = self._index, self.query_one(KeyRows).row
        if row.sequence:
            self._set_folded(row.sequence, False)
            self._open(row.keys[-1] + 1, Field.PATH, f"{'.'.join(row.sequence)}.", is_new=True)
            return
        at = len(self._list) if index is None else index + 1
        prefix = ""
        if index is not None and "]." in self.path:
            prefix = self.path[: self.path.rfind("].") + 2]
        self._open(at, Field.PATH, prefix, is_new=True)

    def edit(self) -> None:
        """Type in the field under the cursor; a sequence is folded or unfolded, and has no value."""
        self._commit()
        lines = self.query_one(KeyRows)
        index, row = self._index, lines.row
        if row.sequence:
            self._set_folded(row.sequence, not row.summary)
            return
        if index is None:
            self.add()
            return
        is_sequence = row.note is not None and row.note.vr == "SQ" and not row.note.value
        field = Field.PATH if is_sequence else lines.field
        self._open(index, field, self.path if field is Field.PATH else self.value, is_new=False)

    def delete(self) -> None:
        """Take the key under the cursor out, or all keys of the sequence."""
        self._commit()
        index, row = self._index, self.query_one(KeyRows).row
        if row.sequence:
            self._changed(self._list.remove(*row.keys), row.keys[0])
        elif index is not None:
            self._changed(self._list.remove(index), index)

    def duplicate(self) -> None:
        """Put a second one like it below; of an item of a sequence, the next item."""
        self._commit()
        index, row = self._index, self.query_one(KeyRows).row
        if row.sequence:
            self._duplicate_item(row)
        elif index is not None:
            self._changed(self._list.insert(index + 1, self._list.texts[index]), index + 1)

    def _duplicate_item(self, row: Row) -> None:
        texts = self._list.texts
        depth = len(row.sequence) - 1
        used = {note.steps[depth].item or 0 for note in self._notes if _goes_through(note, row.sequence)}
        copies = []
        for text in (texts[index] for index in row.keys):
            key = Key.parse(text)
            steps = list(key.path)
            steps[depth] = steps[depth]._replace(item=max(used) + 1)
            copies.append(str(key._replace(path=tuple(steps))))
        at = row.keys[-1] + 1
        self._changed(self._list.set((*texts[:at], *copies, *texts[at:])), at)

    def move_up(self) -> None:
        """Move the key up."""
        self._move(-1)

    def move_down(self) -> None:
        """Move the key down."""
        self._move(1)

    def _move(self, offset: int) -> None:
        self._commit()
        index = self._index
        if index is not None:
            self._changed(True, self._list.move(index, offset))

    def undo(self) -> bool:
        """Take the last change back; says whether there was one."""
        self._commit()
        return self._changed(self._list.undo(), self._index)

    def redo(self) -> bool:
        """Make the change again; says whether there was one."""
        self._commit()
        return self._changed(self._list.redo(), self._index)

    def toggle_form(self) -> None:
        """Show keys under their sequences, or with their whole paths."""
        self._as_tree = not self._as_tree
        self._refresh(self._index)

    @on(KeyRows.Folded)
    def _fold(self, event: KeyRows.Folded) -> None:
        event.stop()
        fold = event.sequence not in self._folded if event.folded is None else event.folded
        self._set_folded(event.sequence, fold)

    def _set_folded(self, sequence: Steps, folded: bool) -> None:
        if folded:
            self._folded.add(sequence)
        else:
            self._folded.discard(sequence)
        self._refresh()
        self.query_one(KeyRows).go_to_sequence(sequence)

    def _unfold(self, index: int) -> None:
        """Show a key, whatever it is in."""
        if index < len(self._notes):
            parents = tuple(str(step) for step in self._notes[index].steps[:-1])
            self._folded.difference_update(parents[:depth] for depth in range(1, len(parents) + 1))

    def action_edit(self) -> None:
        """Edit what is under the cursor."""
        self.edit()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What concerns typing can be done only then."""
        if action in _TYPING:
            return self.editing
        return super().check_action(action, parameters)

    @property
    def _index(self) -> int | None:
        return self.query_one(KeyRows).row.key if self.is_mounted else None

    def _changed(self, changed: bool, index: int | None) -> bool:
        self._refresh(index)
        if changed:
            self.post_message(self.Changed())
        return changed

    def _refresh(self, index: int | None = None) -> None:
        question = self.question
        character_set = question.value_of("SpecificCharacterSet") or question.character_set
        self._notes = look_over(question.keys, clock.now(), character_set, question.model.levels)
        if not self.is_mounted:
            return
        lines = self.query_one(KeyRows)
        if index is not None:
            self._unfold(index)
        lines.set_rows(rows(self._notes, as_tree=self._as_tree, folded=self._folded))
        if index is not None:
            lines.go_to_key(index)
        self._hint()

    # Typing.

    def _open(self, index: int, field: Field, text: str, *, is_new: bool, path: str = "") -> None:
        self._editing, self._field, self._is_new = index, field, is_new
        self._path = path or (self._list.texts[index].partition("=")[0] if not is_new else "")
        line = self.query_one(Input)
        with self.prevent(Input.Changed):
            line.value = text
        line.cursor_position = len(text)
        line.display = True
        self._typed()
        line.focus()

    def _place(self) -> None:
        if self._editing is None:
            return
        lines = self.query_one(KeyRows)
        region = lines.place(self._field)
        line = self.query_one(Input)
        line.styles.offset = (region.x, region.y)
        line.styles.width = max(region.width, 4)
        offers = self.query_one(OptionList)
        at = lines.content_region.offset + Offset(region.x, region.y + 1)
        offers.absolute_offset = at

    def _draft(self) -> str | None:
        if self._editing is None:
            return None
        text = self.query_one(Input).value
        if self._field is Field.PATH:
            path, _, value = text.partition("=")
            kept = "" if self._is_new else self._list.texts[self._editing].partition("=")[2]
            return _joined(path.strip().removesuffix("."), value or kept)
        return _joined(self._path, text)

    def _typed(self) -> None:
        """Show what was typed as the key that it makes, and what can be offered."""
        self._refresh(self._editing)
        text = self.query_one(Input).value
        if self._field is Field.PATH:
            present = {other.partition("=")[0] for other in self._list.texts}
            self._offers = [] if "=" in text else offer_paths(text, self.model, self.level, present)
        else:
            self._offers = offer_values(self._path, text, self.model)
        offers = self.query_one(OptionList)
        offers.clear_options()
        prompts = [_prompt(offer) for offer in self._offers]
        offers.add_options([Option(prompt) for prompt in prompts])
        offers.display = bool(self._offers)
        offers.highlighted = None
        self._hint()
        offers.styles.width = max((prompt.cell_length for prompt in prompts), default=0) + 3
        self._place()

    @on(KeyRows.Moved)
    def _moved(self, event: KeyRows.Moved) -> None:
        event.stop()
        self._place()
        self._hint()

    @on(KeyRows.EditRequested)
    def _edit_requested(self, event: KeyRows.EditRequested) -> None:
        event.stop()
        self.edit()

    @on(Input.Changed)
    def _on_typed(self, event: Input.Changed) -> None:
        event.stop()
        if self._editing is None:
            return
        path, equals, value = event.value.partition("=")
        if self._field is Field.PATH and equals and not value and self._takes_value(path):
            self._go_on(path)
        else:
            # What cannot have a value yet is typed on, to its end: the next letters are not to be taken for keys.
            self._typed()

    @on(Input.Submitted)
    def _on_entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.enter()

    @on(Input.Blurred)
    def _on_left(self, event: Input.Blurred) -> None:
        event.stop()
        # A terminal that is left for a moment ends nothing.
        if self._editing is not None and self.app.app_focus:
            self._commit()

    @on(OptionList.OptionSelected)
    def _on_offer(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._take(event.option_index)

    def enter(self) -> None:
        """Take the offer that was gone to, else what was typed."""
        offers = self.query_one(OptionList)
        if offers.display and offers.highlighted is not None:
            self._take(offers.highlighted)
            return
        text = self.query_one(Input).value.strip()
        if self._field is Field.PATH and self._is_new and text and "=" not in text:
            if look_at(text, clock.now()).wrong and self._offers:
                self._take(0)
            else:
                self._go_on(text)
            return
        self._commit()

    def _take(self, index: int) -> None:
        """Take an offer over: into a sequence, on to the value, or done."""
        offer = self._offers[index]
        if self._field is Field.VALUE:
            self._set_input(offer.text)
            self._commit()
        elif offer.text.endswith("."):
            self._set_input(offer.text)
            self._typed()
        else:
            self._go_on(offer.text)

    def _set_input(self, text: str) -> None:
        line = self.query_one(Input)
        with self.prevent(Input.Changed):
            line.value = text
        line.cursor_position = len(text)

    def _go_on(self, path: str) -> None:
        """From the path to the value, which for a key that is there already is its own; a sequence has none."""
        path = path.strip().removesuffix(".")
        if self._editing is None:
            return
        if not self._takes_value(path):
            self._set_input(path)
            self._commit()
        elif (known := self._place_of(path)) is not None:
            self._open(known, Field.VALUE, self._list.texts[known].partition("=")[2], is_new=False)
            self.query_one(Input).select_all()
        else:
            self._open(self._editing, Field.VALUE, "", is_new=True, path=path)

    def _place_of(self, path: str) -> int | None:
        """Which of the keys has a path, however it is written; None where there is none."""
        steps = look_at(path, clock.now()).steps
        return next((at for at, text in enumerate(self._list.texts) if look_at(text, clock.now()).steps == steps), None)

    def _takes_value(self, path: str) -> bool:
        """Whether a path is that of a new key which can have a value."""
        note = look_at(path.strip().removesuffix("."), clock.now())
        return self._is_new and not note.wrong and note.vr != "SQ"

    def _commit(self) -> None:
        """Keep what is being typed."""
        index, texts = self._editing, self.texts
        self._close()
        if index is not None:
            self._changed(self._list.set(texts), index)

    def _close(self) -> None:
        if self._editing is None:
            return
        self._editing = None
        had_focus = self.has_focus_within
        self.query_one(Input).display = False
        self.query_one(OptionList).display = False
        if had_focus:
            self.query_one(KeyRows).focus()

    def action_cancel(self) -> None:
        """Take back what was typed."""
        index = self._editing
        self._close()
        self._refresh(index)

    def action_take(self) -> None:
        """Take the offer that was gone to or the first one; without any, what was typed."""
        offers = self.query_one(OptionList)
        if self._offers and offers.display:
            self._take(offers.highlighted or 0)
        else:
            self.enter()

    def action_to_path(self) -> None:
        """From the value back to the path."""
        if self._field is Field.VALUE and self._editing is not None:
            self._open(self._editing, Field.PATH, self._path, is_new=self._is_new)

    def action_offer_up(self) -> None:
        """To the offer above."""
        offers = self.query_one(OptionList)
        if offers.highlighted == 0:
            offers.highlighted = None
        elif offers.display:
            offers.action_cursor_up()

    def action_offer_down(self) -> None:
        """To the offer below."""
        offers = self.query_one(OptionList)
        if offers.display:
            offers.action_cursor_down()

    def action_run(self) -> None:
        """Keep what was typed, and run the query."""
        self._commit()
        self.post_message(self.RunRequested())

    # What there is to say.

    def _hint(self) -> None:
        row = self.query_one(KeyRows).row
        note = row.note
        hint = self.query_one("#key-hint", Static)
        choosing = self.editing and self._field is Field.PATH and bool(self._offers)
        hint.set_class(note is not None and note.wrong and not choosing, "-wrong")
        if choosing:
            words = "Tab takes the first, ↓ ↑ another; • the standard lists it here; Esc takes back"
        elif row.sequence:
            words = in_words_of_sequence(row.sequence, len(row.keys))
        else:
            words = in_words(note, self.model, self.level) if note is not None else ""
        hint.update(Content(visible(words)))


def _goes_through(note: KeyNote, sequence: Steps) -> bool:
    """Whether a key is in some item of the sequence that another one is in."""
    depth = len(sequence)
    steps = note.steps[:depth]
    if len(steps) < depth or steps[-1].item is None:
        return False
    above = tuple(map(str, steps[:-1]))
    return above == sequence[:-1] and str(steps[-1]._replace(item=None)) == sequence[-1].partition("[")[0]


def _joined(path: str, value: str) -> str:
    return f"{path}={value}" if value else path


def _prompt(offer: Offer) -> Content:
    mark = "• " if offer.listed else "  "
    return Content.assemble(mark, offer.label, ("  " + visible(offer.hint), "dim"))
