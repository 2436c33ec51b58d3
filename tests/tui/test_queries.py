"""Queries as files, as text and as commands, and what is kept of them."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Select, Static, TextArea

from findtui.demo.server import DemoServer
from findtui.dicom import queryfile
from findtui.dicom.dataset import DataSet, Element
from findtui.dicom.encoder import encode
from findtui.dicom.keys import Key
from findtui.dicom.models import MODELS, STUDY_ROOT, WORKLIST
from findtui.dicom.query import Query
from findtui.dicom.transfer import EXPLICIT_LITTLE, TRANSFER_SYNTAXES, TransferSyntax
from findtui.errors import QueryFileError
from findtui.store.history import Run
from findtui.store.paths import Paths
from findtui.store.templates import opening_keys, return_keys
from findtui.tui.app import FindtuiApp
from findtui.tui.queryfiles import from_text, open_file, to_text, write_file
from findtui.tui.question import Question, path_of
from findtui.tui.screens.ask import AskScreen, ConfirmScreen
from findtui.tui.screens.choose import ChooseScreen
from findtui.tui.screens.dialog import Dialog
from findtui.tui.screens.files import FileScreen
from findtui.tui.screens.paste import PasteScreen
from findtui.tui.screens.query_options import QueryOptions
from tests.tui.conftest import complete, main, save_demo, until

NAMES = {" ": "space", "*": "asterisk", "=": "equals_sign", ".": "full_stop", "-": "minus"}
STEP = "ScheduledProcedureStepSequence[0]."
EXAMPLES = Path("/usr/share/doc/dcmtk/examples/wlistqry")


async def type_text(pilot: Pilot[None], text: str) -> None:
    """Type a text into what has the keys."""
    await pilot.press(*(NAMES.get(character, character) for character in text))
    await pilot.pause()


async def opened(pilot: Pilot[None], screen: type[Dialog[Any]]) -> None:
    """Wait for a dialog."""
    await until(pilot, lambda: isinstance(pilot.app.screen, screen), screen.__name__)
    await pilot.pause()


async def closed(pilot: Pilot[None]) -> None:
    """Wait until no dialog is left."""
    await until(pilot, lambda: pilot.app.screen is main(pilot), "the dialog to close")


async def saved_as(pilot: Pilot[None], way: str, name: str) -> None:
    """Save the query."""
    await pilot.press("ctrl+s")
    await opened(pilot, ChooseScreen)
    await type_text(pilot, way)
    await pilot.press("enter")
    await opened(pilot, AskScreen)
    pilot.app.screen.query_one(Input).value = name
    await pilot.press("enter")


def query_of(*keys: str, files: tuple[Path, ...] = ()) -> Query:
    """A query of these keys."""
    return Query(keys=tuple(map(Key.parse, keys)), files=files)


def sent(query: Query) -> list[bytes]:
    """The identifiers of a query as they go out."""
    return [encode(dataset, EXPLICIT_LITTLE) for dataset in query.identifiers()]


def private(private_text: bytes = b"made up ") -> DataSet:
    """A query with what no key can say: private attributes whose VRs stand in the file alone."""
    dataset = DataSet()
    dataset.put(Element(0x00080005, "CS", b"ISO_IR 100"))
    dataset.put(Element(0x00100010, "PN", b"M\xfcller* "))
    dataset.put(Element(0x00090010, "LO", b"FINDTUI TESTS "))
    dataset.put(Element(0x00091001, "LO", private_text))
    item = DataSet([Element(0x00080060, "CS", b"CT")])
    dataset.put(Element(0x00091002, "SQ", items=[item]))
    dataset.put(Element(0x00400100, "SQ", items=[DataSet([Element(0x00400001, "AE", b"CT01")]), DataSet()]))
    return dataset


KEYS = st.lists(
    st.builds(
        str.__add__,
        st.sampled_from(
            ["PatientName", "PatientID", "StudyDate", "PatientComments", f"{STEP}Modality", "Rows", "StudyInstanceUID"]
        ),
        st.sampled_from(["", "=1", "=1\\2", "=12"]),
    ),
    unique_by=lambda text: text.partition("=")[0],
    max_size=6,
)


@pytest.mark.parametrize("syntax", TRANSFER_SYNTAXES.values(), ids=lambda syntax: syntax.name)
def test_what_a_file_holds_is_asked_again(tmp_path: Path, syntax: TransferSyntax) -> None:
    path = tmp_path / "query.dcm"
    keys = (
        "SpecificCharacterSet=ISO_IR 192",
        "PatientName=MÜLLER*",
        "PatientComments=two\r\nlines\\and a backslash",
        "RequestedProcedureCodeSequence",
        f"{STEP}ScheduledStationAETitle=CT01",
        f"{STEP}ScheduledProtocolCodeSequence[0].CodeValue=1",
        f"{STEP}ScheduledProtocolCodeSequence[1].CodeValue=2",
    )
    queryfile.write(query_of(*keys).identifiers()[0], path, syntax)
    opened = open_file(path)
    assert opened.left == ()
    assert sent(query_of(*opened.keys)) == sent(query_of(*keys))


def test_what_no_key_can_say_stays_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "query.dcm"
    queryfile.write(private(), path)
    opened = open_file(path)
    assert opened.left == ("(0009,1001)", "(0009,1002)[0].Modality")
    assert "PatientName=Müller*" in opened.keys
    again = tmp_path / "again.dcm"
    write_file(again, query_of(*opened.keys, files=(path,)))
    assert again.read_bytes() == path.read_bytes()


def test_text_that_declares_no_character_set_stays_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "query.dcm"
    queryfile.write(DataSet([Element(0x00100010, "PN", b"M\xfcller"), Element(0x00100020, "LO", b"P1")]), path)
    opened = open_file(path)
    assert (opened.keys, opened.left) == (("PatientID=P1",), ("PatientName",))


@given(KEYS)
def test_files_and_keys_are_the_same_query(tmp_path_factory: pytest.TempPathFactory, keys: list[str]) -> None:
    path = tmp_path_factory.mktemp("files") / "query.dcm"
    write_file(path, query_of(*keys))
    opened = open_file(path)
    assert opened.left == ()
    assert sent(query_of(*opened.keys)) == sent(query_of(*keys)) == sent(query_of(files=(path,)))


def test_several_files_are_not_saved_as_one(tmp_path: Path) -> None:
    paths = (tmp_path / "one.dcm", tmp_path / "two.dcm")
    for path in paths:
        write_file(path, query_of("PatientID=1"))
    with pytest.raises(QueryFileError, match="made of 2 files"):
        write_file(tmp_path / "both.dcm", query_of(files=paths))
    assert not (tmp_path / "both.dcm").exists()


@pytest.mark.interop
@pytest.mark.parametrize("name", [f"wlistqry{number}.dump" for number in range(13)])
def test_files_of_dump2dcm_are_opened(tmp_path: Path, name: str) -> None:
    source = EXAMPLES / name
    if shutil.which("dump2dcm") is None and not os.environ.get("FINDTUI_REQUIRE_PEERS"):
        pytest.skip("dump2dcm is not installed")
    path = tmp_path / "query.dcm"
    subprocess.run(["dump2dcm", str(source), str(path)], check=True, capture_output=True, timeout=30)
    opened = open_file(path)
    assert opened.left == ()
    assert opened.keys
    assert sent(query_of(*opened.keys)) == sent(query_of(files=(path,)))


@given(st.lists(st.text(alphabet=st.characters(), max_size=30), max_size=6))
def test_a_query_as_text_is_read_back(keys: list[str]) -> None:
    assert from_text(to_text(keys)) == tuple(keys)


@given(st.lists(st.sampled_from(["PatientName=Müller*", "# no key", '"', '""', "", " ", "a\nb", "\udce4", "　"])))
def test_a_query_of_odd_keys_as_text_is_read_back(keys: list[str]) -> None:
    text = to_text(keys)
    assert from_text(text.encode("utf-8").decode("utf-8")) == tuple(keys)


def test_a_text_is_read_as_people_write_it() -> None:
    text = '# comment\r\n\r\n  PatientName=Müller*  \r\nModality=CT\\MR\n"Patient'
    assert from_text(text) == ("PatientName=Müller*", "Modality=CT\\MR", '"Patient')
    assert to_text(("PatientName=山田　太郎",)).endswith("\nPatientName=山田　太郎\n")


async def test_a_command_of_several_lines_is_pasted(app: FindtuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await pilot.press("P")
        await opened(pilot, PasteScreen)
        text = "$ findscu -S -v \\\n  -k QueryRetrieveLevel=STUDY \\\r\n  -k 'PatientName=Müller*' pacs"
        app.post_message(Paste(text))
        await until(pilot, lambda: "Müller" in app.screen.query_one(TextArea).text, "the text")
        # What is wrong is said in place, and nothing that was pasted is lost.
        await pilot.press("enter")
        await until(pilot, lambda: "Missing parameter port" in str(meaning(pilot)), "what is missing")
        assert isinstance(app.screen, PasteScreen)
        await type_text(pilot, " 104")
        await until(pilot, lambda: "asks ANY-SCP at pacs:104" in str(meaning(pilot)), "what it means")
        assert "left out, for they concern no query: --verbose" in meaning(pilot)
        await pilot.press("enter")
        await closed(pilot)
        await until(pilot, lambda: main(pilot).question.model is STUDY_ROOT, "the query")
        assert main(pilot).question.keys == ("QueryRetrieveLevel=STUDY", "PatientName=Müller*")


def meaning(pilot: Pilot[None]) -> str:
    """What is said of a pasted command."""
    return str(pilot.app.screen.query_one("#meaning", Static).render())


async def test_a_template_keeps_the_whole_query_and_is_written_over_only_when_agreed(
    app: FindtuiApp, tmp_path: Path
) -> None:
    path = tmp_path / "query.dcm"
    write_file(path, query_of("PatientID=1"))
    question = Question(
        STUDY_ROOT, ("QueryRetrieveLevel=STUDY", "StudyDate=today"), (path,), "ISO_IR 100", 2, 3, new_vrs=False
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await pilot.press("2")
        main(pilot).use_question(question)
        await saved_as(pilot, "template", "mine")
        await until(pilot, lambda: len(app.own_templates()) == 1, "the template")
        await closed(pilot)
        assert Question.of_template(app.own_templates()[0]) == question

        main(pilot).use_question(question.having_keys(()))
        await saved_as(pilot, "template", "mine")
        await opened(pilot, ConfirmScreen)
        await pilot.press("escape")
        await closed(pilot)
        assert app.own_templates()[0].keys == question.keys
        await saved_as(pilot, "template", " mine ")
        await opened(pilot, ConfirmScreen)
        await pilot.press("enter")
        await until(pilot, lambda: app.own_templates()[0].keys == (), "the template")


def _has_templates(app: FindtuiApp, count: int) -> bool:
    return len(app.own_templates()) == count


async def test_a_command_that_is_pasted_where_nothing_is_typed_is_opened(app: FindtuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        asked = main(pilot).question
        app.post_message(Paste("ACC000041"))
        await until(
            pilot, lambda: any("Nothing takes what was" in notice.message for notice in app._notifications), "why"
        )
        app.post_message(Paste("findscu -S -k QueryRetrieveLevel=STUDY pacs 104"))
        await opened(pilot, PasteScreen)
        await until(pilot, lambda: "asks ANY-SCP at pacs:104" in str(meaning(pilot)), "what it means")
        assert main(pilot).question == asked
        await type_text(pilot, "0")
        await pilot.press("enter")
        await closed(pilot)
        await until(pilot, lambda: main(pilot).question.keys == ("QueryRetrieveLevel=STUDY",), "the query")
        assert main(pilot).session.name == "pacs:1040"


async def test_a_model_of_single_use_is_asked_from_its_template(app: FindtuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await pilot.press("2", "t")
        await opened(pilot, ChooseScreen)
        await type_text(pilot, "hanging")
        prompt = app.screen.query_one(OptionList).get_option_at_index(0).prompt
        assert str(prompt).split() == ["Hanging", "protocol"], "a model without levels is named once"
        await pilot.press("enter")
        await closed(pilot)
        await until(pilot, lambda: main(pilot).question.model is MODELS["hanging-protocol"], "the query")
        assert main(pilot).question.keys == return_keys(MODELS["hanging-protocol"], "")
        assert [column.title for column in app.columns_of(main(pilot).question)][:3] == ["Name", "Description", "Level"]


async def test_a_list_in_which_nothing_is_found_is_not_called_empty(app: FindtuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await pilot.press("M")
        await opened(pilot, ChooseScreen)
        await type_text(pilot, "study zzz")
        said = app.screen.query_one("#empty", Static)
        await until(pilot, lambda: said.display, "the reason")
        assert str(said.content) == "Nothing here has all these words."
        await pilot.press("escape")
        await closed(pilot)


def test_another_model_brings_its_own_root_template() -> None:
    asked = Question(MODELS["breast-imaging"], ("PatientID=1", *opening_keys(MODELS["breast-imaging"])))
    template = "ContentTemplateSequence[0].TemplateIdentifier"
    assert asked.at(MODELS["cardiac"], "").value_of(template) == "3802"
    assert asked.at(MODELS["cardiac"], "").value_of("PatientID") == "1"
    # One that somebody chose stays.
    chosen = Question(MODELS["relevant-patient"], (f"{template}=9001",))
    assert chosen.at(MODELS["relevant-patient"], "").value_of(template) == "9001"


async def test_own_templates_are_deleted_when_agreed(app: FindtuiApp) -> None:
    app.template_store.save(Question(WORKLIST, ("PatientName",)).template("mine"))
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        for key, left in (("escape", 1), ("enter", 0)):
            await pilot.press("2", "t")
            await opened(pilot, ChooseScreen)
            await type_text(pilot, "mine")
            await pilot.press("ctrl+delete")
            await opened(pilot, ConfirmScreen)
            await pilot.press(key)
            await closed(pilot)
            await until(pilot, partial(_has_templates, app, left), "what is left")
        await pilot.press("2", "t")
        await opened(pilot, ChooseScreen)
        await pilot.press("ctrl+delete")
        await closed(pilot)
        await until(pilot, lambda: any("stays" in notice.message for notice in app._notifications), "the reason")


async def test_a_query_file_is_written_over_only_when_agreed(app: FindtuiApp, tmp_path: Path) -> None:
    path = tmp_path / "query.dcm"
    path.write_bytes(b"somebody's")
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await pilot.press("2")
        await saved_as(pilot, "file", str(path))
        await opened(pilot, ConfirmScreen)
        await pilot.press("escape")
        await closed(pilot)
        assert path.read_bytes() == b"somebody's"
        await saved_as(pilot, "file", str(path))
        await opened(pilot, ConfirmScreen)
        await pilot.press("enter")
        await until(pilot, lambda: path.read_bytes() != b"somebody's", "the file")
        assert f"{STEP}Modality" in open_file(path).keys


async def test_opening_a_file_keeps_what_no_key_can_say(app: FindtuiApp, tmp_path: Path) -> None:
    path = tmp_path / "query.dcm"
    queryfile.write(private(), path)
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await pilot.press("2", "O")
        await opened(pilot, FileScreen)
        app.screen.query_one("#path", Input).value = str(path)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: main(pilot).question.files == (path,), "the file")
        assert "PatientName=Müller*" in main(pilot).question.keys
        assert sent(main(pilot).question.query()) == sent(query_of(files=(path,)))


async def test_undo_brings_back_the_file_that_was_asked(app: FindtuiApp, tmp_path: Path) -> None:
    path = tmp_path / "private.dcm"
    queryfile.write(private(), path)
    async with app.run_test(size=(120, 40)) as pilot:
        await complete(pilot)
        before = main(pilot).question
        await pilot.press("2", "O")
        await opened(pilot, FileScreen)
        app.screen.query_one("#path", Input).value = str(path)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: main(pilot).question.files == (path,), "the file")
        await closed(pilot)
        asked = main(pilot).question
        await pilot.press("2", "delete", "t")
        await opened(pilot, ChooseScreen)
        await pilot.press("enter")
        await closed(pilot)
        assert main(pilot).question.files == ()
        await pilot.press("2", "ctrl+z")
        await until(pilot, lambda: "file private.dcm" in main(pilot).keys_panel.head.aside.plain, "the file")
        await pilot.press("ctrl+z")
        assert main(pilot).question == asked
        await pilot.press("ctrl+z")
        assert main(pilot).question == before
        assert "file" not in main(pilot).keys_panel.head.aside.plain
        await pilot.press("ctrl+y")
        assert main(pilot).question == asked


async def test_history_asks_as_it_was_asked(app: FindtuiApp, tmp_path: Path) -> None:
    path = tmp_path / "query.dcm"
    write_file(path, query_of("PatientID", "PatientName"))
    question = Question(WORKLIST, (f"{STEP}ScheduledProcedureStepStartDate=today",), (path,), "", 2, 50, new_vrs=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await pilot.press("3")
        main(pilot).use_question(question)
        await pilot.press("r")
        await until(pilot, lambda: len(app.history.load()) == 2, "the run")
        main(pilot).use_question(Question(STUDY_ROOT, ("PatientID",)))
        await pilot.press("h")
        await opened(pilot, ChooseScreen)
        await pilot.press("f2")
        await until(pilot, lambda: main(pilot).question == question, "the query")


async def test_history_tells_how_each_run_ended_where_there_is_little_room(app: FindtuiApp) -> None:
    keys = ("QueryRetrieveLevel=STUDY", "StudyDate=today-365..today", "StudyDescription=*A long description*")
    run = Run("2026-11-20T16:02:11+01:00", "PACS North of the river", "study", keys, "", "500, cut short", 500, 0.4, "")
    app.history.add(run)
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await pilot.press("h")
        await opened(pilot, ChooseScreen)
        listing = app.screen.query_one(OptionList)
        rows = [str(option.prompt)[: listing.size.width] for option in listing.options]
        assert any("11-20 16:02  PACS North of…  500, cut short" in row and "STUDY" in row for row in rows)


async def test_the_character_set_for_answers_is_copied_along(paths: Paths, server: DemoServer) -> None:
    save_demo(paths, server, fallback_character_set="ISO_IR 100")
    app = FindtuiApp(paths, profile="Demo Hospital", run=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await pilot.press("Y")
        await until(pilot, lambda: "--fallback-charset 'ISO_IR 100'" in app.clipboard, "the command")
        await main(pilot).open_command(app.clipboard)
        assert main(pilot).session.fallback == "ISO_IR 100"


async def test_what_is_no_text_is_copied_as_escapes(app: FindtuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        main(pilot).use_question(Question(WORKLIST, ("PatientName=M\udcfcller",)))
        await pilot.press("2", "y")
        await until(pilot, lambda: app.clipboard == "PatientName=M\\udcfcller", "the key")


async def test_how_a_query_is_asked_is_chosen_with_keys_alone(app: FindtuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await pilot.press("ctrl+o")
        await opened(pilot, QueryOptions)
        hint = app.screen.query_one(".hint", Static)
        await until(pilot, lambda: "empty: UTF-8" in str(hint.render()), "what the first field is")
        await pilot.press("tab", "tab")
        await until(pilot, lambda: "0 never" in str(hint.render()), "what another is")
        await pilot.press("backspace", "x", "enter")
        problem = app.screen.query_one(".problem", Static)
        await until(pilot, lambda: "whole number" in str(problem.render()), "the problem")
        app.screen.query_one("#field-character-set", Input).value = "ISO_IR 100"
        await pilot.press("backspace", "7", "tab", "enter")
        await until(pilot, lambda: app.screen.query_one(Select).expanded, "the choices")
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.screen.query_one(Select).value == "no", "the choice")
        assert isinstance(app.screen, QueryOptions)
        await pilot.press("shift+tab", "enter")
        await closed(pilot)
        question = main(pilot).question
        assert (question.character_set, question.cancel_after, question.new_vrs) == ("ISO_IR 100", 7, False)


async def test_a_query_that_no_command_can_ask_is_not_copied(app: FindtuiApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        main(pilot).use_question(Question(WORKLIST, ("Nonsense=3",)))
        app.copy_to_clipboard("before")
        await pilot.press("Y")
        await until(pilot, lambda: len(app._notifications) > 0, "the reason")
        assert app.clipboard == "before"


def test_another_level_keeps_the_values_that_have_a_place_there() -> None:
    question = Question(
        STUDY_ROOT,
        ("0008,0052=STUDY", "StudyInstanceUID=1.2", "PatientName=M*", "(0009,1001)=12", "StudyDescription"),
        character_set="ISO_IR 100",
    )
    series = question.at(STUDY_ROOT, "SERIES")
    assert series.keys[:3] == ("QueryRetrieveLevel=SERIES", "StudyInstanceUID=1.2", "(0009,1001)=12")
    assert "SeriesInstanceUID" in series.keys
    assert not any(key.startswith(("PatientName", "StudyDescription")) for key in series.keys)
    assert series.character_set == "ISO_IR 100"
    assert len({path_of(key) for key in series.keys}) == len(series.keys)
    worklist = question.at(WORKLIST, "")
    assert worklist.keys[:2] == ("StudyInstanceUID=1.2", "PatientName=M*")
    assert "QueryRetrieveLevel" not in "".join(worklist.keys)
    assert "(0009,1001)=12" not in worklist.keys
    assert f"{STEP}Modality" in worklist.keys
    assert worklist.at(STUDY_ROOT, "STUDY").keys[:3] == (
        "QueryRetrieveLevel=STUDY",
        "StudyInstanceUID=1.2",
        "PatientName=M*",
    )
