"""What tests of dialogs do: wait for them, fill them in, read what they say."""

from __future__ import annotations

from textual.pilot import Pilot
from textual.widgets import Input, Static

from findtui.tui.app import FindtuiApp
from findtui.tui.screens.peer_test import PeerTest
from findtui.tui.screens.profile_editor import ProfileEditor
from tests.tui.conftest import main, until


async def opened(pilot: Pilot[None], kind: type[object]) -> None:
    """Wait until a dialog has the screen and what has its keys is there."""
    await until(pilot, lambda: isinstance(pilot.app.screen, kind) and pilot.app.screen.is_mounted, kind.__name__)
    await pilot.pause()


async def closed(pilot: Pilot[None]) -> None:
    """Wait until the main screen has the keys again."""
    await until(pilot, lambda: pilot.app.screen is main(pilot), "the dialog to close")


async def ready(pilot: Pilot[None]) -> None:
    """Wait until the panels are there and a peer, if there is one, is open."""
    app = pilot.app
    assert isinstance(app, FindtuiApp)
    await until(pilot, lambda: len(app.screen_stack) > 1 and main(pilot).furnished, "the panels")
    await until(pilot, lambda: main(pilot).session.peer is not None or not app.profiles, "the peer")


async def probed(pilot: Pilot[None]) -> None:
    """Wait until the test of a peer is over."""
    await opened(pilot, PeerTest)
    await until(pilot, lambda: getattr(pilot.app.screen, "finished", False), "the test")


async def edited(pilot: Pilot[None]) -> None:
    """Open the form of the peer under the cursor."""
    await pilot.press("1", "f2")
    await opened(pilot, ProfileEditor)


async def fill(pilot: Pilot[None], field: str, text: str) -> None:
    """Put a text into a field of the form, as if it were pasted there."""
    control = pilot.app.screen.query_one(f"#field-{field}", Input)
    control.focus()
    await until(pilot, lambda: control.has_focus, f"the field {field} to have the keys")
    control.value = ""
    control.insert_text_at_cursor(text)
    await until(pilot, lambda: control.value == text, text)


def said(pilot: Pilot[None], selector: str) -> str:
    """What a line of the dialog says."""
    return str(pilot.app.screen.query_one(selector, Static).content)


def told(pilot: Pilot[None]) -> str:
    """All that was told in passing."""
    return "\n".join(f"{note.title} {note.message}" for note in pilot.app._notifications)
