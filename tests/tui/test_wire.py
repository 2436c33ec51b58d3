"""A query copied as a command line does on the wire what the application did, and the other way round."""

from __future__ import annotations

import contextlib
import shlex
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from findtui.demo.server import DemoServer
from findtui.store.fields import Value
from findtui.store.paths import Paths
from findtui.tui.app import FindtuiApp
from tests.tui.conftest import complete, main, save_demo, until

PATIENCE = 30


class Recorder:
    """Stands between a client and a server and keeps what the client sends, one entry for each connection."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.sent: list[bytearray] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._closing = False
        self.finished = threading.Semaphore(0)
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            client, _ = self._listener.accept()
            record = bytearray()
            server = socket.create_connection(("127.0.0.1", self._target), timeout=PATIENCE)
            if self._closing:
                client.close()
                server.close()
                return
            self.sent.append(record)
            pumps = [
                threading.Thread(target=self._pump, args=(client, server, record)),
                threading.Thread(target=self._pump, args=(server, client, bytearray())),
            ]
            for pump in pumps:
                pump.start()
            self._threads += pumps

    def _pump(self, source: socket.socket, target: socket.socket, record: bytearray) -> None:
        with source:
            while data := source.recv(65536):
                record += data
                try:
                    target.sendall(data)
                except OSError:
                    break
            with contextlib.suppress(OSError):
                target.shutdown(socket.SHUT_WR)
        self.finished.release()

    def close(self) -> None:
        """Stop listening and wait for all that goes on."""
        self._closing = True
        socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE).close()
        for thread in self._threads:
            thread.join(PATIENCE)
        self._listener.close()


@pytest.fixture
def recorder(server: DemoServer) -> Iterator[Recorder]:
    running = Recorder(server.port)
    yield running
    running.close()


CASES: list[dict[str, Value]] = [
    {},
    {"model": "study", "keys": ("QueryRetrieveLevel=STUDY", "PatientName=Müller*", "StudyDate=today-30..today")},
    {
        "model": "patient",
        "keys": ("QueryRetrieveLevel=PATIENT", "PatientName", "PatientID"),
        "calling_ae_title": "ADMIN 1",
        "max_pdu": 32768,
        "transfer_syntaxes": "implicit",
    },
    {
        "keys": (
            "ScheduledProcedureStepSequence[0].Modality=CT",
            "ScheduledProcedureStepSequence[0].ScheduledProcedureStepStartTime=0800-1200",
            "(0009,0010)=made up",
        ),
        "transfer_syntaxes": "deflated",
        "compression_level": 1,
        "repeat": 2,
        "abort": True,
    },
    {"keys": ("PatientName=山田*",), "character_set": "ISO_IR 192", "cancel_after": 0},
]


@pytest.mark.parametrize("values", CASES, ids=[str(number) for number in range(len(CASES))])
async def test_what_is_copied_does_the_same(paths: Paths, recorder: Recorder, values: dict[str, Value]) -> None:
    save_demo(paths, recorder_server(recorder), **values)
    app = FindtuiApp(paths, profile="Demo Hospital", run=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await pilot.press("Y")
        await until(pilot, lambda: app.clipboard.startswith("findtui findscu "), "the command")
        command = app.clipboard
    words = shlex.split(command)[1:]
    subprocess.run([sys.executable, "-m", "findtui", *words, "-q"], check=True, timeout=PATIENCE, capture_output=True)
    for _ in range(4):
        assert recorder.finished.acquire(timeout=PATIENCE)
    application, headless = recorder.sent
    assert bytes(application) == bytes(headless)

    # And pasted again it is the same question.
    again = FindtuiApp(Paths(paths.config / "other", paths.state), command=command, run=True)
    async with again.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        assert main(pilot).session.peer is not None
    for _ in range(2):
        assert recorder.finished.acquire(timeout=PATIENCE)
    assert bytes(recorder.sent[2]) == bytes(application)


def recorder_server(recorder: Recorder) -> DemoServer:
    """Something with the recorder's port, for saving it as a peer."""
    return DemoServer(recorder.port)
