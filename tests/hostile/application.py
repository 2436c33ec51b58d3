"""An application that asks peers that misbehave, and what is to be seen of it."""

from __future__ import annotations

import asyncio
import shlex
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from findtui.command.command_line import from_command_line
from findtui.errors import UnreadableResponses
from findtui.net.events import End
from findtui.store.paths import Paths
from findtui.tui.app import FindtuiApp
from findtui.tui.question import Question
from findtui.tui.screens.main import MainScreen, main_screen
from findtui.tui.session import Level
from tests.hostile.behaviour import Behaviour
from tests.hostile.injecting import acting
from tests.net.scripted import ScriptedServer
from tests.tui.conftest import shown, state, until

PATIENCE = 30.0
KEPT = "MiB of responses that are kept"
TIMEOUTS = ("-to", "3", "-ts", "3", "-ta", "3", "-td", "3")
SIZE = (100, 30)
SAID = {"time": ("within", "had not ended"), "reject": ("refused",), "tls": ("encrypted", "tls")}
"""What headless says, and what the state line says instead, where it has other words."""


@asynccontextmanager
async def running(paths: Paths, size: tuple[int, int] = SIZE) -> AsyncIterator[Pilot[None]]:
    """An application that has been opened for the first time, and asked nothing yet."""
    app = FindtuiApp(paths)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: len(app.screen_stack) > 2, "the first start")
        await pilot.press("escape")
        await until(pilot, lambda: len(app.screen_stack) == 2, "the main screen")
        yield pilot


def screen(pilot: Pilot[None]) -> MainScreen:
    """The main screen."""
    assert isinstance(pilot.app, FindtuiApp)
    return main_screen(pilot.app)


def ended(pilot: Pilot[None]) -> bool:
    """Whether a query has been asked, and none is running."""
    level = screen(pilot).level
    return level is not None and level.state.outcome is not None and not screen(pilot).running


async def ask(pilot: Pilot[None], port: int, *arguments: str) -> bool:
    """Ask what headless would ask with these arguments, and wait for the end; says whether there is one."""
    peer, query, _ = from_command_line(command(port, *arguments))
    session = screen(pilot).session
    session.name, session.peer = str(peer), peer
    session.levels.clear()
    screen(pilot).ask(Question.of_query(query))
    return await wait_for_end(pilot)


def command(port: int, *arguments: str) -> str:
    """The command line for a query to the peer on this port."""
    return shlex.join(["findscu", *TIMEOUTS, *arguments, "-k", "PatientName", "127.0.0.1", str(port)])


async def wait_for_end(pilot: Pilot[None]) -> bool:
    """Wait until a query has ended; says whether one has."""
    deadline = time.monotonic() + PATIENCE
    while not ended(pilot):
        if time.monotonic() > deadline:
            await screen(pilot).leave_run()
            return False
        await asyncio.sleep(0.01)
    await pilot.pause()
    return True


def painted(pilot: Pilot[None]) -> str:
    """The screen as it goes to the terminal, without colours."""
    lines = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in line) for line in lines)


def unwell(pilot: Pilot[None]) -> list[str]:
    """What is wrong with the application itself."""
    found = [] if pilot.app.is_running else ["the application is gone"]
    assert isinstance(pilot.app, FindtuiApp)
    found += [f"the application failed: {error.message}" for _, error in pilot.app.failures]
    if acts := acting(painted(pilot), allowed="\n\xa0"):
        found.append(f"{acts} on the screen")
    return found


async def problems(pilot: Pilot[None], behaviour: Behaviour) -> list[str]:
    """What is wrong with a query to such a peer, in words."""
    with ScriptedServer(behaviour.script) as server:
        if not await ask(pilot, server.port, *behaviour.arguments):
            return [f"{behaviour}: it goes on"]
    level = shown(pilot)
    found = [*_untrue(level, behaviour), *_untold(pilot, level, behaviour), *unwell(pilot)]
    return [f"{behaviour}: {'; '.join(found)} [{state(pilot)}]"] if found else []


def _untrue(level: Level, behaviour: Behaviour) -> list[str]:
    """What is not true, or not kept."""
    outcome = level.state.outcome
    assert outcome is not None
    status = 0 if outcome.error is None else outcome.error.exit_status
    found = []
    if status not in behaviour.statuses:
        found.append(f"status {status}: {outcome.error}")
    if behaviour.kept >= 0 and outcome.received != behaviour.kept:
        found.append(f"{outcome.received} received instead of {behaviour.kept}")
    if len(level.store) != outcome.received:
        found.append(f"{len(level.store)} in the grid, {outcome.received} received")
    if outcome.error is not None and "127.0.0.1" not in str(outcome.error):
        found.append("it does not say with which peer")
    return found


def _untold(pilot: Pilot[None], level: Level, behaviour: Behaviour) -> list[str]:
    """What the state line does not say, nor the log."""
    outcome = level.state.outcome
    assert outcome is not None
    words = state(pilot)
    found = []
    well = outcome.end is End.SUCCESS and not outcome.cut_short
    if words.startswith("● complete") != well:
        found.append(f"it is called so after {outcome.end}")
    if outcome.unreadable and f"{outcome.unreadable:,} unreadable" not in words:
        found.append("it does not say how many were unreadable")
    if outcome.error is not None and KEPT in outcome.error.message:
        # A fast machine comes to this bound before the time is over.
        return [*found, *([] if "sent more than" in words else ["the state line does not say that it was too much"])]
    log = "\n".join(entry.text for entry in screen(pilot).log_panel.entries).lower()
    found += [f"the log does not say {said!r}" for said in behaviour.says if said not in log]
    if behaviour.says and outcome.error is not None and not isinstance(outcome.error, UnreadableResponses):
        said = behaviour.says[0]
        # That a peer which just closes may want TLS is a guess, and stands below the state line.
        told = (words + outcome.error.remedy if said == "tls" else words).lower()
        if not any(other in told for other in (said, *SAID.get(said, ()))):
            found.append(f"the state line does not say {said!r}")
    return found
