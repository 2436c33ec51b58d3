"""Testing a peer step by step, each shown as it goes."""

from __future__ import annotations

import textwrap
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from findtui.dicom.models import MODELS, InformationModel
from findtui.dicom.transfer import TRANSFER_SYNTAXES
from findtui.dicom.visible import visible
from findtui.tui.remedies import in_fields
from findtui.tui.screens.dialog import Dialog

if TYPE_CHECKING:
    from findtui.net.control import Control
    from findtui.net.peer import Peer
    from findtui.net.probe import ProbeStep
    from findtui.tui.app import FindtuiApp

EDIT: Final = "edit"
"""The answer of who wants to change the peer after its test."""

_MARKS: Final = {"running": "◐", "ok": "●", "failed": "✖", "skipped": "○"}
_STYLES: Final = {"failed": "$text-error", "ok": "$text-success"}
_MODELS: Final = frozenset(model.name for model in MODELS.values())
_SYNTAXES: Final = frozenset(syntax.name for syntax in TRANSFER_SYNTAXES.values())
_OPTIONAL: Final = _MODELS | _SYNTAXES
"""Steps that a peer may fail and still be what one needs."""

_NAME_WIDTH: Final = 14
_TIME_WIDTH: Final = 10
_LONG_NAME: Final = max(map(len, _OPTIONAL))
_NARROW: Final = 60
"""Cells below which what was found stands under a step and not beside it."""


class PeerTest(Dialog[str]):
    """Name, connection, TLS, association, echo, models, transfer syntaxes: what works, how long it took, what to do.

    Args:
        name: of the peer, as the user calls it.
        peer: to test.
        model: that it is asked by.
    """

    AUTO_FOCUS = "#steps"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "again", "test again"),
        Binding("f2", "edit", "edit the peer"),
        Binding("y", "copy", "copy"),
        Binding("enter", "cancel", "close", show=False),
    ]

    @dataclass
    class Went(Message):
        """News of a step of a test; None when there are no more."""

        test: Control
        step: ProbeStep | None

    def __init__(self, name: str, peer: Peer, model: InformationModel) -> None:
        super().__init__()
        self._name_text = name
        self._peer = peer
        self._model = model.name
        self._steps: dict[str, ProbeStep] = {}
        self._began: dict[str, float] = {}
        self._control: Control | None = None
        self.finished = False

    @property
    def heading(self) -> str:
        """The text on the border."""
        address = str(self._peer)
        at = "" if self._name_text == address else f" at {visible(address)}"
        return f"Test of {visible(self._name_text)}{at}"

    def body(self) -> ComposeResult:
        """The steps, and what they come to."""
        with VerticalScroll(id="steps"):
            yield Static(id="report")
        yield Static(id="verdict")

    def on_mount(self) -> None:
        """Begin, and let time be seen to pass while a step waits for the peer."""
        self.action_again()
        self.set_interval(0.5, self._tick)

    def on_unmount(self) -> None:
        """A test that nobody looks at is stopped."""
        if self._control is not None:
            self._control.abort()

    def on_resize(self) -> None:
        """Lines are broken for the width that there is."""
        self._render_report()

    def action_again(self) -> None:
        """Test from the start."""
        from findtui.net.control import Control

        if self._control is not None:
            self._control.abort()
        self._steps.clear()
        self._began.clear()
        self.finished = False
        self._control = Control()
        self._render_report()
        self._probe(self._control)

    def action_edit(self) -> None:
        """Close, and open the peer's form."""
        self.dismiss(EDIT)

    @work(thread=True, group="probe", exit_on_error=False)
    def _probe(self, control: Control) -> None:
        """In a thread: hand each step over."""
        from findtui.net.probe import probe

        try:
            for step in probe(self._peer, control):
                self.post_message(self.Went(control, step))
        finally:
            self.post_message(self.Went(control, None))

    @on(Went)
    def _went(self, message: Went) -> None:
        if message.test is not self._control:
            return
        if message.step is None:
            self.finished = True
        else:
            self._steps[message.step.name] = message.step
            self._began.setdefault(message.step.name, time.monotonic())
        self._render_report()

    def _tick(self) -> None:
        if not self.finished:
            self._render_report()

    def _render_report(self) -> None:
        width = self.query_one("#steps").size.width - 1
        lines = [self._line(step, width) for step in self._steps.values() if step.name not in _OPTIONAL]
        for title, names in (("Information models", _MODELS), ("Transfer syntaxes", _SYNTAXES)):
            steps = [step for step in self._steps.values() if step.name in names]
            if steps and all(step.state.value == "skipped" for step in steps):
                lines += [Content(""), Content.styled(f"{title}: not tested", "dim")]
            elif steps:
                lines += [Content(""), Content.styled(title, "dim"), *(self._line(step, width) for step in steps)]
        self.query_one("#report", Static).update(Content("\n").join(lines))
        mark, words, style = self._verdict()
        self.query_one("#verdict", Static).update(Content.assemble((f"{mark} ", style), (visible(words), "bold")))

    def _verdict(self) -> tuple[str, str, str]:
        """What the steps come to so far: mark, words and style."""
        if not self.finished:
            return _MARKS["running"], "testing", ""
        failed = [step.name for step in self._steps.values() if self._matters(step)]
        if failed:
            return _MARKS["failed"], f"failed: {', '.join(failed)}", _STYLES["failed"]
        if self._steps.get(self._model) is None:
            return _MARKS["failed"], "the test was not finished", _STYLES["failed"]
        return _MARKS["ok"], "all that this peer is asked for works", _STYLES["ok"]

    def _matters(self, step: ProbeStep) -> bool:
        """Whether a step failed that this peer is used for: nobody needs every model."""
        optional = step.name in _OPTIONAL and step.name != self._model
        return step.state.value == "failed" and not optional

    def _line(self, step: ProbeStep, width: int) -> Content:
        state = step.state.value
        refused = state == "failed" and not self._matters(step)
        mark, style = ("·", "dim") if refused else (_MARKS[state], _STYLES.get(state, "dim"))
        dim = "dim" if refused or state == "skipped" else ""
        if step.name in _OPTIONAL:
            name = Content(visible(step.name)).truncate(min(_LONG_NAME, width - 2), ellipsis=True, pad=width >= _NARROW)
            head = Content.assemble((f"{mark} ", style), (name.plain, dim))
        else:
            head = Content.assemble(
                (f"{mark} ", style), (f"{step.name:<{_NAME_WIDTH}}", dim), (f"{self._time(step):>{_TIME_WIDTH}}", "dim")
            )
        # What was found stands beside the step, where there is room; what to do about it has the width that it needs.
        below = 4 if width < _NARROW or step.name in _OPTIONAL else head.cell_length + 2
        beside = 4 if width < _NARROW else head.cell_length + 2
        line = head
        if step.text:
            start = f"\n{' ' * beside}" if width < _NARROW else "  "
            line = Content.assemble(line, start, (_indented(visible(step.text), width, beside), dim))
        if step.remedy and not refused:
            remedy = _indented(visible(in_fields(step.remedy)), width, below)
            line = Content.assemble(line, f"\n{' ' * below}", (remedy, "bold"))
        return line

    def _time(self, step: ProbeStep) -> str:
        """How long a step took, or takes; empty where it was not measured."""
        match step.state.value:
            case "running":
                seconds = time.monotonic() - self._began[step.name]
                return f"{seconds:.0f} s" if seconds >= 1 else ""
            case "skipped":
                return ""
        if not step.elapsed:
            return ""
        return f"{step.elapsed * 1000:.0f} ms" if step.elapsed < 10 else f"{step.elapsed:.1f} s"

    def action_copy(self) -> None:
        """Copy the report."""
        lines = [self.heading]
        for step in self._steps.values():
            took = f" ({self._time(step)})" if self._time(step) else ""
            found = f"{visible(step.text)} {visible(in_fields(step.remedy))}".strip()
            lines.append(f"{step.state.value:8} {step.name}{took}: {found}".rstrip(": "))
        mark, words, _ = self._verdict()
        cast("FindtuiApp", self.app).copy("\n".join([*lines, f"{mark} {words}"]))


def _indented(text: str, width: int, indent: int) -> str:
    return f"\n{' ' * indent}".join(textwrap.wrap(text, max(16, width - indent)))
