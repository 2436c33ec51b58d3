"""The programs that are measured, and how: wall time with start-up included, and peak memory."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
    """One way of running findscu; `directory` stands for a fresh output directory in its arguments."""

    name: str
    arguments: tuple[str, ...]


MODES = (
    Mode("hidden", ("-sr", "-q")),
    Mode("printed", ()),
    Mode("-X", ("-X", "-od", "{directory}")),
    Mode("-Xx", ("-Xx", "-od", "{directory}")),
    Mode("-Xs", ("-Xs", "all.xml", "-od", "{directory}")),
)


@dataclass(frozen=True)
class Run:
    """One run of a program: seconds of wall time and peak resident memory in KiB."""

    seconds: float
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
    return Run(seconds, usage.ru_maxrss)


def query(program: Sequence[str], port: int, count: int, mode: Mode, scratch: Path) -> Run:
    """Ask the bench server for `count` responses, and leave the files where they are.

    ext4 passes over every inode that was freed in the last seconds, one by one and again for each new file: removing
    the files of one run would make the next one ten times slower, whichever program it is.
    """
    directory = scratch / f"run{next(_numbers)}"
    directory.mkdir()
    arguments = [argument.format(directory=directory) for argument in mode.arguments]
    return run([*program, "-aec", f"N{count}", "-k", "PatientName", *arguments, "127.0.0.1", str(port)])


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
        Run(statistics.median(r.seconds for r in each), int(statistics.median(r.peak_kib for r in each)))
        for each in runs
    ]
