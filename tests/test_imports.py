"""What is loaded when: measured in fresh interpreters, because a contract on paper cannot see lazy imports."""

from __future__ import annotations

import pkgutil
import subprocess
import sys

import pytest

import findtui

HEADLESS = ("dicom", "net", "export", "store", "command", "cli", "demo")
MODULES = [
    module.name
    for module in pkgutil.walk_packages(findtui.__path__, "findtui.")
    if module.name.split(".")[1] in HEADLESS or module.name == "findtui.errors"
]


def loaded(code: str, *arguments: str) -> set[str]:
    """The top-level packages in sys.modules after the code ran in a process of its own."""
    listing = "import sys\nprint(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    program = f"{code}\n{listing}"
    result = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True, timeout=60
    )
    return set(result.stderr.split())


def test_no_headless_module_loads_a_screen() -> None:
    code = "import importlib\n" + "\n".join(f"importlib.import_module({name!r})" for name in MODULES)
    assert not loaded(code) & {"textual", "rich"}


@pytest.mark.parametrize("option", ["--help", "--version", "-h"])
def test_help_and_version_load_nothing_heavy(option: str) -> None:
    code = (
        "import sys\n"
        "from findtui.__main__ import main\n"
        f"sys.argv = ['findtui', 'findscu', {option!r}]\n"
        "assert main() == 0"
    )
    assert not loaded(code) & {
        "pydicom", "pynetdicom", "textual", "rich", "cryptography", "keyring", "tomlkit", "ssl", "logging", "argparse",
    }  # fmt: skip
