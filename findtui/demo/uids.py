"""UIDs that are nobody else's and the same on every run."""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid5

_HOSPITAL: Final = UUID("5f3a2c54-97a5-4f2a-9d0e-6c3f6f1b7a11")


def made_up_uid(*parts: object) -> str:
    """A UID derived from a UUID (PS3.5 section B.2) that stands for what the parts name."""
    return f"2.25.{uuid5(_HOSPITAL, '/'.join(map(str, parts))).int}"
