"""The user's own editor."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from findtui.errors import SettingsError

if TYPE_CHECKING:
    from textual.app import App


def edit_text(app: App[object], text: str, *, suffix: str = ".txt") -> str:
    """Hand a text to $VISUAL or $EDITOR and return what came of it.

    The text may name patients: it lies in a directory of its own that only the user can enter, and is removed.

    Raises:
        SettingsError: no editor is set, it cannot be started, or it failed; the text is then as it was.
    """
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not command:
        raise SettingsError(
            "no editor is set", remedy="Set the environment variable EDITOR, to vi or nano for example."
        )
    with tempfile.TemporaryDirectory(prefix="findtui-") as directory:
        path = Path(directory) / f"edit{suffix}"
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
        try:
            with app.suspend():
                status = subprocess.run([*shlex.split(command), str(path)], check=False).returncode
        except (OSError, ValueError) as error:
            raise SettingsError(f"the editor {command!r} cannot be started: {error}") from error
        except SuspendNotSupported as error:
            raise SettingsError("this terminal cannot be handed to an editor") from error
        if status != 0:
            raise SettingsError(f"the editor {command!r} ended with status {status}", remedy="Nothing was changed.")
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"what the editor wrote cannot be read: {error}", remedy="Nothing was changed."
            ) from error
