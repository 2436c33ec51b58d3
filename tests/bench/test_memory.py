"""Memory does not grow with the number of responses, in any headless mode."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.bench.programs import FINDTUI, MODES, Mode, Run, query
from tests.bench.server import bench_server

LINES = (
    Mode("json", ("--extract-json", "-od", "{directory}", "-Xlo", "100")),
    Mode("ndjson", ("--extract-ndjson", "all.ndjson", "-od", "{directory}")),
    Mode("csv", ("--extract-csv", "all.csv", "-od", "{directory}")),
)
MOST_GROWTH_KIB = 6 * 1024
"""What is remembered once, such as texts that recur, may still be filling up at the smaller number."""


def run_from_a_small_process(command: Sequence[str]) -> Run:
    """Run a command so that its peak is its own: a process begins with that of the one that starts it."""
    launcher = "import sys; from tests.bench.programs import run; print(run(sys.argv[1:]))"
    done = subprocess.run([sys.executable, "-c", launcher, *command], capture_output=True, text=True, check=True)
    peak = re.search(r"peak_kib=(\d+)", done.stdout)
    assert peak is not None
    return Run(0, 0, int(peak[1]))


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with bench_server() as port:
        yield port


@pytest.mark.parametrize("mode", [*MODES, *LINES], ids=lambda mode: mode.name)
def test_ten_thousand_responses_take_the_memory_of_a_thousand(mode: Mode, port: int, tmp_path: Path) -> None:
    small = query(FINDTUI, port, 1_000, mode, tmp_path, how=run_from_a_small_process).peak_kib
    large = query(FINDTUI, port, 10_000, mode, tmp_path, how=run_from_a_small_process).peak_kib
    assert large - small < MOST_GROWTH_KIB
