"""The demo hospital's archive: patients, studies, series and instances, as PS3.4 section C.6 queries them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Final

from pydicom import Dataset

from findtui.demo.people import PEOPLE, PHYSICIANS, Person
from findtui.demo.procedures import PROCEDURES, SOP_CLASSES, Procedure
from findtui.demo.uids import made_up_uid
from findtui.demo.worklist import code, put_patient

LEVELS: Final = ("PATIENT", "STUDY", "SERIES", "IMAGE")

_DAYS_AGO: Final = (0, 1, 3, 6, 8, 13, 29, 41, 77, 120, 199, 365, 480, 730, 1100)
_WITH_DOSE_REPORT: Final = ("CT", "XA")


@dataclass
class Node:
    """A patient, study, series or instance.

    Attributes:
        level: index into LEVELS.
        attributes: those of its own level; not to be changed.
    """

    level: int
    attributes: Dataset
    _below: Sequence[Node] = field(default=(), repr=False)

    @property
    def children(self) -> Sequence[Node]:
        """The nodes one level below."""
        return self._below


@dataclass
class SeriesNode(Node):
    """A series, whose instances are made when somebody asks for them.

    Attributes:
        modality: of the series.
        count: of its instances.
        start: of the acquisition.
    """

    modality: str = ""
    count: int = 0
    start: datetime = datetime.min

    @cached_property
    def _instances(self) -> tuple[Node, ...]:
        return tuple(Node(3, self._instance(number)) for number in range(1, self.count + 1))

    @property
    def children(self) -> Sequence[Node]:
        """The instances."""
        return self._instances

    def _instance(self, number: int) -> Dataset:
        instance = Dataset()
        instance.SOPClassUID = SOP_CLASSES[self.modality]
        instance.SOPInstanceUID = made_up_uid(self.attributes.SeriesInstanceUID, number)
        instance.InstanceNumber = str(number)
        moment = self.start + timedelta(seconds=2 * number)
        instance.ContentDate = f"{moment:%Y%m%d}"
        instance.ContentTime = f"{moment:%H%M%S}"
        instance.AcquisitionDateTime = f"{moment:%Y%m%d%H%M%S}.000000"
        if self.modality != "SR":
            instance.ImageType = ["ORIGINAL", "PRIMARY"]
            instance.Rows = instance.Columns = 512
            instance.BitsAllocated = 16
            instance.NumberOfFrames = "1"
        return instance


def build(today: date) -> tuple[Node, ...]:
    """The patients of the archive, with everything below them.

    Args:
        today: the day of the newest study.
    """
    return tuple(_patient(index, person, today) for index, person in enumerate(PEOPLE))


def _patient(index: int, person: Person, today: date) -> Node:
    studies = [_study(index, number, person, today) for number in range(1 + index % 4)]
    attributes = Dataset()
    put_patient(attributes, person)
    attributes.PatientComments = person.alert
    attributes.NumberOfPatientRelatedStudies = str(len(studies))
    series = [one for study in studies for one in study.children]
    attributes.NumberOfPatientRelatedSeries = str(len(series))
    attributes.NumberOfPatientRelatedInstances = str(_instances(series))
    return Node(0, attributes, studies)


def _instances(series: Sequence[Node]) -> int:
    return sum(int(one.attributes.NumberOfSeriesRelatedInstances) for one in series)


def _study(index: int, number: int, person: Person, today: date) -> Node:
    modality = tuple(PROCEDURES)[(index + number) % len(PROCEDURES)]
    procedure = PROCEDURES[modality][(index + 2 * number) % len(PROCEDURES[modality])]
    day = today - timedelta(days=_DAYS_AGO[(index * 4 + number * 5) % len(_DAYS_AGO)])
    start = datetime.combine(day, time(8 + (index + number) % 9, 7 * index % 60, 11 * number % 60))
    uid = made_up_uid("study", person.patient_id, number)
    series = list(_series(uid, modality, procedure, start))
    attributes = Dataset()
    attributes.StudyInstanceUID = uid
    attributes.StudyID = f"{index * 10 + number + 1:05}"
    attributes.StudyDate = f"{start:%Y%m%d}"
    attributes.StudyTime = f"{start:%H%M%S}"
    attributes.AccessionNumber = f"OLD{index * 10 + number:06}"
    attributes.StudyDescription = procedure.description
    attributes.ReferringPhysicianName = PHYSICIANS[(index + number) % len(PHYSICIANS)]
    attributes.NameOfPhysiciansReadingStudy = PHYSICIANS[(index + 1) % len(PHYSICIANS)]
    attributes.ProcedureCodeSequence = [code(procedure.code, procedure.description)]
    attributes.PatientAge = _age(person, day)
    modalities = list(dict.fromkeys(one.attributes.Modality for one in series))
    attributes.ModalitiesInStudy = modalities
    attributes.SOPClassesInStudy = [SOP_CLASSES[name] for name in modalities]
    attributes.NumberOfStudyRelatedSeries = str(len(series))
    attributes.NumberOfStudyRelatedInstances = str(_instances(series))
    attributes.InstanceAvailability = "ONLINE"
    return Node(1, attributes, series)


def _age(person: Person, day: date) -> str:
    if not person.birth_date:
        return ""
    return f"{(day - datetime.strptime(person.birth_date, '%Y%m%d').date()).days // 365:03}Y"


def _series(study_uid: str, modality: str, procedure: Procedure, start: datetime) -> Iterator[Node]:
    planned = [(modality, description, count) for description, count in procedure.series]
    if modality in _WITH_DOSE_REPORT:
        planned.append(("SR", "Dose report", 1))
    for number, (kind, description, count) in enumerate(planned, start=1):
        moment = start + timedelta(minutes=3 * number)
        attributes = Dataset()
        attributes.SeriesInstanceUID = made_up_uid("series", study_uid, number)
        attributes.Modality = kind
        attributes.SeriesNumber = str(number)
        attributes.SeriesDescription = description
        attributes.SeriesDate = f"{moment:%Y%m%d}"
        attributes.SeriesTime = f"{moment:%H%M%S}"
        attributes.BodyPartExamined = procedure.body_part
        attributes.Manufacturer = "Made-up Medical"
        attributes.ManufacturerModelName = f"{modality} One"
        attributes.PerformedProcedureStepStartDate = f"{moment:%Y%m%d}"
        attributes.PerformedProcedureStepStartTime = f"{moment:%H%M%S}"
        attributes.NumberOfSeriesRelatedInstances = str(count)
        yield SeriesNode(2, attributes, modality=kind, count=count, start=moment)
