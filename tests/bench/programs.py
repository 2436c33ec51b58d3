"""The programs that are measured, and how: wall time with start-up included, and peak memory."""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import count as counter
from pathlib import Path

FINDTUI = (str(Path(sys.executable).with_name("findtui")), "findscu")


ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""Python keeps its byte code, as it does where findtui was installed and not just checked out."""

_numbers = counter()


def reference() -> str | None:
    """DCMTK's findscu: the one that FINDTUI_REFERENCE_FINDSCU names, else the one on the PATH."""
    return os.environ.get("FINDTUI_REFERENCE_FINDSCU") or shutil.which("findscu")


@dataclass(frozen=True)
class Mode:
    """One way of running findscu.

    Attributes:
        name: in the tables.
        arguments: `directory` stands in them for the output directory, which is empty.
        clears: whether the files of the run before are removed first, or stay where they are.
    """

    name: str
    arguments: tuple[str, ...]
    clears: bool = False

    @property
    def condition(self) -> str:
        """The name, and what the run begins with."""
        return f"{self.name}, cleared before" if self.clears else self.name


MODES = (
    Mode("hidden", ("-sr", "-q")),
    Mode("printed", ()),
    Mode("-X", ("-X", "-od", "{directory}")),
    Mode("-Xx", ("-Xx", "-od", "{directory}")),
    Mode("-Xs", ("-Xs", "all.xml", "-od", "{directory}")),
)
OWN_MODES = (
    Mode("JSON", ("--extract-json", "-od", "{directory}")),
    Mode("NDJSON", ("--extract-ndjson", "all.ndjson", "-od", "{directory}")),
    Mode("CSV", ("--extract-csv", "all.csv", "-od", "{directory}")),
)
"""What DCMTK does not have."""

CLEARED = tuple(replace(mode, clears=True) for mode in MODES[2:4])
"""What a script does that starts anew each time. On ext4 without a journal every file that was removed in the last
minutes stands in the way of each new one: measured last, as that outlives the run."""


@dataclass(frozen=True)
class Run:
    """One run of a program: seconds of wall time and of CPU (user and system), peak resident memory in KiB."""

    seconds: float
    cpu: float
    peak_kib: int


def run(command: Sequence[str]) -> Run:
    """Run a command with its output thrown away.

    Raises:
        RuntimeError: it ended with another status than 0.
    """
    nowhere = subprocess.DEVNULL
    start = time.perf_counter()
    process = subprocess.Popen(command, stdin=nowhere, stdout=nowhere, stderr=nowhere, env=ENVIRONMENT)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)


def run_from_a_small_process(command: Sequence[str]) -> Run:
    """Run a command so that the peak is its own: a process begins with that of the one that starts it."""
    launcher = "import sys; from tests.bench.programs import run; print(run(sys.argv[1:]))"
    told = subprocess.run([sys.executable, "-c", launcher, *command], capture_output=True, text=True, check=True).stdout
    seconds, cpu, peak = (float(number) for number in re.findall(r"=([0-9.e-]+)", told))
    return Run(seconds, cpu, int(peak))


def new_directory(scratch: Path) -> Path:
    """An empty directory that no run had before."""
    directory = scratch / f"run{next(_numbers)}"
    directory.mkdir()
    return directory


Runner = Callable[[Sequence[str]], Run]


def query(program: Sequence[str], port: int, count: int, mode: Mode, scratch: Path, *, how: Runner = run) -> Run:
    """Ask the bench server for `count` responses, and leave the files where they are, at the most till the next run."""
    if mode.clears:
        directory = scratch / "cleared"
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir()
    else:
        directory = new_directory(scratch)
    arguments = [argument.format(directory=directory) for argument in mode.arguments]
    return how([*program, "-aec", f"N{count}", "-k", "PatientName", *arguments, "127.0.0.1", str(port)])


def in_turn(rounds: int, *programs: Callable[[], Run]) -> list[Run]:
    """Run the programs in turn, so that what else the machine does hits all of them; medians for each.

    The first round warms caches and the server up and does not count.
    """
    runs: list[list[Run]] = [[] for _ in programs]
    for round_number in range(rounds + 1):
        for index, program in enumerate(programs):
            result = program()
            if round_number:
                runs[index].append(result)
    return [
        Run(
            statistics.median(r.seconds for r in each),
            statistics.median(r.cpu for r in each),
            int(statistics.median(r.peak_kib for r in each)),
        )
        for each in runs
    ]
