"""Which attributes the grid shows, and which are shown where nobody chose."""

from __future__ import annotations

from dataclasses import dataclass
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


_PATIENT: Final = (
    Column("PatientName", "Patient", "PN"),
    Column("PatientID", "ID", "LO"),
    Column("PatientBirthDate", "Born", "DA"),
    Column("PatientSex", "S", "CS"),
)
_PATIENT_COUNTS: Final = (
    Column("NumberOfPatientRelatedStudies", "Studies", "IS"),
    Column("NumberOfPatientRelatedSeries", "Series", "IS"),
    Column("NumberOfPatientRelatedInstances", "Images", "IS"),
    Column("IssuerOfPatientID", "Issuer", "LO"),
)
_STUDY: Final = (
    Column("StudyDate", "Date", "DA"),
    Column("StudyTime", "Time", "TM"),
    Column("PatientName", "Patient", "PN"),
    Column("PatientID", "ID", "LO"),
    Column("ModalitiesInStudy", "Mod", "CS"),
    Column("StudyDescription", "Description", "LO"),
    Column("AccessionNumber", "Accession", "SH"),
    Column("PatientBirthDate", "Born", "DA"),
    Column("PatientSex", "S", "CS"),
    Column("ReferringPhysicianName", "Referred by", "PN"),
    Column("NumberOfStudyRelatedSeries", "Series", "IS"),
    Column("NumberOfStudyRelatedInstances", "Images", "IS"),
    Column("StudyID", "Study ID", "SH"),
    Column("StudyInstanceUID", "Study UID", "UI"),
)
_SERIES: Final = (
    Column("SeriesNumber", "No.", "IS"),
    Column("Modality", "Mod", "CS"),
    Column("SeriesDescription", "Description", "LO"),
    Column("SeriesDate", "Date", "DA"),
    Column("SeriesTime", "Time", "TM"),
    Column("BodyPartExamined", "Body part", "CS"),
    Column("NumberOfSeriesRelatedInstances", "Images", "IS"),
    Column("ProtocolName", "Protocol", "LO"),
    Column("PerformingPhysicianName", "Performed by", "PN"),
    Column("SeriesInstanceUID", "Series UID", "UI"),
)
_IMAGE: Final = (
    Column("InstanceNumber", "No.", "IS"),
    Column("ContentDate", "Date", "DA"),
    Column("ContentTime", "Time", "TM"),
    Column("ImageType", "Type", "CS"),
    Column("Rows", "Rows", "US"),
    Column("Columns", "Columns", "US"),
    Column("NumberOfFrames", "Frames", "IS"),
    Column("SOPClassUID", "SOP class", "UI"),
    Column("SOPInstanceUID", "SOP instance UID", "UI"),
)
_WORKLIST: Final = (
    Column(SCHEDULED_STEP + "ScheduledProcedureStepStartDate", "Date", "DA", spare=True),
    Column(SCHEDULED_STEP + "ScheduledProcedureStepStartTime", "Time", "TM"),
    *_PATIENT,
    Column("RequestedProcedureDescription", "Procedure", "LO"),
    Column(SCHEDULED_STEP + "ScheduledStationName", "Room", "SH"),
    Column(SCHEDULED_STEP + "Modality", "Mod", "CS", spare=True),
    Column("AccessionNumber", "Accession", "SH"),
    Column("RequestingPhysician", "Requested by", "PN"),
    Column(SCHEDULED_STEP + "ScheduledPerformingPhysicianName", "Performed by", "PN"),
    Column(SCHEDULED_STEP + "ScheduledProcedureStepDescription", "Step", "LO"),
    Column(SCHEDULED_STEP + "ScheduledStationAETitle", "Station", "AE"),
    Column(SCHEDULED_STEP + "ScheduledProcedureStepStatus", "Status", "CS"),
    Column(SCHEDULED_STEP + "ScheduledProcedureStepID", "Step ID", "SH"),
    Column("RequestedProcedureID", "Procedure ID", "SH"),
    Column("StudyInstanceUID", "Study UID", "UI"),
)
_UPS: Final = (
    Column("ScheduledProcedureStepStartDateTime", "Start", "DT"),
    *_PATIENT,
    Column("ProcedureStepState", "State", "CS"),
    Column("ProcedureStepLabel", "Label", "LO"),
    Column("WorklistLabel", "Worklist", "LO"),
    Column("ScheduledProcedureStepPriority", "Priority", "CS"),
    Column("SOPInstanceUID", "Step UID", "UI"),
)
_OBJECT_UID: Final = Column("SOPInstanceUID", "SOP instance UID", "UI")
_CONTENT: Final = (
    Column("ContentLabel", "Label", "CS"),
    Column("ContentDescription", "Description", "LO"),
    Column("ContentCreatorName", "Creator", "PN"),
)
_CREATED: Final = (
    Column("InstanceCreationDate", "Created", "DA"),
    Column("InstanceCreationTime", "Time", "TM"),
)
_RELEVANT_PATIENT: Final = (
    *_PATIENT,
    Column("IssuerOfPatientID", "Issuer", "LO"),
    Column("ObservationDateTime", "Observed", "DT"),
    Column("ConceptNameCodeSequence.CodeMeaning", "Content", "LO"),
    Column("ContentTemplateSequence.TemplateIdentifier", "Template", "CS"),
)
_MODELS: Final = {
    "worklist": _WORKLIST,
    "general-worklist": _WORKLIST,
    "ups-pull": _UPS,
    "ups-watch": _UPS,
    "ups-query": _UPS,
    "hanging-protocol": (
        Column("HangingProtocolName", "Name", "SH"),
        Column("HangingProtocolDescription", "Description", "LO"),
        Column("HangingProtocolLevel", "Level", "CS"),
        Column("HangingProtocolDefinitionSequence.Modality", "Mod", "CS"),
        Column("HangingProtocolDefinitionSequence.Laterality", "Side", "CS"),
        Column("HangingProtocolCreator", "Creator", "LO"),
        Column("HangingProtocolCreationDateTime", "Created", "DT"),
        Column("NumberOfPriorsReferenced", "Priors", "US"),
        Column("NumberOfScreens", "Screens", "US"),
        Column("HangingProtocolUserGroupName", "User group", "LO"),
        _OBJECT_UID,
    ),
    "color-palette": (*_CONTENT, _OBJECT_UID),
    "generic-implant-template": (
        Column("ImplantName", "Implant", "LO"),
        Column("ImplantSize", "Size", "LO"),
        Column("ImplantPartNumber", "Part number", "LO"),
        Column("Manufacturer", "Manufacturer", "LO"),
        Column("EffectiveDateTime", "Effective", "DT"),
        _OBJECT_UID,
    ),
    "implant-assembly-template": (
        Column("ImplantAssemblyTemplateName", "Assembly", "LO"),
        Column("Manufacturer", "Manufacturer", "LO"),
        Column("ProcedureTypeCodeSequence.CodeMeaning", "Procedure", "LO"),
        Column("SurgicalTechnique", "Technique", "LO"),
        _OBJECT_UID,
    ),
    "implant-template-group": (
        Column("ImplantTemplateGroupName", "Group", "LO"),
        Column("ImplantTemplateGroupDescription", "Description", "ST"),
        Column("ImplantTemplateGroupIssuer", "Issuer", "LO"),
        Column("EffectiveDateTime", "Effective", "DT"),
        _OBJECT_UID,
    ),
    "protocol": (
        Column("ProtocolName", "Protocol", "LO"),
        Column("EquipmentModality", "Mod", "CS"),
        Column("PotentialRequestedProcedureCodeSequence.CodeMeaning", "Procedure", "LO"),
        Column("AnatomicRegionSequence.CodeMeaning", "Region", "LO"),
        Column("ModelSpecificationSequence.ManufacturerModelName", "Model", "LO"),
        Column("ContentCreatorName", "Creator", "PN"),
        *_CREATED,
        Column("CustodialOrganizationSequence.InstitutionName", "Institution", "LO"),
        _OBJECT_UID,
    ),
    "protocol-approval": (
        Column("ApprovalSequence.AssertionCodeSequence.CodeMeaning", "Assertion", "LO"),
        Column("ApprovalSequence.AssertionDateTime", "Asserted", "DT"),
        Column("ApprovalSequence.AsserterIdentificationSequence.PersonName", "By", "PN"),
        Column("ApprovalSequence.AssertionExpirationDateTime", "Expires", "DT"),
        Column("ApprovalSequence.AssertionComments", "Comments", "UT"),
        *_CREATED,
        Column("ApprovalSubjectSequence.ReferencedSOPInstanceUID", "Protocol UID", "UI"),
        _OBJECT_UID,
    ),
    "product-characteristics": (
        Column("ProductPackageIdentifier", "Package", "ST"),
        Column("ProductName", "Product", "LO"),
        Column("ProductTypeCodeSequence.CodeMeaning", "Type", "LO"),
        Column("Manufacturer", "Manufacturer", "LO"),
        Column("ProductExpirationDateTime", "Expires", "DT"),
        Column("ProductLotIdentifier", "Lot", "LO"),
        Column("ProductDescription", "Description", "LT"),
    ),
    "substance-approval": (
        Column("SubstanceAdministrationApproval", "Approval", "CS"),
        *_PATIENT,
        Column("ProductPackageIdentifier", "Package", "ST"),
        Column("AdministrationRouteCodeSequence.CodeMeaning", "Route", "LO"),
        Column("ApprovalStatusDateTime", "Decided", "DT"),
        Column("ApprovalStatusFurtherDescription", "Reason", "LT"),
        Column("AdmissionID", "Admission", "LO"),
    ),
    "relevant-patient": _RELEVANT_PATIENT,
    "breast-imaging": _RELEVANT_PATIENT,
    "cardiac": _RELEVANT_PATIENT,
    # No table of keys was at hand: what the directory record of an inventory says of it (PS3.3 table F.5-48).
    "inventory": (
        Column("ContentDate", "Date", "DA"),
        Column("ContentTime", "Time", "TM"),
        Column("InventoryPurpose", "Purpose", "LT"),
        Column("InventoryLevel", "Level", "CS"),
        Column("InventoryCompletionStatus", "Status", "CS"),
        Column("TotalNumberOfStudyRecords", "Studies", "UV"),
        _OBJECT_UID,
    ),
}
"""By the id of a model without levels."""
_LEVELS: Final = {
    "PATIENT": _PATIENT + _PATIENT_COUNTS,
    "STUDY": _STUDY,
    "SERIES": _SERIES,
    "IMAGE": _IMAGE,
}
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
    if not model.levels:
        return _MODELS[model.id]
    return _LEVELS.get(level, _LEVELS[model.levels[0]])
