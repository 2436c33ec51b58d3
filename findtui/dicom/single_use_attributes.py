"""The attributes that PS3.4 lists for the C-FIND models of single use, in the notation of `model_attributes`.

Sources: table Q.4-1 with Q.4-2 for relevant patient information, U.6-1 for hanging protocols, V.6-1 and V.6-2 for
product characteristics and substance approval, X.6-1 for color palettes, BB.6-1 to BB.6-3 for implant templates, their
assemblies and groups, HH.6-1 for defined procedure protocols, II.6-1 for protocol approvals. The general purpose
worklist left the standard, and of inventories nothing is listed here. Tables Q.4-1 and V.6-1 end in "all other
attributes" of a module: the usual ones of tables C.2-2, C.2-3 and C.26-1 of PS3.3 stand for them.
"""

from __future__ import annotations

from typing import Final

_OBJECT: Final = """
SpecificCharacterSet 1C - c
SOPClassUID 1 m
SOPInstanceUID 1 m c
"""

# Concept Name Code Sequence and Content Sequence are asked for without an item (section Q.4.3.1.2.1).
_RELEVANT_PATIENT: Final = """
SpecificCharacterSet 1C - c
PatientName 1 - c
PatientID 1 m c
IssuerOfPatientID 2 m c
PatientBirthDate 2 - c
PatientSex 2 - c
IssuerOfPatientIDQualifiersSequence 3
OtherPatientIDsSequence 3
 PatientID 1
 IssuerOfPatientID 3
OtherPatientNames 3
PatientAge 3
PatientSize 3
PatientWeight 3
PatientComments 3
ObservationDateTime 1 - c
ValueType 1 - c
ConceptNameCodeSequence 1 - c
ContentSequence 2 - c
HL7StructuredDocumentReferenceSequence 1C
 ReferencedSOPClassUID 1
 ReferencedSOPInstanceUID 1
 HL7InstanceIdentifier 1
 RetrieveURI 3
StudiesContainingOtherReferencedInstancesSequence 1C
 ReferencedSeriesSequence 1
  SeriesInstanceUID 1
  ReferencedInstanceSequence 1
   ReferencedSOPClassUID 1
   ReferencedSOPInstanceUID 1
ContentTemplateSequence 1
 MappingResource 1 - c
 TemplateIdentifier 1 - c
"""

_HANGING_PROTOCOL: Final = """
HangingProtocolName 1 m c
HangingProtocolDescription 1 - c
HangingProtocolLevel 1 m c
HangingProtocolCreator 1 - c
HangingProtocolCreationDateTime 1 - c
HangingProtocolDefinitionSequence 1
 Modality 2 m c
 AnatomicRegionSequence 2 named-code m
 Laterality 2 m c
 ProcedureCodeSequence 2 named-code m
 ReasonForRequestedProcedureCodeSequence 2 named-code m
NumberOfPriorsReferenced 1 m c
HangingProtocolUserIdentificationCodeSequence 2 named-code m
HangingProtocolUserGroupName 3 m c
NumberOfScreens 2 m c
NominalScreenDefinitionSequence 2
 NumberOfVerticalPixels 1
 NumberOfHorizontalPixels 1
 DisplayEnvironmentSpatialPosition 1
 ScreenMinimumGrayscaleBitDepth 1C
 ScreenMinimumColorBitDepth 1C
 ApplicationMaximumRepaintTime 3
"""

_PRODUCT: Final = """
SpecificCharacterSet 1C - c
ProductPackageIdentifier 1 m c
ProductTypeCodeSequence 1 named-code c
ProductName 1 - c
ProductExpirationDateTime 2 - c
ProductParameterSequence 2
 ValueType 1
 ConceptNameCodeSequence 1 named-code
 DateTime 1C
 PersonName 1C
 TextValue 1C
 ConceptCodeSequence 1C named-code
 NumericValue 1C
 MeasurementUnitsCodeSequence 1C named-code
Manufacturer 3 - c
ProductDescription 3 - c
ProductLotIdentifier 3 - c
PertinentDocumentsSequence 3
 ReferencedSOPClassUID 1
 ReferencedSOPInstanceUID 1
 HL7InstanceIdentifier 1
 RetrieveURI 3
"""

_SUBSTANCE_APPROVAL: Final = """
SpecificCharacterSet 1C - c
PatientName 2 - c
PatientID 1 m c
IssuerOfPatientID 2 - c
IssuerOfPatientIDQualifiersSequence 3
PatientBirthDate 2 - c
PatientSex 2 - c
AdmissionID 2 m c
IssuerOfAdmissionIDSequence 3
 LocalNamespaceEntityID 1C
 UniversalEntityID 1C
 UniversalEntityIDType 1C
ProductPackageIdentifier 1 m c
AdministrationRouteCodeSequence 1 named-code m c
SubstanceAdministrationApproval 1 - c
ApprovalStatusFurtherDescription 2 - c
ApprovalStatusDateTime 1 - c
"""

_COLOR_PALETTE: Final = """
ContentLabel 1 m c
ContentDescription 2 - c
ContentCreatorName 2 - c
AlternateContentDescriptionSequence 3
 ContentDescription 1
 LanguageCodeSequence 1 named-code
"""

_IMPLANT: Final = """
Manufacturer 1 m c
ImplantName 1 m c
ImplantSize 2 m c
ImplantPartNumber 1 m c
ReplacedImplantTemplateSequence 2
 ReferencedSOPClassUID 1 m
 ReferencedSOPInstanceUID 1 m
DerivationImplantTemplateSequence 2
 ReferencedSOPClassUID 1 m
 ReferencedSOPInstanceUID 1 m
EffectiveDateTime 1 m c
OriginalImplantTemplateSequence 2
 ReferencedSOPClassUID 1 m
 ReferencedSOPInstanceUID 1 m
ImplantTargetAnatomySequence 2
 AnatomicRegionSequence 1 named-code m c
ImplantRegulatoryDisapprovalCodeSequence 2 named-code m
MaterialsCodeSequence 1 named-code m
CoatingMaterialsCodeSequence 1 named-code m
"""

_IMPLANT_ASSEMBLY: Final = """
ImplantAssemblyTemplateName 1 m c
Manufacturer 1 m c
ProcedureTypeCodeSequence 1 named-code m c
ReplacedImplantAssemblyTemplateSequence 1
 ReferencedSOPClassUID 1 m
 ReferencedSOPInstanceUID 1 m
OriginalImplantAssemblyTemplateSequence 1
 ReferencedSOPClassUID 1 m
 ReferencedSOPInstanceUID 1 m
DerivationImplantAssemblyTemplateSequence 1
 ReferencedSOPClassUID 1 m
 ReferencedSOPInstanceUID 1 m
SurgicalTechnique 2 m c
"""

_IMPLANT_GROUP: Final = """
ImplantTemplateGroupName 1 m c
ImplantTemplateGroupDescription 2 - c
ImplantTemplateGroupIssuer 1 m c
EffectiveDateTime 1 m c
ReplacedImplantTemplateGroupSequence 2
 ReferencedSOPClassUID 1 m
 ReferencedSOPInstanceUID 1 m
"""

_PROTOCOL: Final = """
CustodialOrganizationSequence 2
 InstitutionName 2 m c
 InstitutionCodeSequence 2 named-code m
ResponsibleGroupCodeSequence 2 named-code m
ProtocolName 1 m c
PotentialScheduledProtocolCodeSequence 1 named-code m
PotentialRequestedProcedureCodeSequence 1 named-code m c
PotentialReasonsForProcedure 2
PotentialReasonsForProcedureCodeSequence 2 named-code m
PotentialDiagnosticTasks 2 - c
PredecessorProtocolSequence 2
 ReferencedSOPClassUID 1 m
 ReferencedSOPInstanceUID 1 m
ContentCreatorName 1 m c
InstanceCreationDate 1 m c
InstanceCreationTime 1 m c
ClinicalTrialSponsorName 1 m
ClinicalTrialProtocolID 1 m
EquipmentModality 1 m c
ModelSpecificationSequence 2
 Manufacturer 1 m c
 ManufacturerRelatedModelGroup 2 m
 ManufacturerModelName 2 m c
 SoftwareVersions 2 m
 DeviceSerialNumber 2
AnatomicRegionSequence 2 named-code m c
PrimaryAnatomicStructureSequence 2 named-code m
"""

# Where II.6-1 calls a key U, which its section II.1.2 does not know, it is not counted on for matching.
_PROTOCOL_APPROVAL: Final = """
InstanceCreationDate 1 m c
InstanceCreationTime 1 m c
ApprovalSubjectSequence 1
 ReferencedSOPClassUID 1 m c
 ReferencedSOPInstanceUID 1 m c
ApprovalSequence 1
 AssertionCodeSequence 1 named-code m c
 AssertionUID 1
 AsserterIdentificationSequence 1
  ObserverType 1
  PersonName 1 m c
  PersonIdentificationCodeSequence 1 named-code m
  OrganizationalRoleCodeSequence 2 named-code m
  StationName 3
  DeviceUID 3
  Manufacturer 3
  ManufacturerModelName 3
  StationAETitle 3
  InstitutionName 1 m c
  InstitutionCodeSequence 1 named-code m
  InstitutionalDepartmentName 2
  InstitutionalDepartmentTypeCodeSequence 3 named-code
 AssertionDateTime 1 m c
 AssertionExpirationDateTime 2 m c
 AssertionComments 2 - c
 RelatedAssertionSequence 1
  ReferencedAssertionUID 1
Manufacturer 1
ManufacturerModelName 2
SoftwareVersions 2
"""

TABLES: Final = {
    "hanging-protocol": (_OBJECT, _HANGING_PROTOCOL),
    "color-palette": (_OBJECT, _COLOR_PALETTE),
    "generic-implant-template": (_OBJECT, _IMPLANT),
    "implant-assembly-template": (_OBJECT, _IMPLANT_ASSEMBLY),
    "implant-template-group": (_OBJECT, _IMPLANT_GROUP),
    "protocol": (_OBJECT, _PROTOCOL),
    "protocol-approval": (_OBJECT, _PROTOCOL_APPROVAL),
    "product-characteristics": (_PRODUCT,),
    "substance-approval": (_SUBSTANCE_APPROVAL,),
    "relevant-patient": (_RELEVANT_PATIENT,),
    "breast-imaging": (_RELEVANT_PATIENT,),
    "cardiac": (_RELEVANT_PATIENT,),
}
"""By the id of a model: its attributes, one a line; tables that several models share stand first."""
