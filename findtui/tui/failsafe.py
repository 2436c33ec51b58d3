"""What goes wrong in the background is told, and ends nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.worker import Worker, WorkerState

from findtui.dicom.visible import visible
from findtui.errors import FindtuiError

if TYPE_CHECKING:
    from textual.app import App


def complain(app: App[object], error: FindtuiError) -> None:
    """Say what could not be done, why, and what to do about it."""
    text = visible(error.message, keep_line_breaks=True)
    remedy = visible(error.remedy, keep_line_breaks=True)
    app.notify(remedy, title=text, severity="error", markup=False, timeout=12)


class Failsafe:
    """For screens whose workers may fail. They are started with `exit_on_error=False`."""

    app: App[object]

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell of a worker that failed."""
        if event.state is not WorkerState.ERROR:
            return
        error = event.worker.error
        if not isinstance(error, FindtuiError):
            error = FindtuiError(
                f"findtui itself failed: {type(error).__name__}: {error}",
                remedy="Nothing was lost. Please report this.",
            )
        complain(self.app, error)
