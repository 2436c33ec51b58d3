"""Orthanc's archive and its worklist plugin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.archive_queries import QUERIES, words_of
from tests.interop.peers import make_worklist_queries, orthanc
from tests.interop.programs import REFERENCE, require
from tests.interop.side_by_side import assert_same_files

pytestmark = [pytest.mark.interop, pytest.mark.xdist_group("orthanc")]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    require(REFERENCE, "Orthanc", "storescu", "dump2dcm")
    with orthanc(tmp_path_factory.mktemp("orthanc")) as port:
        yield port


@pytest.mark.parametrize("name", QUERIES)
def test_every_level_brings_the_same(name: str, port: int, tmp_path: Path) -> None:
    responses = assert_same_files(words_of(name, "ORTHANC", port), tmp_path)
    # Orthanc does not speak patient/study-only: both programs end with the same status and no files.
    assert responses == (0 if QUERIES[name][0] == "-O" else QUERIES[name][2])


def test_the_worklist_plugin(port: int, tmp_path: Path) -> None:
    for query in make_worklist_queries(tmp_path / "queries"):
        assert_same_files(["-W", "-aec", "ORTHANC", "127.0.0.1", str(port), str(query)], tmp_path / query.stem)
    words = ["-W", "-aec", "ORTHANC", "-k", "PatientName", "-k", "AccessionNumber", "127.0.0.1", str(port)]
    assert assert_same_files(words, tmp_path / "all") == 10
