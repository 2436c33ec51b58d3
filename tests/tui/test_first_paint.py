"""What is on the screen first, and what it costs."""

from __future__ import annotations

import subprocess
import sys


def test_first_paint_loads_nothing_that_can_wait() -> None:
    code = """
import asyncio, sys, tempfile
from pathlib import Path
from findtui.store.paths import Paths
from findtui.tui.app import FindtuiApp

heavy = ("pydicom", "pynetdicom", "cryptography", "keyring", "numpy")
heavy += ("findtui.tui.widgets.grid", "findtui.tui.widgets.keyeditor", "findtui.tui.widgets.detail")
painted = []

class Watched(FindtuiApp):
    async def _begin(self):
        painted.append([name for name in heavy if name in sys.modules])
        self.exit()

async def go():
    directory = Path(tempfile.mkdtemp())
    app = Watched(Paths(directory, directory))
    async with app.run_test() as pilot:
        while not painted:
            await pilot.pause()

asyncio.run(go())
print(painted[0])
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert result.stdout.strip() == "[]", result.stderr
