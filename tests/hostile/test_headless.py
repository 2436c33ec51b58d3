"""Headless against every peer that misbehaves: it ends, tells the truth, keeps what came, and stays small."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.hostile.behaviour import Behaviour
from tests.hostile.catalogue import BEHAVIOURS
from tests.hostile.headless import run

MOST_MEMORY_MIB = 300
CONTROL = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n"]
GROUPS = 24
AT_ONCE = 6


def test_there_are_enough_of_them() -> None:
    assert len(BEHAVIOURS) >= 60
    assert len({str(behaviour) for behaviour in BEHAVIOURS}) == len(BEHAVIOURS)


def problems(behaviour: Behaviour) -> list[str]:
    """What is wrong with a query to such a peer, in words."""
    result = run(behaviour)
    text = result.text
    found = []
    if result.status not in behaviour.statuses:
        found.append(f"exit status {result.status} instead of {sorted(behaviour.statuses)}")
    if "Traceback" in text or "error in findtui itself" in text:
        found.append("a traceback")
    if result.peak_mib >= MOST_MEMORY_MIB:
        found.append(f"{result.peak_mib:.0f} MiB")
    if behaviour.kept >= 0 and result.shown != behaviour.kept:
        found.append(f"{result.shown} responses shown instead of {behaviour.kept}")
    found += [f"it does not say {words!r}" for words in behaviour.says if words not in text.lower()]
    if result.status and "127.0.0.1" not in text:
        found.append("it does not say with which peer")
    found += [f"it printed {character!r}" for character in CONTROL if character in text]
    return [f"{behaviour}: {'; '.join(found)}\n{text[-1500:]}"] if found else []


@pytest.mark.parametrize("group", range(GROUPS))
def test_a_query_to_them_ends_and_tells_the_truth(group: int) -> None:
    """Several at once: most of them wait for a time-out."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = [problem for each in pool.map(problems, BEHAVIOURS[group::GROUPS]) for problem in each]
    assert not found, "\n\n".join(found)
