"""The store of responses: order, filter, marks, and what changes from run to run."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from findtui.dicom.models import MODELS, STUDY_ROOT, WORKLIST, InformationModel, attributes
from findtui.dicom.transfer import IMPLICIT_LITTLE
from findtui.errors import KeyPathError
from findtui.tui.results import Change, Column, Mask, ResultStore, default_columns
from findtui.tui.results.folding import fold, number
from tests.tui.conftest import MOMENT
from tests.tui.identifiers import STEP, response, store_of, worklist

COLUMNS = (Column.of("PatientName", "Patient"), Column.of("SeriesNumber", "No."), Column.of("Modality", "Mod"))
NAMES = st.sampled_from(("Müller^Jörg", "MULLER^Ann", "Nowak^Ewa", "Çelik^Ali", "", "Smith^John", "Ömer^B"))
ROWS = st.lists(
    st.tuples(NAMES, st.sampled_from(("", "2", "10", "-1", "x")), st.sampled_from(("CT", "MR", ""))), max_size=25
)


def column_of(store: ResultStore, title: str) -> int:
    """Index of the column with a title."""
    return [column.title for column in store.columns].index(title)


def shown(store: ResultStore, column: int = 0) -> list[str]:
    """A column as it stands on the screen."""
    return [store.cell(row, column) for row in store.view]


@settings(deadline=None)
@given(
    rows=ROWS,
    batch=st.integers(1, 7),
    column=st.sampled_from((None, 0, 1, 2)),
    reverse=st.booleans(),
    words=st.sampled_from(("", "mul", "muller ct", "N", "1", "zzz")),
    within=st.sampled_from((None, 0, 2)),
)
def test_the_view_while_streaming_is_that_of_all_at_once(
    rows: list[tuple[str, str, str]], batch: int, column: int | None, reverse: bool, words: str, within: int | None
) -> None:
    store = ResultStore(COLUMNS)
    store.sort(column, reverse)
    store.filter(words, within)
    answers = [
        response(index + 1, f"PatientName={name}", f"SeriesNumber={count}", f"Modality={modality}")
        for index, (name, count, modality) in enumerate(rows)
    ]
    for start in range(0, len(answers), batch):
        store.append(answers[start : start + batch])
        assert len(store.view) <= len(store)
    store.read()

    texts = [[fold(store.cell(row, index)) for index in range(3)] for row in range(len(rows))]
    expected = list(range(len(rows)))
    if column is not None:
        filled = [row for row in expected if texts[row][column]]
        key = (lambda row: number(texts[row][column])) if column == 1 else (lambda row: texts[row][column])
        filled.sort(key=key, reverse=reverse)
        expected = filled + [row for row in expected if not texts[row][column]]
    searched = [" ".join(cells) if within is None else cells[within] for cells in texts]
    expected = [row for row in expected if all(word in searched[row] for word in fold(words).split())]
    assert list(store.view) == expected


def test_numbers_are_sorted_as_numbers_and_the_empty_come_last() -> None:
    store = ResultStore(COLUMNS)
    store.append([response(index, f"SeriesNumber={value}") for index, value in enumerate(("10", "", "9", "-1"))])
    store.sort(1)
    assert shown(store, 1) == ["-1", "9", "10", ""]
    store.sort(1, reverse=True)
    assert shown(store, 1) == ["10", "9", "-1", ""]


def test_times_are_sorted_by_what_is_not_shown_of_them() -> None:
    store = ResultStore((Column("StudyTime", "Time", "TM"),))
    store.append([response(1, f"StudyTime={time}") for time in ("081530", "0815", "081507.25", "", "081507")])
    store.read()
    store.sort(0)
    assert list(store.view) == [1, 4, 2, 0, 3]
    store.sort(0, reverse=True)
    assert list(store.view) == [0, 2, 4, 1, 3]
    store.filter("30")
    assert not store.view
    store.filter("08:15")
    assert len(store.view) == 4


def test_names_are_sorted_by_family_then_given_name() -> None:
    names = ["De Vries^Anna", "De^Zoe", "Łoś^Jan", "de^Adam", "", "Lo^Mia", "Løvold^Kari"]
    for raw in (False, True):
        store = ResultStore((Column("PatientName", "Patient", "PN"),), raw=raw)
        store.append([response(1, f"PatientName={name}") for name in names])
        store.sort(0)
        assert [names[row] for row in store.view] == [
            "de^Adam", "De^Zoe", "De Vries^Anna", "Lo^Mia", "Łoś^Jan", "Løvold^Kari", ""
        ]  # fmt: skip
        store.filter("lovold")
        assert [names[row] for row in store.view] == ["Løvold^Kari"]


def test_what_is_gone_stays_where_it_stood() -> None:
    before = store_of(5)
    after = before.successor()
    after.append([worklist(number) for number in (1, 8, 3)])
    after.show_changes(after.compare(before, MOMENT))
    assert [after.response(row).number for row in after.view] == [1, 2, 3, 9, 4, 5]
    last = after.successor()
    last.append([worklist(3), worklist(8)])
    last.show_changes(last.compare(after, MOMENT))
    assert [last.response(row).number for row in last.view] == [1, 2, 3, 4, 5, 9]
    last.filter("acc00000")
    assert [last.response(row).number for row in last.view] == [1, 2, 3, 4, 5, 9]
    last.show_changes(None)
    assert [last.response(row).number for row in last.view] == [4, 9]


def test_case_and_accents_do_not_count() -> None:
    store = store_of(5)
    for words in ("muller", "MÜLLER jorg", "jörg  ct"):
        store.filter(words)
        assert shown(store, column_of(store, "Patient")) == ["Müller, Jörg"]
    store.filter("山田")
    assert len(store.view) == 1


def test_a_filter_of_one_column_looks_nowhere_else() -> None:
    store = store_of(5)
    store.filter("ct", column_of(store, "Room"))
    assert set(shown(store, column_of(store, "Room"))) == {"CT01", "CT02"}


def test_seeking_goes_round_in_both_directions() -> None:
    store = store_of(10)
    assert store.seek("garcia", 0) == 4
    assert store.seek("garcia", 4) == 9
    assert store.seek("garcia", 9) == 4
    assert store.seek("garcia", 4, backwards=True) == 9
    assert store.seek("nobody", 0) is None
    assert store.seek("", 0) is None


def test_read_and_sent_form_and_other_character_sets() -> None:
    store = store_of(1)
    born, patient = column_of(store, "Born"), column_of(store, "Patient")
    assert (store.cell(0, born), store.cell(0, patient)) == ("1961-03-02", "Müller, Jörg")
    store.raw = True
    assert (store.cell(0, born), store.cell(0, patient)) == ("19610302", "Müller^Jörg")
    store.decode_as("ISO_IR 100")
    assert store.cell(0, patient) == "MÃ¼ller^JÃ¶rg"
    store.decode_as(None)
    assert store.cells(0)[patient] == "Müller^Jörg"


def test_other_columns_keep_order_and_filter_where_they_can() -> None:
    store = store_of(5)
    store.sort(column_of(store, "Patient"), reverse=True)
    store.filter("p", column_of(store, "ID"))
    store.set_columns((Column.of(STEP + "Modality"), Column.of("PatientID", "ID"), Column.of("PatientName", "Patient")))
    store.read()
    assert (store.sort_column, store.sort_reverse, store.filter_column) == (2, True, 1)
    assert shown(store, 2)[0].startswith("山田")
    store.set_columns((Column.of("PatientSex"),))
    store.read()
    assert (store.sort_column, store.filter_column) == (None, None)


def test_what_is_shown_stays_until_all_has_been_read_anew() -> None:
    store = store_of(2000)
    store.sort(column_of(store, "Time"))
    before = list(store.view)
    store.raw = True
    while not store.complete:
        assert list(store.view) == before
        assert store.cell(before[-1], column_of(store, "Time")) == "091000"
        store.read(0.001)
    assert list(store.view) == before


def test_what_streams_in_is_not_read_before_what_came_earlier_has_been(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("findtui.tui.results.store.MOMENT", 0)
    store, reading = ResultStore(COLUMNS), list[float | None]()

    def read(seconds: float | None = None) -> bool:
        reading.append(seconds)
        return ResultStore.read(store, seconds)

    monkeypatch.setattr(store, "read", read)
    store.append([response(number, "Modality=CT") for number in range(1, 101)])
    store.append([response(number, "Modality=MR") for number in range(101, 201)])
    assert (reading, store.complete) == ([0], False), "a flood is not held up by cells that nobody looks at"
    assert store.cell(150, 2) == "MR"
    ResultStore.read(store)
    store.append([response(201, "Modality=US")])
    assert (reading, store.complete) == ([0, 0], True)


def test_a_mask_hides_patients_and_keeps_them_apart() -> None:
    mask = Mask()
    store = store_of(10)
    store.mask = mask
    patient, identity, born = (column_of(store, title) for title in ("Patient", "ID", "Born"))
    names = [store.cell(row, patient) for row in range(10)]
    assert names[:5] == names[5:]
    assert len(set(names)) == 5
    hidden = {store.cell(row, index) for row in range(10) for index in (patient, identity, born)}
    assert not any(word in text for text in hidden for word in ("Müller", "P000", "1961", "山田"))
    assert store.cell(0, column_of(store, "Procedure")) == "CT abdomen"
    store.mask = None
    assert store.cell(0, patient) == "Müller, Jörg"


def test_marks() -> None:
    store = store_of(6)
    store.toggle_mark(2)
    store.filter("muller")
    store.mark_shown()
    assert store.marked == {0, 2, 5}
    store.mark_shown()
    assert store.marked == {2}
    assert store.responses(sorted(store.marked)) == [store.response(2)]


def test_what_became_of_the_responses() -> None:
    before = store_of(5)
    before.toggle_mark(3)
    after = before.successor()
    after.append([worklist(9), worklist(3), worklist(1, "PatientComments=fasting"), worklist(0), worklist(4)])
    after.read()
    diff = after.compare(before, MOMENT)
    assert (diff.new, diff.changed) == ((0,), (2,))
    assert [gone.number for gone in diff.gone] == [3]

    after.take_marks(before)
    assert after.marked == {1}
    after.show_changes(diff)
    assert after.changes == {0: Change.NEW, 2: Change.CHANGED, 5: Change.GONE}
    assert (len(after), after.total, len(after.view)) == (5, 6, 6)
    assert after.responses() == after.responses(after.view) == [after.response(row) for row in range(5)]
    assert after.cell(5, column_of(after, "Patient")).startswith("山田")
    after.show_changes(None)
    assert (after.changes, after.total) == ({}, 5)


def test_changes_that_nobody_has_seen_yet_stay_through_the_next_run() -> None:
    first = store_of(3)
    second = first.successor()
    second.append([worklist(0), worklist(1, "PatientComments=late"), worklist(7)])
    second.show_changes(second.compare(first, MOMENT))
    third = second.successor()
    third.append([worklist(0), worklist(1, "PatientComments=late"), worklist(7)])
    diff = third.compare(second, MOMENT)
    assert (diff.new, diff.changed, len(diff.gone)) == ((2,), (1,), 1)
    fourth = third.successor()
    fourth.append([worklist(0), worklist(2)])
    third.show_changes(None)
    assert fourth.compare(third, MOMENT).new == (1,)


def test_the_same_values_in_another_transfer_syntax_are_no_change() -> None:
    keys = ("PatientID=P1", "StudyInstanceUID=1.2.3", "Rows=12")
    before, after = (ResultStore(default_columns(STUDY_ROOT, "STUDY")) for _ in range(2))
    before.append([response(1, *keys)])
    after.append([response(1, *keys, syntax=IMPLICIT_LITTLE)])
    assert not after.compare(before, MOMENT)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("StudyInstanceUID=1.2", "PatientID=A"), ("StudyInstanceUID=1.2", "PatientID=B"), True),
        (("StudyInstanceUID=1.2",), ("StudyInstanceUID=1.3",), False),
        (("SeriesInstanceUID=1", "StudyInstanceUID=1.2"), ("SeriesInstanceUID=2", "StudyInstanceUID=1.2"), False),
        (("PatientID=A", "IssuerOfPatientID=X"), ("PatientID=A", "IssuerOfPatientID=Y"), False),
        (("PatientID=A", "AccessionNumber=1"), ("PatientID=A", "AccessionNumber=2"), False),
        (("PatientID=A", "PatientName=B"), ("PatientID=A", "PatientName=C"), True),
        ((f"{STEP}ScheduledProcedureStepID=1",), (f"{STEP}ScheduledProcedureStepID=2",), False),
        (("PatientComments=nothing to go by",), ("PatientComments=nor here",), False),
    ],
)
def test_identity_is_that_of_the_level(one: tuple[str, ...], other: tuple[str, ...], same: bool) -> None:
    first, second = ResultStore(COLUMNS), ResultStore(COLUMNS)
    first.append([response(1, *one)])
    second.append([response(9, *other)])
    assert (first.identity(first.response(0)) == second.identity(second.response(0))) is same


def test_responses_with_one_identity_are_told_apart_by_their_order() -> None:
    before, after = ResultStore(COLUMNS), ResultStore(COLUMNS)
    before.append([response(1, "StudyInstanceUID=1.2") for _ in range(3)])
    after.append([response(1, "StudyInstanceUID=1.2") for _ in range(2)])
    assert [len(changed) for changed in (after.compare(before, MOMENT).new, after.compare(before, MOMENT).gone)] == [
        0,
        1,
    ]
    assert [len(changed) for changed in (before.compare(after, MOMENT).new, before.compare(after, MOMENT).gone)] == [
        1,
        0,
    ]


def test_several_with_one_identity_may_come_in_another_order() -> None:
    one, other, third = (response(1, "StudyInstanceUID=1.2", f"PatientComments={text}") for text in "abc")
    before, after = ResultStore(COLUMNS), ResultStore(COLUMNS)
    before.append([one, other])
    before.toggle_mark(1)
    after.append([other, one])
    assert not after.compare(before, MOMENT)
    after.take_marks(before)
    assert after.marked == {0}
    assert after.row_of(after.identity(one), one) == 1
    after.append([third])
    assert after.compare(before, MOMENT).new == (2,)
    assert len(before.compare(after, MOMENT).gone) == 1


def test_what_is_not_all_proves_nothing_new_and_nothing_gone() -> None:
    before, after = store_of(3), ResultStore(COLUMNS)
    after.append([worklist(1, "PatientComments=late"), worklist(7)])
    whole = after.compare(before, MOMENT)
    assert (whole.new, whole.changed, len(whole.gone)) == ((1,), (0,), 2)
    assert not after.compare(before, MOMENT, all_before=False).new
    assert not after.compare(before, MOMENT, all_now=False).gone
    after.show_changes(whole)
    again = after.successor()
    again.append([worklist(7)])
    kept = again.compare(after, MOMENT, all_before=False, all_now=False)
    assert (kept.new, len(kept.gone)) == ((0,), 2)


def test_a_response_is_found_by_its_identity_read_or_not() -> None:
    store = ResultStore(default_columns(WORKLIST))
    store.append([worklist(number) for number in range(3000)])
    assert store.row_of(store.identity(worklist(2))) == 2
    assert store.row_of(store.identity(worklist(2999))) == 2999
    assert store.row_of(store.identity(worklist(3000))) is None


def test_a_new_batch_takes_the_place_of_what_is_gone() -> None:
    before = store_of(3)
    after = store_of(2)
    after.show_changes(after.compare(before, MOMENT))
    after.append([worklist(8)])
    assert (len(after), after.total) == (3, 3)
    assert after.cell(2, column_of(after, "Accession")) == "ACC000008"
    after.clear()
    assert (len(after), list(after.view)) == (0, [])


def test_every_model_and_level_has_columns_that_exist() -> None:
    for model in MODELS.values():
        for level in model.levels or ("",):
            for column in default_columns(model, level):
                assert Column.of(column.path).vr == column.vr
    with pytest.raises(KeyPathError):
        Column.of("NoSuchThing")


@pytest.mark.parametrize(
    "model", [model for model in MODELS.values() if not model.levels and attributes(model)], ids=lambda model: model.id
)
def test_what_the_columns_show_is_asked_for(model: InformationModel) -> None:
    asked = {row.path.replace("[0]", "") for row in attributes(model) if row.common}
    columns = default_columns(model)
    assert len({column.title for column in columns}) == len(columns)
    # A sequence that is asked for as a whole brings all that it has.
    assert [column.path for column in columns if not asked & {column.path, column.path.rpartition(".")[0]}] == []


def test_constant_columns_are_known() -> None:
    store = store_of(3)
    assert store.constant(column_of(store, "Date"))
    assert not store.constant(column_of(store, "Time"))
    store.append([worklist(5, f"{STEP}ScheduledProcedureStepStartDate=20261123")])
    assert not store.constant(column_of(store, "Date"))
    assert default_columns(WORKLIST) == store.columns
