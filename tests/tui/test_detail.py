"""The identifier in lines, with what deviates from the standard."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot

from findtui.dicom.response import Response
from findtui.dicom.transfer import EXPLICIT_LITTLE, IMPLICIT_LITTLE
from findtui.tui.app import FindtuiApp
from findtui.tui.results import Mask
from findtui.tui.results.identifier import Node, nodes
from findtui.tui.results.table import Reading
from findtui.tui.widgets.detail import MOST_BYTES, IdentifierTree, hex_lines
from tests.dicom.datasets import element, item
from tests.tui.conftest import complete, main
from tests.tui.identifiers import response, until, worklist

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


async def test_a_value_longer_than_its_line_unfolds() -> None:
    long = "a value " * 4_000
    async with running(response(1, f"PatientComments={long}", "PatientID=P1"), size=(80, 24)) as (pilot, tree, _):
        tree.go_to("PatientID")
        await pilot.press("space")
        assert "▸" not in line_with(tree, "PatientID")
        tree.go_to("PatientComments")
        assert line_with(tree, "PatientComments").startswith(" ▸")
        before = tree.line_count
        await pilot.press("right")
        assert line_with(tree, "PatientComments").startswith(" ▾")
        text = " ".join(line.text.strip() for line in tree._lines[tree.cursor + 1 :])
        # What is wrong with it quotes no more of it than tells it apart.
        complaint, _, text = text.partition(" a value" * 12)
        assert len(complaint) < 400
        assert len(text) > 24_000
        assert all(tree.render_line(y).cell_length <= 80 for y in range(tree.size.height))
        await pilot.press("left")
        assert tree.line_count == before


def test_what_is_unfolded_is_bounded() -> None:
    answer = Response(1, element(0x00104000, "UT", "é".encode() * MOST_BYTES), EXPLICIT_LITTLE)
    (node,) = nodes(answer, Reading(True, None, "ISO_IR 192"))
    assert len(node.text_of(MOST_BYTES)) <= MOST_BYTES
    assert set(node.text_of(1001)) == {"é", "…"}
    assert node.whole_text == "é" * MOST_BYTES


async def test_whatever_lies_deep_is_seen() -> None:
    inner = element(0x00080100, "SH", b"here")
    for _ in range(60):
        inner = element(0x0040A730, "SQ", item(inner))
    async with running(Response(1, inner, EXPLICIT_LITTLE), size=(40, 10)) as (pilot, tree, _):
        await pilot.press("end")
        await pilot.pause()
        assert tree.path.endswith("ContentSequence[0].CodeValue")
        assert "(0008,0100) SH Co" in lines(tree)[-1]


async def test_thousands_of_elements_are_drawn_as_they_come_into_sight() -> None:
    many = b"".join(item(element(0x00080100, "SH", b"A%05d" % number)) for number in range(5_000))
    async with running(Response(1, element(0x0040A730, "SQ", many), EXPLICIT_LITTLE)) as (pilot, tree, _):
        assert tree.line_count == 10_001
        assert tree.search("A04321")
        assert tree.path == "ContentSequence[4321].CodeValue"
        assert tree.found == 1
        await pilot.press("left", "left", "left", "left")
        assert tree.line_count == 1


async def test_a_key_asks_in_the_first_item() -> None:
    several = item(element(0x00080100, "SH", b"A ")) + item(element(0x00080100, "SH", b"B "))
    async with running(Response(1, element(0x0040A730, "SQ", several), EXPLICIT_LITTLE)) as (pilot, tree, app):
        tree.go_to("ContentSequence[1].CodeValue")
        tree.make_key()
        await pilot.pause()
        assert app.told == [IdentifierTree.MakeKey("ContentSequence[0].CodeValue", "B")]


async def test_what_deviates_does_not_tell_of_a_masked_patient() -> None:
    async with running(WRONG) as (pilot, tree, _):
        tree.show(WRONG, mask=Mask())
        await pilot.pause()
        text = "\n".join(lines(tree))
        assert "19610230" not in text
        assert "it deviates from the standard" in text


def test_private_elements_name_their_creator() -> None:
    answer = Response(
        1,
        element(0x00110010, "LO", b"MAKER [red]\x1b[2J ") + element(0x00111001, "LO", b"v "),
        EXPLICIT_LITTLE,
    )
    assert [node.keyword for node in nodes(answer, Reading())] == ["PrivateCreator", "private, MAKER [red]\\x1b[2J"]


async def test_the_panel_says_what_is_found_and_how_long_it_is(app: FindtuiApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await complete(pilot)
        panel = main(pilot).detail_panel
        await pilot.press("4", "down")
        await until(pilot, lambda: "bytes" in panel.head.aside.plain)
        await pilot.press("slash", *"code")
        await until(pilot, lambda: "found" in panel.head.aside.plain)
        assert int(panel.head.aside.plain.split()[1]) > 1
        await pilot.press("x", "q")
        await until(pilot, lambda: "nothing found" in panel.head.aside.plain)
        await pilot.press("escape")
        await until(pilot, lambda: "found" not in panel.head.aside.plain)
        # Enter unfolds here, too, under the name that it has everywhere.
        assert panel.identifier is not None
        panel.identifier.go_to("StudyInstanceUID")
        before = panel.identifier.line_count
        await pilot.press("enter")
        assert panel.identifier.line_count > before


@pytest.mark.parametrize("term", ["ISO_IR 100", "ISO_IR 192"])
async def test_reading_in_another_character_set_is_remembered(app: FindtuiApp, term: str) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await pilot.press("d")
        await until(pilot, lambda: bool(app.screen.query("#narrow")))
        await pilot.press(*("space" if character == " " else character for character in term))
        await pilot.press("enter")
        await until(pilot, lambda: main(pilot).session.forced == term)
        assert [row.text("fallback_character_set") for row in app.profile_store.load()] == [term]
        words = (
            f"all answers are read in {term} until a peer is opened. Remembered for it: answers that declare nothing"
        )
        await until(pilot, lambda: any(words in note.message for note in app._notifications))


async def test_what_is_not_remembered_is_said(app: FindtuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await main(pilot).open_command(f"findscu -W -k PatientName 127.0.0.1 {app.profiles[0]['port']}", run=True)
        await complete(pilot)
        await until(pilot, lambda: main(pilot).situation.responses > 0)
        await pilot.press("3", "d")
        await until(pilot, lambda: bool(app.screen.query("#narrow")))
        await pilot.press(*"Cyrillic", "enter")
        await until(pilot, lambda: main(pilot).session.forced == "ISO_IR 144")
        words = "It is not saved, so nothing is remembered for it"
        await until(pilot, lambda: any(words in note.message for note in app._notifications))


async def test_backspace_goes_back_to_the_results(app: FindtuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        screen = main(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: screen.detail_panel.has_class("-current"))
        await pilot.press("backspace")
        await until(pilot, lambda: screen.results_panel.has_class("-current"))
