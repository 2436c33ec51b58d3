"""Running findscu and findtui's findscu side by side."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

REFERENCE = os.environ.get("FINDTUI_REFERENCE_FINDSCU", "findscu")
IS_DEBIANS = "FINDTUI_REFERENCE_FINDSCU" not in os.environ
DEADLINE = 60

_IDENTIFICATION = re.compile(r"^\$\S+: findscu v\S+( \S+)? \$$", re.MULTILINE)


@dataclass(frozen=True)
class Ran:
    """How a program ended, and what it said."""

    status: int
    output: str
    errors: str


def require(*programs: str) -> None:
    """Skip the test where a real peer is missing, unless the environment says that all must be there."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing and "FINDTUI_REQUIRE_PEERS" not in os.environ:
        pytest.skip(f"not installed: {', '.join(missing)}")
    assert not missing, missing


def run_reference(words: Sequence[str], directory: Path) -> Ran:
    """Run DCMTK's findscu."""
    done = subprocess.run([REFERENCE, *words], cwd=directory, capture_output=True, timeout=DEADLINE, check=False)
    return _ran(done.returncode, done.stdout, done.stderr)


def run_findtui(words: Sequence[str], directory: Path) -> Ran:
    """Run findtui's findscu in this process, which saves the start of an interpreter."""
    from findtui.cli.findscu import main

    with _standard_streams() as (output, errors), _inside(directory):
        status = main(words, "findscu")
        return _ran(status, output.getvalue(), errors.getvalue())


def run_findtui_alone(words: Sequence[str], directory: Path, environment: Mapping[str, str] | None = None) -> Ran:
    """Run findtui's findscu as a user does."""
    done = subprocess.run(
        [sys.executable, "-m", "findtui", "findscu", *words],
        cwd=directory,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        timeout=DEADLINE,
        check=False,
    )
    return _ran(done.returncode, done.stdout, done.stderr)


def _ran(status: int, output: bytes, errors: bytes) -> Ran:
    return Ran(status, _without_version(output), _without_version(errors))


def _without_version(text: bytes) -> str:
    return _IDENTIFICATION.sub("$findscu$", text.decode("utf-8", "backslashreplace"))


@contextmanager
def _standard_streams() -> Iterator[tuple[BytesIO, BytesIO]]:
    output, errors = BytesIO(), BytesIO()
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = TextIOWrapper(output, "utf-8"), TextIOWrapper(errors, "utf-8")
    try:
        yield output, errors
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
            stream.detach()
        sys.stdout, sys.stderr = before


@contextmanager
def _inside(directory: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(directory)
    try:
        yield
    finally:
        os.chdir(before)
