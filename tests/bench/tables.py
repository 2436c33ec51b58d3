"""The headless tables. Each is a function that yields lines of Markdown."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from findtui.dicom.response import Response
from findtui.dicom.transfer import EXPLICIT_LITTLE
from findtui.export.dicomfile import DicomFileWriter
from tests.bench.programs import (
    CLEARED,
    ENVIRONMENT,
    FINDTUI,
    MODES,
    OWN_MODES,
    Mode,
    in_turn,
    new_directory,
    query,
    run,
    run_from_a_small_process,
)
from tests.bench.responses import WORKLIST, encoded
from tests.bench.server import drain

HIDDEN = MODES[0]
PYNETDICOM = """
import sys
from pydicom.dataset import Dataset
from pynetdicom import AE
entity = AE("BENCH")
entity.add_requested_context("1.2.840.10008.5.1.4.31")
association = entity.associate("127.0.0.1", int(sys.argv[1]), ae_title="N1")
identifier = Dataset()
identifier.PatientName = ""
assert len(list(association.send_c_find(identifier, "1.2.840.10008.5.1.4.31"))) == 2
association.release()
"""
TARGETS = {
    ("hidden", 5_000): 1.0,
    ("hidden", 50_000): 0.4,
    ("printed", 5_000): 0.9,
    ("printed", 50_000): 0.5,
    ("-X", 5_000): 0.4,
    ("-X", 50_000): 0.3,
    ("-Xx", 5_000): 0.5,
    ("-Xx", 50_000): 0.4,
    ("-Xs", 5_000): 0.9,
    ("-Xs", 50_000): 0.6,
}


def reference_version(dcmtk: str | None) -> str:
    """The first line of the reference's `--version`."""
    if dcmtk is None:
        return "none (install dcmtk for the ratios)"
    text = subprocess.run([dcmtk, "--version"], capture_output=True, text=True, check=True).stdout
    return text.splitlines()[0].strip("$ ")


def modes(port: int, rounds: int, dcmtk: str | None, scratch: Path) -> Iterator[str]:
    """Seconds of each output mode, as a ratio to DCMTK's."""
    yield "| mode | responses | findtui | DCMTK | ratio | CPU | DCMTK CPU | CPU ratio | target |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for mode in (*MODES, *CLEARED):
        for count in (5_000, 50_000):
            yield _mode_row(port, rounds, dcmtk, scratch, mode, count)


def _mode_row(port: int, rounds: int, dcmtk: str | None, scratch: Path, mode: Mode, count: int) -> str:
    target = TARGETS[mode.name, count]
    if dcmtk is None:
        (ours,) = in_turn(rounds, lambda: query(FINDTUI, port, count, mode, scratch))
        return f"| {mode.condition} | {count:,} | {ours.seconds:.3f} s | | | {ours.cpu:.2f} s | | | {target} |"
    ours, theirs = in_turn(
        rounds,
        lambda: query(FINDTUI, port, count, mode, scratch),
        lambda: query((dcmtk,), port, count, mode, scratch),
    )
    wall = f"{ours.seconds:.3f} s | {theirs.seconds:.3f} s | {ours.seconds / theirs.seconds:.2f}"
    cpu = f"{ours.cpu:.2f} s | {theirs.cpu:.2f} s | {ours.cpu / theirs.cpu:.2f}"
    return f"| {mode.condition} | {count:,} | {wall} | {cpu} | {target} |"


def files(port: int, rounds: int, dcmtk: str | None, scratch: Path) -> Iterator[str]:
    """What the system alone takes for as many files as a query with -X makes, beside those that ask for them."""
    yield "| | files | seconds | CPU |"
    yield "| --- | ---: | ---: | ---: |"
    for count in (5_000, 50_000):
        yield from _files_rows(port, rounds, dcmtk, scratch, count)


def _files_rows(port: int, rounds: int, dcmtk: str | None, scratch: Path, count: int) -> Iterator[str]:
    mode = MODES[2]
    size = len(DicomFileWriter().content(Response(1, encoded(1), EXPLICIT_LITTLE)))
    bare = [sys.executable, "-m", "tests.bench.bare"]
    programs = [
        ("findtui -X", lambda: query(FINDTUI, port, count, mode, scratch)),
        ("the files alone, by two processes", lambda: run([*bare, str(new_directory(scratch)), str(count), str(size)])),
    ]
    if dcmtk is not None:
        programs.append(("DCMTK -X", lambda: query((dcmtk,), port, count, mode, scratch)))
    results = in_turn(rounds, *(program for _, program in programs))
    for (name, _), result in zip(programs, results, strict=True):
        yield f"| {name} | {count:,} | {result.seconds:.3f} s | {result.cpu:.2f} s |"


def memory(port: int, rounds: int, dcmtk: str | None, scratch: Path) -> Iterator[str]:
    """Peak memory of findtui at 10,000 and at 1,000,000 responses, of which no more than 10,000 get a file each."""
    yield "| mode | 10,000 responses | 1,000,000 responses |"
    yield "| --- | ---: | ---: |"
    for mode in (*MODES, *OWN_MODES):
        limit = ("-Xlo", "10000") if mode.name in _A_FILE_EACH else ()
        limited = replace(mode, arguments=(*mode.arguments, *limit))
        small = query(FINDTUI, port, 10_000, limited, scratch, how=run_from_a_small_process).peak_kib
        large = query(FINDTUI, port, 1_000_000, limited, scratch, how=run_from_a_small_process).peak_kib
        yield f"| {mode.name} | {small / 1024:.1f} MiB | {large / 1024:.1f} MiB |"


_A_FILE_EACH = ("-X", "-Xx", "JSON")


def start(port: int, rounds: int, dcmtk: str | None, scratch: Path) -> Iterator[str]:
    """Start-up without a query, beside a bare interpreter."""
    yield "| command | seconds | times `python -c pass` |"
    yield "| --- | ---: | ---: |"
    rounds = max(rounds, 15)
    bare, help_text, version = in_turn(
        rounds,
        lambda: run([sys.executable, "-c", "pass"]),
        lambda: run([*FINDTUI, "--help"]),
        lambda: run([*FINDTUI, "--version"]),
    )
    for name, result in (("python -c pass", bare), ("findtui findscu --help", help_text), ("--version", version)):
        yield f"| `{name}` | {result.seconds:.4f} | {result.seconds / bare.seconds:.1f} |"


def single(port: int, rounds: int, dcmtk: str | None, scratch: Path) -> Iterator[str]:
    """A query with one answer, start-up included."""
    yield "| program | one answer |"
    yield "| --- | ---: |"
    programs: list[tuple[str, list[str]]] = [("findtui findscu", [*FINDTUI, "-k", "PatientName"])]
    if dcmtk is not None:
        programs.append(("DCMTK findscu", [dcmtk, "-k", "PatientName"]))
    where = ["-aec", "N1", "127.0.0.1", str(port)]
    programs = [(name, [*command, *where]) for name, command in programs]
    if odil := shutil.which("odil"):
        keys = ["patient", "QueryRetrieveLevel=PATIENT", "PatientName="]
        programs.append(("odil find", [odil, "find", "127.0.0.1", str(port), "BENCH", "N1", *keys]))
    programs.append(("pynetdicom in a few lines", [sys.executable, "-c", PYNETDICOM, str(port)]))
    results = in_turn(max(rounds, 7), *(partial(run, command) for _, command in programs))
    for (name, _), result in zip(programs, results, strict=True):
        yield f"| {name} | {result.seconds:.3f} s |"


def imports(port: int, rounds: int, dcmtk: str | None, scratch: Path) -> Iterator[str]:
    """What a query imports: each module by what it costs without those that it imports, and whole packages."""
    command = [sys.executable, "-X", "importtime", "-m", "findtui", "findscu"]
    asked = [*command, "-aec", "N1", "-k", "PatientName", "127.0.0.1", str(port)]
    text = subprocess.run(asked, capture_output=True, text=True, check=True, env=ENVIRONMENT).stderr
    modules: list[tuple[int, str]] = []
    packages: dict[str, list[int]] = {}
    for line in text.splitlines():
        if not line.startswith("import time:") or "self [us]" in line:
            continue
        own, _, name = line.removeprefix("import time:").split("|")
        modules.append((int(own), name.strip()))
        package = name.strip().partition(".")[0]
        package = "(standard library)" if package in sys.stdlib_module_names else package
        packages.setdefault(package, []).append(int(own))
    yield "| package | modules | milliseconds |"
    yield "| --- | ---: | ---: |"
    for package, costs in sorted(packages.items(), key=lambda pair: -sum(pair[1])):
        yield f"| {package} | {len(costs)} | {sum(costs) / 1000:.1f} |"
    yield ""
    yield "| module | milliseconds |"
    yield "| --- | ---: |"
    for own_time, name in sorted(modules, reverse=True):
        yield f"| {name} | {own_time / 1000:.2f} |"


def repeat(port: int, rounds: int, dcmtk: str | None, scratch: Path) -> Iterator[str]:
    """Many queries on one association: seconds a query, start-up taken off."""
    yield "| queries on one association | findtui | DCMTK | ratio |"
    yield "| --- | ---: | ---: | ---: |"
    times = 201
    file = scratch / "query.dcm"
    _write_query_file(file)
    for name, many, one in (
        ("--repeat", ["--repeat", str(times), "-k", "PatientName"], ["-k", "PatientName"]),
        ("query files", [str(file)] * times, [str(file)]),
    ):
        yield _repeat_row(port, rounds, dcmtk, name, many, one, times)


def _repeat_row(
    port: int, rounds: int, dcmtk: str | None, name: str, many: list[str], one: list[str], times: int
) -> str:
    where = ["-q", "-sr", "-aec", "N10", "127.0.0.1", str(port)]
    programs = [list(FINDTUI)] + ([[dcmtk]] if dcmtk else [])
    each = []
    for program in programs:
        long, short = in_turn(
            rounds,
            lambda program=program: run([*program, *where, *many]),  # type: ignore[misc]
            lambda program=program: run([*program, *where, *one]),  # type: ignore[misc]
        )
        each.append((long.seconds - short.seconds) / (times - 1))
    milliseconds = [f"{seconds * 1000:.3f} ms" for seconds in each] + [""] * (2 - len(each))
    ratio = f"{each[0] / each[1]:.2f}" if len(each) == 2 else ""
    return f"| {name} | {milliseconds[0]} | {milliseconds[1]} | {ratio} |"


def _write_query_file(path: Path) -> None:
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import UID, ExplicitVRLittleEndian

    ds = Dataset()
    ds.PatientName = ""
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = UID(WORKLIST)
    ds.file_meta.MediaStorageSOPInstanceUID = UID("1.2.826.0.1.99999.3")
    ds.save_as(path, enforce_file_format=True)


def growth(port: int, rounds: int, dcmtk: str | None, scratch: Path) -> Iterator[str]:
    """How the time grows with the answer, beside the bare socket."""
    yield "| responses | hidden | printed | -Xs | the socket alone |"
    yield "| ---: | ---: | ---: | ---: | ---: |"
    for exponent in range(1, 7):
        count = 10**exponent
        drain(port, count)
        times = [query(FINDTUI, port, count, mode, scratch).seconds for mode in (HIDDEN, MODES[1], MODES[4])]
        begin = time.perf_counter()
        drain(port, count)
        limit = time.perf_counter() - begin
        yield f"| {count:,} | " + " | ".join(f"{seconds:.3f} s" for seconds in (*times, limit)) + " |"
