"""Ctrl-C, and SIGTERM, wherever a query is: the program ends in seconds, with what had come."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.hostile.encrypting import TLS, secured, server_context
from tests.hostile.ending import GOOD, PLACES, Place
from tests.hostile.headless import FINDTUI
from tests.net.scripted import Conversation, ScriptedServer

PATIENCE = 30.0
GRACE = 40.0
"""Seconds in which a program that was asked to end has ended on a busy machine; the time-outs in LONG are longer."""
LONG = ("-to", "60", "-ts", "60", "-ta", "60", "-td", "60")


@dataclass(frozen=True)
class Ended:
    """How a program ended."""

    status: int
    text: str


def _endless(conversation: Conversation) -> None:
    conversation.query()
    conversation.send(GOOD)


def _handshake(conversation: Conversation) -> None:
    conversation.sock.recv(65536)


def _encrypted(conversation: Conversation) -> None:
    with secured(conversation, server_context()):
        conversation.query()
        conversation.send(GOOD)
        conversation.until_closed()


MOMENTS = (
    *PLACES,
    Place("encryption", "in the TLS handshake", _handshake, b"", 0, (2,), TLS),
)


@contextmanager
def started(place: Place, directory: Path, *, flooding: bool = False) -> Iterator[subprocess.Popen[str]]:
    """A query that has come to this place, and waits there."""
    reached = threading.Event()

    def script(conversation: Conversation) -> None:
        try:
            place.lead(conversation)
        finally:
            reached.set()
        while flooding and not conversation.stop.is_set():
            conversation.send(GOOD * 50)
        conversation.until_closed()

    with ScriptedServer(script) as server:
        arguments = (*LONG, *place.arguments, "-Xs", "all.xml", "--extract-json", "-sr", "-k", "PatientName")
        command = [*FINDTUI, *arguments, "127.0.0.1", str(server.port)]
        process = subprocess.Popen(
            command, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        )
        with process:
            try:
                assert reached.wait(PATIENCE)
                yield process
            finally:
                process.kill()


def interrupted(place: Place, directory: Path, number: int) -> list[str]:
    """Send the signal there; what is wrong with what follows, in words."""
    with started(place, directory) as process:
        wait_for_files(directory, place.kept, process)
        process.send_signal(number)
        try:
            text, _ = process.communicate(timeout=GRACE)
        except subprocess.TimeoutExpired:
            return [f"{place.name}: it goes on"]
    found = []
    if process.returncode != 130:
        found.append(f"{place.name}: exit status {process.returncode}\n{text[-1000:]}")
    if "Traceback" in text or "KeyboardInterrupt" in text:
        found.append(f"{place.name}: a traceback\n{text}")
    files = {path.name for path in directory.iterdir()}
    names = {f"rsp{index + 1:04d}.json" for index in range(place.kept)}
    # Before the first response it is a matter of luck whether the acceptance has been seen.
    if not names <= files <= names | {"all.xml"} or (names and "all.xml" not in files):
        found.append(f"{place.name}: there are {sorted(files)}")
    if "all.xml" in files and "incomplete" not in (directory / "all.xml").read_text():
        found.append(f"{place.name}: the single file does not say that it is incomplete")
    return found


def wait_for_files(directory: Path, count: int, process: subprocess.Popen[str]) -> None:
    """Wait until so many responses have been written."""
    waited = threading.Event()
    for _ in range(int(PATIENCE / 0.02)):
        if len(list(directory.glob("rsp*.json"))) >= count or process.poll() is not None:
            return
        waited.wait(0.02)
    raise AssertionError(f"only {sorted(directory.iterdir())}")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_in_every_place_with_what_had_come(tmp_path: Path, number: int) -> None:
    def run(place: Place) -> list[str]:
        directory = tmp_path / place.name
        directory.mkdir()
        return interrupted(place, directory, number)

    with ThreadPoolExecutor(len(MOMENTS)) as pool:
        found = [problem for each in pool.map(run, MOMENTS) for problem in each]
    assert not found, "\n".join(found)


def test_it_ends_when_a_peer_floods_and_ignores_the_cancel(tmp_path: Path) -> None:
    place = Place("answering", "flood", _endless, b"")
    with started(place, tmp_path, flooding=True) as process:
        wait_for_files(tmp_path, 1, process)
        process.send_signal(signal.SIGINT)
        text, _ = process.communicate(timeout=GRACE)
    assert process.returncode == 130
    assert "Traceback" not in text
    assert "</responses>" in (tmp_path / "all.xml").read_text()


def test_the_second_one_ends_it_at_once(tmp_path: Path) -> None:
    place = next(place for place in PLACES if place.name == "between responses")
    with started(place, tmp_path) as process:
        wait_for_files(tmp_path, 2, process)
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=GRACE)
    assert process.returncode == 130


def test_under_tls_too(tmp_path: Path) -> None:
    reached = threading.Event()

    def script(conversation: Conversation) -> None:
        reached.set()
        _encrypted(conversation)

    with (
        ScriptedServer(script) as server,
        subprocess.Popen(
            [*FINDTUI, *LONG, *TLS, "--extract-json", "-k", "PatientName", "127.0.0.1", str(server.port)],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process,
    ):
        try:
            wait_for_files(tmp_path, 1, process)
            process.send_signal(signal.SIGINT)
            text, _ = process.communicate(timeout=GRACE)
        finally:
            process.kill()
    assert process.returncode == 130
    assert "Traceback" not in text


def test_it_is_quiet_at_any_moment(tmp_path: Path) -> None:
    """From the first line of the program on, wherever the signal finds it."""
    seed = random.Random(6)

    def run(index: int) -> list[str]:
        directory = tmp_path / str(index)
        directory.mkdir()
        with ScriptedServer(lambda conversation: conversation.silence()) as server:
            command = [*FINDTUI, *LONG, "-X", "-k", "PatientName", "127.0.0.1", str(server.port)]
            with subprocess.Popen(
                command, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            ) as process:
                wait_until_it_runs(process)
                threading.Event().wait(seed.uniform(0, 0.6))
                process.send_signal(signal.SIGINT)
                try:
                    text, _ = process.communicate(timeout=GRACE)
                except subprocess.TimeoutExpired:
                    process.kill()
                    return [f"{index}: it goes on"]
        return [] if process.returncode == 130 and "Traceback" not in text else [f"{process.returncode}: {text}"]

    with ThreadPoolExecutor(4) as pool:
        found = [problem for each in pool.map(run, range(16)) for problem in each]
    assert not found, "\n".join(found)


def wait_until_it_runs(process: subprocess.Popen[str]) -> None:
    """Wait until Python has started and has come to the program's own modules."""
    maps = Path(f"/proc/{process.pid}/maps")
    for _ in range(int(PATIENCE / 0.005)):
        # The socket module is the first that the program loads as a library.
        if "_socket" in maps.read_text(errors="replace") or process.poll() is not None:
            return
        threading.Event().wait(0.005)
    raise AssertionError("it does not start")


def test_an_interrupt_within_source_in_a_string_ends_with_its_status_too(tmp_path: Path) -> None:
    """Which is where named tuples are made, while modules are loaded."""
    (tmp_path / "interrupted.py").write_text(
        "import findtui.__main__ as program\n"
        "program._run = lambda words: exec('raise KeyboardInterrupt')\n"
        "raise SystemExit(program.main())\n"
    )
    ended = subprocess.run(
        [sys.executable, "-m", "interrupted"], cwd=tmp_path, capture_output=True, timeout=PATIENCE, check=False
    )
    assert (ended.returncode, ended.stderr) == (130, b"")
