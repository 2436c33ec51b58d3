"""Forms made from the table of a profile's fields."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Label, Select, Static, TextArea

from findtui.dicom.visible import visible
from findtui.store.fields import NO_KEYS, Field, Kind, Value
from findtui.tui.screens.dialog import Dialog, T
from findtui.tui.screens.fieldchecks import doubt_about, problem_of

_LISTS: Final = (Kind.LIST, Kind.FILES, Kind.DIRECTORIES)
_NONE: Final = "no key at all: saved so, and so it stays"


class Form(Dialog[T]):
    """A dialog of fields; up and down go from one to the next."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "step(1)", "next field", show=False, priority=True),
        Binding("up", "step(-1)", "field before", show=False, priority=True),
    ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In an open list, and between lines of text, the keys go up and down there."""
        if action == "step":
            focused = self.focused
            return isinstance(focused, Input) or (isinstance(focused, Select) and not focused.expanded)
        return super().check_action(action, parameters)

    def action_step(self, offset: int) -> None:
        """To another field of the page."""
        if offset > 0:
            self.focus_next("FormRow > *")
        else:
            self.focus_previous("FormRow > *")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is to be said of a field.

    Attributes:
        problem: why it cannot be used; empty where it can.
        doubt: why it may not work; empty where nothing speaks against it.
    """

    problem: str = ""
    doubt: str = ""

    @property
    def text(self) -> str:
        """With the mark that says how bad it is; empty where there is nothing to be said."""
        return f"✖ {self.problem}" if self.problem else f"▲ {self.doubt}" if self.doubt else ""


class FormRow(Horizontal):
    """One field: its label, its control, and what it is or what is wrong with it.

    Args:
        field: to ask for.
        value: to start from.
    """

    def __init__(self, field: Field, value: Value) -> None:
        super().__init__(classes="form-row")
        self.field = field
        self._begun_with = value
        self.control = _control(field, value)
        self.judged = False
        self.set_class(field.key == "keys", "-tall")

    def compose(self) -> ComposeResult:
        """Label, control, note."""
        yield Label(Content(self.field.text))
        yield self.control
        yield Static(Content(self.field.help), classes="note")

    def put(self, path: str) -> None:
        """Take a file or directory that was chosen: one more where several are possible, else instead of another."""
        control = self.control
        if isinstance(control, Input):
            control.value = join_list((*split_list(control.value), path)) if self.field.kind in _LISTS else path

    def read(self) -> tuple[Value, str]:
        """What the control holds, and what is wrong with it, in words; empty where nothing is."""
        control = self.control
        value: Value
        match control:
            case Select():
                value = control.value == "yes" if self.field.kind is Kind.SWITCH else str(control.value)
            case TextArea():
                value = tuple(line for line in control.text.splitlines() if line.strip())
                if not value and self._begun_with == NO_KEYS:
                    value = NO_KEYS
            case Input():
                value, problem = self._typed(control.value.strip())
                if problem:
                    return value, problem
        return value, problem_of(self.field, value)

    def _typed(self, text: str) -> tuple[Value, str]:
        kind = self.field.kind
        if kind in _LISTS:
            return split_list(text), ""
        if kind is Kind.INTEGER:
            if not text.isdecimal():
                return 0, "must be a whole number"
            # Python reads no number of thousands of digits; what is too large shows in the first of them.
            return int(text.lstrip("0")[:20] or 0), ""
        if kind is Kind.SECONDS:
            try:
                seconds = float(text or 0)
            except ValueError:
                return 0, "must be a number of seconds"
            return (int(seconds) if seconds.is_integer() else seconds), ""
        return text, ""

    def judgement(self) -> Judgement:
        """What is to be said of the field as it is."""
        value, problem = self.read()
        return Judgement(visible(problem), "" if problem else visible(doubt_about(self.field, value)))

    def judge(self) -> None:
        """Show beside the control what is wrong, or what the field is; where there is no room, that something is."""
        self.judged = True
        text = self.judgement().text
        note = self.query_one(".note", Static)
        note.set_class(bool(text), "-problem")
        note.update(Content(text[:1] if text and self.screen.has_class("-narrow") else text or self.field.help))

    def on_resize(self) -> None:
        """There is more room, or less."""
        if self.judged:
            self.judge()


def _control(field: Field, value: Value) -> Input | Select[str] | TextArea:
    name = f"field-{field.key.replace('.', '-').replace('_', '-')}"
    if field.kind is Kind.SWITCH:
        options = [("yes", "yes"), ("no", "no")]
        return Select(options, value="yes" if value else "no", allow_blank=False, id=name, compact=True)
    if field.kind is Kind.CHOICE:
        options = [(text, word) for word, text in field.choices.items()]
        return Select(options, value=str(value), allow_blank=False, id=name, compact=True)
    if field.key == "keys" and isinstance(value, tuple):
        return TextArea("\n".join(value), placeholder=_NONE if value == NO_KEYS else "", id=name, compact=True)
    if isinstance(value, tuple):
        return Input(join_list(value), id=name, compact=True)
    whole = isinstance(value, float) and value.is_integer()
    return Input(str(int(value) if whole else value), id=name, compact=True)


def split_list(text: str) -> tuple[str, ...]:
    """What stands between commas; a name that holds one stands between quotation marks."""
    rows = csv.reader([text], skipinitialspace=True)
    return tuple(part.strip() for row in rows for part in row if part.strip())


def join_list(parts: Sequence[str]) -> str:
    """A list as one line, for `split_list`."""
    return ", ".join(f'"{part.replace(chr(34), chr(34) * 2)}"' if set(part) & {",", '"'} else part for part in parts)


def read_rows(rows: Iterable[FormRow]) -> tuple[dict[str, Value], str]:
    """The values of a form by key, and the first problem in it, with its label."""
    values: dict[str, Value] = {}
    first = ""
    for row in rows:
        value, problem = row.read()
        values[row.field.key] = value
        if problem and not first:
            first = f"{row.field.text} {problem}"
    return values, first
