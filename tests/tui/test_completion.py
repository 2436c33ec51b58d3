"""What is offered while a key is typed."""

from __future__ import annotations

import pytest

from findtui.dicom.models import MODELS, STUDY_ROOT, WORKLIST, InformationModel
from findtui.tui.widgets.completion import offer_paths, offer_values

ASSERTER = "ApprovalSequence[0].AsserterIdentificationSequence[0]."
STEP = "ScheduledProcedureStepSequence[0]."


def test_offers_fit_the_place() -> None:
    first = offer_paths("", STUDY_ROOT, "STUDY", ["PatientName"])
    assert all(offer.listed for offer in first)
    assert "PatientName" not in [offer.text for offer in first]
    inside = [offer.text for offer in offer_paths(STEP, WORKLIST, "")]
    assert f"{STEP}Modality" in inside
    assert f"{STEP}PatientName" not in inside
    assert offer_paths(f"{STEP}mod", WORKLIST, "")[0].text == f"{STEP}Modality"
    codes = [offer.label for offer in offer_paths("ProcedureCodeSequence[0].", STUDY_ROOT, "STUDY")]
    assert "CodeValue" in codes
    assert {"PatientName", "PatientID"} <= {offer.label for offer in offer_paths("pat", WORKLIST, "")[:6]}
    assert offer_paths("(0010,0020)", STUDY_ROOT, "STUDY")[0].label == "PatientID"
    assert offer_paths("study descr", STUDY_ROOT, "STUDY")[0].label == "StudyDescription"
    assert offer_paths("zzzqqq", STUDY_ROOT, "STUDY") == []


@pytest.mark.parametrize(
    ("model", "level", "word", "text"),
    [
        (WORKLIST, "", "patname", "PatientName"),
        (WORKLIST, "", "accnum", "AccessionNumber"),
        (WORKLIST, "", "0010,0020", "PatientID"),
        (WORKLIST, "", "(0040,0100)[0].0008,0060", "(0040,0100)[0].Modality"),
        (WORKLIST, "", "(0040,0100)[0].mod", "(0040,0100)[0].Modality"),
        (WORKLIST, "", "SPS", STEP),
        (WORKLIST, "", "scheduled date", f"{STEP}ScheduledProcedureStepStartDate"),
        (WORKLIST, "", "modality", f"{STEP}Modality"),
        (WORKLIST, "", "ScheduledProcedureStepSequence.station", f"{STEP}ScheduledStationName"),
        (
            WORKLIST,
            "",
            f"{STEP}ScheduledProtocolCodeSequence[0].mean",
            f"{STEP}ScheduledProtocolCodeSequence[0].CodeMeaning",
        ),
        (STUDY_ROOT, "STUDY", "modality", "ModalitiesInStudy"),
        (STUDY_ROOT, "STUDY", "studydt", "StudyDate"),
        (STUDY_ROOT, "SERIES", "modality", "Modality"),
        (MODELS["hanging-protocol"], "", "modality", "HangingProtocolDefinitionSequence[0].Modality"),
        (MODELS["protocol-approval"], "", "person name", f"{ASSERTER}PersonName"),
    ],
)
def test_what_belongs_to_model_and_place_is_offered_first(
    model: InformationModel, level: str, word: str, text: str
) -> None:
    first = offer_paths(word, model, level)[0]
    assert (first.text, first.listed) == (text, True)


def test_an_attribute_in_a_sequence_says_where_it_stands() -> None:
    offer = offer_paths("modality", WORKLIST, "")[0]
    assert offer.label == "Modality"
    assert offer.hint.endswith("in ScheduledProcedureStepSequence")
    last = offer_paths("modality", WORKLIST, "")[-1]
    assert (last.text, last.listed) == ("Modality", False)


def test_values_are_offered_where_they_are_known() -> None:
    assert [offer.text for offer in offer_values("QueryRetrieveLevel", "s", STUDY_ROOT)] == ["STUDY", "SERIES"]
    assert "CT" in [offer.text for offer in offer_values(f"{STEP}Modality", "", WORKLIST)]
    assert offer_values("PatientName", "A", WORKLIST) == []
    assert [offer.text for offer in offer_values("StudyDate", "month-1..tod", STUDY_ROOT)] == ["month-1..today"]
    assert "today.." in [offer.text for offer in offer_values("StudyDate", "today", STUDY_ROOT)]
    assert offer_values("StudyDate", "month-1..", STUDY_ROOT) == []
    assert offer_values("Nonsense", "", WORKLIST) == []
    assert offer_values("", "", WORKLIST) == []
