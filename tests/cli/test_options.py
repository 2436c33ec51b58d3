from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from findtui.cli import completion
from findtui.command.arguments import _AFTER_FILES, _BEFORE_FILES, _LOG
from findtui.command.help import markdown_table, usage
from findtui.command.options import BY_NAME, SECTIONS, every_option
from findtui.dicom.models import MODELS

ROOT = Path(__file__).parents[2]


@pytest.mark.interop
@pytest.mark.skipif(
    shutil.which("findscu") is None and "FINDTUI_REQUIRE_PEERS" not in os.environ, reason="DCMTK is not installed"
)
def test_help_has_every_line_of_debians_findscu() -> None:
    ran = subprocess.run(["findscu", "--help"], capture_output=True, text=True, timeout=20)
    reworded = ("+py", "+px", "+pz", "+cc", "$dcmtk")
    ours = set(usage().splitlines())
    missing = [line for line in ran.stdout.splitlines() if line not in ours and not line.strip().startswith(reworded)]
    assert missing == []


def test_every_option_is_looked_at() -> None:
    alone = {"help", "version", "arguments", "list_profiles", "list_ciphers"}
    looked_at = {*_LOG, *_BEFORE_FILES, *_AFTER_FILES, *alone}
    assert {option.field for option in every_option()} == looked_at


def test_options_name_each_other_by_long_names_that_exist() -> None:
    for option in every_option():
        for group in (*option.needs, *option.conflicts):
            assert all(BY_NAME[name].long == name for name in group)


def test_the_docs_hold_the_table() -> None:
    text = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    table = "\n".join(markdown_table(SECTIONS))
    assert table in text, "docs/command-line.md lacks the lines of findtui.command.help.markdown_table"


def test_the_docs_name_every_model() -> None:
    text = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    assert [name for name in MODELS if f"`{name}`" not in text] == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_knows_every_option(shell: str) -> None:
    script = completion.script(shell)
    for option in every_option():
        assert option.long in script
        assert option.short in script


@pytest.mark.parametrize("shell", [name for name in ("bash", "zsh", "fish") if shutil.which(name)])
def test_a_shell_takes_its_script(shell: str, tmp_path: Path) -> None:
    file = tmp_path / "script"
    file.write_text(completion.script(shell), encoding="utf-8")
    ran = subprocess.run([shell, "-n", file], capture_output=True, text=True, timeout=20, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
def test_zsh_completes_the_first_time_from_a_file_in_its_path(tmp_path: Path) -> None:
    (tmp_path / "_findtui").write_text(completion.script("zsh"), encoding="utf-8")
    script = """
fpath=($1 $fpath); autoload -Uz _findtui
compdef() { print registered }; compadd() { print -r -- "$@" }
words=(findtui com); CURRENT=2; _findtui
"""
    ran = subprocess.run(
        ["zsh", "-f", "-c", script, "zsh", str(tmp_path)], capture_output=True, text=True, timeout=20, check=False
    )
    assert ran.stderr == ""
    assert ran.stdout.split()[:3] == ["--", "findscu", "open"]


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_completes() -> None:
    script = f"""{completion.script("bash")}
COMP_WORDS=(findtui findscu --extract-x); COMP_CWORD=2; _findtui; printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    ran = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True, timeout=20)
    assert ran.stdout.split() == ["--extract-xml", "--extract-xml-single"]
