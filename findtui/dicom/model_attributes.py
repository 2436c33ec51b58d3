"""The attributes that PS3.4 lists for the models and levels of C-FIND, in the notation of key paths.

Sources: table K.6-1 for the modality worklist, tables C.6-1 to C.6-6 for query/retrieve, tables CC.2.5-3 and
CC.2.8.3 for unified procedure steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from findtui.dicom.models import InformationModel


@dataclass(frozen=True, slots=True)
class ModelAttribute:
    """One attribute of an information model.

    Attributes:
        path: a key without a value, as -k takes it.
        kind: for query/retrieve U (unique key), R (required) or O (optional); for worklists and procedure steps the
            return type, 1, 1C, 2, 2C or 3.
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


# One line an attribute: path, kind, "m" for matching, "c" for common. An indented line stands in the first item of the
# sequence above it, which needs no line of its own beyond its path.
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
 ReferencedDefinedProtocolSequence 1C
  ReferencedSOPClassUID 1
  ReferencedSOPInstanceUID 1
 ReferencedPerformedProtocolSequence 1C
  ReferencedSOPClassUID 1
  ReferencedSOPInstanceUID 1
 ScheduledProtocolCodeSequence 1C
  CodeValue 1 - c
  CodingSchemeVersion 3
  CodingSchemeDesignator 1 - c
  CodeMeaning 3 - c
  ProtocolContextSequence 3
   ValueType 1
   ConceptNameCodeSequence 1
 PreMedication 2C - c
 ScheduledProcedureStepID 1 - c
 RequestedContrastAgent 2C - c
 ScheduledProcedureStepStatus 3 - c
 CommentsOnTheScheduledProcedureStep 3
ScheduledSpecimenSequence 3
 ContainerIdentifier 1
 ContainerTypeCodeSequence 2
 SpecimenDescriptionSequence 1
  SpecimenIdentifier 1
  SpecimenUID 1
RequestedProcedureID 1 m c
RequestedProcedureDescription 1C - c
RequestedProcedureCodeSequence 1C
 CodeValue 1 - c
 CodingSchemeVersion 3
 CodingSchemeDesignator 1 - c
 CodeMeaning 3 - c
StudyInstanceUID 1 - c
StudyDate 3
StudyTime 3
ReferencedStudySequence 2
 ReferencedSOPClassUID 1
 ReferencedSOPInstanceUID 1
RequestedProcedurePriority 2 - c
PatientTransportArrangements 2 - c
ReasonForTheRequestedProcedure 3
ReasonForRequestedProcedureCodeSequence 3
RequestedProcedureComments 3
RequestedProcedureLocation 3
ConfidentialityCode 3
ReportingPriority 3
NamesOfIntendedRecipientsOfResults 3
AccessionNumber 2 m c
IssuerOfAccessionNumberSequence 3
 LocalNamespaceEntityID 1C
 UniversalEntityID 1C
 UniversalEntityIDType 1C
RequestingPhysician 2 m c
ReferringPhysicianName 2 m c
RequestingService 3
IssueDateOfImagingServiceRequest 3
IssueTimeOfImagingServiceRequest 3
PlacerOrderNumberImagingServiceRequest 3
FillerOrderNumberImagingServiceRequest 3
OrderEnteredBy 3
OrderEntererLocation 3
OrderCallbackPhoneNumber 3
ImagingServiceRequestComments 3
AdmissionID 2 m c
IssuerOfAdmissionIDSequence 3
InstitutionName 3
InstitutionalDepartmentName 3
AdmittingDiagnosesDescription 3
CurrentPatientLocation 2 m c
PatientInstitutionResidence 3
VisitStatusID 3
ReferencedPatientSequence 2
 ReferencedSOPClassUID 1
 ReferencedSOPInstanceUID 1
PatientName 1 m c
PatientID 1 m c
IssuerOfPatientID 3
OtherPatientIDsSequence 3
 PatientID 1
 IssuerOfPatientID 3
PatientBirthDate 2 - c
PatientBirthTime 3
PatientSex 2 - c
PatientAge 3
PatientSize 3
PatientWeight 2 - c
ConfidentialityConstraintOnPatientDataDescription 2 - c
PatientState 2 - c
PregnancyStatus 2 - c
MedicalAlerts 2 - c
Allergies 2 - c
SpecialNeeds 2 - c
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
ProcedureCodeSequence O
 CodeValue O
 CodingSchemeDesignator O
 CodeMeaning O
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
AnatomicRegionsInStudyCodeSequence O
NumberOfStudyRelatedSeries O - c
NumberOfStudyRelatedInstances O - c
InstanceAvailability O
RetrieveAETitle O
TimezoneOffsetFromUTC O
"""

# In the study root model the patient's attributes are the study's (table C.6-5).
_STUDY_ROOT_PATIENT: Final = """
PatientName R m c
PatientID R m c
IssuerOfPatientID O
PatientBirthDate O - c
PatientSex O - c
OtherPatientNames O
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
RelatedGeneralSOPClassUID O
ContentDate O - c
ContentTime O
AcquisitionDate O
AcquisitionTime O
AcquisitionNumber O
ImageType O
ConceptNameCodeSequence O
 CodeValue O
 CodingSchemeDesignator O
 CodeMeaning O
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
SOPClassUID 1 m
SOPInstanceUID 1 m c
ScheduledProcedureStepPriority 1 m c
ScheduledProcedureStepModificationDateTime 1 m
ProcedureStepLabel 1 m c
WorklistLabel 1 m c
ScheduledProcessingParametersSequence 2
ScheduledStationNameCodeSequence 2
 CodeValue 1 m c
 CodingSchemeDesignator 1 m c
 CodeMeaning 1 - c
ScheduledStationClassCodeSequence 2
 CodeValue 1 m
 CodingSchemeDesignator 1 m
 CodeMeaning 1
ScheduledStationGeographicLocationCodeSequence 2
 CodeValue 1 m
 CodingSchemeDesignator 1 m
 CodeMeaning 1
ScheduledHumanPerformersSequence 2C
 HumanPerformerCodeSequence 1
  CodeValue 1 m
  CodingSchemeDesignator 1 m
  CodeMeaning 1
 HumanPerformerName 1
 HumanPerformerOrganization 1
ScheduledProcedureStepStartDateTime 1 m c
ExpectedCompletionDateTime 2 m c
ScheduledProcedureStepExpirationDateTime 2
ScheduledWorkitemCodeSequence 1
 CodeValue 1 m c
 CodingSchemeDesignator 1 m c
 CodeMeaning 1 - c
CommentsOnTheScheduledProcedureStep 2
InputReadinessState 1 m c
InputInformationSequence 2
StudyInstanceUID 1C - c
PatientName 2 m c
PatientID 1C m c
IssuerOfPatientID 2
IssuerOfPatientIDQualifiersSequence 2
OtherPatientIDsSequence 2
PatientBirthDate 2 m c
PatientSex 2 m c
AdmissionID 2 m
IssuerOfAdmissionIDSequence 2
AdmittingDiagnosesDescription 2
ReferencedRequestSequence 2
 StudyInstanceUID 1 m
 AccessionNumber 2 m c
 RequestedProcedureID 2 m c
 RequestedProcedureDescription 2
 RequestingService 3
 RequestingPhysician 3
ProcedureStepState 1 m c
"""

_LEVELS: Final[dict[tuple[str, str | None], tuple[str, ...]]] = {
    ("patient", "PATIENT"): (_PATIENT,),
    ("patient", "STUDY"): (_STUDY,),
    ("psonly", "PATIENT"): (_PATIENT,),
    ("psonly", "STUDY"): (_STUDY,),
    ("study", "STUDY"): (_STUDY, _STUDY_ROOT_PATIENT),
    **{(model, "SERIES"): (_SERIES,) for model in ("patient", "study")},
    **{(model, "IMAGE"): (_IMAGE,) for model in ("patient", "study")},
    ("worklist", None): (_WORKLIST,),
    **{(f"ups-{name}", None): (_UPS,) for name in ("pull", "watch", "query")},
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
    return tuple(_UNIQUE[higher] for higher in above) + own


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
        if index + 1 < len(lines) and depths[index + 1] > depths[index]:
            continue
        found.append(ModelAttribute(path, kind, "m" in flags, "c" in flags))
    return tuple(found)
