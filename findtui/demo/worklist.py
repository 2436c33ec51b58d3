"""The demo hospital's modality worklist: scheduled procedure steps from yesterday to the end of next week.

The items are those of PS3.4 table K.6-1. They are replaced, never changed, so that a query that is being answered sees
one state of the list.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import date, datetime, time, timedelta
from threading import Lock
from typing import Final

from pydicom import DataElement, Dataset

from findtui.demo.people import PEOPLE, PHYSICIANS, Person
from findtui.demo.procedures import PROCEDURES, ROOMS, Procedure, Room
from findtui.demo.uids import made_up_uid

_OPENING: Final = time(7, 30)
_CLOSING: Final = time(17, 0)
# How full the rooms are, by days from today: one patient every n-th slot.
_FILLED: Final = {-1: 8, 0: 3, 1: 4, 2: 6, 3: 8, 4: 9, 5: 9, 8: 9}
_STATUS_AFTER: Final = {"SCHEDULED": "ARRIVED", "ARRIVED": "READY", "READY": "STARTED"}


class Worklist:
    """Worklist items that can be read, added, changed and removed from any thread.

    Args:
        today: the day around which the steps are scheduled.
    """

    def __init__(self, today: date) -> None:
        self._today = today
        self._lock = Lock()
        self._numbers = iter(range(1, 10_000_000))
        self._items = tuple(self._schedule())
        self._turn = 0

    @property
    def items(self) -> tuple[Dataset, ...]:
        """All items as they are now, in the order of their time and room. Not to be changed."""
        return self._items

    def add(self, item: Dataset) -> None:
        """Schedule one more item."""
        with self._lock:
            self._items = tuple(sorted((*self._items, item), key=_moment))

    def add_order(self, *, room: Room = ROOMS[0], at: datetime | None = None, person: Person | None = None) -> Dataset:
        """Make up a new order and schedule it.

        Args:
            room: where.
            at: when; a quarter past the last step of today where it is left out.
            person: for whom; the next one of the roster where it is left out.

        Returns:
            The new item.
        """
        with self._lock:
            number = next(self._numbers)
        if at is None:
            at = self._after_the_last()
        item = _item(number, at, room, person or PEOPLE[number % len(PEOPLE)])
        self.add(item)
        return item

    def change(self, accession_number: str, **attributes: object) -> Dataset:
        """Change attributes of the item with an accession number.

        Args:
            accession_number: of the item.
            attributes: values by keyword; those of the scheduled procedure step go into its sequence.

        Returns:
            The changed item.

        Raises:
            KeyError: there is no such item.
        """
        with self._lock:
            index = self._index(accession_number)
            item = deepcopy(self._items[index])
            step = item.ScheduledProcedureStepSequence[0]
            for keyword, value in attributes.items():
                setattr(step if keyword in step else item, keyword, value)
            self._items = tuple(sorted((*self._items[:index], item, *self._items[index + 1 :]), key=_moment))
            return item

    def remove(self, accession_number: str) -> None:
        """Take the item with an accession number out.

        Raises:
            KeyError: there is no such item.
        """
        with self._lock:
            index = self._index(accession_number)
            self._items = self._items[:index] + self._items[index + 1 :]

    def live_on(self) -> str:
        """Let one thing happen, as in a hospital: a new order, a patient who moves on, a step that is done and gone.

        Returns:
            What happened, in words.
        """
        self._turn += 1
        if self._turn % 3 == 1:
            item = self.add_order()
            return f"new order {item.AccessionNumber} for {item.PatientName}"
        today = [item for item in self._items if _moment(item)[0] == f"{self._today:%Y%m%d}"]
        for item in today:
            status = item.ScheduledProcedureStepSequence[0].ScheduledProcedureStepStatus
            if self._turn % 3 == 2 and status in _STATUS_AFTER:
                self.change(item.AccessionNumber, ScheduledProcedureStepStatus=_STATUS_AFTER[status])
                return f"{item.AccessionNumber} is {_STATUS_AFTER[status]}"
            if self._turn % 3 == 0 and status == "STARTED":
                self.remove(item.AccessionNumber)
                return f"{item.AccessionNumber} is done and off the list"
        return "a quiet minute"

    def _index(self, accession_number: str) -> int:
        for index, item in enumerate(self._items):
            if item.AccessionNumber == accession_number:
                return index
        raise KeyError(accession_number)

    def _after_the_last(self) -> datetime:
        last = max(
            (_moment(item)[:2] for item in self._items if _moment(item)[0] == f"{self._today:%Y%m%d}"), default=None
        )
        if last is None:
            return datetime.combine(self._today, _OPENING)
        following = datetime.strptime("".join(last), "%Y%m%d%H%M%S") + timedelta(minutes=15)
        return min(following, datetime.combine(self._today, time(23, 45)))

    def _schedule(self) -> Iterator[Dataset]:
        planned = []
        for offset, every in _FILLED.items():
            day = self._today + timedelta(days=offset)
            for room in ROOMS:
                planned += [(moment, room) for moment in _slots(day, room.slot * every)]
        planned.sort(key=lambda entry: (entry[0], entry[1].ae_title))
        for moment, room in planned:
            number = next(self._numbers)
            yield _item(number, moment, room, PEOPLE[number * 7 % len(PEOPLE)], _status(number, moment, self._today))


def _slots(day: date, minutes: int) -> Iterator[datetime]:
    moment, closing = datetime.combine(day, _OPENING), datetime.combine(day, _CLOSING)
    while moment < closing:
        yield moment
        moment += timedelta(minutes=minutes)


def _status(number: int, moment: datetime, today: date) -> str:
    """The same on every run of a day: what is early is under way, what is late is still to come."""
    if moment.date() < today:
        return "STARTED"
    if moment.date() > today or moment.hour >= 11:
        return "SCHEDULED"
    return ("STARTED", "READY", "ARRIVED", "ARRIVED")[min(moment.hour - 7, 3)] if number % 5 else "SCHEDULED"


def _moment(item: Dataset) -> tuple[str, str, str]:
    step = item.ScheduledProcedureStepSequence[0]
    return (
        step.ScheduledProcedureStepStartDate,
        step.ScheduledProcedureStepStartTime,
        step.ScheduledStationAETitle,
    )


def code(value: str, meaning: str) -> Dataset:
    """An item of a code sequence, in the hospital's own coding scheme."""
    item = Dataset()
    item.CodeValue = value
    item.CodingSchemeDesignator = "99DEMO"
    item.CodeMeaning = meaning
    return item


def put_patient(record: Dataset, person: Person) -> None:
    """The attributes of a patient that every record about one has."""
    if person.character_set:
        record.SpecificCharacterSet = list(person.character_set)
    record.PatientName = person.name
    record.PatientID = person.patient_id
    record.IssuerOfPatientID = "DEMO"
    record.PatientBirthDate = person.birth_date
    record.PatientSex = person.sex


def _item(number: int, moment: datetime, room: Room, person: Person, status: str = "SCHEDULED") -> Dataset:
    procedures = PROCEDURES[room.modality]
    procedure = procedures[number % len(procedures)]
    item = Dataset()
    put_patient(item, person)
    _put_visit(item, number, person)
    item.AccessionNumber = f"ACC{number:06}"
    item.StudyInstanceUID = made_up_uid("order", number)
    item.ReferringPhysicianName = PHYSICIANS[(number + 1) % len(PHYSICIANS)]
    item.RequestingPhysician = PHYSICIANS[number % len(PHYSICIANS)]
    item.RequestingService = ("Internal medicine", "Surgery", "Neurology", "Paediatrics")[number % 4]
    item.RequestedProcedureID = f"RP{number:06}"
    item.RequestedProcedureDescription = procedure.description
    item.RequestedProcedureCodeSequence = [code(procedure.code, procedure.description)]
    item.RequestedProcedurePriority = "STAT" if number % 17 == 0 else "ROUTINE"
    item.ReasonForTheRequestedProcedure = procedure.reason
    item.PlacerOrderNumberImagingServiceRequest = f"PL{number:06}"
    item.FillerOrderNumberImagingServiceRequest = f"FI{number:06}"
    item.ScheduledProcedureStepSequence = [_step(number, moment, room, procedure, status)]
    return item


def _put_visit(item: Dataset, number: int, person: Person) -> None:
    item.PatientWeight = str(48 + number * 7 % 55)
    item.MedicalAlerts = person.alert
    item.Allergies = "Iodine" if "Iodine" in person.alert else ""
    if person.sex == "F":
        item.add(DataElement("PregnancyStatus", "US", 1))
    item.PatientState = "Wheelchair" if number % 11 == 0 else ""
    item.PatientTransportArrangements = "BED" if number % 13 == 0 else "WALK"
    item.CurrentPatientLocation = f"Ward {number % 6 + 1}"
    item.AdmissionID = f"ADM{number:05}"
    item.ConfidentialityConstraintOnPatientDataDescription = ""
    item.ReferencedStudySequence = []
    item.ReferencedPatientSequence = []


def _step(number: int, moment: datetime, room: Room, procedure: Procedure, status: str) -> Dataset:
    step = Dataset()
    step.Modality = room.modality
    step.ScheduledStationAETitle = room.ae_title
    step.ScheduledStationName = room.ae_title
    step.ScheduledProcedureStepLocation = room.location
    step.ScheduledProcedureStepStartDate = f"{moment:%Y%m%d}"
    step.ScheduledProcedureStepStartTime = f"{moment:%H%M%S}"
    end = moment + timedelta(minutes=room.slot)
    step.ScheduledProcedureStepEndDate = f"{end:%Y%m%d}"
    step.ScheduledProcedureStepEndTime = f"{end:%H%M%S}"
    step.ScheduledPerformingPhysicianName = PHYSICIANS[(number + 2) % len(PHYSICIANS)]
    step.ScheduledProcedureStepDescription = procedure.description
    step.ScheduledProtocolCodeSequence = [code(f"{procedure.code}1", procedure.series[0][0])]
    step.ScheduledProcedureStepID = f"SPS{number:06}"
    step.ScheduledProcedureStepStatus = status
    step.RequestedContrastAgent = procedure.contrast
    step.PreMedication = ""
    step.CommentsOnTheScheduledProcedureStep = "Please call the ward before" if number % 9 == 0 else ""
    return step
