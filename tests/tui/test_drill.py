"""Going down from patient to study, series and instances, and back."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from textual.pilot import Pilot

from findtui.demo.server import DemoServer
from findtui.dicom.keys import Key
from findtui.dicom.models import MODELS, PATIENT_ROOT, STUDY_ROOT, InformationModel
from findtui.dicom.query import Query
from findtui.dicom.transfer import EXPLICIT_LITTLE
from findtui.errors import KeyValueError
from findtui.net.control import Control
from findtui.net.events import End, Event, Finished, Matches, Negotiated, Outcome, Requesting
from findtui.net.peer import Peer
from findtui.store.paths import Paths
from findtui.store.profiles import Profile, ProfileStore
from findtui.store.templates import opening_keys, return_keys
from findtui.tui.app import FindtuiApp
from findtui.tui.drill import down
from findtui.tui.panels.stateline import StateLine
from findtui.tui.queryfiles import write_file
from findtui.tui.question import Question
from tests.tui.conftest import complete, main, save_demo, shown, state, until
from tests.tui.identifiers import response


def crumbs(pilot: Pilot[None]) -> str:
    """Where one is."""
    return main(pilot).query_one(StateLine).texts[0]


def explained(pilot: Pilot[None]) -> list[str]:
    """What was said in passing."""
    return [f"{note.title}: {note.message}" for note in pilot.app._notifications]


def _is_deep(pilot: Pilot[None], depth: int) -> bool:
    return len(main(pilot).session.levels) == depth


DRILLABLE = [model for model in MODELS.values() if model.levels]


@pytest.mark.parametrize("model", DRILLABLE, ids=lambda model: model.id)
async def test_down_to_the_last_level_and_back_without_asking_again(
    model: InformationModel, paths: Paths, server: DemoServer
) -> None:
    save_demo(paths, server, model=model.id, keys=opening_keys(model))
    app = FindtuiApp(paths, profile="Demo Hospital", run=True)
    async with app.run_test(size=(200, 50)) as pilot:
        await complete(pilot)
        counts = []
        for depth, level in enumerate(model.levels, 1):
            await until(pilot, lambda: main(pilot).response is not None and not main(pilot).running, level)
            assert len(main(pilot).session.levels) == depth
            assert shown(pilot).question.level == level
            assert state(pilot).startswith("● complete")
            assert crumbs(pilot).endswith(f" ▸ {level}")
            counts.append(len(shown(pilot).store))
            await pilot.press("enter")
            if level != model.levels[-1]:
                await until(pilot, partial(_is_deep, pilot, depth + 1), "the next level")
        assert app.focused is main(pilot).detail_panel.identifier, "below the last one there is the identifier"
        await pilot.press("3")
        asked = len(paths.history.read_text().splitlines())
        for depth in range(len(counts) - 1, 0, -1):
            level, count = model.levels[depth - 1], counts[depth - 1]
            await pilot.press("backspace")
            await until(pilot, partial(_is_deep, pilot, depth), level)
            assert shown(pilot).question.level == level
            assert len(shown(pilot).store) == count
            assert main(pilot).question == shown(pilot).question
        assert len(paths.history.read_text().splitlines()) == asked


async def test_back_is_where_one_went_down(paths: Paths, server: DemoServer) -> None:
    save_demo(paths, server, model="patient", keys=opening_keys(PATIENT_ROOT))
    app = FindtuiApp(paths, profile="Demo Hospital", run=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        grid = main(pilot).results_panel.grid
        assert grid is not None
        await pilot.press("end", *["up"] * 4)
        chosen, top = grid.response, grid.scroll_offset.y
        named = main(pilot).detail_panel.head.title.plain
        assert grid.cursor > grid.page_height
        assert top > 0
        await pilot.press("enter")
        await until(pilot, partial(_is_deep, pilot, 2), "the studies")
        await until(pilot, lambda: not main(pilot).running and main(pilot).response is not chosen, "a study")
        assert grid.cursor == 0
        await pilot.press("backspace")
        await until(pilot, partial(_is_deep, pilot, 1), "the patients")
        assert main(pilot).response is chosen
        assert grid.scroll_offset.y == top, "nothing moves that nobody moved"
        assert main(pilot).detail_panel.head.title.plain == named


def question(model: InformationModel, level: str, *keys: str) -> Question:
    """A question of a level."""
    return Question(model, (f"QueryRetrieveLevel={level}", *keys))


def test_the_keys_above_are_filled_in() -> None:
    asked = question(PATIENT_ROOT, "STUDY", "PatientID=P1", "StudyInstanceUID", "StudyDate=today")
    below, title = down(asked, response(1, "StudyInstanceUID=1.2.3", "StudyDescription=CT head"), None)
    assert below.keys[:3] == ("QueryRetrieveLevel=SERIES", "PatientID=P1", "StudyInstanceUID=1.2.3")
    names = [key.partition("=")[0] for key in below.keys]
    assert {key.partition("=")[0] for key in return_keys(PATIENT_ROOT, "SERIES", common=True)} <= set(names)
    assert len(names) == len(set(names))
    assert title.text == "CT head"
    assert title.shown(masked=True) == "CT head"


@pytest.mark.parametrize("level", ["(0008,0052)=STUDY", "0008,0052=STUDY", "QueryRetrieveLevel=STUDY "])
def test_a_level_is_known_however_it_is_written(level: str) -> None:
    assert Question(STUDY_ROOT, (level,)).level == "STUDY"
    assert Question(STUDY_ROOT, ("QueryRetrieveLevel=PATIENT", level)).level == "STUDY", "the last one is sent"


def query_file(path: Path, *keys: str) -> Path:
    """A query file that holds these keys."""
    write_file(path, Query(STUDY_ROOT, tuple(map(Key.parse, keys))))
    return path


def test_files_say_what_no_key_says(tmp_path: Path) -> None:
    studies = query_file(tmp_path / "studies.dcm", "QueryRetrieveLevel=STUDY", "PatientID=P1", "StudyInstanceUID")
    asked = Question(PATIENT_ROOT, files=(studies,))
    assert (asked.level, asked.columns_id) == ("STUDY", "patient.STUDY")
    below, _ = down(asked, response(1, "StudyInstanceUID=1.2.3"), None)
    assert below.keys[:3] == ("QueryRetrieveLevel=SERIES", "PatientID=P1", "StudyInstanceUID=1.2.3")
    assert below.files == ()
    assert asked.having_keys(("QueryRetrieveLevel=SERIES",)).level == "SERIES", "keys are laid over files"
    assert asked.having_keys(("0008,0052",)).level == "", "a key without a value asks with none"
    query_file(studies, "QueryRetrieveLevel=SERIES")
    assert asked.level == "SERIES", "the file is another one by now"
    studies.unlink()
    assert asked.level == ""


def test_of_files_for_several_levels_each_response_says_its_own(tmp_path: Path) -> None:
    files = (
        query_file(tmp_path / "studies.dcm", "QueryRetrieveLevel=STUDY"),
        query_file(tmp_path / "series.dcm", "QueryRetrieveLevel=SERIES", "StudyInstanceUID=1.2"),
    )
    asked = Question(STUDY_ROOT, files=files)
    assert asked.level == ""
    study = response(1, "QueryRetrieveLevel=STUDY", "StudyInstanceUID=1.2")
    series = response(2, "QueryRetrieveLevel=SERIES", "StudyInstanceUID=1.2", "SeriesInstanceUID=1.2.3")
    assert down(asked, study, None)[0].level == "SERIES"
    assert down(asked, series, None)[0].keys[:3] == (
        "QueryRetrieveLevel=IMAGE",
        "StudyInstanceUID=1.2",
        "SeriesInstanceUID=1.2.3",
    )
    with pytest.raises(KeyValueError, match="there is no level below"):
        down(asked, response(3, "StudyInstanceUID=1.2"), None)


async def test_down_from_a_query_that_is_a_file_alone(paths: Paths, server: DemoServer, tmp_path: Path) -> None:
    path = query_file(tmp_path / "q.dcm", "QueryRetrieveLevel=STUDY", "PatientID", "StudyInstanceUID")
    app = FindtuiApp(paths, command=f"findscu -S -aec DEMO 127.0.0.1 {server.port} {path}", run=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await complete(pilot)
        assert shown(pilot).question.keys == ()
        assert "level STUDY" in main(pilot).keys_panel.head.aside.plain
        await pilot.press("enter")
        await until(pilot, partial(_is_deep, pilot, 2), "the series")
        await until(pilot, lambda: state(pilot).startswith("● complete"), "an answer")
        assert shown(pilot).question.level == "SERIES"
        assert len(shown(pilot).store) > 0


def test_what_matches_more_than_one_is_not_taken_over() -> None:
    asked = question(PATIENT_ROOT, "STUDY", "PatientID=P*", "StudyInstanceUID")
    below, _ = down(asked, response(1, "StudyInstanceUID=1.2.3"), None)
    assert below.keys[1:3] == ("PatientID", "StudyInstanceUID=1.2.3")
    tagged = question(PATIENT_ROOT, "STUDY", "0010,0020=P1", "StudyInstanceUID")
    assert "PatientID=P1" in down(tagged, response(1, "StudyInstanceUID=1.2.3"), None)[0].keys


def test_a_patient_is_named_as_people_read_it_and_hidden_by_the_mask() -> None:
    _, title = down(question(PATIENT_ROOT, "PATIENT"), response(1, "PatientName=Müller^Jörg", "PatientID=7"), None)
    assert (title.text, title.shown(masked=True)) == ("Müller, Jörg", "●●●")
    _, title = down(question(PATIENT_ROOT, "PATIENT"), response(1, "PatientID=7"), None)
    assert (title.text, title.shown(masked=True)) == ("7", "●●●")


@pytest.mark.parametrize(
    ("asked", "answer", "reason"),
    [
        (question(PATIENT_ROOT, "PATIENT", "PatientID=P*"), ("PatientName=A",), "the response has no PatientID"),
        (question(PATIENT_ROOT, "PATIENT"), ("PatientName=A",), "did not ask for it"),
        (question(STUDY_ROOT, "STUDY", "StudyInstanceUID=1.2\\1.3"), ("PatientID=P1",), "has no StudyInstanceUID"),
        (question(PATIENT_ROOT, "PATIENT", "PatientID"), ("PatientID=P*",), "would match others, too"),
        (question(STUDY_ROOT, "IMAGE"), ("SOPInstanceUID=1.2",), "no level below IMAGE"),
    ],
)
def test_what_cannot_be_asked_for_says_why(asked: Question, answer: tuple[str, ...], reason: str) -> None:
    with pytest.raises(KeyValueError) as caught:
        down(asked, response(1, *answer), None)
    assert reason in str(caught.value)


def patients(peer: Peer, query: Query, control: Control) -> Iterator[Event]:
    """A peer that leaves the unique key out of its second patient."""
    yield Requesting(peer)
    yield Negotiated(EXPLICIT_LITTLE, 0, 0, 0.01)
    wanted = {str(key.path[-1]): key.value for key in query.keys}
    if wanted["QueryRetrieveLevel"] == "PATIENT":
        found = [response(1, "PatientName=Doe^Jane", "PatientID=P1"), response(2, "PatientName=Roe^Rick")]
    else:
        found = [response(1, f"PatientID={wanted['PatientID']}", "StudyInstanceUID=1.2")]
    yield Matches(found)
    yield Finished(Outcome(End.SUCCESS, len(found), 0, 0.1))


async def test_crumbs_follow_what_was_asked_and_missing_keys_are_told(paths: Paths) -> None:
    keys = ("QueryRetrieveLevel=PATIENT", "PatientName", "PatientID")
    ProfileStore(paths.profiles).save(Profile.make(name="PACS", host="127.0.0.1", model="patient", keys=keys))
    app = FindtuiApp(paths, profile="PACS", run=True, find=patients)
    async with app.run_test(size=(120, 40)) as pilot:
        await complete(pilot)
        await pilot.press("down", "enter")
        await until(pilot, lambda: any("the response has no PatientID" in note for note in explained(pilot)), "why not")
        assert len(main(pilot).session.levels) == 1
        await pilot.press("up", "enter")
        await until(pilot, lambda: shown(pilot).question.level == "STUDY" and not main(pilot).running, "the studies")
        assert crumbs(pilot) == "PACS ▸ Patient root ▸ Doe, Jane ▸ STUDY"
        await pilot.press("m")
        await until(pilot, lambda: crumbs(pilot) == "PACS ▸ Patient root ▸ ●●● ▸ STUDY", "the mask")
        await pilot.press("m")
        # Another patient is asked for here: the list and the crumbs must not go by the one that was gone into.
        others = tuple("PatientID=P9" if key == "PatientID=P1" else key for key in main(pilot).question.keys)
        main(pilot).keys_panel.question = main(pilot).question.having_keys(others)
        await until(pilot, lambda: "keys edited" in main(pilot).results_panel.head.aside.plain, "the remark")
        await pilot.press("r")
        await until(pilot, lambda: "P9" in crumbs(pilot), "the other patient")
        assert "Doe" not in crumbs(pilot)
        await pilot.press("backspace")
        assert crumbs(pilot) == "PACS ▸ Patient root ▸ PATIENT"
