"""The key editor, with its keys pressed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.message import Message
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from findtui.dicom.keys import Key
from findtui.dicom.models import PATIENT_ROOT, STUDY_ROOT, WORKLIST, InformationModel
from findtui.errors import KeyPathError
from findtui.tui.question import Question
from findtui.tui.widgets.keyeditor import KeyEditor
from findtui.tui.widgets.keylist import KeyList
from findtui.tui.widgets.keyrows import KeyRows
from tests.tui.identifiers import until

NAMES = {"=": "equals_sign", ".": "full_stop", " ": "space", "*": "asterisk"}
STEP = "ScheduledProcedureStepSequence[0]."
KEYS = (
    "SpecificCharacterSet=ISO_IR 192",
    "PatientName=MÜLLER*",
    "PatientID",
    "PatientBirthDate=19610230",
    f"{STEP}ScheduledStationAETitle=CT01",
    f"{STEP}ScheduledProcedureStepStartDate=today-7..today",
    f"{STEP}ScheduledProtocolCodeSequence[0].CodeValue",
    "Nonsense=3",
    "AccessionNumber",
)


class EditorApp(App[None]):
    """Nothing but an editor, and what it told."""

    def __init__(self, model: InformationModel = WORKLIST, keys: tuple[str, ...] = KEYS) -> None:
        super().__init__()
        self.model, self.given = model, keys
        self.told: list[Message] = []

    def compose(self) -> ComposeResult:
        yield KeyEditor()

    def on_mount(self) -> None:
        editor = self.query_one(KeyEditor)
        editor.show(Question(self.model, self.given))
        editor.query_one(KeyRows).focus()

    def on_key_editor_changed(self, event: KeyEditor.Changed) -> None:
        self.told.append(event)

    def on_key_editor_run_requested(self, event: KeyEditor.RunRequested) -> None:
        self.told.append(event)


@asynccontextmanager
async def running(
    keys: tuple[str, ...] = KEYS, model: InformationModel = WORKLIST
) -> AsyncIterator[tuple[Pilot[None], KeyEditor, EditorApp]]:
    """An editor on a screen."""
    app = EditorApp(model, keys)
    async with app.run_test(size=(100, 24)) as pilot:
        await pilot.pause()
        yield pilot, app.query_one(KeyEditor), app


def lines(editor: KeyEditor) -> list[str]:
    """What stands on the screen."""
    rows = editor.query_one(KeyRows)
    return [rows.render_line(y).text.rstrip() for y in range(rows.line_count)]


def hint(editor: KeyEditor) -> str:
    """What is said of the key under the cursor."""
    return str(editor.query_one("#key-hint", Static).render())


async def typed(pilot: Pilot[None], text: str) -> None:
    """Type a text."""
    for character in text:
        await pilot.press(
            {"=": "equals_sign", ".": "full_stop", " ": "space", "*": "asterisk"}.get(character, character)
        )
    await pilot.pause()


async def test_keys_stand_under_their_sequences_with_notes() -> None:
    async with running() as (_, editor, _app):
        shown = lines(editor)
        assert shown[1].split() == ["match", "PatientName", "PN", "MÜLLER*", "wildcard"]
        assert shown[2].split() == ["return", "PatientID", "LO"]
        assert "✖ '19610230' is no day" in shown[3]
        assert shown[4].strip() == "▾ ScheduledProcedureStepSequence[0]"
        assert ".ScheduledStationAETitle" in shown[5]
        assert "20261115-20261122" in shown[6]
        assert shown[7].strip() == "▾ ScheduledProtocolCodeSequence[0]"
        assert "✖" in shown[9]
        assert shown[-1].strip() == "+ add a key"
        assert editor.problems == 2
        editor.toggle_form()
        assert f"{STEP}ScheduledStationAE"[:30] in lines(editor)[4]
        assert editor.texts == KEYS


async def test_a_value_is_edited_in_place_and_taken_back_with_escape() -> None:
    async with running() as (pilot, editor, app):
        await pilot.press("down", "down", "enter")
        assert editor.editing
        await typed(pilot, "P1")
        assert editor.texts[2] == "PatientID=P1"
        assert "single value" in lines(editor)[2]
        await pilot.press("escape")
        assert (editor.texts, editor.editing, app.told) == (KEYS, False, [])
        await pilot.press("enter")
        await typed(pilot, "P2")
        await pilot.press("enter")
        await pilot.pause()
        assert editor.texts[2] == "PatientID=P2"
        assert app.told
        assert editor.query_one(KeyRows).has_focus


async def test_values_are_checked_while_they_are_typed() -> None:
    async with running(("StudyDate",), STUDY_ROOT) as (pilot, editor, _):
        await pilot.press("enter")
        await typed(pilot, "2026")
        assert "✖" in lines(editor)[0]
        await typed(pilot, "1122")
        assert "single value" in lines(editor)[0]


async def test_a_key_is_added_by_a_part_of_its_name() -> None:
    async with running((), WORKLIST) as (pilot, editor, _):
        await pilot.press("enter")
        await typed(pilot, "patientn")
        assert editor.query_one(OptionList).display
        await pilot.press("tab")
        await typed(pilot, "A*")
        assert list(editor.texts) == ["PatientName=A*"]
        await pilot.press("enter")
        assert (editor.texts, editor.editing) == (("PatientName=A*",), False)


async def test_a_key_in_a_sequence_is_added_step_by_step() -> None:
    async with running((), WORKLIST) as (pilot, editor, _):
        await pilot.press("enter")
        await typed(pilot, "spss")
        await pilot.press("tab")
        assert editor.query_one(Input).value == STEP
        await typed(pilot, "modal")
        await pilot.press("down", "enter")
        await typed(pilot, "CT")
        await pilot.press("enter")
        assert list(editor.texts) == [f"{STEP}Modality=CT"]
        editor.add()
        assert editor.query_one(Input).value == STEP
        await pilot.press("escape")
        assert list(editor.texts) == [f"{STEP}Modality=CT"]


async def test_a_whole_key_may_be_typed() -> None:
    async with running((), STUDY_ROOT) as (pilot, editor, _):
        await pilot.press("enter")
        await typed(pilot, "0010,0020=P1")
        await pilot.press("enter")
        assert list(editor.texts) == ["0010,0020=P1"]
        assert editor.keys == (Key.parse("PatientID=P1"),)


@pytest.mark.parametrize("text", ["PatName=Du*", "ReferencedStudySequence=Du*", "=Du*"])
async def test_what_is_typed_behind_a_name_that_takes_no_value_is_no_key_press(text: str) -> None:
    async with running() as (pilot, editor, _):
        editor.add()
        await typed(pilot, text)
        assert (editor.editing, editor.query_one(Input).value) == (True, text)
        assert editor.texts[1] == text
        await pilot.press("enter")
        await pilot.pause()
        assert editor.texts == (KEYS[0], text, *KEYS[1:])
        assert editor.problems == 3


@pytest.mark.parametrize(
    ("typing", "key"),
    [
        (("PatientID", "=", "P1"), "PatientID=P1"),
        (("0010,0020", "=", "P1"), "PatientID=P1"),
        (("PatientName", "=", "Du*"), "PatientName=Du*"),
        (("PatientName", "enter"), "PatientName=MÜLLER*"),
    ],
)
async def test_a_key_that_is_there_already_is_given_its_value_and_no_second_one_is_made(
    typing: tuple[str, ...], key: str
) -> None:
    async with running() as (pilot, editor, _):
        editor.add()
        for part in typing:
            await (pilot.press(part) if part == "enter" else typed(pilot, part))
        await pilot.press("enter")
        await pilot.pause()
        path = key.partition("=")[0]
        assert editor.texts == tuple(key if text.partition("=")[0] == path else text for text in KEYS)
        assert (editor.problems, editor.path) == (2, path)


@pytest.mark.parametrize(("typing", "value"), [("=", "MÜLLER*"), ("=Du*", "Du*")])
async def test_what_is_typed_behind_a_path_takes_the_place_of_its_value(typing: str, value: str) -> None:
    async with running() as (pilot, editor, _):
        await pilot.press("down", "left", "enter")
        await typed(pilot, typing)
        assert editor.editing
        await pilot.press("enter")
        await pilot.pause()
        assert editor.texts[1] == f"PatientName={value}"


async def test_what_makes_no_sense_is_kept_and_spoken_against() -> None:
    async with running((), STUDY_ROOT) as (pilot, editor, _):
        await pilot.press("enter")
        await typed(pilot, "zzzqqq")
        await pilot.press("enter")
        assert (editor.texts, editor.problems) == (("zzzqqq",), 1)
        assert "zzzqqq" in hint(editor)
        with pytest.raises(KeyPathError):
            _ = editor.keys


async def test_words_are_offered_for_dates() -> None:
    async with running(("StudyDate",), STUDY_ROOT) as (pilot, editor, _):
        await pilot.press("enter")
        await typed(pilot, "tod")
        await pilot.press("down", "down", "enter")
        assert list(editor.texts) == ["StudyDate=today-7..today"]


async def test_keys_are_removed_moved_duplicated_and_brought_back() -> None:
    async with running(("PatientID", "PatientName", "Modality"), STUDY_ROOT) as (pilot, editor, app):
        editor.move_down()
        assert list(editor.texts) == ["PatientName", "PatientID", "Modality"]
        assert editor.text == "PatientID"
        editor.duplicate()
        editor.set_value("P1")
        assert list(editor.texts) == ["PatientName", "PatientID", "PatientID=P1", "Modality"]
        editor.move_up()
        editor.delete()
        assert list(editor.texts) == ["PatientName", "PatientID", "Modality"]
        while editor.undo():
            pass
        assert list(editor.texts) == ["PatientID", "PatientName", "Modality"]
        while editor.redo():
            pass
        assert list(editor.texts) == ["PatientName", "PatientID", "Modality"]
        await pilot.pause()
        assert app.told


async def test_another_question_can_be_taken_back_whole() -> None:
    async with running(("PatientID",), STUDY_ROOT) as (_, editor, _app):
        first = Question(STUDY_ROOT, ("PatientID",))
        whole = Question(PATIENT_ROOT, ("PatientID=1",), (Path("a.dcm"),), "ISO_IR 100", 2, 3, new_vrs=False)
        editor.show(first.having_keys(("PatientName=A",)))
        assert list(editor.texts) == ["PatientName=A"]
        assert editor.undo()
        assert editor.question == first
        editor.show(whole)
        editor.delete()
        editor.show(first.having_keys(("Modality",)))
        assert editor.undo()
        assert editor.question == whole.having_keys(())
        assert editor.undo()
        assert (editor.model, editor.question) == (PATIENT_ROOT, whole)
        assert editor.undo()
        assert editor.question == first
        assert editor.redo()
        assert editor.question == whole
        while editor.undo():
            pass
        assert editor.texts == ("PatientID",), "what was there first is not taken back"


CODES = f"{STEP}ScheduledProtocolCodeSequence[0]."
NESTED = (
    "PatientName",
    f"{STEP}Modality=CT",
    f"{CODES}CodeValue=1",
    f"{CODES}CodeMeaning",
    "AccessionNumber=12345678901234567",
)


async def test_sequences_are_folded() -> None:
    async with running(NESTED) as (pilot, editor, _app):
        rows = editor.query_one(KeyRows)
        assert [line.strip()[0] for line in lines(editor)] == ["r", "▾", "m", "▾", "m", "r", "m", "+"]
        await pilot.press("down", "space")
        assert lines(editor)[1].split() == ["▸", "ScheduledProcedureStepSequence[0]", "3", "keys,", "2", "matching"]
        assert "3 keys in item 1" in hint(editor)
        assert rows.row.key is None
        await pilot.press("down")
        assert editor.text == "AccessionNumber=12345678901234567"
        await pilot.press("up", "right", "down", "down", "left")
        assert "▸ ScheduledProtocolCodeSequence[0]   2 keys, 1 matching" in lines(editor)[3]
        # From within, the sequence that one is in.
        await pilot.press("enter", "down", "space")
        assert "▸ ScheduledProtocolCodeSequence[0]" in lines(editor)[3]
        assert rows.row.sequence == ("ScheduledProcedureStepSequence[0]", "ScheduledProtocolCodeSequence[0]")
        editor.toggle_form()
        assert len(lines(editor)) == len(NESTED) + 1
        assert editor.texts == NESTED


async def test_what_is_wrong_in_a_folded_sequence_shows() -> None:
    async with running((f"{STEP}Modality=ct",)) as (pilot, editor, _app):
        await pilot.press("space")
        assert "✖ 1 wrong" in lines(editor)[0]


async def test_an_item_is_added_to_duplicated_and_removed() -> None:
    async with running(NESTED) as (pilot, editor, _app):
        await pilot.press("down", "space")
        editor.add()
        assert editor.query_one(Input).value == STEP
        assert len(lines(editor)) > 5
        await typed(pilot, "ScheduledStationName=A")
        await pilot.press("enter")
        assert editor.texts[4] == f"{STEP}ScheduledStationName=A"
        assert editor.undo()
        await pilot.press("home", "down")
        editor.duplicate()
        second = STEP.replace("[0]", "[1]")
        assert editor.texts == (*NESTED[:4], *(text.replace(STEP, second) for text in NESTED[1:4]), NESTED[4])
        editor.duplicate()
        assert editor.texts[4:6] == (f"{second}Modality=CT",) * 2
        while editor.undo():
            pass
        await pilot.press("home", "down")
        editor.delete()
        assert editor.texts == (NESTED[0], NESTED[4])


async def test_a_sequence_has_no_value_to_type() -> None:
    async with running(("ReferencedStudySequence",), STUDY_ROOT) as (pilot, editor, _app):
        await pilot.press("enter")
        assert editor.query_one(Input).value == "ReferencedStudySequence"
        await pilot.press("escape")
        assert editor.texts == ("ReferencedStudySequence",)


async def test_control_characters_change_nothing_but_themselves() -> None:
    text = "PatientComments=a\r\nb\x1b[31mc\u202ed"
    async with running((text,)) as (pilot, editor, _app):
        assert "a" in lines(editor)[0]
        assert not any(character in lines(editor)[0] for character in "\r\n\x1b\u202e")
        await pilot.press("enter")
        await pilot.press("enter")
        await pilot.pause()
        assert editor.texts == (text,)


@pytest.mark.parametrize("width", [60, 80, 100, 160])
async def test_what_tells_attributes_apart_is_not_cut_off(width: int) -> None:
    keys = (f"{STEP}ScheduledProcedureStepStartDate=today", f"{STEP}ScheduledProcedureStepStartTime")
    app = EditorApp(WORKLIST, keys)
    async with app.run_test(size=(width, 24)) as pilot:
        await pilot.pause()
        shown = lines(app.query_one(KeyEditor))
        assert "StepStartDate " in shown[1]
        assert "StepStartTime " in shown[2]
        assert "today" in shown[1]
        assert "2026" in shown[1]


async def test_running_keeps_what_is_being_typed() -> None:
    async with running(("PatientID",), STUDY_ROOT) as (pilot, editor, app):
        await pilot.press("enter")
        await typed(pilot, "P7")
        await pilot.press("ctrl+r")
        await pilot.pause()
        assert list(editor.texts) == ["PatientID=P7"]
        assert isinstance(app.told[-1], KeyEditor.RunRequested)


async def test_a_path_is_edited_and_keeps_its_value() -> None:
    async with running(("PatientID=P1",), STUDY_ROOT) as (pilot, editor, _):
        await pilot.press("left", "enter")
        editor.query_one(Input).value = "AccessionNumber"
        await pilot.pause()
        await pilot.press("enter")
        assert list(editor.texts) == ["AccessionNumber=P1"]


async def test_the_mouse_edits_what_was_clicked() -> None:
    async with running(("PatientID=P1", "PatientName=A"), STUDY_ROOT) as (pilot, editor, _):
        rows = editor.query_one(KeyRows)
        column = lines(editor)[1].index("A", 22)
        await pilot.click(rows, offset=(column, 1), times=2)
        await pilot.pause()
        assert editor.editing
        assert editor.query_one(Input).value == "A"
        await pilot.click(rows, offset=(30, 0))
        await pilot.pause()
        assert not editor.editing


async def test_the_hint_says_what_the_standard_says() -> None:
    async with running(("PatientName=A*",), STUDY_ROOT) as (_, editor, _app):
        assert "(0010,0010) · Patient's Name" in hint(editor)
        assert "every peer" in hint(editor)


async def test_the_level_is_known_however_its_key_is_written() -> None:
    async with running(("0008,0052=SERIES",), STUDY_ROOT) as (_, editor, _app):
        assert editor.level == "SERIES"


STEPS = st.one_of(
    st.tuples(st.just("put"), st.integers(0, 5), st.sampled_from("abc")),
    st.tuples(st.just("insert"), st.integers(0, 5), st.sampled_from("abc")),
    st.tuples(st.just("remove"), st.integers(0, 5), st.just("")),
    st.tuples(st.just("move"), st.integers(0, 5), st.sampled_from(("+", "-"))),
)


@given(st.lists(st.sampled_from("xyz"), max_size=5), st.lists(STEPS, max_size=12))
def test_everything_can_be_taken_back_and_made_again(start: list[str], steps: list[tuple[str, int, str]]) -> None:
    keys = KeyList(Question(keys=tuple(start)))
    states = [keys.texts]
    for name, index, text in steps:
        if name == "move":
            keys.move(index, 1 if text == "+" else -1)
        elif name == "remove":
            keys.remove(index)
        else:
            getattr(keys, name)(index, text)
        if keys.texts != states[-1]:
            states.append(keys.texts)
    for state in reversed(states[:-1]):
        assert keys.undo()
        assert keys.texts == state
    assert not keys.undo()
    for state in states[1:]:
        assert keys.redo()
        assert keys.texts == state
    assert not keys.redo()


async def test_what_is_wrong_and_what_helps_are_read_whole_where_there_is_little_room() -> None:
    app = EditorApp(WORKLIST, ("SpecificCharacterSet=ISO_IR 100", "PatientName=\u03a0\u0391\u03a0*", "PatientID"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down")
        shown = app.query_one("#key-hint", Static)
        await until(pilot, lambda: shown.size.height > 1)
        drawn = " ".join(strip.text.strip() for strip in shown.render_lines(Region(0, 0, *shown.size)))
        assert drawn == hint(app.query_one(KeyEditor))
        assert drawn.endswith("ISO_IR 192")
        await pilot.press("down")
        await until(pilot, lambda: shown.size.height == 1)
