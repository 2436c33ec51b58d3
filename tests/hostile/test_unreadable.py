"""One bad response does not cost the others, whatever they are written to."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pydicom
import pytest
from lxml import etree

from tests.hostile.behaviour import answering
from tests.hostile.conftest import Ask
from tests.hostile.identifying import pending
from tests.net import pdus

BROKEN = pdus.explicit(0x00100010, "PN", b"DOE^JANE")[:-3]
NAMES = ["A^1", "B^3", "C^5"]
GOOD = [pending(pdus.identifier(name)) for name in NAMES]
SCRIPT = answering(GOOD[0], pending(BROKEN), GOOD[1], pending(b"\xff" * 77), GOOD[2], pdus.final())


def names_of(kind: str, directory: Path) -> list[str]:
    """The names of the patients in what was written."""
    match kind:
        case "-X":
            paths = [directory / f"rsp000{number}.dcm" for number in (1, 3, 5)]
            return [str(pydicom.dcmread(path).PatientName) for path in paths]
        case "-Xx":
            paths = [directory / f"rsp000{number}.xml" for number in (1, 3, 5)]
            return [etree.parse(path).findtext(".//element[@name='PatientName']") or "" for path in paths]
        case "--extract-json":
            texts = [(directory / f"rsp000{number}.json").read_text() for number in (1, 3, 5)]
            return [json.loads(text)["00100010"]["Value"][0]["Alphabetic"] for text in texts]
    path = directory / "all"
    if kind == "-Xs":
        document = etree.parse(path)
        comment = str(next(document.getroot().iterchildren(etree.Comment)).text)
        assert comment == " incomplete: 2 responses could not be read "
        return [element.text or "" for element in document.iterfind(".//element[@name='PatientName']")]
    if kind == "--extract-ndjson":
        return [json.loads(line)["00100010"]["Value"][0]["Alphabetic"] for line in path.read_text().split("\n") if line]
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row["PatientName"] for row in csv.DictReader(file)]


@pytest.mark.parametrize("keeping", [False, True], ids=["dropped", "kept"])
@pytest.mark.parametrize("kind", ["-X", "-Xx", "-Xs", "--extract-json", "--extract-ndjson", "--extract-csv"])
def test_it_is_told_kept_and_counted_and_the_rest_goes_on(
    kind: str, keeping: bool, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = [kind] if kind in ("-X", "-Xx", "--extract-json") else [kind, "all"]
    ran = ask(SCRIPT, *words, *(["--keep-unreadable"] if keeping else []), "-k", "PatientName")
    assert ran.status == 4
    assert "E: response 2 cannot be read: " in ran.err
    assert "E: response 4 cannot be read: " in ran.err
    assert "2 of 5 responses of 127.0.0.1" in ran.err
    assert names_of(kind, tmp_path) == NAMES
    raw = {path.name: path.read_bytes() for path in tmp_path.glob("*.raw")}
    assert raw == ({"rsp0002.raw": BROKEN, "rsp0004.raw": b"\xff" * 77} if keeping else {})
    assert len(list(tmp_path.iterdir())) == (3 if words == [kind] else 1) + len(raw)


def test_on_the_screen_too(ask: Ask) -> None:
    ran = ask(SCRIPT, "-k", "PatientName")
    assert ran.status == 4
    assert [f"I: Find Response: {number} (Pending)" in ran.err for number in (1, 2, 3, 4, 5)] == [
        True, False, True, False, True,
    ]  # fmt: skip


def test_a_raw_file_that_cannot_be_written_is_an_error_of_the_output(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rsp0002.raw").mkdir()
    ran = ask(SCRIPT, "--keep-unreadable", "-k", "PatientName")
    assert ran.status == 4
    assert "cannot write" in ran.err
    assert (tmp_path / "rsp0004.raw").is_file()


def test_dcmtks_exit_status_can_be_had(ask: Ask) -> None:
    assert ask(SCRIPT, "--dcmtk-exit-status", "-k", "PatientName").status == 0
