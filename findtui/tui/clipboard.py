"""Copying so that it arrives: by OSC 52, through tmux where findtui runs in it, and not at all where nothing would."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from typing import Final

from findtui.dicom.visible import visible

MOST: Final = 74_994
"""Bytes that every terminal with OSC 52 takes; some take no more."""

_WITHOUT: Final = ("dumb", "linux", "vt100", "vt220")
_PATIENCE: Final = 2.0
_LONGEST: Final = 60


def why_not(environment: Mapping[str, str] = os.environ) -> str:
    """Why nothing can be copied from this terminal; empty where it may well be.

    Args:
        environment: variables of the process.
    """
    terminal = environment.get("TERM", "")
    if terminal in _WITHOUT and "TMUX" not in environment:
        return f"this terminal ({terminal}) has no clipboard"
    return ""


def tell_tmux(text: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Give a text to tmux, which keeps it and passes it on to the terminal; says whether that was done.

    As it is set up usually, tmux takes no OSC 52 from what runs in it.
    """
    program = shutil.which("tmux") if "TMUX" in environment else None
    if program is None:
        return False
    # Before tmux 3.2 there was no -w.
    return any(_run([program, "load-buffer", *options, "-"], text) for options in (["-w"], []))


def described(text: str, what: str, environment: Mapping[str, str] = os.environ) -> str:
    """What was copied, on one line, with what may keep it from arriving."""
    lines = text.count("\n") + 1
    shown = visible(text)
    told = f"{lines:,} lines" if lines > 1 else shown if len(shown) <= _LONGEST else f"{len(text):,} characters"
    doubt = _doubt(text, environment)
    return f"{what}: {told}{doubt}" if what else f"{told}{doubt}"


def _doubt(text: str, environment: Mapping[str, str]) -> str:
    if "TMUX" in environment:
        return ""
    if len(text.encode("utf-8", "surrogatepass")) > MOST:
        return " (some terminals do not take as much)"
    if "STY" in environment:
        return " (GNU screen may keep it to itself)"
    return ""


def _run(command: list[str], text: str) -> bool:
    try:
        done = subprocess.run(
            command, input=text.encode("utf-8", "replace"), capture_output=True, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0
