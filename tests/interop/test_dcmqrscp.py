"""DCMTK's archive: patient, study and patient/study-only root at every level."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.archive_queries import QUERIES, words_of
from tests.interop.peers import dcmqrscp
from tests.interop.programs import REFERENCE, require
from tests.interop.side_by_side import assert_same_files

pytestmark = [pytest.mark.interop, pytest.mark.xdist_group("dcmqrscp")]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    require(REFERENCE, "dcmqrscp", "storescu")
    with dcmqrscp(tmp_path_factory.mktemp("dcmqrscp")) as port:
        yield port


@pytest.mark.parametrize("name", QUERIES)
def test_every_level_brings_the_same(name: str, port: int, tmp_path: Path) -> None:
    assert assert_same_files(words_of(name, "ARCHIVE", port), tmp_path) == QUERIES[name][2]


@pytest.mark.parametrize("option", ["-xi", "-xe", "-xb"])
def test_in_each_transfer_syntax(option: str, port: int, tmp_path: Path) -> None:
    assert assert_same_files([option, *words_of("studies", "ARCHIVE", port)], tmp_path) == 6
