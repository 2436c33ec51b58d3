"""`make bench`: print the tables of docs/performance.md, measured here and now.

Arguments choose the tables; without any, all are made. `--rounds N` sets how many runs a median is of.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests.bench import tables
from tests.bench.application import application
from tests.bench.programs import reference
from tests.bench.server import bench_server

TABLES = {
    # Before the files that others remove, which stand in the way of new ones for minutes.
    "files": tables.files,
    "modes": tables.modes,
    "memory": tables.memory,
    "start": tables.start,
    "single": tables.single,
    "imports": tables.imports,
    "repeat": tables.repeat,
    "growth": tables.growth,
    "application": application,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("tables", nargs="*", choices=[*TABLES, []], help="default: all")
    parser.add_argument("--rounds", type=int, default=5, help="runs that count, for each figure (default: 5)")
    arguments = parser.parse_args()

    dcmtk = reference()
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    print(f"{datetime.now(UTC):%Y-%m-%d}, {machine}")
    print(", ".join(f"{name} {version(name)}" for name in ("findtui", "pynetdicom", "pydicom", "textual")))
    print(f"reference: {tables.reference_version(dcmtk)}\n")
    with bench_server() as port, tempfile.TemporaryDirectory() as scratch:
        for name in arguments.tables or TABLES:
            for line in TABLES[name](port, arguments.rounds, dcmtk, Path(scratch)):
                print(line, flush=True)
            print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
