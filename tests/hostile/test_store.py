"""History, profiles and settings: killed at any moment, written by two programs at once, and full of odd text."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from findtui.errors import SettingsError
from findtui.store.history import History, Run
from findtui.store.profiles import Profile, ProfileStore
from findtui.store.settings import Settings, SettingsStore

PATIENCE = 60.0
WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from findtui.store.history import History, Run
from findtui.store.profiles import Profile, ProfileStore
from findtui.store.settings import SettingsStore

directory, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
history, profiles = History(directory / "history.jsonl"), ProfileStore(directory / "profiles.toml")
settings = SettingsStore(directory / "settings.toml", directory / "keymap.toml")
print("ready", flush=True)
sys.stdin.readline()
for number in range(count):
    when = "2026-01-02T03:04:05+00:00"
    history.add(Run(when, name, "worklist", (f"PatientID={name}{number}",), "", "complete", 1, 0.1, "findscu"))
    profiles.save(Profile.make(name=f"{name} {number}", host="pacs"))
    before = settings.load()
    settings.save(before, replace(before, columns={**before.columns, f"{name}{number}": ("PatientName",)}))
    if count > 1000 and number > 40:
        profiles.delete(f"{name} {number - 40}")
"""


def writer(directory: Path, name: str, count: int) -> subprocess.Popen[str]:
    """A program that writes all three files; it waits for a line."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(directory), name, str(count)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def start(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def test_two_programs_at_once_lose_nothing(tmp_path: Path) -> None:
    count = 25
    with writer(tmp_path, "one", count) as first, writer(tmp_path, "two", count) as second:
        start(first)
        start(second)
        for process in (first, second):
            _, errors = process.communicate(timeout=PATIENCE)
            assert (process.returncode, errors) == (0, "")
    numbers = range(count)
    profiles = {profile.name for profile in ProfileStore(tmp_path / "profiles.toml").load()}
    assert profiles == {f"{name} {number}" for name in ("one", "two") for number in numbers}
    runs = {run.keys[0] for run in History(tmp_path / "history.jsonl").load()}
    assert runs == {f"PatientID={name}{number}" for name in ("one", "two") for number in numbers}
    settings = SettingsStore(tmp_path / "settings.toml", tmp_path / "keymap.toml").load()
    assert settings.columns


def test_killed_at_any_moment_the_files_can_be_read_and_written(tmp_path: Path) -> None:
    seed = random.Random(4)
    (tmp_path / "profiles.toml").write_text('# mine\n[[profile]]\nname = "first"\nhost = "pacs"\n')
    seen = 0
    for round_number in range(8):
        with writer(tmp_path, f"round {round_number}", 100_000) as process:
            start(process)
            threading.Event().wait(seed.uniform(0.02, 0.3))
            process.kill()
        profiles = ProfileStore(tmp_path / "profiles.toml").load()
        assert profiles[0].name == "first"
        assert (tmp_path / "profiles.toml").read_text().startswith("# mine\n")
        runs = History(tmp_path / "history.jsonl").load()
        assert len(runs) >= seen, "a run that had been remembered is forgotten"
        seen = len(runs)
        SettingsStore(tmp_path / "settings.toml", tmp_path / "keymap.toml").load()
    assert seen
    # Nobody holds a lock, and nothing half written is left once somebody writes again.
    ProfileStore(tmp_path / "profiles.toml").save(Profile.make(name="last", host="pacs"))
    assert ProfileStore(tmp_path / "profiles.toml").load()[-1].name == "last"
    assert not list(tmp_path.glob(".profiles.toml.*.new"))


ODD = "a\n[[profile]]\x1b]52;c;eA==\x07\u202e\u2028\x85\"'\\=\ufffe\U000e0041#"


def test_odd_text_comes_back_as_it_was(tmp_path: Path) -> None:
    history = History(tmp_path / "history.jsonl")
    run = Run("2026-01-02T03:04:05+00:00", ODD, "worklist", (f"PatientName={ODD}",), "", ODD, 1, 0.1, ODD)
    history.add(replace(run, profile="other"))
    history.add(run)
    assert history.load()[0] == run
    assert len(history.load()) == 2
    settings = SettingsStore(tmp_path / "settings.toml", tmp_path / "keymap.toml")
    settings.save(Settings(), Settings(last_profile=ODD, columns={"worklist": (ODD,)}))
    assert settings.load() == Settings(last_profile=ODD, columns={"worklist": (ODD,)})


def test_bytes_that_were_no_text_are_refused_or_kept(tmp_path: Path) -> None:
    """As the shell hands them over."""
    odd = b"caf\xe9".decode("utf-8", "surrogateescape")
    history = History(tmp_path / "history.jsonl")
    run = Run("2026-01-02T03:04:05+00:00", odd, "worklist", (), "", "complete", 1, 0.1, odd)
    history.add(run)
    assert history.load() == [run]
    settings = SettingsStore(tmp_path / "settings.toml", tmp_path / "keymap.toml")
    with pytest.raises(SettingsError, match="is no text"):
        settings.save(Settings(), Settings(last_profile=odd))
    assert settings.load() == Settings()


def test_a_link_that_leads_to_itself_is_an_error_in_words(tmp_path: Path) -> None:
    path = tmp_path / "profiles.toml"
    path.symlink_to(path)
    with pytest.raises(SettingsError):
        ProfileStore(path).save(Profile.make(name="a", host="pacs"))
    with pytest.raises(SettingsError):
        ProfileStore(path).load()
