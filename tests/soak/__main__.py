"""`make soak`: query a flaky server again and again; SOAK_SECONDS (120) is how long each part takes."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter

from tests.soak.flaky import FlakyServer, ask, quick_behaviours
from tests.soak.measures import Measures

MOST_GROWTH_MIB = 16.0
WARM_UP = 4
"""Rounds through all behaviours before the first measure: what is remembered once has been by then."""


def engine(seconds: float) -> list[str]:
    """The engine alone, as headless uses it. Returns what grew."""
    ends: Counter[str] = Counter()
    with FlakyServer() as server:
        for _ in range(WARM_UP * len(quick_behaviours())):
            ends[ask(server.port).end.value] += 1
        server.forget()
        before = Measures.now()
        print(f"after the warm-up:    {before}")
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            ends[ask(server.port).end.value] += 1
            server.forget()
        after = Measures.now()
    print(f"after {sum(ends.values()):6} queries: {after}")
    print(", ".join(f"{count} {end}" for end, count in ends.most_common()))
    return after.growth_from(before, MOST_GROWTH_MIB)


def main() -> int:
    """Run the parts and say what grew."""
    grown = engine(float(os.environ.get("SOAK_SECONDS", "120")))
    print("\n".join(grown) or "nothing grew")
    return 1 if grown else 0


if __name__ == "__main__":
    sys.exit(main())
