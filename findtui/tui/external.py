"""The user's own editor."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.app import SuspendNotSupported

from findtui.errors import SettingsError

if TYPE_CHECKING:
    from textual.app import App


async def edit_text(app: App[Any], text: str, *, suffix: str = ".txt") -> str:
    """Hand a text to $VISUAL or $EDITOR and return what came of it.

    The editor has the terminal meanwhile; queries go on behind it, and what they bring is shown afterwards. The text
    may name patients: it lies in a directory of its own that only the user can enter, and is removed.

    Raises:
        SettingsError: no editor is set, it cannot be started, or it failed; the text is then as it was.
    """
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not command:
        raise SettingsError(
            "no editor is set", remedy="Set the environment variable EDITOR, to vi or nano for example."
        )
    try:
        with tempfile.TemporaryDirectory(prefix="findtui-") as directory:
            path = Path(directory) / f"edit{suffix}"
            path.touch(mode=0o600)
            path.write_text(text, encoding="utf-8")
            await _let_edit(app, command, path)
            return path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise SettingsError(
            f"the text cannot be handed to an editor: {error}", remedy="Nothing was changed."
        ) from error


async def _let_edit(app: App[Any], command: str, path: Path) -> None:
    try:
        words = [*shlex.split(command), str(path)]
        # Nothing is drawn while the editor has the screen, but all else goes on.
        with app.batch_update(), app.suspend(), _interrupts_passed_over():
            result = await asyncio.to_thread(_run, words)
    except ValueError as error:
        raise SettingsError(f"the editor {command!r} cannot be started: {error}") from error
    except SuspendNotSupported as error:
        raise SettingsError("this terminal cannot be handed to an editor") from error
    if isinstance(result, OSError):
        raise SettingsError(
            f"the editor {command!r} cannot be started: {result.strerror}",
            remedy="Set the environment variable EDITOR to one that there is.",
        )
    if result != 0:
        ended = f"was ended by signal {-result}" if result < 0 else f"ended with status {result}"
        raise SettingsError(f"the editor {command!r} {ended}", remedy="Nothing was changed.")


def _run(words: list[str]) -> int | OSError:
    """Run the editor; returns its status, or why there is none: nothing may be raised while the screen is lent."""
    try:
        return subprocess.run(words, check=False).returncode
    except OSError as error:
        return error


@contextmanager
def _interrupts_passed_over() -> Iterator[None]:
    """Ctrl+C reaches whatever runs in the terminal: it is meant for the editor, and must not end findtui."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
