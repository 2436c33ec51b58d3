"""Forms made from the table of a profile's fields."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Label, Select, Static, TextArea

from findtui.dicom.visible import visible
from findtui.store.fields import Field, Kind, Value

_LISTS = (Kind.LIST, Kind.FILES, Kind.DIRECTORIES)


def control_id(field: Field) -> str:
    """The id of the control that holds a field."""
    return f"field-{field.key.replace('.', '-').replace('_', '-')}"


class FormRow(Horizontal):
    """One field: its label, its control, and what it is or what is wrong with it.

    Args:
        field: to ask for.
        value: to start from.
    """

    def __init__(self, field: Field, value: Value) -> None:
        super().__init__(classes="form-row")
        self.field = field
        self._value = value
        self.set_class(field.key == "keys", "-tall")

    def compose(self) -> ComposeResult:
        """Label, control, note."""
        yield Label(Content(self.field.text))
        yield self._control()
        yield Static(Content(self.field.help), classes="note")

    def _control(self) -> Input | Select[str] | TextArea:
        field, value, name = self.field, self._value, control_id(self.field)
        if field.kind is Kind.SWITCH:
            options = [("yes", "yes"), ("no", "no")]
            return Select(options, value="yes" if value else "no", allow_blank=False, id=name, compact=True)
        if field.kind is Kind.CHOICE:
            options = [(text, word) for word, text in field.choices.items()]
            return Select(options, value=str(value), allow_blank=False, id=name, compact=True)
        if field.key == "keys" and isinstance(value, tuple):
            return TextArea("\n".join(value), id=name, compact=True)
        if isinstance(value, tuple):
            return Input(", ".join(value), id=name, compact=True)
        return Input(f"{value:g}" if isinstance(value, float) else str(value), id=name, compact=True)

    def read(self) -> tuple[Value, str]:
        """What the control holds, and what is wrong with it, in words; empty where nothing is."""
        control = self.query_one(f"#{control_id(self.field)}")
        value: Value
        match control:
            case Select() if self.field.kind is Kind.SWITCH:
                value = control.value == "yes"
            case Select():
                value = str(control.value)
            case TextArea():
                value = tuple(line.strip() for line in control.text.splitlines() if line.strip())
            case Input():
                value, problem = self._typed(control.value.strip())
                if problem:
                    return value, problem
            case _:
                raise TypeError(f"{control!r} holds no field")
        return value, self.field.problem(value)

    def _typed(self, text: str) -> tuple[Value, str]:
        kind = self.field.kind
        if kind in _LISTS:
            return tuple(part.strip() for part in text.split(",") if part.strip()), ""
        if kind is Kind.INTEGER:
            return (int(text), "") if text.isdecimal() else (0, "must be a whole number")
        if kind is Kind.SECONDS:
            try:
                seconds = float(text or 0)
            except ValueError:
                return 0, "must be a number of seconds"
            return (int(seconds) if seconds.is_integer() else seconds), ""
        return text, ""

    def judge(self) -> str:
        """Show what is wrong beside the control, or what the field is; returns the problem."""
        problem = self.read()[1]
        note = self.query_one(".note", Static)
        note.set_class(bool(problem), "-problem")
        note.update(Content(f"✖ {visible(problem)}" if problem else self.field.help))
        return problem


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
