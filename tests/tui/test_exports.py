"""Exports: what is written where, what is in the way, what stands when it goes wrong, and what the user is told."""

from __future__ import annotations

import csv
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree
from pydicom import dcmread
from textual.pilot import Pilot
from textual.widgets import Input, Select, Static

from findtui.demo.behaviour import Behaviour
from findtui.demo.server import DemoServer
from findtui.dicom.response import Response
from findtui.errors import FindtuiError, OutputError
from findtui.net.events import End, Outcome
from findtui.store.paths import Paths
from findtui.tui.app import FindtuiApp
from findtui.tui.exports import FORMATS, MOST_FAILURES, Export
from findtui.tui.screens.export import ExportScreen
from tests.tui.conftest import complete, main, save_demo, shown, state, until
from tests.tui.identifiers import worklist

DONE = Outcome(End.SUCCESS, 3, 0, 0.1)
RESPONSES = tuple(worklist(number) for number in range(3))
COLUMNS = ("PatientName", "AccessionNumber")


def export(chosen: str, target: Path, responses: tuple[Response, ...] = RESPONSES) -> Export:
    return Export(chosen, target, responses, COLUMNS, None)


# Without a screen.


def _csv(target: Path) -> list[str]:
    return [row[1] for row in csv.reader(target.read_text("utf-8").splitlines())][1:]


def _ndjson(target: Path) -> list[str]:
    return [json.loads(line)["00080050"]["Value"][0] for line in target.read_text("utf-8").splitlines()]


def _single(target: Path) -> list[str]:
    return [str(node.text) for node in etree.parse(str(target)).iter("element") if node.get("tag") == "0008,0050"]


def _files(read: Callable[[Path], str]) -> Callable[[Path], list[str]]:
    return lambda target: [read(path) for path in sorted(target.iterdir())]


READERS: dict[str, Callable[[Path], list[str]]] = {
    "csv": _csv,
    "ndjson": _ndjson,
    "single-xml": _single,
    "dicom": _files(lambda path: str(dcmread(path).AccessionNumber)),
    "xml": _files(lambda path: _single(path)[0]),
    "json": _files(lambda path: str(json.loads(path.read_text("utf-8"))["00080050"]["Value"][0])),
}


@pytest.mark.parametrize("chosen", FORMATS)
def test_every_format_holds_every_response_for_its_owner_alone(chosen: str, tmp_path: Path) -> None:
    one_file = FORMATS[chosen].one_file
    target = tmp_path / "out" / "file" if one_file else tmp_path / "out"
    job = export(chosen, target)
    job.make_directory()
    written = job.write(DONE)
    assert READERS[chosen](target) == ["ACC000000", "ACC000001", "ACC000002"]
    assert written.directory == tmp_path / "out"
    assert str(target) in written.text
    assert "3" in written.text
    assert job.done == 3
    for path in [target] if one_file else list(target.iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o700


def test_what_is_in_the_way_is_named(tmp_path: Path) -> None:
    assert export("csv", tmp_path / "a.csv").in_the_way() == ""
    (tmp_path / "a.csv").write_text("mine")
    assert export("csv", tmp_path / "a.csv").in_the_way() == str(tmp_path / "a.csv")
    assert export("dicom", tmp_path).in_the_way() == ""
    for number in (1, 3):
        (tmp_path / f"rsp000{number}.dcm").write_text("mine")
    assert export("dicom", tmp_path).in_the_way() == f"{tmp_path}/rsp0001.dcm and 1 more"
    with pytest.raises(OutputError, match="is a directory"):
        export("csv", tmp_path).in_the_way()
    with pytest.raises(OutputError, match="is no directory"):
        export("dicom", tmp_path / "a.csv").in_the_way()
    with pytest.raises(OutputError, match="name too long"):
        export("csv", tmp_path / ("x" * 300)).in_the_way()


def test_a_cancelled_export_says_what_stands(tmp_path: Path) -> None:
    for chosen, target, words in (
        ("csv", tmp_path / "a.csv", "nothing was written"),
        ("dicom", tmp_path, "0 files of 3"),
    ):
        job = export(chosen, target)
        job.cancel()
        written = job.write(DONE)
        assert written.cancelled
        assert words in written.text
        assert list(tmp_path.iterdir()) == []


def test_files_that_cannot_be_written_stop_no_others_and_are_counted(tmp_path: Path) -> None:
    (tmp_path / "rsp0002.dcm").mkdir()
    with pytest.raises(OutputError) as raised:
        export("dicom", tmp_path).write(DONE)
    assert "rsp0002.dcm" in raised.value.message
    assert f"What was written: 2 files of 3 in {tmp_path}" in raised.value.remedy
    assert (tmp_path / "rsp0003.dcm").is_file()


def test_a_directory_that_takes_nothing_is_not_tried_for_ever(tmp_path: Path) -> None:
    responses = tuple(worklist(number) for number in range(100))
    job = export("json", tmp_path / "gone", responses)
    with pytest.raises(OutputError) as raised:
        job.write(DONE)
    assert job.done == MOST_FAILURES
    assert "Make the directory first" in raised.value.remedy
    assert "0 files of 100" in raised.value.remedy


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full here")
def test_a_full_disk_is_said_and_leaves_nothing_half(tmp_path: Path) -> None:
    target = tmp_path / "link.csv"
    target.symlink_to("/dev/full")
    with pytest.raises(FindtuiError) as raised:
        export("csv", target, tuple(worklist(number) for number in range(2_000))).write(DONE)
    assert "no space left" in raised.value.message
    assert "Make room" in raised.value.remedy
    assert "Nothing was written" in raised.value.remedy


def test_an_incomplete_answer_is_told_by_the_file(tmp_path: Path) -> None:
    broken = Outcome(End.FAILED, 3, 0, 0.1, error=FindtuiError("cancelled, 3 kept"))
    export("single-xml", tmp_path / "a.xml").write(broken)
    assert "<!-- incomplete: cancelled, 3 kept -->" in (tmp_path / "a.xml").read_text("utf-8")


# On the screen.


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory that one is in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def opened(pilot: Pilot[None]) -> None:
    await pilot.press("e")
    await until(pilot, lambda: pilot.app.screen.query("#target"), "the dialog")
    await pilot.pause()


async def closed(pilot: Pilot[None]) -> None:
    await until(pilot, lambda: len(pilot.app.screen_stack) == 2, "the end of the export")


def note(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one("#note", Static).content)


def target(pilot: Pilot[None]) -> Input:
    return pilot.app.screen.query_one("#target", Input)


async def test_enter_in_a_list_chooses_and_writes_nothing(app: FindtuiApp, here: Path) -> None:
    (here / "made").mkdir()
    before = set(here.iterdir())
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await opened(pilot)
        target(pilot).value = "made/mine.csv"
        # To the list of formats, open it, and choose the one after the next.
        await pilot.press("shift+tab", "enter", "down", "down", "down", "enter")
        await until(pilot, lambda: app.screen.query_one("#format", Select).value == "single-xml", "the format")
        assert isinstance(app.screen, ExportScreen)
        assert set(here.iterdir()) - before <= {app.paths.config, app.paths.state}
        # The directory and the name that were typed stay, and the next Enter writes.
        await until(pilot, lambda: target(pilot).value == "made/mine.xml", "the proposal")
        await until(pilot, lambda: app.focused is target(pilot), "the line")
        await pilot.press("enter")
        await closed(pilot)
        assert len(_single(here / "made" / "mine.xml")) == len(shown(pilot).store)
        # It is said where it is, from the root, and the next export starts there.
        written = str(here / "made" / "mine.xml")
        await until(pilot, lambda: any(written in note.message for note in app._notifications), "where it is")
        assert app.settings.export_directory == str(here / "made")


async def test_what_stood_in_a_list_before_can_be_chosen_again_and_written(app: FindtuiApp, here: Path) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await opened(pilot)
        format_list = app.screen.query_one("#format", Select)
        await pilot.press("shift+tab", "enter")
        await until(pilot, lambda: format_list.expanded, "the list")
        await pilot.press("escape")
        await until(pilot, lambda: not format_list.expanded and app.focused is format_list, "the list to close")
        assert isinstance(app.screen, ExportScreen)
        await pilot.press("enter")
        await until(pilot, lambda: format_list.expanded, "the list")
        await pilot.press("enter")
        await until(pilot, lambda: app.focused is target(pilot), "the line")
        target(pilot).value = "new/"
        await pilot.press("enter")
        await until(pilot, lambda: "new would be a directory" in note(pilot), "the reason")
        assert not (here / "new").exists()
        target(pilot).value = "mine.csv"
        await pilot.press("enter")
        await closed(pilot)
        assert (here / "mine.csv").is_file()


async def test_marked_and_filtered_responses_come_first(app: FindtuiApp, here: Path) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await pilot.press("space", "down", "space")
        await opened(pilot)
        await pilot.press("ctrl+s")
        await closed(pilot)
        assert len((here / "responses.csv").read_text("utf-8").splitlines()) == 3
        # A second one does not touch the first.
        await opened(pilot)
        assert target(pilot).value == "responses-2.csv"
        # What is there already is only written over when that is wanted.
        target(pilot).value = "responses.csv"
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.query(".question"), "the question")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ExportScreen), "the dialog again")
        assert len((here / "responses.csv").read_text("utf-8").splitlines()) == 3
        # A directory that is not there is made when that is wanted.
        target(pilot).value = "new/deep/a.csv"
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.query(".question"), "the question")
        await pilot.press("enter")
        await closed(pilot)
        assert (here / "new" / "deep" / "a.csv").is_file()


@pytest.mark.skipif(os.geteuid() == 0 and not Path("/proc/self").exists(), reason="needs a place that takes no files")
async def test_what_cannot_be_written_is_said_in_the_dialog(app: FindtuiApp, here: Path) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await opened(pilot)
        target(pilot).value = "/proc/self/responses.csv"
        await pilot.press("enter")
        await until(pilot, lambda: "✖ cannot write /proc/self/responses.csv" in note(pilot), "the reason")
        assert "Nothing was written" in note(pilot)
        target(pilot).value = str(here)
        await pilot.press("enter")
        await until(pilot, lambda: "is a directory" in note(pilot), "the reason")
        await pilot.press("escape")
        await closed(pilot)


async def test_masked_and_incomplete_answers_are_spoken_of(paths: Paths, server: DemoServer, tmp_path: Path) -> None:
    server.behaviour = Behaviour(limit=7)
    save_demo(paths, server)
    app = FindtuiApp(paths, profile="Demo Hospital", run=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        assert state(pilot).startswith("▲ 7, cut short")
        await pilot.press("m")
        await opened(pilot)
        await until(pilot, lambda: "Masked on the screen only" in note(pilot), "the note")
        assert "Incomplete: 7, cut short by the peer" in note(pilot)
        app.screen.query_one("#format", Select).value = "single-xml"
        await until(pilot, lambda: target(pilot).value.endswith(".xml"), "the format")
        target(pilot).value = str(tmp_path / "seven.xml")
        await pilot.press("ctrl+s")
        await closed(pilot)
        text = (tmp_path / "seven.xml").read_text("utf-8")
        assert "<!-- incomplete: 7, cut short by the peer" in text
        response = main(pilot).response
        assert response is not None
        assert str(response.to_dataset().PatientID) in text


async def test_escape_ends_a_long_export_and_not_the_dialog(
    app: FindtuiApp, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Export.write

    def slow(self: Export, outcome: Outcome) -> object:
        assert self._cancelled.wait(30)
        return real(self, outcome)

    monkeypatch.setattr(Export, "write", slow)
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await opened(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.query_one("#progress").display, "the progress")
        # A second Enter starts no second one.
        await pilot.press("enter", "escape")
        await until(pilot, lambda: "Cancelled: nothing was written" in note(pilot), "what stands")
        assert not (here / "responses.csv").exists()
        await pilot.press("escape")
        await closed(pilot)
