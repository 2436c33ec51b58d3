"""Queries to an archive with the made-up instances of `peers`: every model at each of its levels, down to one image."""

from __future__ import annotations

from typing import Final

from pydicom.uid import generate_uid

_STUDY: Final = generate_uid(entropy_srcs=["P1", "0"])
_SERIES: Final = generate_uid(entropy_srcs=["P1", "0", "1"])

_PATIENT_KEYS = ("PatientName", "PatientBirthDate", "PatientSex")
_STUDY_KEYS = ("StudyDate", "StudyTime", "StudyDescription", "AccessionNumber", "StudyID", "ModalitiesInStudy")
_SERIES_KEYS = ("Modality", "SeriesNumber", "SeriesDescription", "NumberOfSeriesRelatedInstances")
_IMAGE_KEYS = ("SOPClassUID", "InstanceNumber")

# Model, keys, and how many records there are.
QUERIES: Final[dict[str, tuple[str, tuple[str, ...], int]]] = {
    "patients": ("-P", ("QueryRetrieveLevel=PATIENT", "PatientID", *_PATIENT_KEYS), 3),
    "a patient by name": ("-P", ("QueryRetrieveLevel=PATIENT", "PatientID", "PatientName=Doe*"), 1),
    "no patient": ("-P", ("QueryRetrieveLevel=PATIENT", "PatientID=P9", "PatientName"), 0),
    "studies of a patient": (
        "-P",
        ("QueryRetrieveLevel=STUDY", "PatientID=P1", "StudyInstanceUID", *_STUDY_KEYS),
        2,
    ),
    "series of a patient": (
        "-P",
        ("QueryRetrieveLevel=SERIES", "PatientID=P1", f"StudyInstanceUID={_STUDY}", "SeriesInstanceUID", *_SERIES_KEYS),
        2,
    ),
    "images of a patient": (
        "-P",
        (
            "QueryRetrieveLevel=IMAGE",
            "PatientID=P1",
            f"StudyInstanceUID={_STUDY}",
            f"SeriesInstanceUID={_SERIES}",
            "SOPInstanceUID",
            *_IMAGE_KEYS,
        ),
        2,
    ),
    "studies": ("-S", ("QueryRetrieveLevel=STUDY", "StudyInstanceUID", *_PATIENT_KEYS, *_STUDY_KEYS), 6),
    "studies of a day": ("-S", ("QueryRetrieveLevel=STUDY", "StudyInstanceUID", "StudyDate=20260102-20260103"), 3),
    "series": (
        "-S",
        ("QueryRetrieveLevel=SERIES", f"StudyInstanceUID={_STUDY}", "SeriesInstanceUID", *_SERIES_KEYS),
        2,
    ),
    "images": (
        "-S",
        (
            "QueryRetrieveLevel=IMAGE",
            f"StudyInstanceUID={_STUDY}",
            f"SeriesInstanceUID={_SERIES}",
            "SOPInstanceUID",
            *_IMAGE_KEYS,
        ),
        2,
    ),
    "patients without more": ("-O", ("QueryRetrieveLevel=PATIENT", "PatientID", *_PATIENT_KEYS), 3),
    "studies without more": (
        "-O",
        ("QueryRetrieveLevel=STUDY", "PatientID=P3", "StudyInstanceUID", *_STUDY_KEYS),
        2,
    ),
}


def words_of(name: str, called: str, port: int) -> list[str]:
    """The command line of a query."""
    model, keys, _ = QUERIES[name]
    words = [model, "-aec", called]
    for key in keys:
        words += ["-k", key]
    return [*words, "127.0.0.1", str(port)]
