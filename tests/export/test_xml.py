from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pydicom.dataset import Dataset

from findtui.dicom import encoder, walker
from findtui.dicom.charset import CharacterSet
from findtui.dicom.response import Response
from findtui.dicom.transfer import DEFLATED, EXPLICIT_LITTLE, TransferSyntax
from findtui.errors import AssociationLost
from findtui.export import xml
from findtui.export.xml import SingleXMLWriter, XMLFileWriter, XMLRenderer
from findtui.net.events import End, Outcome
from tests.dicom.datasets import SYNTAXES, datasets, element, encoded, item
from tests.export.findscu import extract
from tests.export.samples import ANY, SAMPLES

OWN_DTD = etree.DTD(str(Path(xml.__file__).with_name("responses.dtd")))
COMPLETE = Outcome(End.SUCCESS, 1, 0, 1.0)


def responses(syntax: TransferSyntax, samples: list[bytes] = SAMPLES) -> list[Response]:
    encoded_samples = [encoder.encode(walker.parse(sample, EXPLICIT_LITTLE), syntax) for sample in samples]
    return [Response(number, sample, syntax) for number, sample in enumerate(encoded_samples, 1)]


@pytest.mark.interop
@pytest.mark.parametrize("syntax", [*SYNTAXES, DEFLATED], ids=lambda syntax: syntax.dcmtk_name)
@pytest.mark.parametrize("option", ["-dc", "+dc", "-u"])
def test_files_are_those_of_findscu(tmp_path: Path, syntax: TransferSyntax, option: str) -> None:
    answers = responses(syntax)
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    theirs.mkdir()
    ours.mkdir()
    extract(theirs, answers, syntax, "-Xx", option)
    extract(theirs, answers, syntax, "-Xs", "all.xml", option)
    XMLFileWriter(ours, correct=option == "+dc", new_vr=option != "-u").write(answers)
    single = SingleXMLWriter(ours / "all.xml", correct=option == "+dc", new_vr=option != "-u")
    single.write(answers)
    single.close(COMPLETE)
    names = sorted(path.name for path in theirs.iterdir())
    assert sorted(path.name for path in ours.iterdir()) == names
    for name in names:
        assert (ours / name).read_text("utf-8") == (theirs / name).read_text("utf-8")


@pytest.mark.interop
@pytest.mark.parametrize(
    ("term", "text"), [("ISO_IR 100", "Müller"), ("ISO_IR 144", "Иван"), ("ISO_IR 126", "Ωμέγα"), ("ISO_IR 148", "İş")]
)
def test_character_sets_become_encodings(tmp_path: Path, term: str, text: str) -> None:
    charset = CharacterSet.parse(term)
    name = charset.encode(text, "PN")
    identifier = element(0x00080005, "CS", term.encode()) + element(0x00100010, "PN", name + b" " * (len(name) & 1))
    answers = [Response(1, identifier, EXPLICIT_LITTLE)]
    for option in (["-Xx"], ["-Xs", "all.xml"]):
        extract(tmp_path, answers, EXPLICIT_LITTLE, *option)
    theirs = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    XMLFileWriter(tmp_path).write(answers)
    single = SingleXMLWriter(tmp_path / "all.xml")
    single.write(answers)
    single.close(COMPLETE)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == theirs
    for path in tmp_path.iterdir():
        assert etree.parse(str(path)).findtext(".//element[@name='PatientName']") == text


def test_a_character_set_without_encoding_is_warned_about_and_readable(tmp_path: Path) -> None:
    name = b"Yamada^Tarou=" + b"\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B"
    identifier = element(0x00080005, "CS", b"\\ISO 2022 IR 87 ") + element(0x00100010, "PN", name)
    warnings: list[str] = []
    writer = XMLFileWriter(tmp_path, warn=warnings.append)
    writer.write([Response(1, identifier, EXPLICIT_LITTLE)])
    assert warnings == ["SpecificCharacterSet (0008,0005) value '\\ISO 2022 IR 87' not supported"]
    assert (tmp_path / "rsp0001.xml").read_bytes().isascii()
    tree = etree.parse(str(tmp_path / "rsp0001.xml"))
    assert tree.findtext(".//element[@name='PatientName']") == "Yamada^Tarou=山田^太郎"


@settings(deadline=None)
@given(datasets(), st.sampled_from(SYNTAXES), st.booleans(), st.booleans())
def test_bytes_and_tree_give_the_same_lines(
    dataset: Dataset, syntax: TransferSyntax, correct: bool, utf8: bool
) -> None:
    response = Response(1, encoded(dataset, syntax), syntax)
    renderer = XMLRenderer(correct=correct, utf8=utf8)
    assert renderer.lines(response) == renderer.tree_lines(response.parse(), syntax)


@settings(deadline=None)
@given(ANY, st.sampled_from(["", "ISO_IR 100", "ISO_IR 192", "GB18030", "\\ISO 2022 IR 149", "NONSENSE"]))
def test_every_document_is_well_formed_and_valid(identifier: bytes, term: str) -> None:
    identifier = element(0x00080005, "CS", term.encode()) + identifier
    identifier += element(0x00400100, "SQ", item(identifier)) if len(identifier) < 60000 else b""
    try:
        walker.check(identifier, EXPLICIT_LITTLE)
    except walker.UnreadableIdentifier:
        return
    content = XMLFileWriter(".").content(Response(1, identifier, EXPLICIT_LITTLE))
    tree = etree.parse(BytesIO(content))
    assert OWN_DTD.validate(tree), OWN_DTD.error_log


@pytest.mark.interop
def test_documents_are_valid_by_both_dtds(tmp_path: Path) -> None:
    XMLFileWriter(tmp_path).write(responses(EXPLICIT_LITTLE))
    debian = etree.DTD("/usr/share/dcmtk/dcm2xml.dtd")
    paths = list(tmp_path.iterdir())
    assert len(paths) == len(SAMPLES)
    for path in paths:
        tree = etree.parse(str(path))
        assert OWN_DTD.validate(tree), OWN_DTD.error_log
        assert debian.validate(tree), debian.error_log


@pytest.mark.parametrize(
    ("outcome", "comment"),
    [
        (COMPLETE, None),
        (Outcome(End.CANCELLED, 1, 0, 1.0), None),
        (
            Outcome(End.BROKEN, 1, 0, 1.0, error=AssociationLost("pacs:104 closed -- the <connection>")),
            " incomplete: pacs:104 closed - - the &lt;connection&gt; ",
        ),
        (Outcome(End.SUCCESS, 1, 3, 1.0), " incomplete: 3 responses could not be read "),
        (Outcome(End.SUCCESS, 1, 1, 1.0), " incomplete: 1 response could not be read "),
        (Outcome(End.SUCCESS, 1, 0, 1.0, cut_short=True), " incomplete: the peer ended before it had sent all it has "),
    ],
)
def test_an_incomplete_document_says_so(tmp_path: Path, outcome: Outcome, comment: str | None) -> None:
    writer = SingleXMLWriter(tmp_path / "all.xml", limit=2)
    writer.write(responses(EXPLICIT_LITTLE))
    assert not list(tmp_path.glob("all.xml"))
    writer.close(outcome)
    root = etree.parse(str(tmp_path / "all.xml")).getroot()
    assert OWN_DTD.validate(root), OWN_DTD.error_log
    assert [node.tag for node in root if isinstance(node.tag, str)] == ["data-set"] * 2
    assert [node.text for node in root if not isinstance(node.tag, str)] == ([comment] if comment else [])
