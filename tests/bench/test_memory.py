"""Memory does not grow with the number of responses, in any headless mode."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.programs import FINDTUI, MODES, OWN_MODES, Mode, query, run_from_a_small_process
from tests.bench.server import bench_server

MOST_GROWTH_KIB = 6 * 1024
"""What is remembered once, such as texts that recur, may still be filling up at the smaller number."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with bench_server() as port:
        yield port


@pytest.mark.parametrize("mode", [*MODES, *OWN_MODES], ids=lambda mode: mode.name)
def test_ten_thousand_responses_take_the_memory_of_a_thousand(mode: Mode, port: int, tmp_path: Path) -> None:
    small = query(FINDTUI, port, 1_000, mode, tmp_path, how=run_from_a_small_process).peak_kib
    large = query(FINDTUI, port, 10_000, mode, tmp_path, how=run_from_a_small_process).peak_kib
    assert large - small < MOST_GROWTH_KIB
