"""What can only be seen from outside of the process: signals, pipes, what is loaded at the start."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree

from findtui.demo.behaviour import Behaviour
from tests.cli.conftest import Serve

FINDSCU = (sys.executable, "-m", "findtui", "findscu")
PATIENCE = 60


def wait_for(process: subprocess.Popen[str], text: str) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        if text in line:
            return
    raise AssertionError(f"the run ended without {text!r}")


def start(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen((*FINDSCU, *words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_standard_streams_are_none_of_its_files(closed: str, serve: Serve, tmp_path: Path) -> None:
    server = serve(Behaviour())
    for words in ("--help", f"-X -v -W -k PatientName {server.host} {server.port}"):
        done = subprocess.run(
            ["sh", "-c", f'"$0" -m findtui findscu {words} {closed}', sys.executable],
            cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
        assert (done.returncode, "an error in findtui" in done.stderr) == (0, False)
    assert list(tmp_path.glob("*.dcm"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_cancels_and_what_came_is_kept(number: signal.Signals, serve: Serve, tmp_path: Path) -> None:
    server = serve(Behaviour(large=100_000, delay=0.002))
    file = tmp_path / "all.xml"
    with start("-v", "-Xs", str(file), "-k", "PatientName", server.host, str(server.port)) as process:
        wait_for(process, "Received Find Response 5 ")
        process.send_signal(number)
        _, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "I: Sending Cancel Request" in told
    assert "Traceback" not in told
    assert len(etree.parse(file).getroot().findall("data-set")) >= 5
    assert "incomplete: the user stopped the run" in file.read_text(encoding="utf-8")


def test_an_interrupt_from_the_keyboard_costs_none_of_many_files(serve: Serve, tmp_path: Path) -> None:
    """It reaches every process of the run, also one that only writes files."""
    server = serve(Behaviour(large=100_000))
    with subprocess.Popen(
        (*FINDSCU, "-v", "-X", "-od", str(tmp_path), "-k", "PatientName", server.host, str(server.port)),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    ) as process:  # fmt: skip
        wait_for(process, "Received Find Response 1000 ")
        os.killpg(process.pid, signal.SIGINT)
        _, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "I: Sending Cancel Request" in told
    announced = told.count("I: Writing response dataset to file: ")
    assert len(list(tmp_path.glob("rsp*.dcm"))) >= announced + 999


def test_a_second_signal_ends_it_at_once(serve: Serve) -> None:
    server = serve(Behaviour(silent=True))
    with start("-v", "--cancel-grace", "3000", "-k", "PatientName", server.host, str(server.port)) as process:
        wait_for(process, "Request Identifiers")
        process.send_signal(signal.SIGINT)
        wait_for(process, "Sending Cancel Request")
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "I: Aborting Association" in told


def test_a_peer_that_ignores_the_cancel_is_aborted_in_seconds(serve: Serve) -> None:
    server = serve(Behaviour(silent=True))
    with start("-v", "--cancel-grace", "3000", "-k", "PatientName", server.host, str(server.port)) as process:
        wait_for(process, "Request Identifiers")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 130


def test_nobody_reading_ends_a_run_that_only_prints(serve: Serve) -> None:
    server = serve(Behaviour(large=100_000, delay=0.001))
    with start("-k", "PatientName", server.host, str(server.port)) as process:
        wait_for(process, "Find Response: 1 ")
        assert process.stderr is not None
        process.stderr.close()
        assert process.wait(timeout=PATIENCE) == 5


def test_nobody_reading_does_not_end_a_run_that_writes(serve: Serve, tmp_path: Path) -> None:
    server = serve(Behaviour(large=300, delay=0.001))
    words = ("+sr", "-X", "-od", str(tmp_path), "-k", "PatientName", server.host, str(server.port))
    with start(*words) as process:
        wait_for(process, "Find Response: 1 ")
        assert process.stderr is not None
        process.stderr.close()
        assert process.wait(timeout=PATIENCE) == 0
    assert len(list(tmp_path.iterdir())) == 300


@pytest.mark.parametrize("option", ["-Xs", "--extract-ndjson", "--extract-csv"])
def test_standard_output_can_take_all_responses(option: str, serve: Serve, tmp_path: Path) -> None:
    server = serve(Behaviour())
    words = (option, "/dev/stdout", "-k", "PatientName", server.host, str(server.port))
    piped = subprocess.run((*FINDSCU, *words), capture_output=True, text=True, timeout=PATIENCE)
    assert (piped.returncode, piped.stderr) == (0, "")
    assert piped.stdout.count("\n") > 2
    file = tmp_path / "out"
    file.write_text("from before\n")
    with file.open("a") as out:
        subprocess.run((*FINDSCU, *words), stdout=out, check=True, timeout=PATIENCE)
    assert file.read_text() == f"from before\n{piped.stdout}"


def ended(before: str, serve: Serve, stdout: int = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    """A query in a process that did something else before."""
    server = serve(Behaviour())
    program = f"{before}\nfrom findtui.__main__ import main\nraise SystemExit(main())"
    words = ("findscu", "-q", "-sr", "-k", "PatientName", server.host, str(server.port))
    buffering = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return subprocess.run(
        (sys.executable, "-c", program, *words), stdout=stdout, stderr=subprocess.PIPE, text=True, env=buffering,
        timeout=PATIENCE, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    "before",
    [
        "import atexit; atexit.register(print, 'at the end')",
        "import weakref; kept = type('Kept', (), {}); weakref.finalize(kept, print, 'at the end')",
        "import sys; sys.stdout.write('at the end')",
        "import threading as t; t.Thread(target=lambda: print(t.main_thread().join() or 'at the end')).start()",
    ],
    ids=["registered", "finalized", "buffered", "thread"],
)
def test_the_end_of_the_process_is_waited_for(before: str, serve: Serve) -> None:
    ran = ended(before, serve)
    assert (ran.returncode, ran.stdout.strip(), ran.stderr) == (0, "at the end", "")


def test_what_cannot_be_flushed_at_the_end_is_told(serve: Serve) -> None:
    with Path("/dev/full").open("w") as full:
        ran = ended("import sys; sys.stdout.write('no room')", serve, full.fileno())
    assert ran.returncode == 120
    assert "No space left on device" in ran.stderr


def test_help_into_a_closed_pipe_is_quiet() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    ran = subprocess.run((*FINDSCU, "--help"), stdout=writer, stderr=subprocess.PIPE, text=True, timeout=PATIENCE)
    os.close(writer)
    assert ran.stderr == ""


def test_text_goes_out_in_the_encoding_of_the_terminal(serve: Serve) -> None:
    server = serve(Behaviour())
    words = ("-k", "PatientName", server.host, str(server.port))
    for encoding, expected in (("utf-8", "ã".encode()), ("latin-1", b"\xe3"), ("ascii", b"\\xe3")):
        environment = os.environ | {"PYTHONIOENCODING": encoding}
        ran = subprocess.run((*FINDSCU, *words), env=environment, capture_output=True, timeout=PATIENCE)
        assert ran.returncode == 0
        assert b"Silva^Jo" + expected + b"o" in ran.stderr


HEAVY = [
    "pydicom",
    "pynetdicom",
    "textual",
    "rich",
    "cryptography",
    "keyring",
    "platformdirs",
    "tomlkit",
    "ssl",
    "_ssl",
    "socket",
    "asyncio",
    "logging",
    "argparse",
    "dataclasses",
    "inspect",
    "typing",
    "pathlib",
    "subprocess",
    "findtui.net",
    "findtui.dicom",
    "findtui.export",
    "findtui.store",
    "findtui.tui",
]


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["findscu", "--help"], ["findscu", "--version"]])
def test_what_is_answered_at_once_loads_nothing(words: list[str]) -> None:
    program = (
        "import sys, json\n"
        "before = set(sys.modules)\n"
        f"sys.argv = ['findtui', *{words!r}]\n"
        "from findtui.__main__ import main\n"
        "status = main()\n"
        "print('\\n' + json.dumps([status, sorted(set(sys.modules) - before)]))\n"
    )
    ran = subprocess.run((sys.executable, "-c", program), capture_output=True, text=True, check=True, timeout=PATIENCE)
    status, loaded = json.loads(ran.stdout.splitlines()[-1])
    assert status == 0
    assert [name for name in loaded if name in HEAVY] == []
