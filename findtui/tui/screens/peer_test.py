"""Testing a peer step by step, each shown as it goes."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from findtui.dicom.visible import visible
from findtui.tui.screens.dialog import Dialog

if TYPE_CHECKING:
    from findtui.net.control import Control
    from findtui.net.peer import Peer
    from findtui.net.probe import ProbeStep

_MARKS: Final = {"running": "◐", "ok": "●", "failed": "✖", "skipped": "○"}
_NAME_WIDTH: Final = 30


class PeerTest(Dialog[None]):
    """Name, connection, TLS, association, echo, models, transfer syntaxes: what works, how long it took, what to do.

    Args:
        name: of the peer, as the user calls it.
        peer: to test.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "again", "test again"),
        Binding("y", "copy", "copy"),
        Binding("enter", "cancel", "close", show=False),
    ]

    def __init__(self, name: str, peer: Peer) -> None:
        super().__init__()
        self._name_text = name
        self._peer = peer
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
            failed = [step for step in self._steps.values() if step.state.value == "failed"]
            words = f"✖ {len(failed)} of {len(self._steps)} failed" if failed else "● all is well"
            lines.append(Content.styled(f"\n{words}", "bold"))
        self.query_one("#report", Static).update(Content("\n").join(lines))

    @staticmethod
    def _line(step: ProbeStep) -> Content:
        state = step.state.value
        time = f"{step.elapsed * 1000:7.0f} ms" if state in ("ok", "failed") else " " * 10
        style = {"failed": "$text-error", "ok": "$text-success"}.get(state, "dim")
        name = Content(visible(step.name)).truncate(_NAME_WIDTH, ellipsis=True, pad=True)
        line = Content.assemble((f"{_MARKS[state]} ", style), name, (time, "dim"), "  ", visible(step.text))
        if step.remedy:
            line = Content.assemble(line, "\n", " " * 4, (visible(step.remedy), "bold"))
        return line

    def action_copy(self) -> None:
        """Copy the report."""
        lines = [
            f"{step.state.value:8} {step.name}: {visible(step.text)} {visible(step.remedy)}".rstrip()
            for step in self._steps.values()
        ]
        self.app.copy_to_clipboard("\n".join(lines))
        self.app.notify("Copied the report", markup=False, timeout=3)
