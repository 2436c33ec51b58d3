"""The attributes that PS3.4 lists for the models and levels of C-FIND, in the notation of key paths.

Sources: tables K.6-1 and K.6-1a for the modality worklist, tables C.6-1 to C.6-5 for query/retrieve, table CC.2.5-3
for unified procedure steps; those of the models of single use are named in `single_use_attributes`. Where a table says
"all other attributes" of a level, the usual ones are listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final

from findtui.dicom import single_use_attributes

if TYPE_CHECKING:
    from findtui.dicom.models import InformationModel


@dataclass(frozen=True, slots=True)
class ModelAttribute:
    """One attribute of an information model.

    Attributes:
        path: a key without a value, as -k takes it.
        kind: for query/retrieve U (unique key), R (required) or O (optional); for all other models the return
            type, 1, 1C, 2, 2C or 3.
        matching: whether a peer must be able to match it; it may match others, too.
        common: whether most queries ask for it: what a new query starts with.
    """

    path: str
    kind: str
    matching: bool = False
    common: bool = False

    @property
    def required(self) -> bool:
        """Whether a peer must return it where it is asked for."""
        return self.kind not in ("O", "3")


# Keys of the code macros with their kind: in worklists (PS3.4 table 8-2a), and where the meaning always comes along, in
# procedure steps (table CC.2.5-2a) and the models of single use (tables 8-1a and 8-3a); those of query/retrieve (table
# C.6-2b) are all optional. What names the context group of a code says nothing of the code
# itself and is left out.
_CODES: Final = {
    "code": {
        "CodeValue": "1C",
        "CodingSchemeDesignator": "1C",
        "CodingSchemeVersion": "3",
        "CodeMeaning": "3",
        "LongCodeValue": "1C",
        "URNCodeValue": "1C",
    },
    "named-code": {
        "CodeValue": "1C",
        "CodingSchemeDesignator": "1C",
        "CodingSchemeVersion": "1C",
        "CodeMeaning": "1",
        "LongCodeValue": "1C",
        "URNCodeValue": "1C",
    },
}
_COMMON_OF_CODE: Final = frozenset(("CodeValue", "CodingSchemeDesignator", "CodeMeaning"))
_MATCHING_OF_CODE: Final = frozenset(("CodeValue", "CodingSchemeDesignator", "LongCodeValue", "URNCodeValue"))

# One line an attribute: path, kind, "m" for matching, "c" for common, a macro for a sequence of codes. An indented line
# stands in the first item of the sequence above it, which needs no line of its own beyond its path.
_WORKLIST: Final = """
SpecificCharacterSet 1C - c
ScheduledProcedureStepSequence 1
 ScheduledStationAETitle 1 m c
 ScheduledProcedureStepStartDate 1 m c
 ScheduledProcedureStepStartTime 1 m c
 ScheduledProcedureStepEndDate 3
 ScheduledProcedureStepEndTime 3
 Modality 1 m c
 ScheduledPerformingPhysicianName 2 m c
 ScheduledProcedureStepDescription 1C - c
 ScheduledStationName 2 - c
 ScheduledProcedureStepLocation 2 - c
 ReferencedDefinedProtocolSequence 3
  ReferencedSOPClassUID 1
  ReferencedSOPInstanceUID 1
 ReferencedPerformedProtocolSequence 3
  ReferencedSOPClassUID 1
  ReferencedSOPInstanceUID 1
 ScheduledProtocolCodeSequence 1C code c
  ProtocolContextSequence 3
   ValueType 1
   ConceptNameCodeSequence 1 code
   DateTime 1C
   PersonName 1C
   TextValue 1C
   ConceptCodeSequence 1C code
   NumericValue 1C
   MeasurementUnitsCodeSequence 1C code
 PreMedication 2C - c
 ScheduledProcedureStepID 1 - c
 RequestedContrastAgent 2C - c
 ScheduledProcedureStepStatus 3 - c
 CommentsOnTheScheduledProcedureStep 3
ScheduledSpecimenSequence 3
 ContainerIdentifier 1
 ContainerTypeCodeSequence 2 code
 SpecimenDescriptionSequence 1
  SpecimenIdentifier 1
  SpecimenUID 1
BarcodeValue 3
RequestedProcedureID 1 - c
RequestedProcedureDescription 1C - c
RequestedProcedureCodeSequence 1C code c
StudyInstanceUID 1 - c
StudyDate 3
StudyTime 3
ReferencedStudySequence 2
 ReferencedSOPClassUID 1
 ReferencedSOPInstanceUID 1
RequestedProcedurePriority 2 - c
PatientTransportArrangements 2 - c
ReasonForTheRequestedProcedure 3
ReasonForRequestedProcedureCodeSequence 3 code
RequestedProcedureComments 3
RequestedProcedureLocation 3
ConfidentialityCode 3
ReportingPriority 3
NamesOfIntendedRecipientsOfResults 3
AccessionNumber 2 - c
IssuerOfAccessionNumberSequence 3
 LocalNamespaceEntityID 1C
 UniversalEntityID 1C
 UniversalEntityIDType 1C
RequestingPhysician 2 - c
ReferringPhysicianName 2 - c
RequestingService 3
IssueDateOfImagingServiceRequest 3
IssueTimeOfImagingServiceRequest 3
PlacerOrderNumberImagingServiceRequest 3
FillerOrderNumberImagingServiceRequest 3
OrderEnteredBy 3
OrderEntererLocation 3
OrderCallbackPhoneNumber 3
ImagingServiceRequestComments 3
AdmissionID 2 - c
IssuerOfAdmissionIDSequence 3
InstitutionName 3
InstitutionalDepartmentName 3
AdmittingDiagnosesDescription 3
CurrentPatientLocation 2 - c
PatientInstitutionResidence 3
VisitStatusID 3
ReferencedPatientSequence 2
 ReferencedSOPClassUID 1
 ReferencedSOPInstanceUID 1
PatientName 1 m c
PatientID 1 m c
IssuerOfPatientID 3
IssuerOfPatientIDQualifiersSequence 3
OtherPatientIDsSequence 3
 PatientID 1
 IssuerOfPatientID 3
PatientBirthDate 2 - c
PatientBirthTime 3
PatientSex 2 - c
PatientPrimaryLanguageCodeSequence 3 code
 PatientPrimaryLanguageModifierCodeSequence 3 code
PatientAge 3
PatientSize 3
PatientWeight 2 - c
ConfidentialityConstraintOnPatientDataDescription 2 - c
PatientState 2 - c
PregnancyStatus 2 - c
MedicalAlerts 2 - c
Allergies 2 - c
SpecialNeeds 2 - c
PertinentDocumentsSequence 3
 ReferencedSOPClassUID 1
 ReferencedSOPInstanceUID 1
 PurposeOfReferenceCodeSequence 2 code
 DocumentTitle 2
AdditionalPatientHistory 3
LastMenstrualDate 3
SmokingStatus 3
Occupation 3
PatientComments 3
PatientSpeciesDescription 3
PatientBreedDescription 3
ResponsiblePerson 3
"""

_PATIENT: Final = """
SpecificCharacterSet O - c
QueryRetrieveLevel R m c
PatientName R m c
PatientID U m c
IssuerOfPatientID O
IssuerOfPatientIDQualifiersSequence O
ReferencedPatientSequence O
 ReferencedSOPClassUID O
 ReferencedSOPInstanceUID O
PatientBirthDate O - c
PatientBirthTime O
PatientSex O - c
OtherPatientIDsSequence O
 PatientID O
 IssuerOfPatientID O
OtherPatientNames O
PatientComments O
NumberOfPatientRelatedStudies O - c
NumberOfPatientRelatedSeries O
NumberOfPatientRelatedInstances O
"""

_STUDY: Final = """
SpecificCharacterSet O - c
QueryRetrieveLevel R m c
StudyDate R m c
StudyTime R m c
AccessionNumber R m c
StudyID R m c
StudyInstanceUID U m c
IssuerOfAccessionNumberSequence O
 LocalNamespaceEntityID O
ReferringPhysicianName O - c
StudyDescription O - c
ProcedureCodeSequence O code
NameOfPhysiciansReadingStudy O
AdmittingDiagnosesDescription O
ReferencedStudySequence O
 ReferencedSOPClassUID O
 ReferencedSOPInstanceUID O
PatientAge O
PatientSize O
PatientWeight O
Occupation O
AdditionalPatientHistory O
ModalitiesInStudy O - c
SOPClassesInStudy O
AnatomicRegionsInStudyCodeSequence O code
NumberOfStudyRelatedSeries O - c
NumberOfStudyRelatedInstances O - c
InstanceAvailability O
RetrieveAETitle O
"""

_SERIES: Final = """
SpecificCharacterSet O - c
QueryRetrieveLevel R m c
Modality R m c
SeriesNumber R m c
SeriesInstanceUID U m c
SeriesDescription O - c
SeriesDate O
SeriesTime O
BodyPartExamined O - c
Laterality O
PatientPosition O
ProtocolName O
PerformingPhysicianName O
OperatorsName O
StationName O
InstitutionName O
InstitutionalDepartmentName O
Manufacturer O
ManufacturerModelName O
PerformedProcedureStepStartDate O
PerformedProcedureStepStartTime O
RequestAttributesSequence O
 RequestedProcedureID O
 ScheduledProcedureStepID O
NumberOfSeriesRelatedInstances O - c
InstanceAvailability O
RetrieveAETitle O
"""

_IMAGE: Final = """
SpecificCharacterSet O - c
QueryRetrieveLevel R m c
InstanceNumber R m c
SOPInstanceUID U m c
SOPClassUID O - c
AvailableTransferSyntaxUID O
AlternateRepresentationSequence O
 SeriesInstanceUID O
 ReferencedSOPClassUID O
 ReferencedSOPInstanceUID O
 PurposeOfReferenceCodeSequence O code
RelatedGeneralSOPClassUID O
ContentDate O - c
ContentTime O
AcquisitionDate O
AcquisitionTime O
AcquisitionNumber O
ImageType O
ConceptNameCodeSequence O code
ContentTemplateSequence O
 TemplateIdentifier O
 MappingResource O
ContainerIdentifier O
SpecimenDescriptionSequence O
 SpecimenIdentifier O
 SpecimenUID O
CompletionFlag O
VerificationFlag O
Rows O - c
Columns O - c
BitsAllocated O
NumberOfFrames O - c
InstanceAvailability O
RetrieveAETitle O
"""

_UPS: Final = """
SpecificCharacterSet 1C - c
SOPClassUID 1
SOPInstanceUID 1 m c
ScheduledProcedureStepPriority 1 m c
ScheduledProcedureStepModificationDateTime 3
ProcedureStepLabel 1 m c
WorklistLabel 1 m c
ScheduledProcessingParametersSequence 2
ScheduledStationNameCodeSequence 2 named-code m c
ScheduledStationClassCodeSequence 2 named-code m
ScheduledStationGeographicLocationCodeSequence 2 named-code m
ScheduledHumanPerformersSequence 2
 HumanPerformerCodeSequence 1 named-code m
 HumanPerformerName 3
 HumanPerformerOrganization 3
ScheduledProcedureStepStartDateTime 1 m c
ExpectedCompletionDateTime 3 m c
ScheduledProcedureStepExpirationDateTime 3
ScheduledWorkitemCodeSequence 2 named-code m c
CommentsOnTheScheduledProcedureStep 3
InputReadinessState 1 m c
InputInformationSequence 2
StudyInstanceUID 2 - c
OutputDestinationSequence 3
PatientName 2 m c
PatientID 2 m c
IssuerOfPatientID 2 m
IssuerOfPatientIDQualifiersSequence 2
 UniversalEntityID 2
 UniversalEntityIDType 1C
 IdentifierTypeCode 2
 AssigningFacilitySequence 2
 AssigningJurisdictionCodeSequence 2 named-code
 AssigningAgencyOrDepartmentCodeSequence 2 named-code
OtherPatientIDsSequence 2
 PatientID 1
 IssuerOfPatientID 2 m
 TypeOfPatientID 3
PatientBirthDate 2 m c
PatientSex 2 m c
ReferencedPatientPhotoSequence 3
AdmissionID 2 m
IssuerOfAdmissionIDSequence 2
 LocalNamespaceEntityID 1C m
 UniversalEntityID 1C m
 UniversalEntityIDType 1C m
AdmittingDiagnosesDescription 2
AdmittingDiagnosesCodeSequence 2 named-code
ReferencedRequestSequence 2
 StudyInstanceUID 1
 AccessionNumber 2 m c
 IssuerOfAccessionNumberSequence 2
  LocalNamespaceEntityID 1C m
  UniversalEntityID 1C m
  UniversalEntityIDType 1C m
 PlacerOrderNumberImagingServiceRequest 1C
 OrderPlacerIdentifierSequence 2
  LocalNamespaceEntityID 1C
  UniversalEntityID 1C
  UniversalEntityIDType 1C
 FillerOrderNumberImagingServiceRequest 1C
 OrderFillerIdentifierSequence 2
  LocalNamespaceEntityID 1C
  UniversalEntityID 1C
  UniversalEntityIDType 1C
 RequestedProcedureID 2 m c
 RequestedProcedureDescription 2
 RequestedProcedureCodeSequence 2 named-code
 ReasonForTheRequestedProcedure 3
 ReasonForRequestedProcedureCodeSequence 3 named-code
 RequestedProcedureComments 1C
 ConfidentialityCode 3
 NamesOfIntendedRecipientsOfResults 3
 ImagingServiceRequestComments 3
 RequestingPhysician 3
 RequestingService 3 m
 RequestingServiceCodeSequence 3 named-code
 IssueDateOfImagingServiceRequest 3
 IssueTimeOfImagingServiceRequest 3
 ReferringPhysicianName 3
ReplacedProcedureStepSequence 3
 ReferencedSOPClassUID 1 m
 ReferencedSOPInstanceUID 1 m
MedicalAlerts 2C
PregnancyStatus 2C
SpecialNeeds 2C
ProcedureStepState 1 m c
ProcedureStepProgressInformationSequence 2
UnifiedProcedureStepPerformedProcedureSequence 3
 ActualHumanPerformersSequence 1C
 PerformedStationNameCodeSequence 3 named-code
 PerformedProcedureStepEndDateTime 1C
"""

_LEVELS: Final[dict[tuple[str, str | None], tuple[str, ...]]] = {
    ("patient", "PATIENT"): (_PATIENT,),
    ("patient", "STUDY"): (_STUDY,),
    ("psonly", "PATIENT"): (_PATIENT,),
    ("psonly", "STUDY"): (_STUDY,),
    ("study", "STUDY"): (_STUDY,),
    **{(model, "SERIES"): (_SERIES,) for model in ("patient", "study")},
    **{(model, "IMAGE"): (_IMAGE,) for model in ("patient", "study")},
    ("worklist", None): (_WORKLIST,),
    **{(f"ups-{name}", None): (_UPS,) for name in ("pull", "watch", "query")},
    **{(model, None): tables for model, tables in single_use_attributes.TABLES.items()},
}

# Unique keys of the levels above, which a query below must name (PS3.4 section C.4.1.1.3.1).
_UNIQUE: Final = {
    "PATIENT": ModelAttribute("PatientID", "U", matching=True, common=True),
    "STUDY": ModelAttribute("StudyInstanceUID", "U", matching=True, common=True),
    "SERIES": ModelAttribute("SeriesInstanceUID", "U", matching=True, common=True),
}


def listed(model: InformationModel, level: str | None) -> tuple[ModelAttribute, ...]:
    """What is listed for a model and level, the unique keys of the levels above first; () where nothing is known."""
    if level is None and model.levels:
        level = model.levels[0]
    above = model.levels[: model.levels.index(level)] if level in model.levels else ()
    own = tuple(line for text in _LEVELS.get((model.id, level), ()) for line in _parsed(text))
    if (model.id, level) == ("study", "STUDY"):
        own += _patients_of_studies()
    return tuple(_UNIQUE[higher] for higher in above) + own


@cache
def _patients_of_studies() -> tuple[ModelAttribute, ...]:
    """In the study root model the patient's attributes are the study's, and none of them is unique (table C.6-5)."""
    of_studies = {attribute.path for attribute in _parsed(_STUDY)}
    return tuple(
        replace(row, kind="R" if row.kind == "U" else row.kind, common=row.common and not row.path.startswith("Number"))
        for row in _parsed(_PATIENT)
        if row.path not in of_studies
    )


@cache
def _parsed(text: str) -> tuple[ModelAttribute, ...]:
    lines = [line for line in text.splitlines() if line.strip()]
    depths = [len(line) - len(line.lstrip()) for line in lines]
    parents: list[str] = []
    found: list[ModelAttribute] = []
    for index, line in enumerate(lines):
        keyword, kind, *flags = line.split()
        del parents[depths[index] :]
        path = "".join(f"{parent}[0]." for parent in parents) + keyword
        parents.append(keyword)
        macro = next((flag for flag in flags if flag in _CODES), None)
        if macro is not None:
            found += _codes(f"{path}[0].", kind, flags, _CODES[macro])
            continue
        if index + 1 < len(lines) and depths[index + 1] > depths[index]:
            continue
        found.append(ModelAttribute(path, kind, "m" in flags, "c" in flags))
    return tuple(found)


def _codes(prefix: str, kind: str, flags: Sequence[str], macro: Mapping[str, str]) -> Iterator[ModelAttribute]:
    for keyword, own in macro.items():
        yield ModelAttribute(
            prefix + keyword,
            "O" if kind == "O" else own,
            matching="m" in flags and keyword in _MATCHING_OF_CODE,
            common="c" in flags and keyword in _COMMON_OF_CODE,
        )
