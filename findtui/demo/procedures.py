"""The rooms of the demo hospital and what is done in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Room:
    """A place with one device.

    Attributes:
        ae_title: Scheduled Station AE Title of the device.
        modality: of the device.
        location: where it stands.
        slot: minutes from one patient to the next.
    """

    ae_title: str
    modality: str
    location: str
    slot: int


@dataclass(frozen=True, slots=True)
class Procedure:
    """What a requested procedure asks for.

    Attributes:
        code: Code Value (0008,0100) in the hospital's own scheme.
        description: Requested Procedure Description.
        body_part: Body Part Examined.
        reason: Reason for the Requested Procedure.
        contrast: Requested Contrast Agent; empty for none.
        series: descriptions of the series that the examination ends up with, and how many instances each has.
    """

    code: str
    description: str
    body_part: str
    reason: str
    contrast: str
    series: tuple[tuple[str, int], ...]


ROOMS: Final[tuple[Room, ...]] = (
    Room("CT01", "CT", "Radiology EG", 15),
    Room("CT02", "CT", "Emergency", 30),
    Room("MR01", "MR", "Radiology UG", 45),
    Room("MR02", "MR", "Radiology UG", 60),
    Room("US01", "US", "Outpatients 12", 20),
    Room("DX01", "DX", "Radiology EG", 20),
    Room("MG01", "MG", "Breast centre", 60),
    Room("XA01", "XA", "Cardiology", 90),
    Room("NM01", "NM", "Nuclear medicine", 120),
)

PROCEDURES: Final[dict[str, tuple[Procedure, ...]]] = {
    "CT": (
        Procedure(
            "CTABD", "CT abdomen", "ABDOMEN", "Abdominal pain", "Iomeprol 350", (("Axial 5 mm", 64), ("Coronal", 32))
        ),
        Procedure("CTTHO", "CT thorax", "CHEST", "Cough, weight loss", "", (("Lung 1 mm", 180), ("Soft tissue", 60))),
        Procedure("CTHEAD", "CT head", "HEAD", "Headache", "", (("Axial", 36), ("Bone", 36))),
        Procedure("CTSIN", "CT sinuses", "SKULL", "Chronic sinusitis", "", (("Bone", 48),)),
    ),
    "MR": (
        Procedure("MRKNEE", "MR knee left", "KNEE", "Trauma", "", (("T1 sag", 24), ("PD fs cor", 24), ("T2 tra", 30))),
        Procedure(
            "MRBRN", "MR brain", "BRAIN", "Vertigo", "Gadobutrol", (("T1", 30), ("T2", 30), ("FLAIR", 30), ("DWI", 60))
        ),
        Procedure(
            "MRLSP", "MR lumbar spine", "LSPINE", "Sciatica", "", (("T1 sag", 17), ("T2 sag", 17), ("T2 tra", 25))
        ),
    ),
    "US": (
        Procedure("USABD", "US abdomen", "ABDOMEN", "Raised liver enzymes", "", (("Liver", 8), ("Kidneys", 6))),
        Procedure("USTHY", "US thyroid", "THYROID", "Nodule", "", (("Thyroid", 9),)),
    ),
    "DX": (
        Procedure("DXCHE", "Chest PA and lateral", "CHEST", "Pneumonia?", "", (("PA", 1), ("Lateral", 1))),
        Procedure("DXHAND", "Hand right, two views", "HAND", "Fall", "", (("PA", 1), ("Oblique", 1))),
    ),
    "MG": (Procedure("MGSCR", "Screening mammography", "BREAST", "Screening", "", (("CC", 2), ("MLO", 2))),),
    "XA": (Procedure("XACOR", "Coronary angiography", "HEART", "Angina", "Iopamidol", (("LCA", 5), ("RCA", 3))),),
    "NM": (Procedure("NMBONE", "Bone scintigraphy", "WHOLEBODY", "Staging", "", (("Whole body", 2),)),),
}

SOP_CLASSES: Final[dict[str, str]] = {
    "CT": "1.2.840.10008.5.1.4.1.1.2",
    "MR": "1.2.840.10008.5.1.4.1.1.4",
    "US": "1.2.840.10008.5.1.4.1.1.6.1",
    "DX": "1.2.840.10008.5.1.4.1.1.1.1",
    "MG": "1.2.840.10008.5.1.4.1.1.1.2",
    "XA": "1.2.840.10008.5.1.4.1.1.12.1",
    "NM": "1.2.840.10008.5.1.4.1.1.20",
    "SR": "1.2.840.10008.5.1.4.1.1.88.67",
}
