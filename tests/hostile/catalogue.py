"""All behaviours: importing the modules registers them."""

from __future__ import annotations

from tests.hostile import connecting, encrypting, ending, identifying, replying
from tests.hostile.behaviour import BEHAVIOURS

__all__ = ["BEHAVIOURS", "connecting", "encrypting", "ending", "identifying", "replying"]
