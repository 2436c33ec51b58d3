"""Many files: where they are made, that nothing of that place stays, and what happens without it."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from findtui.dicom.response import Response
from findtui.dicom.transfer import EXPLICIT_LITTLE
from findtui.export import files, nursery, outputs
from findtui.export.dicomfile import DicomFileWriter
from findtui.export.files import write_file
from findtui.export.nursery import Nursery, nursery_for
from findtui.net.events import End, Outcome
from tests.dicom.datasets import element

pytestmark = pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="files without a name are Linux's")
MANY = 2 * outputs._MANY


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """A directory for the files, and that of temporary ones, where any directory may be the top."""
    out, temporary = tmp_path / "out", tmp_path / "tmp"
    out.mkdir()
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(nursery, "_mark_as_top", lambda directory: None)
    monkeypatch.setattr(os, "listxattr", lambda directory: [])
    files.makes_nameless.cache_clear()
    if not files.makes_nameless(str(temporary), str(out)):
        pytest.skip("this file system makes no files without a name")
    return out, temporary


def made(out: Path) -> Nursery:
    found = nursery_for(str(out))
    assert found is not None
    return found


def test_a_file_made_there_appears_whole_and_private_where_it_belongs(places: tuple[Path, Path]) -> None:
    out, temporary = places
    found = made(out)
    write_file(str(out / "a"), b"content", nursery=found.path)

    assert (out / "a").read_bytes() == b"content"
    assert (out / "a").stat().st_mode & 0o777 == 0o600
    assert Path(found.path).is_dir()
    assert not list(Path(found.path).iterdir())
    found.close()
    assert not list(temporary.iterdir())
    assert [each.name for each in out.iterdir()] == ["a"]


def test_it_goes_away_with_whom_it_serves(places: tuple[Path, Path]) -> None:
    out, temporary = places
    found = made(out)
    assert len(list(temporary.iterdir())) == 1
    del found
    assert not list(temporary.iterdir())


def test_one_that_was_cleared_away_is_done_without(places: tuple[Path, Path]) -> None:
    out, temporary = places
    found = made(out)
    shutil.rmtree(temporary)
    write_file(str(out / "a"), b"content", nursery=found.path)
    assert (out / "a").read_bytes() == b"content"


KEEPER = """
import os, sys
from findtui.export import nursery
nursery._mark_as_top = lambda directory: None
os.listxattr = lambda directory: []
kept = nursery.nursery_for(sys.argv[1])
print(kept.path, flush=True)
sys.stdin.read()
"""


def test_what_a_killed_program_leaves_is_removed_by_the_next(places: tuple[Path, Path]) -> None:
    out, temporary = places
    command = [sys.executable, "-c", KEEPER, str(out)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as keeper:
        assert keeper.stdout is not None
        kept = Path(keeper.stdout.readline().rstrip("\n"))
        made(out).close()
        assert kept.is_dir(), "it is in use"
        keeper.kill()
    assert kept.is_dir(), "nothing tells of the end"
    found = made(out)
    assert [each.name for each in temporary.iterdir()] == [Path(found.path).parent.name]


@pytest.mark.parametrize("name", ["findtui-0123456789abcdef", "findtui-notes", "other"])
def test_what_is_not_an_abandoned_nursery_stays(places: tuple[Path, Path], name: str) -> None:
    out, temporary = places
    (temporary / name / "inner").mkdir(parents=True)
    kept = temporary / name / "inner" / "kept"
    kept.touch()
    (temporary / "findtui-fedcba9876543210").symlink_to(kept.parent)
    made(out).close()
    assert kept.exists()
    assert len(list(temporary.iterdir())) == 2


def test_a_file_system_without_locks_is_left_in_peace(
    places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    out, temporary = places

    def refuse(descriptor: int, operation: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    assert nursery_for(str(out)) is None
    assert not list(temporary.iterdir())


def test_what_files_inherit_from_their_directory_keeps_them_there(
    places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    out, temporary = places
    out.chmod(0o2770)
    assert nursery_for(str(out)) is None
    out.chmod(0o770)
    monkeypatch.setattr(os, "listxattr", lambda directory: ["system.posix_acl_default"])
    assert nursery_for(str(out)) is None
    assert not list(temporary.iterdir())


def test_a_file_system_that_knows_no_top_is_left_in_peace(
    places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    out, temporary = places

    def refuse(directory: str) -> None:
        raise OSError(25, "Inappropriate ioctl for device")

    monkeypatch.setattr(nursery, "_mark_as_top", refuse)
    assert nursery_for(str(out)) is None
    assert not list(temporary.iterdir())


def test_another_file_system_is_of_no_use(places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    out, temporary = places
    monkeypatch.setattr(nursery, "makes_nameless", lambda nursery, directory: False)
    assert nursery_for(str(out)) is None
    assert not list(temporary.iterdir())


@pytest.mark.parametrize("missing", [False, True])
def test_a_writer_of_many_files_leaves_them_and_nothing_else(places: tuple[Path, Path], missing: bool) -> None:
    out, temporary = places
    if missing:
        shutil.rmtree(temporary)
    writer = DicomFileWriter(out)
    identifier = element(0x00100010, "PN", b"Made^Up ")
    answers = [Response(number, identifier, EXPLICIT_LITTLE) for number in range(1, MANY + 1)]
    writer.write(answers[: MANY // 2])
    assert missing or len(list(temporary.iterdir())) == 1
    writer.write(answers[MANY // 2 :])
    writer.close(Outcome(End.SUCCESS, MANY, 0, 0.0))

    assert missing or not list(temporary.iterdir())
    assert len(list(out.iterdir())) == MANY
    assert {each.read_bytes()[-8:] for each in out.iterdir()} == {b"Made^Up "}
