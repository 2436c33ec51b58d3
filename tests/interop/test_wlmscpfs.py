"""DCMTK's worklist server with the database and the queries of Debian's package."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.peers import make_worklist_queries, wlmscpfs
from tests.interop.programs import REFERENCE, require, run_findtui_alone
from tests.interop.side_by_side import assert_same_files

pytestmark = [pytest.mark.interop, pytest.mark.xdist_group("wlmscpfs")]

_CALLED = ("-W", "-aec", "OFFIS")


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    require(REFERENCE, "wlmscpfs", "dump2dcm")
    with wlmscpfs(tmp_path_factory.mktemp("wlmscpfs")) as port:
        yield port


@pytest.fixture(scope="module")
def queries(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    require("dump2dcm")
    return {path.stem: path for path in make_worklist_queries(tmp_path_factory.mktemp("queries"))}


def test_there_are_thirteen_queries(queries: dict[str, Path]) -> None:
    assert set(queries) == {f"wlistqry{number}" for number in range(13)}


@pytest.mark.parametrize("number", range(13))
def test_every_query_brings_the_same(number: int, port: int, queries: dict[str, Path], tmp_path: Path) -> None:
    words = [*_CALLED, "127.0.0.1", str(port), str(queries[f"wlistqry{number}"])]
    assert_same_files(words, tmp_path)


def test_all_queries_at_once(port: int, queries: dict[str, Path], tmp_path: Path) -> None:
    words = [*_CALLED, "127.0.0.1", str(port), *(str(path) for path in queries.values())]
    assert assert_same_files(words, tmp_path) > 30


def test_as_a_user_runs_it(port: int, queries: dict[str, Path], tmp_path: Path) -> None:
    ran = run_findtui_alone([*_CALLED, "-X", "127.0.0.1", str(port), str(queries["wlistqry11"])], tmp_path)
    assert (ran.status, ran.output, ran.errors) == (0, "", "")
    assert len(list(tmp_path.glob("rsp*.dcm"))) == 10


def test_an_unknown_title_is_refused_by_both(port: int, tmp_path: Path) -> None:
    assert assert_same_files(["-aec", "NOBODY", "-k", "PatientName", "127.0.0.1", str(port)], tmp_path) == 0
