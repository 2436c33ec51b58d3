"""Lines that are looked up are the lines that would be made."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.sequence import Sequence

from findtui.dicom.layout import LEARN_AFTER, Layouts
from findtui.dicom.response import Response
from findtui.dicom.transfer import EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE, TransferSyntax
from findtui.export.dump import Dump
from findtui.export.rendering import Renderer
from findtui.export.xml import XMLRenderer
from tests.dicom.datasets import SYNTAXES, datasets, encoded, with_layout

NAMES = ("Müller^Jörg", "O'Neil^Síle", "A<B^C&D", "", "\x1b[31mRed^One", "Lefèvre \\Noël", "Nobody ")
RENDERERS: dict[str, Callable[[], Renderer]] = {
    "dump": Dump,
    "corrected dump": lambda: Dump("ISO_IR 100", correct=True),
    "XML": XMLRenderer,
    "XML in UTF-8": lambda: XMLRenderer(utf8=True, correct=True, new_vr=False),
}


def response(number: int, syntax: TransferSyntax, undefined: bool) -> Response:
    ds = Dataset()
    ds.SpecificCharacterSet = ("ISO_IR 100", "ISO_IR 192", "ISO_IR 6")[number % 3]
    ds.PatientName = NAMES[number % 7] if number % 3 < 2 else "ASCII^Only"
    ds.PatientID = f"P{number}"
    ds.PatientWeight = str(number)
    ds.PregnancyStatus = number % 5
    ds.MedicalAlerts = ""
    ds.StudyInstanceUID = f"1.2.{number}"
    step = Dataset()
    step.Modality = "CT"
    step.ScheduledProcedureStepStartDate = "20261122"
    step.ScheduledProcedureStepID = f"S{number % 11}"
    reference = Dataset()
    reference.ReferencedSOPClassUID = "1.2.840.10008.3.1.2.3.1"
    step.ReferencedStudySequence = Sequence([reference, Dataset()])
    ds.ScheduledProcedureStepSequence = Sequence([step])
    for inner in (step, reference):
        inner.is_undefined_length_sequence_item = undefined
    ds["ScheduledProcedureStepSequence"].is_undefined_length = undefined
    stream = DicomBytesIO()
    stream.is_little_endian, stream.is_implicit_VR = syntax.little_endian, not syntax.explicit
    write_dataset(stream, ds)
    return Response(number, stream.getvalue(), syntax)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("undefined", [False, True])
@pytest.mark.parametrize("syntax", [IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG], ids=lambda syntax: syntax.name)
@pytest.mark.parametrize("renderer", RENDERERS.values(), ids=RENDERERS)
def test_what_is_remembered_is_what_would_be_made(
    renderer: Callable[[], Renderer], syntax: TransferSyntax, undefined: bool
) -> None:
    learned = renderer()
    layouts = Layouts(syntax)
    for number in range(LEARN_AFTER + 60):
        one = response(number, syntax, undefined)
        fresh = renderer()
        one.layout = layouts.check(one.identifier) if number else None
        assert learned.lines(one) == fresh.lines(one)
        assert learned.declared == fresh.declared


@pytest.mark.parametrize("renderer", RENDERERS.values(), ids=RENDERERS)
def test_responses_without_any_element_have_lines_however_many_there_are(renderer: Callable[[], Renderer]) -> None:
    layouts = Layouts(EXPLICIT_LITTLE)
    learned = renderer()
    for number in range(LEARN_AFTER + 2):
        assert learned.lines(Response(number, b"", EXPLICIT_LITTLE, layout=layouts.check(b""))) == []


@settings(deadline=None)
@given(datasets(), st.sampled_from(SYNTAXES), st.sampled_from(list(RENDERERS.values())))
def test_lines_by_a_layout_are_those_of_the_walk(
    dataset: Dataset, syntax: TransferSyntax, renderer: Callable[[], Renderer]
) -> None:
    identifier = encoded(dataset, syntax)
    known = with_layout(Response(1, identifier, syntax))
    assert renderer().lines(known) == renderer().lines(Response(1, identifier, syntax))
