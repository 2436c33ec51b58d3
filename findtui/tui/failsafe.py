"""What goes wrong inside is told, and ends nothing.

A query, a file, a key press or a timer may meet an error that nobody foresaw. Whoever sits in front of the screen is
told what and where, and goes on. This is the one file that touches what Textual does with such errors: left alone it
closes the application with a traceback.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.text import Text
from textual.app import App
from textual.worker import Worker, WorkerState

import findtui
from findtui.dicom.visible import visible
from findtui.errors import FindtuiError
from findtui.tui.remedies import remedy_of

if TYPE_CHECKING:
    from textual.message import Message
    from textual.widget import Widget

EXIT_STATUS: Final = 70
"""EX_SOFTWARE of sysexits.h: findtui could not go on."""

_MANY: Final = 25
_SPAN: Final = 5.0
"""So many failures within so many seconds are no accident, but a screen that cannot be shown."""

_HERE: Final = Path(findtui.__file__).parent

_LOG: Final = logging.getLogger(__name__)


def complain(app: App[Any], error: FindtuiError) -> None:
    """Say what could not be done, why, and what to do about it."""
    text = visible(error.message, keep_line_breaks=True)
    app.notify(remedy_of(error), title=text, severity="error", markup=False, timeout=12)


def foreseen(error: BaseException | None) -> FindtuiError:
    """The error itself, or where it is none of findtui's, one that says what failed and where."""
    if isinstance(error, FindtuiError):
        return error
    _LOG.error("findtui itself failed", exc_info=error)
    frames = traceback.extract_tb(error.__traceback__) if error is not None else []
    own = [
        frame for frame in frames if Path(frame.filename).is_relative_to(_HERE) and frame.filename != __file__
    ] or frames
    place = f" ({Path(own[-1].filename).name}, line {own[-1].lineno})" if own else ""
    return FindtuiError(
        f"findtui itself failed{place}: {type(error).__name__}: {error}",
        remedy="What is on the screen is kept. Please report this.",
    )


class Failsafe:
    """For screens whose workers may fail. They are started with `exit_on_error=False`."""

    app: App[Any]

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell of a worker that failed."""
        if event.state is WorkerState.ERROR:
            complain(self.app, foreseen(event.worker.error))


class FailsafeApp(App[None]):
    """An application that a failing handler, action, timer or callback does not close.

    Textual ends the messages of whatever raised, and then the application. Here every widget's dispatcher tells of the
    error instead and takes its next message. What fails again and again is left with a word and an exit status.
    """

    def __init__(self, *, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self.failures: deque[tuple[float, FindtuiError]] = deque(maxlen=_MANY)
        """The last errors that nobody foresaw, each with the monotonic time at which it was told."""

    async def _dispatch_message(self, message: Message) -> None:
        await self._guarded(super()._dispatch_message)(message)

    def _register_child(self, parent: Any, child: Widget, before: int | None, after: int | None) -> None:
        setattr(child, "_dispatch_message", self._guarded(child._dispatch_message))  # noqa: B010
        super()._register_child(parent, child, before, after)

    def _guarded(self, dispatch: Callable[[Message], Awaitable[None]]) -> Callable[[Message], Awaitable[None]]:
        async def guarded(message: Message) -> None:
            try:
                await dispatch(message)
            except Exception as error:
                self._handle_exception(error)

        return guarded

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell of a worker of the application's own that failed."""
        if event.state is WorkerState.ERROR:
            self._handle_exception(foreseen(event.worker.error))

    def _handle_exception(self, error: Exception) -> None:
        """Tell of an error that nobody handled, and go on; leave where there is nothing to go on with."""
        told = foreseen(error)
        if self.return_code is not None:
            return  # On the way out there is nobody to tell, and the exit status is settled.
        now = time.monotonic()
        again_and_again = len(self.failures) == _MANY and now - self.failures[0][0] < _SPAN
        self.failures.append((now, told))
        if again_and_again or not self.is_running or not self.screen_stack:
            self.exit(return_code=EXIT_STATUS, message=Text(f"findtui: {visible(told.message)}\nPlease report it"))
            return
        complain(self, told)
