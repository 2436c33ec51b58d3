"""The information models and the attributes that the standard lists for them."""

from __future__ import annotations

import pytest
from pydicom.uid import UID

from findtui.dicom import dictionary
from findtui.dicom.keys import Key
from findtui.dicom.models import MODELS, PATIENT_ROOT, STUDY_ROOT, UPS_PULL, WORKLIST, InformationModel, attributes


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.id)
def test_uids_are_those_of_sop_classes_that_can_be_asked(model: InformationModel) -> None:
    uid = UID(model.uid)
    assert uid.type == "SOP Class"
    asked = ("FIND", "Query", "Pull", "Watch")
    assert any(word in uid.name for word in asked), uid.name


@pytest.mark.parametrize(
    ("model", "level"),
    [(model, level) for model in MODELS.values() for level in (model.levels or (None,)) if attributes(model, level)],
)
def test_every_listed_attribute_is_a_key(model: InformationModel, level: str | None) -> None:
    listed = attributes(model, level)
    paths = [attribute.path for attribute in listed]
    assert [str(Key.parse(path)) for path in paths] == paths
    assert len(set(paths)) == len(paths)
    assert any(attribute.common for attribute in listed)
    assert {attribute.kind for attribute in listed} <= {"U", "R", "O", "1", "1C", "2", "2C", "3"}
    assert all(dictionary.lookup(Key.parse(path).tag) is not None for path in paths)


def test_levels_below_name_the_unique_keys_above() -> None:
    unique = {
        level: [a.path for a in attributes(PATIENT_ROOT, level) if a.kind == "U"] for level in PATIENT_ROOT.levels
    }
    assert unique == {
        "PATIENT": ["PatientID"],
        "STUDY": ["PatientID", "StudyInstanceUID"],
        "SERIES": ["PatientID", "StudyInstanceUID", "SeriesInstanceUID"],
        "IMAGE": ["PatientID", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"],
    }


def test_the_study_root_has_the_patients_attributes_at_its_top() -> None:
    assert "PatientName" in [a.path for a in attributes(STUDY_ROOT, "STUDY")]
    assert attributes(STUDY_ROOT) == attributes(STUDY_ROOT, "STUDY")
    assert "PatientName" not in [a.path for a in attributes(STUDY_ROOT, "SERIES")]


def test_the_worklists_matching_keys_are_those_of_the_standard() -> None:
    matching = {attribute.path.rpartition(".")[2] for attribute in attributes(WORKLIST) if attribute.matching}
    assert matching >= {
        "ScheduledStationAETitle",
        "ScheduledProcedureStepStartDate",
        "ScheduledProcedureStepStartTime",
        "Modality",
        "ScheduledPerformingPhysicianName",
        "PatientName",
        "PatientID",
    }
    assert all(a.required for a in attributes(WORKLIST) if a.path.endswith("ScheduledProcedureStepID"))


def test_models_of_which_nothing_is_known_list_nothing() -> None:
    assert attributes(MODELS["color-palette"]) == ()
    assert attributes(UPS_PULL)
