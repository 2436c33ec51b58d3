"""Every screen as it was looked at, in two sizes and three themes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

import findtui.net.probe
from findtui.demo.server import DemoServer
from findtui.net.control import Control
from findtui.net.peer import Peer
from findtui.net.probe import ProbeStep
from findtui.store.paths import Paths
from findtui.tui.app import FindtuiApp
from tests.tui.conftest import save_demo, steady_find
from tests.tui.pictures import PICTURES, Picture

PORT = 11112
"""What stands on the pictures; the server listens elsewhere."""

SIZES = ((80, 24), (160, 50))
CASES = [
    pytest.param(picture, size, theme, id=f"{picture.name}-{size[0]}-{theme}")
    for picture in PICTURES
    for size in SIZES
    for theme in ("dark", "light", "plain")
    # Light and without colour are looked at where there is most to see; the others differ in nothing but the palette.
    if theme == "dark" or picture.everywhere
]


@pytest.fixture
def steady(server: DemoServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> DemoServer:
    """The server behind a port that is always the same, and a test of it that always takes as long."""
    engine = findtui.net.probe.probe

    def probe(peer: Peer, control: Control | None = None) -> Iterator[ProbeStep]:
        for step in engine(replace(peer, port=server.port), control):
            text = step.text.replace(str(server.port), str(PORT))
            yield replace(step, elapsed=0.002 if step.elapsed else 0.0, text=re.sub(r"\d+ ms", "2 ms", text))

    monkeypatch.setattr(findtui.net.probe, "probe", probe)
    monkeypatch.chdir(tmp_path)
    return server


@pytest.mark.parametrize(("picture", "size", "theme"), CASES)
def test_picture(
    picture: Picture,
    size: tuple[int, int],
    theme: str,
    paths: Paths,
    steady: DemoServer,
    snap_compare: Callable[..., bool],
) -> None:
    save_demo(paths, steady, port=PORT, model=picture.model)
    app = FindtuiApp(paths, profile="Demo Hospital", run=True, find=steady_find(steady.port))

    async def reach(pilot: Pilot[None]) -> None:
        app.theme = f"findtui-{theme}"
        await picture.reach(pilot)

    assert snap_compare(app, terminal_size=size, run_before=reach)


@pytest.mark.parametrize("size", SIZES)
def test_picture_of_the_first_start(size: tuple[int, int], paths: Paths, snap_compare: Callable[..., bool]) -> None:
    async def reach(pilot: Pilot[None]) -> None:
        from tests.tui.conftest import until

        await until(pilot, lambda: len(pilot.app.screen_stack) > 2, "the first start")

    assert snap_compare(FindtuiApp(paths), terminal_size=size, run_before=reach)
