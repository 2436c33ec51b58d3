from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from findtui.errors import OutputError
from findtui.export import files
from findtui.export.files import AtomicFile, write_file


@pytest.fixture(params=["nameless", "named"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """With files that have no name at first, where the system has them, and without."""
    files.makes_nameless.cache_clear()
    if request.param == "named":
        monkeypatch.setattr(files, "_NAMELESS", 0)
    yield request.param
    files.makes_nameless.cache_clear()


@pytest.mark.usefixtures("way")
class TestBothWays:
    @pytest.mark.parametrize("before", [None, b"older"])
    def test_a_file_appears_whole_and_private(self, tmp_path: Path, before: bytes | None) -> None:
        path = tmp_path / "a"
        if before is not None:
            path.write_bytes(before)
        write_file(str(path), b"content" * 1000)
        assert path.read_bytes() == b"content" * 1000
        assert path.stat().st_mode & 0o777 == 0o600
        assert [each.name for each in tmp_path.iterdir()] == ["a"]

    @pytest.mark.parametrize("before", [None, b"older"])
    def test_a_long_file_appears_when_it_is_finished(self, tmp_path: Path, before: bytes | None) -> None:
        path = tmp_path / "a"
        if before is not None:
            path.write_bytes(before)
        with AtomicFile(path, 0o640) as file:
            for _ in range(100):
                file.write(b"x" * 5000)
            assert (path.read_bytes() if path.exists() else None) == before
        assert path.read_bytes() == b"x" * 500_000
        assert path.stat().st_mode & 0o777 == 0o640
        assert [each.name for each in tmp_path.iterdir()] == ["a"]

    def test_a_file_that_is_given_up_leaves_nothing(self, tmp_path: Path) -> None:
        def interrupted() -> None:
            with AtomicFile(tmp_path / "a") as file:
                file.write(b"x")
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            interrupted()
        assert not list(tmp_path.iterdir())

    def test_what_is_in_the_way_or_missing_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "there").mkdir()
        for path, reason in (
            (tmp_path / "there", "is a directory"),
            (tmp_path / "missing" / "a", "no such file or directory"),
            (tmp_path / ("a" * 300), "file name too long"),
        ):
            with pytest.raises(OutputError, match=reason) as caught:
                write_file(str(path), b"x")
            assert str(path) in caught.value.message
            with pytest.raises(OutputError, match=reason), AtomicFile(path) as file:
                file.write(b"x")
        assert [each.name for each in tmp_path.iterdir()] == ["there"]

    def test_a_killed_program_leaves_no_part_of_a_file(self, tmp_path: Path) -> None:
        program = (
            "import sys\n"
            "from findtui.export import files\n"
            f"files._NAMELESS = {files._NAMELESS}\n"
            "file = files.AtomicFile(sys.argv[1] + '/single')\n"
            "for number in range(10**9):\n"
            "    file.write(b'x' * 100)\n"
            "    files.write_file(f'{sys.argv[1]}/{number % 500}', b'y' * 20000)\n"
            "    if number == 300: print('ready', flush=True)\n"
        )
        with subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            process.send_signal(signal.SIGKILL)
        visible = [path for path in tmp_path.iterdir() if not path.name.startswith(".")]
        assert len(visible) >= 300
        assert {path.stat().st_size for path in visible} == {20000}


def test_devices_are_written_to_and_links_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with AtomicFile(tmp_path / "link") as file:
        file.write(b"x")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"x"
    with AtomicFile("/dev/null") as file:
        file.write(b"x")
    assert not Path("/dev/null").is_file()


def test_a_full_disk_is_named_and_said_once() -> None:
    file = AtomicFile("/dev/full")
    with pytest.raises(OutputError, match="cannot write /dev/full: no space left on device") as caught:
        file.write(b"x" * 200_000)
    assert caught.value.remedy == "Make room on the disk"
    file.write(b"more")
    file.commit()
