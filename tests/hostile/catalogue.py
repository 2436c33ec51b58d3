"""All behaviours: importing the modules registers them."""

from __future__ import annotations

from tests.hostile import commanding, connecting, deviating, encrypting, ending, identifying, replying
from tests.hostile.behaviour import BEHAVIOURS

__all__ = ["BEHAVIOURS", "commanding", "connecting", "deviating", "encrypting", "ending", "identifying", "replying"]
