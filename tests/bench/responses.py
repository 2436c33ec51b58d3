"""Worklist responses of about 30 elements with two nested sequences, encoded by pydicom so that nobody is favoured."""

from __future__ import annotations

import struct

from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.sequence import Sequence

WORKLIST = "1.2.840.10008.5.1.4.31"

FAMILIES = ("Müller", "Papadopoulou", "García", "O'Neil", "Johansson", "Nowak", "Rossi", "Lefèvre", "Smith", "Çelik")
GIVEN = ("Jörg", "Eleni", "María", "Síle", "Björn", "Ewa", "Chiara", "Noël", "Anne", "Deniz")
PROCEDURES = ("CT abdomen", "MR knee left", "CR chest", "US thyroid", "CT head", "MG screening", "XA coronary")


def worklist_item(number: int) -> Dataset:
    """One made-up worklist item, different for every number."""
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 100"
    ds.InstanceCreationDate = "20261122"
    ds.AccessionNumber = f"ACC{number:08d}"
    ds.InstitutionName = "Demo Hospital"
    ds.ReferringPhysicianName = f"{FAMILIES[number % 7]}^{GIVEN[number % 9]}^^Dr."
    reference = Dataset()
    reference.ReferencedSOPClassUID = "1.2.840.10008.3.1.2.3.1"
    reference.ReferencedSOPInstanceUID = f"1.2.826.0.1.99999.7.{number}"
    ds.ReferencedStudySequence = Sequence([reference])
    ds.PatientName = f"{FAMILIES[number % 10]}^{GIVEN[number // 10 % 10]}"
    ds.PatientID = f"P{number % 90000:06d}"
    ds.PatientBirthDate = f"{1930 + number % 90}{number % 12 + 1:02d}{number % 28 + 1:02d}"
    ds.PatientSex = "FMO"[number % 3]
    ds.PatientWeight = str(40 + number % 70)
    ds.MedicalAlerts = ""
    ds.Allergies = ""
    ds.PregnancyStatus = 4
    ds.StudyInstanceUID = f"1.2.826.0.1.99999.1.{number}"
    ds.RequestingPhysician = f"{FAMILIES[number % 5]}^{GIVEN[number % 4]}"
    ds.RequestedProcedureDescription = PROCEDURES[number % 7]
    step = Dataset()
    step.Modality = ("CT", "MR", "CR", "US")[number % 4]
    step.RequestedContrastAgent = ""
    step.ScheduledStationAETitle = f"ROOM{number % 20:02d}"
    step.ScheduledProcedureStepStartDate = "20261122"
    step.ScheduledProcedureStepStartTime = f"{7 + number % 12:02d}{number % 60:02d}00"
    step.ScheduledPerformingPhysicianName = f"{FAMILIES[number % 8]}^{GIVEN[number % 6]}"
    step.ScheduledProcedureStepDescription = PROCEDURES[number % 7]
    step.ScheduledStationName = f"Room {number % 20}"
    step.ScheduledProcedureStepLocation = "Ground floor"
    step.ScheduledProcedureStepID = f"SPS{number:08d}"
    ds.ScheduledProcedureStepSequence = Sequence([step])
    ds.RequestedProcedureID = f"RP{number:08d}"
    ds.RequestedProcedurePriority = "ROUTINE"
    return ds


def encoded(number: int) -> bytes:
    """The item's identifier in explicit VR little endian."""
    stream = DicomBytesIO()
    stream.is_little_endian = True
    stream.is_implicit_VR = False
    write_dataset(stream, worklist_item(number))
    return stream.getvalue()


WORKLIST_CLASS = (WORKLIST + "\0" * (len(WORKLIST) % 2)).encode("ascii")


def command(status: int, message_id: int, has_identifier: bool, sop_class: bytes = WORKLIST_CLASS) -> bytes:
    """A C-FIND-RSP command set (PS3.7 table 9.3-6), implicit VR little endian; the SOP class is padded."""
    body = struct.pack("<HHL", 0x0000, 0x0002, len(sop_class)) + sop_class
    for element, value in (
        (0x0100, 0x8020),
        (0x0120, message_id),
        (0x0800, 0x0001 if has_identifier else 0x0101),
        (0x0900, status),
    ):
        body += struct.pack("<HHLH", 0x0000, element, 2, value)
    return struct.pack("<HHLL", 0x0000, 0x0000, 4, len(body)) + body


def pdu(context_id: int, control: int, data: bytes) -> bytes:
    """One P-DATA-TF PDU with one PDV (PS3.8 section 9.3.5)."""
    return struct.pack(">BBLLBB", 4, 0, len(data) + 6, len(data) + 2, context_id, control) + data
