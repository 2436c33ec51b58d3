"""Runs a findscu against a behaviour and takes down what became of it."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from os import SEEK_END
from pathlib import Path

from tests.hostile.behaviour import Behaviour
from tests.net.scripted import ScriptedServer

FINDTUI = (sys.executable, "-m", "findtui", "findscu")
TIMEOUTS = ("-to", "2", "-ts", "2", "-ta", "2", "-td", "2")
QUESTION = (*TIMEOUTS, "-k", "PatientName")
PATIENCE = 30.0
"""Seconds after which a run that goes on is killed; all time-outs together are far below."""
MOST_OUTPUT = 4 * 1024 * 1024


@dataclass(frozen=True)
class Result:
    """What became of a run.

    Attributes:
        status: exit status; negative where a signal ended it (-9: it had to be killed).
        text: what it printed, standard error and output together; the beginning and the end of what is
            longer than MOST_OUTPUT bytes.
        seconds: wall time.
        peak_mib: peak resident memory, as seen every 50 ms.
    """

    status: int
    text: str
    seconds: float
    peak_mib: float

    @property
    def shown(self) -> int:
        """How many pending responses were printed."""
        return len(re.findall(r"^(?:I: )?Find (?:SCP )?Response:? \d+ (?:- 0x\w+ )?\(Pending", self.text, re.MULTILINE))


def run(
    behaviour: Behaviour,
    program: Sequence[str] = FINDTUI,
    arguments: Sequence[str] = QUESTION,
    *,
    may_stay: bool = False,
    patience: float = PATIENCE,
) -> Result:
    """Ask a peer that behaves so.

    Args:
        behaviour: how.
        program: a findscu.
        arguments: what stands before those of the behaviour.
        may_stay: whether the program may keep its connection until the peer's patience is over.
        patience: seconds after which it is killed.
    """
    server = ScriptedServer(behaviour.script)
    try:
        with server:
            command = [*program, *arguments, *behaviour.arguments, "127.0.0.1", str(server.port)]
            result = run_command(command, patience)
    except (TimeoutError, AssertionError):
        if not may_stay:
            raise
    return result


def run_command(command: Sequence[str], patience: float = PATIENCE) -> Result:
    """Run a command, with its output in a file and its memory measured; it is killed when the patience is over."""
    with tempfile.TemporaryFile() as output:
        start = time.monotonic()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        peak = 0.0
        ended = threading.Event()

        def watch() -> None:
            nonlocal peak
            while not ended.wait(0.05):
                peak = max(peak, _resident_mib(process.pid))
                if time.monotonic() > start + patience:
                    process.kill()

        watchdog = threading.Thread(target=watch)
        watchdog.start()
        process.wait()
        ended.set()
        watchdog.join()
        seconds = time.monotonic() - start
        length = output.seek(0, SEEK_END)
        output.seek(0)
        text = output.read(MOST_OUTPUT // 2)
        output.seek(max(length - MOST_OUTPUT // 2, len(text)))
        text += output.read()
    return Result(process.returncode, text.decode("utf-8", "replace"), seconds, peak)


def _resident_mib(pid: int) -> float:
    """The most memory that a running program has had so far; what `wait4` tells begins with that of its parent."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM:")), 0.0)
