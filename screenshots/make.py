"""Makes the README's pictures from the real application on the demo hospital: `make screenshots`."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from textual.pilot import Pilot

from findtui.demo.hospital import Hospital
from findtui.demo.server import DemoServer
from findtui.store.paths import Paths
from findtui.store.profiles import Profile, ProfileStore
from findtui.tui import clock
from findtui.tui.app import FindtuiApp
from findtui.tui.screens.main import main_screen

HERE = Path(__file__).parent
PATIENCE = 30.0
PORT = 11112
"""Where `findtui scp` listens unless told otherwise; taken, because it stands on the pictures."""


@dataclass(frozen=True)
class Shot:
    """One picture.

    Attributes:
        name: of the file.
        size: columns and rows.
        model: what the peer is asked.
        keys: pressed one after the other when the answer is there.
        theme: of the application.
    """

    name: str
    size: tuple[int, int]
    model: str = "worklist"
    keys: tuple[str, ...] = ()
    theme: str = "findtui-dark"


SHOTS = (
    Shot("worklist", (100, 30)),
    Shot("worklist-light", (100, 30), theme="findtui-light"),
    Shot("administrator", (160, 46), "study", ("down", "down")),
    Shot("drill-down", (120, 36), "study", ("enter",)),
    Shot("keys", (120, 36), keys=("2", "down", "down", "a", "M", "o", "d", "a")),
    Shot("peer-test", (110, 36), keys=("1", "t")),
    Shot("export", (100, 30), keys=("space", "down", "space", "e")),
)


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    """Let the application go on until something holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the application did not get there")
        await pilot.pause()
        await asyncio.sleep(0.02)


async def take(shot: Shot, directory: Path) -> str:
    """Start the application, press the keys, and return the picture."""
    paths = Paths(directory / "config", directory / "state")
    store = ProfileStore(paths.profiles)
    demo = Profile.make(name="Demo hospital", host="127.0.0.1", port=PORT, called_ae_title="DEMO", model=shot.model)
    store.save(demo)
    store.save(Profile.make(name="PACS North", host="pacs-north.example.org", model="study", tls__enabled=True))
    store.save(Profile.make(name="RIS West", host="ris-west.example.org"))
    app = FindtuiApp(paths, profile=demo.name, run=True)
    async with app.run_test(size=shot.size) as pilot:
        app.theme = shot.theme
        await until(pilot, lambda: len(app.screen_stack) > 1)
        main = main_screen(app)

        def settled() -> bool:
            level = main.level
            return level is not None and len(level.store) > 0 and level.store.complete and not main.running

        await until(pilot, settled)
        for key in shot.keys:
            await pilot.press(key)
            await pilot.pause()
            await until(pilot, settled)
        await until(pilot, lambda: getattr(app.screen, "finished", True))
        return app.export_screenshot(title="findtui")


def main() -> int:
    """Write every picture beside this file."""
    os.environ["TEXTUAL_ANIMATIONS"] = "none"
    moment = datetime(2026, 11, 22, 9, 41, 7).astimezone()
    clock.now = lambda: moment
    with DemoServer(PORT, hospital=Hospital(moment.date())), tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        for shot in SHOTS:
            picture = asyncio.run(take(shot, Path(directory) / shot.name))
            (HERE / f"{shot.name}.svg").write_text(picture, encoding="utf-8")
            print(f"wrote {shot.name}.svg")
    return 0


if __name__ == "__main__":
    sys.exit(main())
