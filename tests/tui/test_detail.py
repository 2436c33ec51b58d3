"""The identifier in lines, with what deviates from the standard."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot

from findtui.dicom.response import Response
from findtui.dicom.transfer import EXPLICIT_LITTLE, IMPLICIT_LITTLE
from findtui.tui.results import Mask
from findtui.tui.results.identifier import Node, nodes
from findtui.tui.results.table import Reading
from findtui.tui.widgets.detail import MOST_BYTES, IdentifierTree, hex_lines
from tests.dicom.datasets import element, item
from tests.tui.identifiers import response, worklist

WRONG = Response(
    1,
    element(0x00080005, "CS", b"ISO_IR 100")
    + element(0x00100010, "PN", b"M\xfcller^J\xf6rg\x1b[2J ")
    + element(0x00100030, "DA", b"19610230")
    + element(0x00100040, "LO", b"F ")
    + element(0x00100040, "CS", b"m ")
    + element(0x00091001, "LO", b"odd")
    + element(0x00321064, "SQ", item(element(0x00080100, "SH", b"A code that is far too long for SH ")) + item(b"")),
    EXPLICIT_LITTLE,
)


class TreeApp(App[None]):
    """Nothing but an identifier, and what it asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Message] = []

    def compose(self) -> ComposeResult:
        yield IdentifierTree()

    def on_mount(self) -> None:
        self.query_one(IdentifierTree).focus()

    def on_identifier_tree_copy_requested(self, event: IdentifierTree.CopyRequested) -> None:
        self.told.append(event)

    def on_identifier_tree_make_key(self, event: IdentifierTree.MakeKey) -> None:
        self.told.append(event)


@asynccontextmanager
async def running(
    answer: Response | None, size: tuple[int, int] = (100, 40)
) -> AsyncIterator[tuple[Pilot[None], IdentifierTree, TreeApp]]:
    """An identifier on a screen."""
    app = TreeApp()
    async with app.run_test(size=size) as pilot:
        tree = app.query_one(IdentifierTree)
        tree.show(answer)
        await pilot.pause()
        yield pilot, tree, app


def lines(tree: IdentifierTree) -> list[str]:
    """What stands on the screen."""
    return [tree.render_line(y).text.rstrip() for y in range(tree.size.height)]


def line_with(tree: IdentifierTree, text: str) -> str:
    """The line that holds a text."""
    return next(line for line in lines(tree) if text in line)


def complaints(found: list[Node]) -> dict[str, list[str]]:
    """What is said against each attribute."""
    said = {node.path: node.complaints for node in found if node.complaints}
    for node in found:
        said |= complaints(node.children)
    return said


def test_deviations_are_said_in_words() -> None:
    said = complaints(nodes(WRONG, Reading()))
    assert said.pop("PatientBirthDate") == ["'19610230' is no day of the calendar"]
    assert said.pop("PatientName") == ["it holds an ESC that begins no escape sequence of its character set"]
    assert said.pop("(0009,1001)") == ["its length, 3, is odd", "it stands behind a larger tag"]
    assert any("16" in text for text in said.pop("RequestedProcedureCodeSequence[0].CodeValue"))
    sex = said.pop("PatientSex")
    assert any("it stands twice" in text for text in sex)
    assert said.pop("RequestedProcedureCodeSequence") == ["its length, 59, is odd"]
    assert not said


def test_what_follows_the_standard_is_not_spoken_against() -> None:
    for syntax in (EXPLICIT_LITTLE, IMPLICIT_LITTLE):
        answer = response(1, "PatientName=Müller^Jörg", "Rows=12", "StudyInstanceUID=1.2.3", syntax=syntax)
        assert complaints(nodes(answer, Reading())) == {}
    assert complaints(nodes(worklist(2), Reading())) == {}


async def test_every_element_has_a_line() -> None:
    async with running(worklist(0)) as (_, tree, _app):
        assert line_with(tree, "PatientName").split() == ["(0010,0010)", "PN", "PatientName", "14", "Müller^Jörg"]
        assert "1 item" in line_with(tree, "ScheduledProcedureStepSequence")
        assert line_with(tree, "Modality").startswith("    ")
        values = [
            line.index(value) for line in lines(tree) for value in ("Müller^", "SPS000000", "CT01") if value in line
        ]
        assert len(set(values)) == 1


async def test_folding_and_walking() -> None:
    async with running(worklist(0)) as (pilot, tree, _):
        tree.go_to("ScheduledProcedureStepSequence[0].Modality")
        await pilot.press("left")
        assert tree.path == "ScheduledProcedureStepSequence[0]"
        await pilot.press("left")
        assert "Modality" not in "".join(lines(tree))
        await pilot.press("left", "space")
        assert tree.path == "ScheduledProcedureStepSequence"
        assert lines(tree)[-1] == ""
        assert line_with(tree, "ScheduledProcedureStepSequence").startswith(" ▸")
        await pilot.press("right", "right", "right", "right")
        assert tree.path == "ScheduledProcedureStepSequence[0].Modality"
        await pilot.click(tree, offset=(5, 1), times=2)
        assert tree.path == "AccessionNumber"


async def test_the_attribute_and_what_is_folded_stay_with_the_next_response() -> None:
    async with running(worklist(0)) as (pilot, tree, _):
        tree.go_to("ScheduledProcedureStepSequence")
        await pilot.press("space")
        tree.go_to("StudyInstanceUID")
        tree.show(worklist(1, "PatientComments=one more line"))
        assert (tree.path, tree.value) == ("StudyInstanceUID", "1.2.826.0.1.99999.1")
        assert "Modality" not in "".join(lines(tree))
        tree.show(None)
        assert (tree.path, tree.value, tree.line_count) == ("", "", 0)
        await pilot.press("left", "right", "space", "down")


async def test_search_unfolds_what_it_finds() -> None:
    async with running(worklist(0)) as (pilot, tree, _):
        tree.go_to("ScheduledProcedureStepSequence")
        await pilot.press("space")
        assert tree.search("ct01")
        assert tree.path == "ScheduledProcedureStepSequence[0].ScheduledStationName"
        assert tree.search("name")
        first = tree.path
        assert tree.search_next()
        assert tree.path != first
        assert tree.search_next(backwards=True)
        assert tree.path == first
        assert not tree.search("nowhere to be found")


async def test_values_paths_and_keys_are_handed_out() -> None:
    async with running(worklist(0)) as (pilot, tree, app):
        tree.go_to("ScheduledProcedureStepSequence[0].ScheduledStationName")
        tree.copy_value()
        tree.copy_path()
        tree.make_key()
        tree.go_to("ScheduledProcedureStepSequence[0]")
        tree.make_key()
        await pilot.pause()
        path = "ScheduledProcedureStepSequence[0].ScheduledStationName"
        assert app.told == [
            IdentifierTree.CopyRequested("CT01", "ScheduledStationName"),
            IdentifierTree.CopyRequested(path, "the path of ScheduledStationName"),
            IdentifierTree.MakeKey(path, "CT01"),
        ]


async def test_bytes_of_an_element() -> None:
    async with running(worklist(0)) as (pilot, tree, _):
        tree.go_to("PatientName")
        tree.toggle_bytes()
        await pilot.pause()
        assert "000000  4d c3 bc 6c 6c 65 72 5e 4a c3 b6 72 67 20        M..ller^J..rg" in "\n".join(lines(tree))
        tree.toggle_bytes()
        assert "4d c3" not in "".join(lines(tree))


def test_bytes_are_bounded() -> None:
    found = list(hex_lines(bytes(MOST_BYTES + 5)))
    assert found[-1] == "… 5 more bytes"
    assert len(found) == MOST_BYTES // 16 + 1
    assert list(hex_lines(b"")) == ["no bytes"]


async def test_masked_patients_are_in_no_line() -> None:
    async with running(worklist(0)) as (pilot, tree, _):
        tree.show(worklist(0), mask=Mask())
        tree.go_to("PatientName")
        tree.toggle_bytes()
        await pilot.pause()
        text = "\n".join(lines(tree))
        assert tree.value == "Patient 1"
        assert not any(word in text for word in ("Müller", "4d c3", "P000123", "19610302"))


async def test_text_is_read_in_another_character_set() -> None:
    async with running(worklist(0)) as (_, tree, _app):
        tree.go_to("PatientName")
        tree.show(worklist(0), "ISO_IR 100")
        assert tree.value == "MÃ¼ller^JÃ¶rg"


async def test_long_values_are_cut_on_the_screen_and_whole_in_the_clipboard() -> None:
    async with running(response(1, f"PatientComments={'x' * 20_000}")) as (pilot, tree, app):
        tree.go_to("PatientComments")
        assert line_with(tree, "PatientComments").endswith("…")
        tree.copy_value()
        await pilot.pause()
        assert app.told == [IdentifierTree.CopyRequested("x" * 20_000, "PatientComments")]


async def test_nothing_that_a_peer_sends_acts_on_the_screen() -> None:
    async with running(WRONG) as (_, tree, _app):
        assert "".join(lines(tree)).isprintable()
        assert "\\x1b[2J" in line_with(tree, "PatientName")


async def test_an_identifier_that_cannot_be_read_says_why() -> None:
    async with running(Response(1, b"\x10\x00", EXPLICIT_LITTLE)) as (_, tree, _app):
        assert "too few" in tree.problem
        assert tree.line_count == 0


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light"])
@pytest.mark.parametrize("size", [(80, 24), (56, 30), (120, 30)], ids=["80x24", "56x30", "120x30"])
def test_pictures(snap_compare: Callable[..., bool], size: tuple[int, int], theme: str) -> None:
    async def look(pilot: Pilot[None]) -> None:
        tree = pilot.app.query_one(IdentifierTree)
        tree.show(WRONG)
        tree.go_to("PatientBirthDate")
        tree.toggle_bytes()
        tree.search("code")
        await pilot.pause()

    app = TreeApp()
    app.theme = theme
    assert snap_compare(app, terminal_size=size, run_before=look)
