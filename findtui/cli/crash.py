"""The last resort: an error that nobody foresaw is said in two lines, with the place where it arose."""

from __future__ import annotations

from typing import Final

EXIT_STATUS: Final = 70
"""EX_SOFTWARE of sysexits.h."""


def report(error: Exception) -> int:
    """Say what happened and where, without a traceback, and return the exit status."""
    import traceback

    from findtui.cli import console
    from findtui.dicom.visible import visible

    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    console.errors().write(
        f"findtui: an error in findtui itself{place}: {type(error).__name__}: {visible(str(error))}\n"
        "Please report it, with the command line that led to it\n"
    )
    return EXIT_STATUS
