"""Ctrl-C, as a process gets it."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading

import pytest

from tests.net import pdus
from tests.net.scripted import Conversation, ScriptedServer

PROGRAM = """
import signal, sys
from findtui.dicom.keys import Key
from findtui.dicom.query import Query
from findtui.net.control import Control
from findtui.net.events import Finished
from findtui.net.find import find
from findtui.net.peer import Peer

control = Control()
if sys.argv[2] == "handled":
    signal.signal(signal.SIGINT, lambda *_: control.cancel())
for event in find(Peer("127.0.0.1", int(sys.argv[1])), Query(keys=(Key.parse("PatientName"),)), control):
    if isinstance(event, Finished):
        print(event.outcome.end.name, event.outcome.received)
"""


@pytest.mark.parametrize("moment", ["request", "answer", "cut off"])
@pytest.mark.parametrize("how", ["handled", "raised"])
def test_an_interrupt_ends_the_process_wherever_it_waits(moment: str, how: str) -> None:
    waiting = threading.Event()

    def script(peer: Conversation) -> None:
        if moment == "request":
            peer.read_pdu()
        else:
            peer.query()
            peer.send(pdus.pending(), pdus.pending()[:20] if moment == "cut off" else b"")
        waiting.set()
        while (kind := peer.read_pdu()[0]) not in (0, pdus.ABORT):
            if kind == pdus.P_DATA:
                # The cancel: anything that was cut off comes now.
                peer.send(pdus.pending()[20:] if moment == "cut off" else b"", pdus.final(0xFE00))
            elif kind == pdus.RELEASE_RQ:
                peer.send(pdus.release_rp())

    with (
        ScriptedServer(script) as server,
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(server.port), how],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        assert waiting.wait(20)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=20)
    if how == "handled":
        received = {"request": 0, "answer": 1, "cut off": 2}[moment]
        assert (output, errors, process.returncode) == (f"CANCELLED {received}\n", "", 0)
    else:
        assert "KeyboardInterrupt" in errors
