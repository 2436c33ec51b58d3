"""The application on watch against the flaky server."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

from findtui.store.fields import Value
from findtui.store.paths import Paths
from findtui.store.profiles import Profile, ProfileStore
from findtui.tui.app import FindtuiApp
from findtui.tui.screens.main import main_screen
from tests.soak.flaky import FlakyServer, quick_behaviours
from tests.soak.measures import Measures

WARM_UP = 2
LONGEST_RUN = 30.0


async def soak(seconds: float, most_growth_mib: float) -> list[str]:
    """Press "run again" for so long, and return what grew."""
    with FlakyServer() as server, tempfile.TemporaryDirectory() as directory:
        paths = Paths(Path(directory, "config"), Path(directory, "state"))
        values: dict[str, Value] = {f"timeouts.{name}": 2 for name in ("connect", "socket", "acse", "dimse")}
        values |= {"name": "P", "host": "127.0.0.1", "port": server.port}
        ProfileStore(paths.profiles).save(Profile.make(**values))
        app = FindtuiApp(paths, profile="P", run=True)
        async with app.run_test(size=(120, 40)) as pilot:
            runs = 0

            async def again() -> None:
                nonlocal runs
                deadline = time.monotonic() + LONGEST_RUN
                while len(app.screen_stack) < 2 or main_screen(app).running:
                    assert time.monotonic() < deadline, "a query without end"
                    await asyncio.sleep(0.01)
                server.forget()
                runs += 1
                await pilot.press("r")

            for _ in range(WARM_UP * len(quick_behaviours())):
                await again()
            before = Measures.now()
            print(f"the application after the warm-up:    {before}")
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                await again()
            after = Measures.now()
            print(f"the application after {runs:6} queries: {after}")
    # One query may be running at each of the two moments.
    return [f"the application: {line}" for line in after.growth_from(before, most_growth_mib, running=1)]


def application(seconds: float, most_growth_mib: float) -> list[str]:
    """Run it, and return what grew."""
    return asyncio.run(soak(seconds, most_growth_mib))
