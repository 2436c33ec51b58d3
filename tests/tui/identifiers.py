"""Made-up responses for tests of the store and the widgets."""

from __future__ import annotations

import time
from collections.abc import Callable

from textual.pilot import Pilot

from findtui.dicom.dataset import DataSet, Element
from findtui.dicom.encoder import encode
from findtui.dicom.keys import Key
from findtui.dicom.models import WORKLIST
from findtui.dicom.response import Response
from findtui.dicom.transfer import EXPLICIT_LITTLE, TransferSyntax
from findtui.dicom.values import encode as value_bytes
from findtui.tui.results import Column, ResultStore, default_columns

STEP = "ScheduledProcedureStepSequence[0]."
PATIENCE = 60.0

PEOPLE = (
    ("Müller^Jörg", "P000123", "19610302", "M", "CT abdomen", "081500", "CT01"),
    ("Papadopoulos^Eleni", "P000388", "19881120", "F", "CT thorax", "083000", "CT02"),
    ("Yamada^Tarou=山田^太郎=やまだ^たろう", "P000512", "19700101", "M", "CT head", "084000", "CT01"),
    ("O'Neil^Síle", "P000077", "20190505", "F", "CT sinuses", "090000", "CT01"),
    ("García López^María José", "P000078", "", "F", "MR knee left with a long description", "091000", "MR02"),
)


def response(number: int, *keys: str, syntax: TransferSyntax = EXPLICIT_LITTLE) -> Response:
    """A response with these values, `path=value`, in UTF-8."""
    dataset = DataSet()
    for text in ("SpecificCharacterSet=ISO_IR 192", *keys):
        key = Key.parse(text)
        inner = dataset
        for step in key.path[:-1]:
            element = inner.get(step.tag)
            if element is None or element.items is None:
                element = Element(step.tag, "SQ", items=[])
                inner.put(element)
            items = element.items or []
            element.items = items
            while len(items) <= (step.item or 0):
                items.append(DataSet())
            inner = items[step.item or 0]
        raw = (key.value or "").encode("utf-8")
        value = raw + b" " * (len(raw) % 2) if key.vr != "US" else value_bytes("US", key.value or "0")
        if key.vr == "UI":
            value = raw + b"\0" * (len(raw) % 2)
        inner.put(Element(key.tag, key.vr, value))
    return Response(number, encode(dataset, syntax), syntax)


def worklist(number: int, *more: str) -> Response:
    """The worklist item of one of the made-up people, with a step of its own."""
    name, patient, born, sex, procedure, start, room = PEOPLE[number % len(PEOPLE)]
    return response(
        number + 1,
        f"PatientName={name}",
        f"PatientID={patient}",
        f"PatientBirthDate={born}",
        f"PatientSex={sex}",
        f"RequestedProcedureDescription={procedure}",
        f"AccessionNumber=ACC{number:06}",
        f"StudyInstanceUID=1.2.826.0.1.99999.{number}",
        f"{STEP}ScheduledProcedureStepStartDate=20261122",
        f"{STEP}ScheduledProcedureStepStartTime={start}",
        f"{STEP}ScheduledStationName={room}",
        f"{STEP}Modality=CT",
        f"{STEP}ScheduledProcedureStepID=SPS{number:06}",
        *more,
    )


def store_of(count: int, columns: tuple[Column, ...] = default_columns(WORKLIST)) -> ResultStore:
    """A store of so many worklist items, read."""
    store = ResultStore(columns)
    store.append([worklist(number) for number in range(count)])
    store.read()
    return store


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    """Let the application go on until something holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not come to hold in time"
        await pilot.pause(0.01)
