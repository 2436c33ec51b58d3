"""The application under a stopwatch, in a process of its own: `python -m tests.bench.watched WHAT …` prints JSON.

`skeleton` prints the widgets of the main screen, `paint` and `empty` when they were first on the screen, `stream` and
`grid` what an answer from the bench server costs.
"""

from __future__ import annotations

import sys
import time

if sys.argv[1:2] == ["empty"]:
    # As little as an application can be: Textual and the widgets.
    import json
    from typing import Any

    from textual.app import App, ComposeResult
    from textual.widget import Widget

    def _built(tree: list[Any]) -> Widget:
        name, children = tree
        widget: type[Widget] = Widget
        for module in ("textual.widgets", "textual.containers", "textual.scroll_view"):
            widget = getattr(sys.modules.get(module) or __import__(module, fromlist=["*"]), name, widget)
        return widget(*map(_built, children))

    class Empty(App[None]):
        """The widgets and nothing in them."""

        def compose(self) -> ComposeResult:
            """The same tree as the main screen's."""
            yield from map(_built, json.loads(sys.argv[2]))

        def on_mount(self) -> None:
            """Tell when this is on the screen, and go."""
            self.call_after_refresh(self._painted)

        def _painted(self) -> None:
            self.exit()
            self.painted = time.time()

    empty = Empty()
    empty.run(headless=True, size=(160, 50))
    print(json.dumps({"at": empty.painted}))
    sys.exit()
else:
    # As the command line starts the application.
    from findtui.tui import start

    start.rest()

import asyncio
import json
import resource
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.widget import Widget

from findtui.store.paths import Paths
from findtui.store.profiles import Profile, ProfileStore
from findtui.tui.app import FindtuiApp
from findtui.tui.screens.main import main_screen
from findtui.tui.state import Phase

PROBE = 0.005
"""Seconds that the loop is asked to wait, over and over; what it takes longer is the lag of a key press."""

PATIENCE = 300.0


class Watched(FindtuiApp):
    """The application with a saved peer, and something to measure once it has painted."""

    def __init__(self, directory: str, port: int, count: int, measure: str) -> None:
        paths = Paths(Path(directory, "config"), Path(directory, "state"))
        profile = Profile.make(name="Bench", host="127.0.0.1", port=port, called_ae_title=f"N{count}")
        ProfileStore(paths.profiles).save(profile)
        super().__init__(paths, profile="Bench", loaded=start.resume)
        self.count = count
        self.measure = measure
        self.result: dict[str, Any] = {}

    async def _begin(self) -> None:
        if self.measure == "paint":
            self.result = {"at": time.time()}
            self.exit()
        elif self.measure == "skeleton":
            self.result = {"tree": [_skeleton(child) for child in main_screen(self).children]}
            self.exit()
        else:
            await super()._begin()
            self.run_worker(self._watch())

    async def _watch(self) -> None:
        # The profile is given to the server; the first query would pay for building its answer.
        screen = main_screen(self)
        for _ in range(2):
            if screen.level is not None:
                # What it costs to drop an answer is no part of how fast the next one streams in.
                screen.level.store.clear()
            lags: list[float] = []
            probe = asyncio.create_task(_probe(lags))
            begin, used, on_screen = time.perf_counter(), time.process_time(), time.thread_time()
            screen.do_run()
            await self._until(lambda: screen.running)
            await self._until(lambda: not screen.running)
            streamed = time.perf_counter() - begin
            cpu, screen_cpu = time.process_time() - used, time.thread_time() - on_screen
            level = screen.level
            assert level is not None
            assert level.state.phase is Phase.ENDED
            store = level.store
            assert len(store) == self.count, level.state.words()
            while not store.complete:
                await asyncio.sleep(PROBE)
            probe.cancel()
            level.fetched = None
            self.result = {"seconds": streamed, "read": time.perf_counter() - begin, **_summary(lags)}
            self.result |= {"cpu": cpu, "screen_cpu": screen_cpu}
        if self.measure == "grid":
            self.result |= await self._handle()
        self.result["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        self.exit()

    async def _handle(self) -> dict[str, float]:
        """What a key press costs until the screen shows what it did, in milliseconds."""
        grid = main_screen(self).results_panel.grid
        assert grid is not None
        deeds: dict[str, Callable[[], object]] = {
            "filter": lambda: grid.filter("muller ct"),
            "filter taken away": lambda: grid.filter(""),
            "sort by a column": lambda: grid.sort(1),
            "jump to the end": lambda: grid.move_to(grid.line_count - 1),
            "a cell changed": grid.toggle_mark,
        }
        costs = {}
        for name, deed in deeds.items():
            done = asyncio.Event()
            begin = time.perf_counter()
            deed()
            grid.call_after_refresh(done.set)
            await done.wait()
            costs[name] = (time.perf_counter() - begin) * 1000
        return costs

    async def _until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(self.measure)
            await asyncio.sleep(PROBE)


async def _probe(lags: list[float]) -> None:
    while True:
        begin = time.perf_counter()
        await asyncio.sleep(PROBE)
        lags.append((time.perf_counter() - begin - PROBE) * 1000)


def _summary(lags: list[float]) -> dict[str, float]:
    return {"lag_p50": statistics.median(lags), "lag_p95": statistics.quantiles(lags, n=20)[-1], "lag_max": max(lags)}


def _skeleton(widget: Widget) -> list[Any]:
    """The nearest kind of widget that Textual itself has, and its children."""
    kinds = [kind.__name__ for kind in type(widget).__mro__ if kind.__module__.startswith("textual.")]
    inner = [] if kinds[0] == "Footer" else [_skeleton(child) for child in widget.children]
    return [kinds[0], inner]


def main() -> None:
    measure, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with tempfile.TemporaryDirectory() as directory:
        app = Watched(directory, port, count, measure)
        app.run(headless=True, size=(160, 50))
    if not app.result:
        sys.exit(app.return_code or 1)
    print(json.dumps(app.result))


main()
