"""One query to a real peer by both programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.interop.programs import run_findtui, run_reference
from tests.interop.written import written

# Of the three, the rightmost alone would count.
_FORMS: Final = (("-X",), ("-Xx",), ("-Xs", "all.xml"))


def assert_same_files(words: Sequence[str], directory: Path) -> int:
    """Ask three times, to have DICOM files, XML files and the single XML file written, and compare them.

    Returns:
        How many responses came.
    """
    responses = 0
    for form in _FORMS:
        theirs, ours = directory / f"theirs{form[0]}", directory / f"ours{form[0]}"
        theirs.mkdir(parents=True)
        ours.mkdir()
        reference = run_reference([*form, *words], theirs)
        own = run_findtui(["--dcmtk-exit-status", *form, *words], ours)
        assert own.status == reference.status, (own, reference)
        files = written(theirs)
        assert written(ours) == files
        responses += sum(name.endswith(".dcm") for name in files)
    return responses
