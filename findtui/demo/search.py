"""Answers to a C-FIND request: the worklist's, and the archive's level by level (PS3.4 annexes C and K)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pydicom import DataElement, Dataset
from pydicom.datadict import tag_for_keyword

from findtui.demo.archive import LEVELS, Node
from findtui.demo.identifier import (
    QUERY_RETRIEVE_LEVEL,
    RETRIEVE_AE_TITLE,
    SPECIFIC_CHARACTER_SET,
    Key,
    UnreadableRequestError,
    answer,
    declare_character_set,
    meets,
)
from findtui.dicom.models import PATIENT_ROOT, PATIENT_STUDY_ONLY, STUDY_ROOT, InformationModel

PENDING: Final = 0xFF00
PENDING_WARNING: Final = 0xFF01
IDENTIFIER_DOES_NOT_MATCH: Final = 0xA900

UNIQUE_KEYS: Final = ("PatientID", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")

# PS3.4 tables C.6-1 to C.6-5, and what archives usually know beside them.
_PATIENT = """PatientName PatientID IssuerOfPatientID PatientBirthDate PatientBirthTime PatientSex OtherPatientIDs
    OtherPatientNames EthnicGroup PatientComments ReferencedPatientSequence NumberOfPatientRelatedStudies
    NumberOfPatientRelatedSeries NumberOfPatientRelatedInstances"""
_STUDY = """StudyDate StudyTime AccessionNumber StudyID StudyInstanceUID ReferringPhysicianName StudyDescription
    ProcedureCodeSequence NameOfPhysiciansReadingStudy AdmittingDiagnosesDescription ReferencedStudySequence PatientAge
    PatientSize PatientWeight Occupation AdditionalPatientHistory ModalitiesInStudy SOPClassesInStudy
    AnatomicRegionsInStudyCodeSequence NumberOfStudyRelatedSeries NumberOfStudyRelatedInstances InstanceAvailability"""
_SERIES = """Modality SeriesNumber SeriesInstanceUID SeriesDescription SeriesDate SeriesTime BodyPartExamined
    Laterality ProtocolName OperatorsName PerformingPhysicianName Manufacturer ManufacturerModelName StationName
    InstitutionName InstitutionalDepartmentName PerformedProcedureStepStartDate PerformedProcedureStepStartTime
    PerformedProcedureStepID PerformedProcedureStepDescription RequestAttributesSequence
    ReferencedPerformedProcedureStepSequence FrameOfReferenceUID NumberOfSeriesRelatedInstances"""
_IMAGE = """InstanceNumber SOPInstanceUID SOPClassUID ImageType ContentDate ContentTime AcquisitionDate AcquisitionTime
    AcquisitionDateTime AcquisitionNumber Rows Columns BitsAllocated NumberOfFrames ContentLabel ContentDescription
    ConceptNameCodeSequence RelatedGeneralSOPClassUID ImageComments"""

_ALWAYS: Final = (SPECIFIC_CHARACTER_SET, QUERY_RETRIEVE_LEVEL, RETRIEVE_AE_TITLE)

LEVEL_OF: Final[dict[int, int]] = {
    tag: level
    for level, keywords in enumerate((_PATIENT, _STUDY, _SERIES, _IMAGE))
    for keyword in keywords.split()
    if (tag := tag_for_keyword(keyword)) is not None
}


@dataclass(frozen=True, slots=True)
class Match:
    """One pending response.

    Attributes:
        identifier: its data set.
        status: PENDING or PENDING_WARNING.
    """

    identifier: Dataset
    status: int


class RefusedError(ValueError):
    """A request that cannot be answered.

    Attributes:
        status: of the final response.
        comment: Error Comment (0000,0902), at most 64 characters.
        tag: Offending Element (0000,0901), or None.
    """

    def __init__(self, comment: str, tag: int | None = None, status: int = IDENTIFIER_DOES_NOT_MATCH) -> None:
        super().__init__(comment)
        self.status = status
        self.comment = comment.encode("ascii", "replace").decode("ascii")[:64]
        self.tag = tag


def search_worklist(items: Sequence[Dataset], keys: Sequence[Key]) -> Iterator[Match]:
    """The worklist items that meet the keys, date and time of the step taken together (PS3.4 table K.6-1).

    Raises:
        RefusedError: a key is malformed.
    """
    keys = [key for key in keys if key.tag != QUERY_RETRIEVE_LEVEL]
    for item in items:
        if _meets(keys, item, combined=True):
            yield _match(keys, item, combined=True, character_set=_asks_for_character_set(keys))


def search_archive(
    patients: Sequence[Node],
    model: InformationModel,
    keys: Sequence[Key],
    *,
    ae_title: str,
    relational: bool = False,
    combined: bool = False,
) -> Iterator[Match]:
    """The records of the level that is asked for that meet the keys.

    Args:
        patients: the archive.
        model: a Query/Retrieve information model.
        keys: of the request.
        ae_title: from where the instances can be retrieved.
        relational: whether relational queries were negotiated: no unique keys of the levels above are needed then.
        combined: whether combined date-time matching was negotiated.

    Raises:
        RefusedError: the level is missing or not one of the model, a unique key is missing, or a key is malformed.
    """
    level = _level(model, keys)
    if not relational:
        _check_unique_keys(model, keys, level)
    wanted = [key for key in keys if key.tag not in _ALWAYS]
    known = [key for key in wanted if LEVEL_OF.get(key.tag, len(LEVELS)) <= level]
    by_level = [[key for key in known if LEVEL_OF[key.tag] == depth] for depth in range(level + 1)]
    for record in _descend(patients, by_level, Dataset(), combined):
        match = _match(known, record, combined=combined, character_set=_asks_for_character_set(keys))
        match.identifier.add(DataElement(QUERY_RETRIEVE_LEVEL, "CS", LEVELS[level]))
        match.identifier.add(DataElement(RETRIEVE_AE_TITLE, "AE", ae_title))
        yield match if len(known) == len(wanted) else Match(match.identifier, PENDING_WARNING)


def _asks_for_character_set(keys: Sequence[Key]) -> bool:
    return any(key.tag == SPECIFIC_CHARACTER_SET for key in keys)


def _descend(nodes: Sequence[Node], by_level: list[list[Key]], above: Dataset, combined: bool) -> Iterator[Dataset]:
    for node in nodes:
        if not _meets(by_level[node.level], node.attributes, combined=combined):
            continue
        record = Dataset(above)
        record.update(node.attributes)
        if node.level == len(by_level) - 1:
            yield record
        else:
            yield from _descend(node.children, by_level, record, combined)


def _meets(keys: Sequence[Key], record: Dataset, *, combined: bool) -> bool:
    try:
        return meets(keys, record, combined=combined)
    except UnreadableRequestError as error:
        raise RefusedError(error.reason, error.tag) from error


def _match(keys: Sequence[Key], record: Dataset, *, combined: bool, character_set: bool) -> Match:
    identifier, supported = answer(keys, record, combined=combined)
    declare_character_set(identifier, record, asked=character_set)
    return Match(identifier, PENDING if supported else PENDING_WARNING)


def _level(model: InformationModel, keys: Sequence[Key]) -> int:
    value = next((key.value for key in keys if key.tag == QUERY_RETRIEVE_LEVEL), "")
    if not value:
        raise RefusedError("Query/Retrieve Level (0008,0052) is missing", QUERY_RETRIEVE_LEVEL)
    if value not in model.levels:
        raise RefusedError(f"Level '{value}' is none of {', '.join(model.levels)}", QUERY_RETRIEVE_LEVEL)
    return LEVELS.index(value)


def _check_unique_keys(model: InformationModel, keys: Sequence[Key], level: int) -> None:
    """Above the level that is asked for, each level's unique key names one record (PS3.4 section C.4.1.3.1.1)."""
    top = 1 if model == STUDY_ROOT else 0
    for keyword in UNIQUE_KEYS[top:level]:
        tag = tag_for_keyword(keyword)
        value = next((key.value for key in keys if key.tag == tag), "")
        if not value or any(character in value for character in "*?\\"):
            raise RefusedError(f"{keyword} must name one record at level {LEVELS[level]}", tag)


QUERY_RETRIEVE_MODELS: Final = (PATIENT_ROOT, STUDY_ROOT, PATIENT_STUDY_ONLY)
