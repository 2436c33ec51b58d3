"""Names of well-known UIDs, as DCMTK prints and reads them; some differ from the standard's keywords."""

from __future__ import annotations

from functools import cache
from pathlib import Path


def name_of(uid: str) -> str | None:
    """The name of a UID (without padding), or None."""
    return _names().get(uid)


def uid_of(name: str) -> str | None:
    """The UID with this name, case and all, or None."""
    return _uids().get(name)


@cache
def _names() -> dict[str, str]:
    text = Path(__file__).with_name("uid_names.txt").read_text("ascii")
    pairs = (line.split(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    return {uid: name for uid, name in pairs}  # noqa: C416


@cache
def _uids() -> dict[str, str]:
    # The first of two UIDs with one name is the one that DCMTK finds.
    return {name: uid for uid, name in reversed(_names().items())}
