from __future__ import annotations

import sys

import pytest

from findtui import __version__
from findtui.__main__ import main as program
from findtui.cli import overview
from findtui.cli.main import main
from findtui.errors import SettingsError


class FakeApplication:
    """Remembers how it was opened."""

    def __init__(self, error: Exception | None = None) -> None:
        self.opened: dict[str, object] = {}
        self._error = error

    def __call__(
        self, *, profile: str | None = None, run: bool = False, command: str | None = None, demo: bool = False
    ) -> int:
        if self._error is not None:
            raise self._error
        self.opened = {"profile": profile, "run": run, "command": command, "demo": demo}
        return 7


@pytest.mark.parametrize(
    ("words", "opened"),
    [
        ([], {}),
        (["--profile", "PACS"], {"profile": "PACS"}),
        (["--profile", "PACS", "--run"], {"profile": "PACS", "run": True}),
        (["open", "findscu -k A host 104"], {"command": "findscu -k A host 104"}),
        (["open", "--run", "findscu -k A host 104"], {"command": "findscu -k A host 104", "run": True}),
        (["demo"], {"demo": True}),
    ],
)
def test_the_application_is_opened(words: list[str], opened: dict[str, object]) -> None:
    application = FakeApplication()
    assert main(words, application) == 7
    assert application.opened == {"profile": None, "run": False, "command": None, "demo": False} | opened


def test_errors_are_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    error = SettingsError("profiles.toml:3: no value\x1b", remedy="Give one")
    assert main([], FakeApplication(error)) == 1
    assert capsys.readouterr().err == "findtui: profiles.toml:3: no value\\x1b. Give one\n"


def test_a_wrong_command_line_ends_with_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["nope"], ["--nope"], ["open"], ["completion", "tcsh"]):
        with pytest.raises(SystemExit) as ended:
            main(words, FakeApplication())
        assert ended.value.code == 1
        assert "error: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["nope"], "'findscu'"),
        (["demo", "--nope"], "findtui demo: error: unrecognized arguments: --nope"),
        (["completion", "bash", "x"], "findtui completion: error: unrecognized arguments: x"),
        (["--nope"], "findtui: error: unrecognized arguments: --nope"),
    ],
)
def test_what_is_wrong_is_told_by_the_command_that_it_was_said_to(
    words: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="1"):
        main(words, FakeApplication())
    assert complaint in capsys.readouterr().err


def test_findscu_comes_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--run", "findscu", "-k", "PatientName", "host", "104"], FakeApplication()) == 1
    assert capsys.readouterr().err.startswith("findtui: findscu is the first word after findtui.")


def test_the_overview_knows_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--run", "--help"], FakeApplication())
    assert ended.value.code == 0
    assert capsys.readouterr().out == overview.HELP
    with pytest.raises(SystemExit):
        main(["nope"], FakeApplication())
    choices = capsys.readouterr().err.partition("choose from ")[2].rstrip(")\n").replace("'", "").split(", ")
    assert choices
    assert all(f"\n  {name}" in overview.HELP for name in [*choices, "findscu"])


def test_the_demo_server_is_asked_and_its_answer_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--print"], FakeApplication()) == 0
    told = capsys.readouterr().err
    assert "I: Find Response: 1 (Pending)" in told
    assert "PatientName" in told


def test_the_server_has_its_own_help(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["findtui", "scp", "--help"])
    with pytest.raises(SystemExit) as ended:
        program()
    assert ended.value.code == 0
    assert "--port" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "start"),
    [
        (["--version"], f"findtui {__version__}\n"),
        (["--help"], "usage: findtui"),
        (["findscu", "--version"], f"$findtui: findscu v{__version__} $"),
        (["findscu"], f"$findtui: findscu v{__version__} $"),
        (["findscu", "+cc"], f"$findtui: findscu v{__version__} $"),
        (["findscu", "+ph"], f"$findtui: findscu v{__version__} $"),
        (["completion", "bash"], "# bash completion"),
    ],
)
def test_answers_on_standard_output(
    words: list[str], start: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["findtui", *words])
    assert program() == 0
    out, err = capsys.readouterr()
    assert out.startswith(start)
    assert err == ""


def test_versions_of_the_libraries_are_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["findtui", "findscu", "--version"])
    program()
    out = capsys.readouterr().out
    import pydicom
    import pynetdicom

    assert f"- pydicom, Version {pydicom.__version__}\n" in out
    assert f"- pynetdicom, Version {pynetdicom.__version__}\n" in out


def test_an_unforeseen_error_is_told_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_words: object) -> None:
        raise ZeroDivisionError("by\x1bnought")

    monkeypatch.setattr("findtui.cli.findscu.parse", broken)
    monkeypatch.setattr(sys, "argv", ["findtui", "findscu", "x"])
    assert program() == 70
    err = capsys.readouterr().err
    assert "ZeroDivisionError: by\\x1bnought" in err
    assert "Traceback" not in err
