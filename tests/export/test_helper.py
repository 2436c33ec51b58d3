"""Many files, half of them written by a second process: nothing is lost or half there, however either of them ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from findtui.export.helper import helper_for

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity"), reason="which processors there are, only Linux tells"
)

MANY = 1_000
PREAMBLE = """
import os, signal, sys
from findtui.dicom.response import Response
from findtui.dicom.transfer import EXPLICIT_LITTLE
from findtui.errors import OutputError
from findtui.export.dicomfile import DicomFileWriter
from findtui.net.events import End, Outcome
from tests.dicom.datasets import element

os.sched_getaffinity = lambda process: {0, 1}
many = int(sys.argv[2])
answers = [
    Response(number, element(0x00100010, "PN", b"Made^Up%05d" % number), EXPLICIT_LITTLE)
    for number in range(1, many + 1)
]
writer = DicomFileWriter(sys.argv[1])
writer.write(answers[:300])
helper = writer._helper
assert helper is not None
rest = range(300, many, 200)
def write_rest():
    for start in rest:
        writer.write(answers[start:start + 200])
def close():
    writer.close(Outcome(End.SUCCESS, many, 0, 0.0))
    assert writer.written == many, writer.written
"""


def run(script: str, directory: Path, many: int = MANY) -> subprocess.CompletedProcess[str]:
    """Write files in a process of its own: a process with threads, as this one may be, gets no helper."""
    command = [sys.executable, "-c", PREAMBLE + textwrap.dedent(script), str(directory), str(many)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def assert_whole(directory: Path, many: int = MANY) -> None:
    """Every file is there, holds what it should to its end, and is its owner's alone."""
    assert sorted(each.name for each in directory.iterdir()) == sorted(f"rsp{n:04d}.dcm" for n in range(1, many + 1))
    for number in range(1, many + 1):
        path = directory / f"rsp{number:04d}.dcm"
        assert path.read_bytes().endswith(b"Made^Up%05d" % number)
        assert path.stat().st_mode & 0o777 == 0o600


def test_all_files_are_whole_and_private_and_no_process_stays(tmp_path: Path) -> None:
    result = run(
        """
        taken = []
        take = helper.take
        helper.take = lambda files: take(files) and not taken.append(len(files))
        write_rest()
        close()
        assert sum(taken) > 0
        try:
            os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            print("alone")
        """,
        tmp_path,
    )
    assert (result.stdout, result.stderr) == ("alone\n", "")
    assert_whole(tmp_path)


def test_files_that_stood_there_are_replaced(tmp_path: Path) -> None:
    for number in range(1, MANY + 1):
        (tmp_path / f"rsp{number:04d}.dcm").write_bytes(b"of another query")
    assert run("write_rest(); close()", tmp_path).stderr == ""
    assert_whole(tmp_path)


def test_what_it_cannot_write_is_told_as_if_there_were_no_helper(tmp_path: Path) -> None:
    impossible = [f"rsp{number:04d}.dcm" for number in (290, 401, 402, 563, 999)]
    for name in impossible:
        (tmp_path / name).mkdir()
    script = PREAMBLE.replace("writer.write(answers[:300])", "attempt(answers[:300])").replace(
        "writer =",
        textwrap.dedent("""
        def attempt(answers):
            try:
                writer.write(answers)
            except OutputError as error:
                print(error)
        writer ="""),
    )
    script += textwrap.dedent("""
        for start in rest:
            attempt(answers[start:start + 200])
        try:
            writer.close(Outcome(End.SUCCESS, many, 0, 0.0))
        except OutputError as error:
            print(error)
        print(writer.written)
        """)
    command = [sys.executable, "-c", script, str(tmp_path), str(MANY)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert result.stderr == ""
    told = result.stdout.splitlines()
    assert int(told.pop()) == MANY - len(impossible)
    for name in impossible:
        assert sum(line.count(f"cannot write {tmp_path / name}: ") for line in told) == 1
    for name in impossible:
        (tmp_path / name).rmdir()
    assert len(list(tmp_path.iterdir())) == MANY - len(impossible)


@pytest.mark.parametrize("moment", ["before it gets any", "between", "at the end", "while it stands still"])
def test_a_helper_that_is_killed_loses_nothing(tmp_path: Path, moment: str) -> None:
    kill = "os.kill(helper._process, signal.SIGKILL); os.waitid(os.P_PID, helper._process, os.WEXITED | os.WNOWAIT)"
    scripts = {
        "before it gets any": f"{kill}; write_rest(); close()",
        "between": f"writer.write(answers[300:700]); {kill}; writer.write(answers[700:]); close()",
        "at the end": f"write_rest(); {kill}; close()",
        "while it stands still": f"os.kill(helper._process, signal.SIGSTOP); write_rest(); {kill}; close()",
    }
    result = run(scripts[moment], tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert_whole(tmp_path)


def test_when_all_are_killed_no_file_is_half_there(tmp_path: Path) -> None:
    result = run("write_rest(); os.kill(os.getpid(), signal.SIGKILL)", tmp_path, 20_000)
    assert result.returncode == -signal.SIGKILL
    # Its output is at its end, so that the helper, which has it too, is gone.
    names = {each.name for each in tmp_path.iterdir()}
    assert len(names) > 300
    for name in names:
        number = int(name.removeprefix("rsp").removesuffix(".dcm"))
        assert (tmp_path / name).read_bytes().endswith(b"Made^Up%05d" % number)


def test_a_writer_that_is_given_up_has_written_what_it_was_given(tmp_path: Path) -> None:
    assert run("write_rest(); writer.discard(); writer.discard()", tmp_path).stderr == ""
    assert_whole(tmp_path)


def test_two_helpers_end_each_on_its_own(tmp_path: Path) -> None:
    """The second has the first one's inbox when it begins; were it to keep it, the first would never end."""
    other = tmp_path / "other"
    other.mkdir()
    result = run(
        """
        second = DicomFileWriter(sys.argv[1] + "/other")
        second.write(answers[:300])
        write_rest()
        close()
        second.write(answers[300:])
        second.close(Outcome(End.SUCCESS, many, 0, 0.0))
        """,
        tmp_path,
    )
    assert result.stderr == ""
    assert_whole(other)
    other_files = list(other.iterdir())
    for each in other_files:
        each.unlink()
    other.rmdir()
    assert_whole(tmp_path)


def test_what_the_first_process_has_open_ends_when_it_closes_it(tmp_path: Path) -> None:
    """A connection would stay open for the peer as long as the helper lives."""
    result = run(
        """
        os.set_blocking(helper._answers, True)
        while helper._given:
            assert helper._listen()
        for descriptor in os.listdir(f"/proc/{helper._process}/fd"):
            kind = os.readlink(f"/proc/{helper._process}/fd/{descriptor}")
            print(descriptor if int(descriptor) < 3 else kind.split(":")[0].replace(str(helper._process), "helper"))
        writer.discard()
        """,
        tmp_path,
        300,
    )
    assert result.stderr == ""
    assert sorted(result.stdout.split()) == ["/proc/helper/fd", "0", "1", "2", "pipe", "pipe"]


def test_a_process_with_other_threads_gets_none() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert helper_for(0o600, None) is None
    finally:
        done.set()
        thread.join()


def test_one_processor_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0})
    assert helper_for(0o600, None) is None
