"""The targets of `make fuzz` under hypothesis, and everything that once broke one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.seeds import SEEDS
from tests.fuzz.targets import TARGETS

CRASHES = sorted((Path(__file__).parent / "crashes").glob("*/*"))


def test_every_target_has_seeds() -> None:
    assert SEEDS.keys() == TARGETS.keys()
    assert all(SEEDS.values())


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_changed_seeds_break_nothing(name: str, data: st.DataObject) -> None:
    changed = bytearray(data.draw(st.sampled_from(SEEDS[name])))
    for _ in range(data.draw(st.integers(0, 6))):
        position = data.draw(st.integers(0, len(changed)))
        what = data.draw(st.sampled_from(("change", "insert", "cut")))
        if what == "insert":
            changed[position:position] = data.draw(st.binary(max_size=8))
        elif what == "cut":
            del changed[position : position + data.draw(st.integers(1, 8))]
        elif position < len(changed):
            changed[position] = data.draw(st.integers(0, 255))
    assert TARGETS[name](bytes(changed)) is None


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=40, deadline=None)
@given(data=st.binary(max_size=200))
def test_random_bytes_break_nothing(name: str, data: bytes) -> None:
    assert TARGETS[name](data) is None


def test_what_broke_a_target_does_so_no_more() -> None:
    for path in CRASHES:
        assert TARGETS[path.parent.name](path.read_bytes()) is None, path
