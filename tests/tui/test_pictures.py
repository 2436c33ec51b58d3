"""Every screen as it was looked at: in two sizes, dark, light and without colour.

`pytest tests/tui/test_pictures.py -n auto --update-pictures` takes all pictures anew and removes those of no scene.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import findtui.tui.screens
from findtui.demo.hospital import Hospital
from findtui.demo.server import DemoServer
from findtui.store.paths import Paths
from findtui.tui.app import FindtuiApp
from findtui.tui.screens.dialog import Dialog
from tests.tui.pictures import SIZES, Album, looks
from tests.tui.scenes import SCENES, Scene
from tests.tui.scripted import ScriptedPeer, behind_port, stand_still


class PicturedApp(FindtuiApp):
    """What is said in passing stays, however long it takes to take the pictures."""

    def notify(self, *args: object, **options: object) -> None:
        """Say it until the end."""
        super().notify(*args, **{**options, "timeout": 3600.0})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def asked_once(hospital: Hospital) -> Iterator[DemoServer]:
    """The server that the scripted peer learns from."""
    with DemoServer(hospital=hospital) as server:
        yield server


@pytest.fixture(scope="module")
def peer(asked_once: DemoServer) -> ScriptedPeer:
    """The peer of all scenes."""
    return ScriptedPeer(asked_once)


@pytest.fixture
def album(pytestconfig: pytest.Config) -> Album:
    """The stored pictures."""
    return Album(Path(__file__).parent / "__snapshots__", update=pytestconfig.getoption("update_pictures"))


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Paths:
    """An empty home directory, in which one is; so that no path on a picture tells where the test ran."""
    directory = tmp_path / "home"
    (directory / "worklists").mkdir(parents=True)
    (directory / "query.dcm").touch()
    monkeypatch.setenv("HOME", str(directory))
    monkeypatch.chdir(directory)
    return Paths(Path(".config/findtui"), Path(".local/state/findtui"))


@pytest.mark.parametrize("scene", SCENES, ids=[scene.name for scene in SCENES])
async def test_picture(
    scene: Scene,
    home: Paths,
    peer: ScriptedPeer,
    asked_once: DemoServer,
    album: Album,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    behind_port(monkeypatch, asked_once)
    stand_still(monkeypatch)
    scene.saved(home, **scene.values)
    app = PicturedApp(home, profile=scene.opened, run=scene.run, find=peer.find(scene.answers))
    async with app.run_test(size=SIZES[0], notifications=True) as pilot:
        await scene.reach(pilot)
        assert type(app.screen).__name__ == scene.screen
        differences = [album.compare(scene.name, look, picture, tmp_path) async for look, picture in looks(pilot)]
    assert not any(differences), "\n" + "\n".join(filter(None, differences))


def test_every_screen_is_in_a_picture() -> None:
    for module in pkgutil.iter_modules(findtui.tui.screens.__path__, "findtui.tui.screens."):
        importlib.import_module(module.name)
    waiting: list[type] = [Dialog]
    dialogs = set()
    while waiting:
        found: list[type] = waiting.pop().__subclasses__()
        # What other dialogs are made of is none that anybody sees.
        dialogs |= {screen.__name__ for screen in found if not screen.__subclasses__()}
        waiting += found
    assert dialogs <= {scene.screen for scene in SCENES}


def test_every_picture_belongs_to_a_scene(album: Album) -> None:
    assert not album.forgotten(scene.name for scene in SCENES)
