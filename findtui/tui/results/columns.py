"""Which attributes the grid shows, and which are shown where nobody chose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from findtui.dicom import dictionary
from findtui.dicom.models import InformationModel
from findtui.dicom.paths import Path

SCHEDULED_STEP: Final = "ScheduledProcedureStepSequence."


class Kind(Enum):
    """How the values of a column are read."""

    TEXT = "text"
    NAME = "name"
    DATE = "date"
    TIME = "time"
    MOMENT = "moment"
    NUMBER = "number"
    CODE = "code"
    UID = "uid"
    OTHER = "other"


_KINDS: Final = {
    "PN": Kind.NAME, "DA": Kind.DATE, "TM": Kind.TIME, "DT": Kind.MOMENT, "UI": Kind.UID,
    "IS": Kind.NUMBER, "DS": Kind.NUMBER, "US": Kind.NUMBER, "SS": Kind.NUMBER, "UL": Kind.NUMBER, "SL": Kind.NUMBER,
    "UV": Kind.NUMBER, "SV": Kind.NUMBER, "FL": Kind.NUMBER, "FD": Kind.NUMBER,
    "CS": Kind.CODE, "AE": Kind.CODE, "AS": Kind.CODE, "SH": Kind.CODE,
    "LO": Kind.TEXT, "ST": Kind.TEXT, "LT": Kind.TEXT, "UT": Kind.TEXT, "UC": Kind.TEXT, "UR": Kind.TEXT,
}  # fmt: skip

_WIDTHS: Final = {
    Kind.TEXT: (12, 40), Kind.NAME: (14, 36), Kind.DATE: (10, 10), Kind.TIME: (5, 8), Kind.MOMENT: (16, 22),
    Kind.NUMBER: (14, 14), Kind.CODE: (16, 16), Kind.UID: (16, 64), Kind.OTHER: (8, 24),
}  # fmt: skip
"""Cells that a column of a kind takes at least and at most."""


@dataclass(frozen=True, slots=True)
class Column:
    """One attribute of the grid.

    Attributes:
        path: where it stands in the identifier, in the notation of `findtui.dicom.paths.Path`.
        title: what its header says.
        vr: the one that its values are read in where none is on the wire.
        spare: left out while space is short and every response has the same value in it.
    """

    path: str
    title: str
    vr: str
    spare: bool = False

    @classmethod
    def of(cls, path: str, title: str = "") -> Column:
        """The column of any attribute.

        Args:
            path: in the notation of `findtui.dicom.paths.Path`.
            title: for the header; without one, the attribute's name in the dictionary.

        Raises:
            KeyPathError: the path is malformed or names nothing.
        """
        tag = Path.parse(path).tag
        entry = dictionary.lookup(tag)
        title = title or (entry.name if entry is not None else f"({tag >> 16:04X},{tag & 0xFFFF:04X})")
        return cls(path, title, dictionary.implicit_vr(tag))

    @property
    def tag(self) -> int:
        """Of the attribute itself."""
        return Path.parse(self.path).tag

    @property
    def kind(self) -> Kind:
        """How its values are read."""
        return _KINDS.get(self.vr, Kind.OTHER)

    @property
    def min_width(self) -> int:
        """Cells that it is not made narrower than, where it has values that long."""
        return max(_WIDTHS[self.kind][0], len(self.title))

    @property
    def max_width(self) -> int:
        """Cells that it is not made wider than."""
        return max(_WIDTHS[self.kind][1], len(self.title))

    @property
    def right_aligned(self) -> bool:
        """Whether its values stand at the right edge."""
        return self.kind is Kind.NUMBER


_PATIENT: Final = {
    "PatientName": "Patient", "PatientID": "ID", "PatientBirthDate": "Born", "PatientSex": "S",
}  # fmt: skip
_STUDY: Final = {
    "StudyDate": "Date", "StudyTime": "Time", "PatientName": "Patient", "PatientID": "ID",
    "ModalitiesInStudy": "Mod", "StudyDescription": "Description", "AccessionNumber": "Accession",
    "PatientBirthDate": "Born", "PatientSex": "S", "ReferringPhysicianName": "Referred by",
    "NumberOfStudyRelatedSeries": "Series", "NumberOfStudyRelatedInstances": "Images", "StudyID": "Study ID",
    "StudyInstanceUID": "Study UID",
}  # fmt: skip
_SERIES: Final = {
    "SeriesNumber": "No.", "Modality": "Mod", "SeriesDescription": "Description", "SeriesDate": "Date",
    "SeriesTime": "Time", "BodyPartExamined": "Body part", "NumberOfSeriesRelatedInstances": "Images",
    "ProtocolName": "Protocol", "PerformingPhysicianName": "Performed by", "SeriesInstanceUID": "Series UID",
}  # fmt: skip
_IMAGE: Final = {
    "InstanceNumber": "No.", "ContentDate": "Date", "ContentTime": "Time", "ImageType": "Type", "Rows": "Rows",
    "Columns": "Columns", "NumberOfFrames": "Frames", "SOPClassUID": "SOP class",
    "SOPInstanceUID": "SOP instance UID",
}  # fmt: skip
_WORKLIST: Final = {
    f"{SCHEDULED_STEP}ScheduledProcedureStepStartDate": "Date",
    f"{SCHEDULED_STEP}ScheduledProcedureStepStartTime": "Time", **_PATIENT,
    "RequestedProcedureDescription": "Procedure", f"{SCHEDULED_STEP}ScheduledStationName": "Room",
    f"{SCHEDULED_STEP}Modality": "Mod", "AccessionNumber": "Accession", "RequestingPhysician": "Requested by",
    f"{SCHEDULED_STEP}ScheduledPerformingPhysicianName": "Performed by",
    f"{SCHEDULED_STEP}ScheduledProcedureStepDescription": "Step",
    f"{SCHEDULED_STEP}ScheduledStationAETitle": "Station", f"{SCHEDULED_STEP}ScheduledProcedureStepStatus": "Status",
    f"{SCHEDULED_STEP}ScheduledProcedureStepID": "Step ID", "RequestedProcedureID": "Procedure ID",
    "StudyInstanceUID": "Study UID",
}  # fmt: skip
_UPS: Final = {
    "ScheduledProcedureStepStartDateTime": "Start", **_PATIENT, "ProcedureStepState": "State",
    "ProcedureStepLabel": "Label", "WorklistLabel": "Worklist", "ScheduledProcedureStepPriority": "Priority",
    "SOPInstanceUID": "Step UID",
}  # fmt: skip
_RELEVANT_PATIENT: Final = {
    **_PATIENT, "IssuerOfPatientID": "Issuer", "ObservationDateTime": "Observed",
    "ConceptNameCodeSequence.CodeMeaning": "Content", "ContentTemplateSequence.TemplateIdentifier": "Template",
}  # fmt: skip
_OBJECT_UID: Final = {"SOPInstanceUID": "SOP instance UID"}
_CREATED: Final = {"InstanceCreationDate": "Created", "InstanceCreationTime": "Time"}
_MODELS: Final[Mapping[str, Mapping[str, str]]] = {
    "worklist": _WORKLIST,
    "general-worklist": _WORKLIST,
    "ups-pull": _UPS,
    "ups-watch": _UPS,
    "ups-query": _UPS,
    "hanging-protocol": {
        "HangingProtocolName": "Name", "HangingProtocolDescription": "Description", "HangingProtocolLevel": "Level",
        "HangingProtocolDefinitionSequence.Modality": "Mod", "HangingProtocolDefinitionSequence.Laterality": "Side",
        "HangingProtocolCreator": "Creator", "HangingProtocolCreationDateTime": "Created",
        "NumberOfPriorsReferenced": "Priors", "NumberOfScreens": "Screens",
        "HangingProtocolUserGroupName": "User group", **_OBJECT_UID,
    },
    "color-palette": {
        "ContentLabel": "Label", "ContentDescription": "Description", "ContentCreatorName": "Creator", **_OBJECT_UID,
    },
    "generic-implant-template": {
        "ImplantName": "Implant", "ImplantSize": "Size", "ImplantPartNumber": "Part number",
        "Manufacturer": "Manufacturer", "EffectiveDateTime": "Effective", **_OBJECT_UID,
    },
    "implant-assembly-template": {
        "ImplantAssemblyTemplateName": "Assembly", "Manufacturer": "Manufacturer",
        "ProcedureTypeCodeSequence.CodeMeaning": "Procedure", "SurgicalTechnique": "Technique", **_OBJECT_UID,
    },
    "implant-template-group": {
        "ImplantTemplateGroupName": "Group", "ImplantTemplateGroupDescription": "Description",
        "ImplantTemplateGroupIssuer": "Issuer", "EffectiveDateTime": "Effective", **_OBJECT_UID,
    },
    "protocol": {
        "ProtocolName": "Protocol", "EquipmentModality": "Mod",
        "PotentialRequestedProcedureCodeSequence.CodeMeaning": "Procedure",
        "AnatomicRegionSequence.CodeMeaning": "Region", "ModelSpecificationSequence.ManufacturerModelName": "Model",
        "ContentCreatorName": "Creator", **_CREATED, "CustodialOrganizationSequence.InstitutionName": "Institution",
        **_OBJECT_UID,
    },
    "protocol-approval": {
        "ApprovalSequence.AssertionCodeSequence.CodeMeaning": "Assertion",
        "ApprovalSequence.AssertionDateTime": "Asserted",
        "ApprovalSequence.AsserterIdentificationSequence.PersonName": "By",
        "ApprovalSequence.AssertionExpirationDateTime": "Expires", "ApprovalSequence.AssertionComments": "Comments",
        **_CREATED, "ApprovalSubjectSequence.ReferencedSOPInstanceUID": "Protocol UID", **_OBJECT_UID,
    },
    "product-characteristics": {
        "ProductPackageIdentifier": "Package", "ProductName": "Product",
        "ProductTypeCodeSequence.CodeMeaning": "Type", "Manufacturer": "Manufacturer",
        "ProductExpirationDateTime": "Expires", "ProductLotIdentifier": "Lot", "ProductDescription": "Description",
    },
    "substance-approval": {
        "SubstanceAdministrationApproval": "Approval", **_PATIENT, "ProductPackageIdentifier": "Package",
        "AdministrationRouteCodeSequence.CodeMeaning": "Route", "ApprovalStatusDateTime": "Decided",
        "ApprovalStatusFurtherDescription": "Reason", "AdmissionID": "Admission",
    },
    "relevant-patient": _RELEVANT_PATIENT,
    "breast-imaging": _RELEVANT_PATIENT,
    "cardiac": _RELEVANT_PATIENT,
    # No table of keys was at hand: what the directory record of an inventory says of it (PS3.3 table F.5-48).
    "inventory": {
        "ContentDate": "Date", "ContentTime": "Time", "InventoryPurpose": "Purpose", "InventoryLevel": "Level",
        "InventoryCompletionStatus": "Status", "TotalNumberOfStudyRecords": "Studies", **_OBJECT_UID,
    },
}  # fmt: skip
"""Paths and titles, by the id of a model without levels."""
_LEVELS: Final[Mapping[str, Mapping[str, str]]] = {
    "PATIENT": {
        **_PATIENT, "NumberOfPatientRelatedStudies": "Studies", "NumberOfPatientRelatedSeries": "Series",
        "NumberOfPatientRelatedInstances": "Images", "IssuerOfPatientID": "Issuer",
    },
    "STUDY": _STUDY,
    "SERIES": _SERIES,
    "IMAGE": _IMAGE,
}  # fmt: skip
_SPARE: Final = (f"{SCHEDULED_STEP}ScheduledProcedureStepStartDate", f"{SCHEDULED_STEP}Modality")
"""Paths of the columns that are left out first."""
# What tells one response from every other, the most telling first: unique keys of the query/retrieve levels and of
# procedure steps (PS3.4 sections C.6.1.1 and CC.2.5-3), and what makes a scheduled step one (section K.6.1.2.2).
IDENTITIES: Final = (
    ("SOPInstanceUID",),
    ("SeriesInstanceUID",),
    (SCHEDULED_STEP + "ScheduledProcedureStepID", "StudyInstanceUID", "RequestedProcedureID", "AccessionNumber"),
    ("StudyInstanceUID",),
    ("AccessionNumber", "PatientID"),
    ("PatientID", "IssuerOfPatientID"),
)
"""A group counts where its first path has a value."""


def default_columns(model: InformationModel, level: str = "") -> tuple[Column, ...]:
    """The columns for an information model and level where nobody chose any.

    Args:
        model: that is asked.
        level: value of Query/Retrieve Level (0008,0052); one that the model does not have counts as its topmost.
    """
    titles = _LEVELS.get(level, _LEVELS[model.levels[0]]) if model.levels else _MODELS[model.id]
    return tuple(replace(Column.of(path, title), spare=path in _SPARE) for path, title in titles.items())
