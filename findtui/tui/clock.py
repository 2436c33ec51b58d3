"""The time of day, in one place, so that a picture can be taken at a given moment."""

from __future__ import annotations

from datetime import datetime


def now() -> datetime:
    """Local time with its offset."""
    return datetime.now().astimezone()
