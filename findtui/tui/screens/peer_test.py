"""Testing a peer step by step, each shown as it goes."""

from __future__ import annotations

import textwrap
import threading
from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from findtui.dicom.models import MODELS, InformationModel
from findtui.dicom.transfer import TRANSFER_SYNTAXES
from findtui.dicom.visible import visible
from findtui.tui.screens.dialog import Dialog

if TYPE_CHECKING:
    from findtui.net.control import Control
    from findtui.net.peer import Peer
    from findtui.net.probe import ProbeStep

_MARKS: Final = {"running": "◐", "ok": "●", "failed": "✖", "skipped": "○"}
_STYLES: Final = {"failed": "$text-error", "ok": "$text-success"}
_NAME_WIDTH: Final = 36
_NAME_WIDTH_NARROW: Final = 28
_WIDE: Final = 100
_OPTIONAL: Final = {model.name for model in MODELS.values()} | {syntax.name for syntax in TRANSFER_SYNTAXES.values()}
"""Steps that a peer may fail and still be what one needs."""


class PeerTest(Dialog[None]):
    """Name, connection, TLS, association, echo, models, transfer syntaxes: what works, how long it took, what to do.

    Args:
        name: of the peer, as the user calls it.
        peer: to test.
        model: that it is asked by.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "again", "test again"),
        Binding("y", "copy", "copy"),
        Binding("enter", "cancel", "close", show=False),
    ]

    def __init__(self, name: str, peer: Peer, model: InformationModel) -> None:
        super().__init__()
        self._name_text = name
        self._peer = peer
        self._model = model.name
        self._steps: dict[str, ProbeStep] = {}
        self._control: Control | None = None
        self.finished = False

    @property
    def heading(self) -> str:
        """The text on the border."""
        return f"Test of {visible(self._name_text)} at {visible(str(self._peer))}"

    def body(self) -> ComposeResult:
        """The steps."""
        with VerticalScroll(id="steps"):
            yield Static(id="report")

    def on_mount(self) -> None:
        """Begin."""
        self.query_one("#steps").focus()
        self.action_again()

    def on_unmount(self) -> None:
        """A test that nobody looks at is stopped."""
        if self._control is not None:
            self._control.abort()

    def action_again(self) -> None:
        """Test from the start."""
        from findtui.net.control import Control

        if self._control is not None:
            self._control.abort()
        self._steps.clear()
        self.finished = False
        self._control = Control()
        threading.Thread(target=self._probe, args=(self._control,), name="findtui-probe", daemon=True).start()

    def _probe(self, control: Control) -> None:
        """In a thread: hand each step over."""
        from findtui.net.probe import probe

        for step in probe(self._peer, control):
            if control.aborted:
                return
            self.app.call_from_thread(self._show, step)
        if not control.aborted:
            self.app.call_from_thread(self._finish)

    def _show(self, step: ProbeStep) -> None:
        self._steps[step.name] = step
        self._render_report()

    def _finish(self) -> None:
        self.finished = True
        self._render_report()

    def _render_report(self) -> None:
        lines = [self._line(step) for step in self._steps.values()]
        if self.finished:
            failed = [step.name for step in self._steps.values() if self._matters(step)]
            words = f"✖ failed: {', '.join(failed)}" if failed else "● all that this peer is asked for works"
            lines.append(Content.styled(f"\n{visible(words)}", "bold"))
        self.query_one("#report", Static).update(Content("\n").join(lines))

    def _matters(self, step: ProbeStep) -> bool:
        """Whether a step failed that this peer is used for: nobody needs every model."""
        optional = step.name in _OPTIONAL and step.name != self._model
        return step.state.value == "failed" and not optional

    def _line(self, step: ProbeStep) -> Content:
        state = step.state.value
        refused = state == "failed" and not self._matters(step)
        mark, style = ("·", "dim") if refused else (_MARKS[state], _STYLES.get(state, "dim"))
        time = f"{step.elapsed * 1000:7.0f} ms" if state in ("ok", "failed") and not refused else " " * 10
        width = _NAME_WIDTH if self.query_one("#steps").size.width >= _WIDE else _NAME_WIDTH_NARROW
        name = Content(visible(step.name)).truncate(width, ellipsis=True, pad=True).plain
        head = Content.assemble((f"{mark} ", style), (name, "dim" if refused else ""), (time, "dim"), "  ")
        room = max(20, self.query_one("#steps").size.width - head.cell_length - 1)
        indent = "\n" + " " * head.cell_length
        text = indent.join(textwrap.wrap(visible(step.text), room)) or ""
        line = Content.assemble(head, (text, "dim" if refused else ""))
        if step.remedy and not refused:
            line = Content.assemble(line, indent, (indent.join(textwrap.wrap(visible(step.remedy), room)), "bold"))
        return line

    def action_copy(self) -> None:
        """Copy the report."""
        lines = [
            f"{step.state.value:8} {step.name}: {visible(step.text)} {visible(step.remedy)}".rstrip()
            for step in self._steps.values()
        ]
        self.app.copy_to_clipboard("\n".join(lines))
        self.app.notify("Copied the report", markup=False, timeout=3)
