"""Files under hard conditions: killed at any moment, no room, something in the way."""

from __future__ import annotations

import csv
import io
import json
import random
import resource
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pydicom
import pytest
from lxml import etree

from tests.hostile.behaviour import answering
from tests.hostile.conftest import Ask
from tests.hostile.headless import FINDTUI
from tests.hostile.identifying import pending
from tests.net import pdus
from tests.net.scripted import Conversation, ScriptedServer

PATIENCE = 30.0
MANY = 4000
KILLS = 6
SINGLE = {"-Xs": "all.xml", "--extract-ndjson": "all.ndjson", "--extract-csv": "all.csv"}
KINDS = ("-X", "-Xx", "--extract-json", *SINGLE)
RESPONSES = [pending(pdus.identifier(f"PATIENT^{number}")) for number in range(MANY)]


def options(kind: str) -> list[str]:
    return [kind, SINGLE[kind]] if kind in SINGLE else [kind]


def is_whole(path: Path) -> bool:
    """Whether a file is all that it should be."""
    data = path.read_bytes()
    match path.suffix:
        case ".dcm":
            return str(pydicom.dcmread(io.BytesIO(data)).PatientName).startswith("PATIENT^")
        case ".xml":
            return etree.fromstring(data) is not None
        case ".json":
            return bool(json.loads(data))
        case ".ndjson":
            return data == b"from before" or len([json.loads(line) for line in data.splitlines()]) == MANY
        case ".csv":
            return data == b"from before" or len(list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))) == MANY + 1
    raise AssertionError(f"there is {path.name}")


def killed(kind: str, directory: Path, delay: float) -> list[str]:
    """Kill a query some time after its first response was sent; what is wrong with what it left."""
    directory.mkdir()
    before = directory / SINGLE.get(kind, "unused")
    if kind in SINGLE and kind != "-Xs":
        before.write_bytes(b"from before")
    answering_now = threading.Event()

    def script(conversation: Conversation) -> None:
        conversation.query()
        for start in range(0, MANY, 100):
            conversation.send(*RESPONSES[start : start + 100])
            answering_now.set()
        conversation.send(pdus.final())
        conversation.end()

    with ScriptedServer(script) as server:
        command = [*FINDTUI, "-q", *options(kind), "-k", "PatientName", "127.0.0.1", str(server.port)]
        with subprocess.Popen(command, cwd=directory, stderr=subprocess.DEVNULL) as process:
            assert answering_now.wait(PATIENCE)
            threading.Event().wait(delay)
            process.kill()
    paths = [path for path in directory.iterdir() if not path.name.startswith(".findtui-")]
    broken = [path.name for path in paths if not is_whole(path)]
    if kind in SINGLE and kind != "-Xs" and before not in paths:
        broken.append("what stood there before is gone")
    return [f"{kind} after {delay:.2f} s: {broken}"] if broken else []


def test_killed_at_any_moment_only_whole_files_are_left(tmp_path: Path) -> None:
    seed = random.Random(9)
    runs = [(kind, tmp_path / f"{kind}{number}", seed.uniform(0, 0.5)) for kind in KINDS for number in range(KILLS)]
    with ThreadPoolExecutor(4) as pool:
        found = [problem for each in pool.map(lambda run: killed(*run), runs) for problem in each]
    assert not found, "\n".join(found)


def ran_with_little_room(kind: str, directory: Path, room: int, count: int) -> tuple[int, str]:
    """Exit status and words of a query none of whose files may have more bytes than that."""
    script = answering(*RESPONSES[:count], pdus.final())
    command = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))
from findtui.__main__ import main
sys.exit(main())
"""
    with ScriptedServer(script) as server:
        words = ["findscu", *options(kind), "-k", "PatientName", "127.0.0.1", str(server.port)]
        done = subprocess.run(
            [sys.executable, "-B", "-c", command, *words], cwd=directory, capture_output=True, text=True, timeout=60
        )
    return done.returncode, done.stderr


@pytest.mark.parametrize("kind", SINGLE)
def test_a_single_file_without_room_is_given_up(kind: str, tmp_path: Path) -> None:
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    (tmp_path / SINGLE[kind]).write_text("from before")
    status, text = ran_with_little_room(kind, tmp_path, 3000, 400)
    assert status == 5, text
    assert f"cannot write {SINGLE[kind]}: file too large" in text
    assert text.count("cannot write") == 1
    assert "Traceback" not in text
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {SINGLE[kind]: "from before"}


@pytest.mark.parametrize("kind", ["-X", "-Xx", "--extract-json"])
def test_files_without_room_do_not_cost_the_others(kind: str, tmp_path: Path) -> None:
    long = pending(pdus.identifier("L" * 3000))
    script = answering(RESPONSES[0], long, RESPONSES[2], pdus.final())
    command = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))\n"
    command += "from findtui.__main__ import main; sys.exit(main())"
    with ScriptedServer(script) as server:
        words = ["findscu", kind, "-k", "PatientName", "127.0.0.1", str(server.port)]
        done = subprocess.run(
            [sys.executable, "-B", "-c", command, *words], cwd=tmp_path, capture_output=True, text=True, timeout=60
        )
    assert done.returncode == 5, done.stderr
    assert "rsp0002" in done.stderr
    assert "file too large" in done.stderr
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["rsp0001", "rsp0003"]


@pytest.mark.parametrize("kind", SINGLE)
def test_a_full_disk_is_told(kind: str, ask: Ask) -> None:
    ran = ask(answering(*RESPONSES[:5], pdus.final()), kind, "/dev/full", "-k", "PatientName")
    assert ran.status == 5
    assert "cannot write /dev/full: no space left on device. Make room on the disk" in ran.err
    assert Path("/dev/full").is_char_device()


IN_THE_WAY: dict[str, tuple[Callable[[Path], object], str]] = {
    "directory": (lambda path: path.mkdir(), "is a directory"),
    "dangling link": (lambda path: path.symlink_to("nowhere/at/all"), "no such file or directory"),
    "loop": (lambda path: path.symlink_to(path.name), "too many levels of symbolic links"),
}


@pytest.mark.parametrize("what", IN_THE_WAY)
@pytest.mark.parametrize("kind", SINGLE)
def test_what_is_in_the_way_of_a_single_file_is_told_before_anything_is_sent(
    kind: str, what: str, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    make, reason = IN_THE_WAY[what]
    make(tmp_path / SINGLE[kind])
    ran = ask(answering(pdus.final()), kind, SINGLE[kind], "-k", "PatientName")
    assert ran.status == 5
    assert f"cannot write {SINGLE[kind]}: {reason}" in ran.err
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(("kind", "suffix"), [("-X", "dcm"), ("-Xx", "xml"), ("--extract-json", "json")])
def test_what_is_in_the_way_of_one_file_does_not_cost_the_others(
    kind: str, suffix: str, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / f"rsp0002.{suffix}").mkdir()
    (tmp_path / f"rsp0003.{suffix}").write_text("from before")
    ran = ask(answering(*RESPONSES[:4], pdus.final()), kind, "-k", "PatientName")
    assert ran.status == 5
    assert f"rsp0002.{suffix}: is a directory" in ran.err
    assert [is_whole(tmp_path / f"rsp000{number}.{suffix}") for number in (1, 3, 4)] == [True] * 3
    assert list((tmp_path / f"rsp0002.{suffix}").iterdir()) == []


@pytest.mark.parametrize("kind", SINGLE)
@pytest.mark.parametrize(
    ("name", "reason"),
    [("n" * 300, "file name too long"), ("missing/all", "no such file or directory"), ("file/all", "not a directory")],
)
def test_names_that_cannot_be(
    kind: str, name: str, reason: str, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("a file")
    ran = ask(answering(pdus.final()), kind, name, "-k", "PatientName")
    assert ran.status == 5
    assert reason in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("name", ["file", "missing", "n" * 300, "a\0b"], ids=["file", "missing", "long", "nul"])
def test_output_directories_that_are_none(name: str, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("a file")
    ran = ask(answering(pdus.final()), "-X", "-od", name, "-k", "PatientName")
    assert ran.status == 1
    assert "Traceback" not in ran.err
    assert ran.err


@pytest.mark.parametrize("kind", ["-X", "-Xx", "--extract-json"])
def test_a_directory_that_takes_no_files(kind: str, ask: Ask) -> None:
    """Not even root's."""
    ran = ask(answering(*RESPONSES[:3], pdus.final()), kind, "-od", "/proc/self", "-k", "PatientName")
    assert ran.status in (1, 5)
    assert "/proc/self" in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("stream", [">", "2>"])
def test_a_terminal_that_takes_nothing_is_no_crash(stream: str, tmp_path: Path) -> None:
    script = answering(*RESPONSES[:50], pdus.final())
    with ScriptedServer(script) as server:
        words = " ".join(FINDTUI)
        command = f"{words} -X -v -k PatientName 127.0.0.1 {server.port} {stream} /dev/full"
        done = subprocess.run(["/bin/sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert len(list(tmp_path.iterdir())) == 50
