"""`make soak`: query a flaky server again and again; SOAK_SECONDS (120) is how long each part takes."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import Counter

from findtui.cli.findscu import main as findscu
from tests.soak.application import application
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


def headless_watch(seconds: float) -> list[str]:
    """Headless in this process, written to files, as a script that watches a worklist runs it. Returns what grew."""
    statuses: Counter[int] = Counter()
    with FlakyServer() as server, tempfile.TemporaryDirectory() as directory:
        words = ["-q", "-to", "2", "-ts", "2", "-ta", "2", "-td", "2", "-Xs", "all.xml", "--extract-json"]
        words += ["-od", directory, "-k", "PatientName", "127.0.0.1", str(server.port)]

        def ask_once() -> None:
            statuses[findscu(words)] += 1
            server.forget()

        for _ in range(2 * len(quick_behaviours())):
            ask_once()
        before = Measures.now()
        print(f"headless after the warm-up:    {before}")
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            ask_once()
        after = Measures.now()
    print(f"headless after {sum(statuses.values()):6} queries: {after}")
    print(", ".join(f"{count} with status {status}" for status, count in statuses.most_common()))
    return [f"headless: {line}" for line in after.growth_from(before, MOST_GROWTH_MIB)]


def main() -> int:
    """Run the parts and say what grew."""
    seconds = float(os.environ.get("SOAK_SECONDS", "120"))
    grown = engine(seconds) + headless_watch(seconds) + application(seconds, MOST_GROWTH_MIB)
    print("\n".join(grown) or "nothing grew")
    return 1 if grown else 0


if __name__ == "__main__":
    sys.exit(main())
