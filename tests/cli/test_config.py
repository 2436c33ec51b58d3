"""The examples that users copy work as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from findtui.demo.server import DemoServer
from tests.cli.conftest import Findscu

CONFIG = Path(__file__).parents[2] / "config"


def test_the_command_file_asks_a_worklist(findscu: Findscu, server: DemoServer) -> None:
    ran = findscu(f"@{CONFIG / 'command.txt'}", "-v", server.host, str(server.port))
    assert ran.status == 0
    assert "[M*]" in ran.err
    assert "W: " not in ran.err


def test_the_log_configuration_logs(
    findscu: Findscu, server: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = findscu("-lc", str(CONFIG / "logger.cfg"), "-k", "PatientName", server.host, str(server.port))
    assert (ran.status, ran.out, ran.err) == (0, "", "")
    logged = (tmp_path / "findscu.log").read_text(encoding="utf-8")
    assert " INFO dcmnet: Association Accepted" in logged
    assert "DEBUG dcmnet: Request Parameters:" in logged
    assert "Find Response: 1" not in logged
