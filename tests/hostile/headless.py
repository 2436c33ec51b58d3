"""Runs a findscu against a behaviour and takes down what became of it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from tests.hostile.behaviour import Behaviour
from tests.net.scripted import ScriptedServer

FINDTUI = (sys.executable, "-m", "findtui", "findscu")
TIMEOUTS = ("-to", "2", "-ts", "2", "-ta", "2", "-td", "2")
PATIENCE = 30.0
"""Seconds after which a run that goes on is killed; all time-outs together are far below."""
MOST_OUTPUT = 4 * 1024 * 1024


@dataclass(frozen=True)
class Result:
    """What became of a run.

    Attributes:
        status: exit status; negative where a signal ended it (-9: it had to be killed).
        text: what it printed, standard error and output together; the first MOST_OUTPUT bytes.
        seconds: wall time.
        peak_mib: peak resident memory.
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
    arguments: Sequence[str] = TIMEOUTS,
    *,
    may_stay: bool = False,
) -> Result:
    """Ask a peer that behaves so.

    Args:
        behaviour: how.
        program: a findscu.
        arguments: time-outs.
        may_stay: whether the program may keep its connection until the peer's patience is over.
    """
    server = ScriptedServer(behaviour.script)
    try:
        with server:
            command = [*program, *arguments, *behaviour.arguments, "-k", "PatientName", "127.0.0.1", str(server.port)]
            result = run_command(command)
    except (TimeoutError, AssertionError):
        if not may_stay:
            raise
    return result


def run_command(command: Sequence[str]) -> Result:
    """Run a command, with its output in a file and its memory measured."""
    with tempfile.TemporaryFile() as output:
        start = time.monotonic()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        watchdog = threading.Timer(PATIENCE, process.kill)
        watchdog.start()
        _, status, usage = os.wait4(process.pid, 0)
        watchdog.cancel()
        watchdog.join()
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - start
        output.seek(0)
        text = output.read(MOST_OUTPUT).decode("utf-8", "replace")
    return Result(process.returncode, text, seconds, usage.ru_maxrss / 1024)
