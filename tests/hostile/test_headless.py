"""Headless against every peer that misbehaves: it ends, tells the truth, keeps what came, and stays small."""

from __future__ import annotations

import pytest

from tests.hostile.behaviour import Behaviour
from tests.hostile.catalogue import BEHAVIOURS
from tests.hostile.headless import run

MOST_MEMORY_MIB = 300
CONTROL = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n"]


def test_there_are_enough_of_them() -> None:
    assert len(BEHAVIOURS) >= 60
    assert len({str(behaviour) for behaviour in BEHAVIOURS}) == len(BEHAVIOURS)


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=str)
def test_a_query_to_it_ends_and_tells_the_truth(behaviour: Behaviour) -> None:
    result = run(behaviour)
    tail = result.text[-3000:]
    assert result.status in behaviour.statuses, tail
    assert "Traceback" not in result.text, tail
    assert result.peak_mib < MOST_MEMORY_MIB
    if behaviour.kept >= 0:
        assert result.shown == behaviour.kept, tail
    for words in behaviour.says:
        assert words in result.text.lower(), tail
    if result.status:
        assert "127.0.0.1" in result.text, "it does not say with which peer"
    assert not [character for character in CONTROL if character in result.text]
