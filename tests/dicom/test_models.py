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
    # The others may be matched or not: table K.6-1 calls them O.
    assert matching == {
        "ScheduledStationAETitle",
        "ScheduledProcedureStepStartDate",
        "ScheduledProcedureStepStartTime",
        "Modality",
        "ScheduledPerformingPhysicianName",
        "PatientName",
        "PatientID",
    }
    assert all(a.required for a in attributes(WORKLIST) if a.path.endswith("ScheduledProcedureStepID"))


def test_the_procedure_steps_keys_are_those_of_the_standard() -> None:
    listed = {attribute.path: attribute for attribute in attributes(UPS_PULL)}
    of_codes = ("CodeValue", "CodingSchemeDesignator", "LongCodeValue", "URNCodeValue")
    of_issuers = ("LocalNamespaceEntityID", "UniversalEntityID", "UniversalEntityIDType")
    # Those that table CC.2.5-3 calls R or U; its macros take the requirement of the sequence that they stand in.
    assert {path for path, attribute in listed.items() if attribute.matching} == {
        *("SOPInstanceUID", "ScheduledProcedureStepPriority", "ProcedureStepLabel", "WorklistLabel"),
        *(f"ScheduledStationNameCodeSequence[0].{key}" for key in of_codes),
        *(f"ScheduledStationClassCodeSequence[0].{key}" for key in of_codes),
        *(f"ScheduledStationGeographicLocationCodeSequence[0].{key}" for key in of_codes),
        *(f"ScheduledHumanPerformersSequence[0].HumanPerformerCodeSequence[0].{key}" for key in of_codes),
        *("ScheduledProcedureStepStartDateTime", "ExpectedCompletionDateTime"),
        *(f"ScheduledWorkitemCodeSequence[0].{key}" for key in of_codes),
        *("InputReadinessState", "PatientName", "PatientID", "IssuerOfPatientID", "PatientBirthDate", "PatientSex"),
        *("OtherPatientIDsSequence[0].IssuerOfPatientID", "AdmissionID", "ProcedureStepState"),
        *(f"IssuerOfAdmissionIDSequence[0].{key}" for key in of_issuers),
        *(f"ReferencedRequestSequence[0].{key}" for key in ("AccessionNumber", "RequestedProcedureID")),
        *(f"ReferencedRequestSequence[0].IssuerOfAccessionNumberSequence[0].{key}" for key in of_issuers),
        "ReferencedRequestSequence[0].RequestingService",
        *(f"ReplacedProcedureStepSequence[0].Referenced{key}UID" for key in ("SOPClass", "SOPInstance")),
    }
    assert {path for path, attribute in listed.items() if attribute.kind == "1" and "[" not in path} == {
        *("SOPClassUID", "SOPInstanceUID", "ScheduledProcedureStepPriority", "ProcedureStepLabel", "WorklistLabel"),
        *("ScheduledProcedureStepStartDateTime", "InputReadinessState", "ProcedureStepState"),
    }
    assert listed["ScheduledWorkitemCodeSequence[0].CodeMeaning"].required
    assert not listed["ExpectedCompletionDateTime"].required, "it is matched by all, and returned where it is known"
    assert "TransactionUID" not in listed, "it cannot be asked for"
    assert attributes(MODELS["ups-watch"]) == attributes(MODELS["ups-query"]) == attributes(UPS_PULL)


def test_models_of_which_nothing_is_known_list_nothing() -> None:
    silent = [
        model.id for model in MODELS.values() for level in model.levels or (None,) if not attributes(model, level)
    ]
    assert silent == ["general-worklist", "inventory"]


def test_the_keys_of_objects_are_those_of_the_standard() -> None:
    listed = {attribute.path: attribute for attribute in attributes(MODELS["hanging-protocol"])}
    definition = "HangingProtocolDefinitionSequence[0]."
    # Those that table U.6-1 calls R or U; in codes, what table 8-1b requires for matching.
    assert {path for path, attribute in listed.items() if attribute.matching} == {
        *("SOPClassUID", "SOPInstanceUID", "HangingProtocolName", "HangingProtocolLevel", "NumberOfPriorsReferenced"),
        *("HangingProtocolUserGroupName", "NumberOfScreens", f"{definition}Modality", f"{definition}Laterality"),
        *(
            f"{sequence}[0].{key}"
            for key in ("CodeValue", "CodingSchemeDesignator", "LongCodeValue", "URNCodeValue")
            for sequence in (
                f"{definition}AnatomicRegionSequence",
                f"{definition}ProcedureCodeSequence",
                f"{definition}ReasonForRequestedProcedureCodeSequence",
                "HangingProtocolUserIdentificationCodeSequence",
            )
        ),
    }
    assert not listed["HangingProtocolUserGroupName"].required, "it is matched by all, and returned where it is known"
    assert listed[f"{definition}ProcedureCodeSequence[0].CodeMeaning"].required


def test_an_approval_is_asked_by_patient_or_visit_product_and_route() -> None:
    matching = [attribute.path for attribute in attributes(MODELS["substance-approval"]) if attribute.matching]
    assert matching[:3] == ["PatientID", "AdmissionID", "ProductPackageIdentifier"]
    assert {path.partition("[")[0] for path in matching[3:]} == {"AdministrationRouteCodeSequence"}


def test_relevant_information_is_asked_by_patient_and_template_with_no_item_of_content() -> None:
    listed = {attribute.path: attribute for attribute in attributes(MODELS["relevant-patient"])}
    assert {path for path, attribute in listed.items() if attribute.matching} == {"PatientID", "IssuerOfPatientID"}
    assert {"ContentSequence", "ConceptNameCodeSequence"} <= set(listed)
    assert all(listed[f"ContentTemplateSequence[0].{key}"].common for key in ("MappingResource", "TemplateIdentifier"))
    assert tuple(listed.values()) == attributes(MODELS["cardiac"]) == attributes(MODELS["breast-imaging"])


CODE = {0x00080100, 0x00080102, 0x00080103, 0x00080104, 0x00080119, 0x00080120}
WORKLIST_TAGS = {
    # Table K.6-1, from the scheduled procedure step to the patient; and K.6-1a.
    *(0x00080005, 0x00400001, 0x00400002, 0x00400003, 0x00080060, 0x00400006, 0x00400007, 0x00400010, 0x00400011),
    *(0x00081150, 0x00081155, 0x0040A040, 0x0040A120, 0x0040A123, 0x0040A160, 0x0040A30A, 0x00400012, 0x00400009),
    *(0x00321070, 0x00400020, 0x00400512, 0x00400551, 0x00400554, 0x22000005, 0x00401001, 0x00321060, 0x0020000D),
    *(0x00080020, 0x00080030, 0x00401003, 0x00401004, 0x00080050, 0x00321032, 0x00080090, 0x00380010, 0x00380300),
    *(0x00100010, 0x00100020, 0x00100021, 0x00100030, 0x00100040, 0x00101030, 0x00101020, 0x00403001, 0x00380500),
    *(0x001021C0, 0x00102000, 0x00102110, 0x00380050, 0x00420010, *CODE),
}
WORKLIST_SEQUENCES = {
    *(0x00400100, 0x0018990C, 0x0018990D, 0x00400008, 0x00400440, 0x0040A043, 0x0040A168, 0x004008EA, 0x00400500),
    *(0x00400518, 0x00400560, 0x00321064, 0x00081110, 0x00080051, 0x00380014, 0x00081120, 0x00100024, 0x00101002),
    *(0x00100101, 0x00100102, 0x00380100, 0x0040A170),
}
PATIENT_TAGS = {
    *(0x00100010, 0x00100020, 0x00100021, 0x00081150, 0x00081155, 0x00100030, 0x00100032, 0x00100040),
    *(0x00101001, 0x00104000, 0x00201200, 0x00201202, 0x00201204),
}
STUDY_TAGS = {
    *(0x00080020, 0x00080030, 0x00080050, 0x00200010, 0x0020000D, 0x00080061, 0x00080062, 0x00080090, 0x00081030),
    *(0x00081060, 0x00081080, 0x00081150, 0x00081155, 0x00101010, 0x00101020, 0x00101030, 0x00102180, 0x001021B0),
    *(0x00201206, 0x00201208, *CODE),
}
IMAGE_TAGS = {
    *(0x00200013, 0x00080018, 0x00080016, 0x00083002, 0x00083001, 0x0008001A, 0x0040DB00, 0x00080105, 0x00400512),
    *(0x00400551, 0x00400554, 0x0020000E, 0x00081150, 0x00081155, 0x0040A170, *CODE),
}

REFERENCE = {0x00081150, 0x00081155}
OBJECT = {0x00080005, 0x00080016, 0x00080018}
# Tables U.6-1, X.6-1, BB.6-1 to BB.6-3, HH.6-1, II.6-1, V.6-1, V.6-2, and Q.4-1 with Q.4-2, sequences at the end.
SINGLE_USE_TAGS = {
    "hanging-protocol": {
        *(0x00720002, 0x00720004, 0x00720006, 0x00720008, 0x0072000A, 0x00080060, 0x00200060, 0x00720014, 0x00720010),
        *(0x00720100, 0x00720104, 0x00720106, 0x00720108, 0x0072010A, 0x0072010C, 0x0072010E),
        *(0x0072000C, 0x00082218, 0x00081032, 0x0040100A, 0x0072000E, 0x00720102, *OBJECT, *CODE),
    },
    "color-palette": {0x00700080, 0x00700081, 0x00700084, 0x00700087, 0x00080006, *OBJECT, *CODE},
    "generic-implant-template": {
        *(0x00080070, 0x00221095, 0x00686210, 0x00221097, 0x00686226),
        *(0x00686222, 0x00686224, 0x00686225, 0x00686230, 0x00082218, 0x006862A0, 0x006863A0, 0x006863A4),
        *(OBJECT | REFERENCE | CODE),
    },
    "implant-assembly-template": {
        *(0x00760001, 0x00080070, 0x00760030, 0x00760020, 0x00760008, 0x0076000C, 0x0076000E),
        *(OBJECT | REFERENCE | CODE),
    },
    "implant-template-group": {0x00780001, 0x00780010, 0x00780020, 0x00686226, 0x00780026, *OBJECT, *REFERENCE},
    "protocol": {
        *(0x00080080, 0x00181030, 0x00189908, 0x0018990A, 0x00700084, 0x00080012, 0x00080013, 0x00120010, 0x00120020),
        *(0x00080221, 0x00080070, 0x00080222, 0x00081090, 0x00181020, 0x00181000),
        *(0x0040A07C, 0x00080082, 0x00080220, 0x00189906, 0x00189907, 0x00189909, 0x0018990E, 0x00189912, 0x00082218),
        *(0x00082228, *OBJECT, *REFERENCE, *CODE),
    },
    "protocol-approval": {
        *(0x00080012, 0x00080013, 0x00440102, 0x0040A084, 0x0040A123, 0x00081010, 0x00181002, 0x00080070, 0x00081090),
        *(0x00080055, 0x00080080, 0x00081040, 0x00440104, 0x00440105, 0x00440106, 0x00440108, 0x00181020),
        *(0x00440109, 0x00440100, 0x00440101, 0x00440103, 0x00401101, 0x0044010A, 0x00080082, 0x00081041, 0x00440107),
        *(OBJECT | REFERENCE | CODE),
    },
    "product-characteristics": {
        *(0x00440001, 0x00440008, 0x0044000B, 0x0040A040, 0x00440007, 0x00440013, 0x0040A043, *CODE),
    },
    "substance-approval": {
        *(0x00100010, 0x00100020, 0x00100021, 0x00100024, 0x00100030, 0x00100040, 0x00380010, 0x00400031, 0x00400032),
        *(0x00400033, 0x00440001, 0x00440002, 0x00440003, 0x00440004, 0x00380014, 0x00540302, *CODE),
    },
    "relevant-patient": {
        *(0x00080005, 0x00100010, 0x00100020, 0x00100021, 0x00100030, 0x00100040, 0x0040A032, 0x0040A040, 0x0040A043),
        *(0x0040A730, 0x0040E001, 0x0040E010, 0x0020000E, 0x00080105, 0x0040DB00),
        *(0x0040A390, 0x00081200, 0x00081115, 0x0008114A, 0x0040A504, *REFERENCE),
    },
}


@pytest.mark.parametrize(
    ("model", "level", "table"),
    [
        *((MODELS[name], None, table) for name, table in SINGLE_USE_TAGS.items()),
        (WORKLIST, None, WORKLIST_TAGS | WORKLIST_SEQUENCES),
        (PATIENT_ROOT, "PATIENT", PATIENT_TAGS | {0x00081120, 0x00101002}),
        (PATIENT_ROOT, "STUDY", STUDY_TAGS | {0x00080063, 0x00081032, 0x00081110}),
        (PATIENT_ROOT, "SERIES", {0x00080060, 0x00200011, 0x0020000E, 0x00201209}),
        (PATIENT_ROOT, "IMAGE", IMAGE_TAGS | {0x0040A043, 0x0040A504, 0x00400560}),
        (STUDY_ROOT, "STUDY", STUDY_TAGS | PATIENT_TAGS | {0x00081120}),
        (STUDY_ROOT, "IMAGE", IMAGE_TAGS),
    ],
)
def test_all_that_the_tables_of_the_standard_list_is_listed(
    model: InformationModel, level: str | None, table: set[int]
) -> None:
    listed = {step.tag for attribute in attributes(model, level) for step in Key.parse(attribute.path).path}
    assert not table - listed, [dictionary.keyword(tag) for tag in sorted(table - listed)]


def test_nothing_of_a_study_is_unique_but_the_study_in_its_root() -> None:
    assert [a.path for a in attributes(STUDY_ROOT, "STUDY") if a.kind == "U"] == ["StudyInstanceUID"]
