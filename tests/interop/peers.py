"""Real servers from Debian's packages, each on a free port and with made-up data."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from tests.interop.programs import DEADLINE
from tests.net.ports import free_port

_CT = "1.2.840.10008.5.1.4.1.1.2"
_EXAMPLES = Path("/usr/share/doc/dcmtk/examples")
_MADE_UP = (
    ("P1", "Müller^Jörg", "ISO_IR 100"),
    ("P2", "Doe^Jane", ""),
    ("P3", "Wang^XiaoDong=王^小東", "ISO_IR 192"),
)


@contextmanager
def running(command: Sequence[str], port: int, log: Path) -> Iterator[None]:
    """A server program, from when it listens to when it has ended."""
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output) as process:
        try:
            _wait_until_it_listens(process, port, log)
            yield
        finally:
            process.terminate()
            try:
                process.wait(DEADLINE)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_until_it_listens(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + DEADLINE
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError:
            assert process.poll() is None, log.read_text(errors="replace")
            assert time.monotonic() < deadline, log.read_text(errors="replace")
            time.sleep(0.05)


def _from_dump(source: Path, target: Path) -> Path:
    subprocess.run(["dump2dcm", "-q", "-g", str(source), str(target)], check=True, timeout=DEADLINE)
    return target


def make_worklist_database(directory: Path) -> Path:
    """The worklist items that Debian's package brings as examples, as files."""
    database = directory / "OFFIS"
    database.mkdir(parents=True)
    (database / "lockfile").touch()
    for dump in sorted((_EXAMPLES / "wlistdb" / "OFFIS").glob("*.dump")):
        _from_dump(dump, database / f"{dump.stem}.wl")
    return database


def make_worklist_queries(directory: Path) -> list[Path]:
    """The queries that Debian's package brings as examples, as files."""
    directory.mkdir(parents=True, exist_ok=True)
    dumps = sorted((_EXAMPLES / "wlistqry").glob("*.dump"))
    return [_from_dump(dump, directory / f"{dump.stem}.dcm") for dump in dumps]


@contextmanager
def wlmscpfs(directory: Path) -> Iterator[int]:
    """DCMTK's worklist server; gives its port."""
    port = free_port()
    make_worklist_database(directory / "worklists")
    command = ["wlmscpfs", "--single-process", "-dfp", str(directory / "worklists"), str(port)]
    with running(command, port, directory / "wlmscpfs.log"):
        yield port


def make_instances(directory: Path) -> Path:
    """Instances of three patients, with two studies each, of two series each, of two images each."""
    directory.mkdir(parents=True)
    for patient_id, name, character_set in _MADE_UP:
        for number in range(8):
            study, series, image = number >> 2, number >> 1 & 1, number & 1
            instance = Dataset()
            if character_set:
                instance.SpecificCharacterSet = character_set
            instance.PatientID, instance.PatientName = patient_id, name
            instance.PatientBirthDate, instance.PatientSex = "19700101", "O"
            instance.StudyInstanceUID = generate_uid(entropy_srcs=[patient_id, str(study)])
            instance.StudyDate, instance.StudyTime = f"2026010{study + 1}", "101500"
            instance.StudyID, instance.AccessionNumber = f"{study}", f"{patient_id}A{study}"
            instance.StudyDescription, instance.ReferringPhysicianName = "Abdomen", "Adams^Grace"
            instance.SeriesInstanceUID = generate_uid(entropy_srcs=[patient_id, str(study), str(series)])
            instance.SeriesNumber, instance.Modality = str(series + 1), "CT"
            instance.SeriesDescription = f"Series {series}"
            instance.SOPClassUID = _CT
            instance.SOPInstanceUID = generate_uid(entropy_srcs=[patient_id, str(number)])
            instance.InstanceNumber = str(image + 1)
            meta = FileMetaDataset()
            meta.TransferSyntaxUID = ExplicitVRLittleEndian
            instance.file_meta = meta
            instance.save_as(directory / f"{patient_id}-{number}.dcm", enforce_file_format=True)
    return directory


def store(instances: Path, port: int, called: str) -> None:
    """Send instances to an archive."""
    command = ["storescu", "-aec", called, "+sd", "127.0.0.1", str(port), str(instances)]
    subprocess.run(command, check=True, timeout=DEADLINE, capture_output=True)


@contextmanager
def dcmqrscp(directory: Path) -> Iterator[int]:
    """DCMTK's archive, filled; gives its port."""
    port = free_port()
    storage = directory / "storage"
    storage.mkdir(parents=True)
    configuration = directory / "dcmqrscp.cfg"
    configuration.write_text(
        f"NetworkTCPPort = {port}\nMaxPDUSize = 16384\nMaxAssociations = 16\n"
        "HostTable BEGIN\nHostTable END\nVendorTable BEGIN\nVendorTable END\n"
        f"AETable BEGIN\nARCHIVE {storage} RW (200, 1024mb) ANY\nAETable END\n"
    )
    with running(["dcmqrscp", "-c", str(configuration)], port, directory / "dcmqrscp.log"):
        store(make_instances(directory / "instances"), port, "ARCHIVE")
        yield port


@contextmanager
def orthanc(directory: Path) -> Iterator[int]:
    """Orthanc with a filled archive and the worklist plugin; gives its DICOM port."""
    port = free_port()
    configuration = directory / "orthanc.json"
    directory.mkdir(parents=True, exist_ok=True)
    settings = {
        "DicomAet": "ORTHANC",
        "DicomPort": port,
        "HttpServerEnabled": False,
        "StorageDirectory": str(directory / "storage"),
        "DicomAlwaysAllowFind": True,
        "DicomAlwaysAllowFindWorklist": True,
        "DicomAlwaysAllowStore": True,
        "Plugins": ["/usr/share/orthanc/plugins/libModalityWorklists.so"],
        "Worklists": {"Enable": True, "Database": str(make_worklist_database(directory / "worklists"))},
    }
    configuration.write_text(json.dumps(settings))
    with running(["Orthanc", str(configuration)], port, directory / "orthanc.log"):
        store(make_instances(directory / "instances"), port, "ORTHANC")
        yield port
