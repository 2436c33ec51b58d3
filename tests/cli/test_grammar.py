from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from findtui.cli.findscu import main
from findtui.command.grammar import expand, is_option, parse, scan_signed, scan_unsigned, split_words
from findtui.command.options import BY_NAME, every_option
from findtui.errors import UsageError
from tests.cli.refusals import REFUSALS, Refusal

needs_debian = [
    pytest.mark.interop,
    pytest.mark.skipif(
        shutil.which("findscu") is None and "FINDTUI_REQUIRE_PEERS" not in os.environ, reason="DCMTK is not installed"
    ),
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.words)
def test_refuses_in_the_words_of_findscu(refusal: Refusal, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(shlex.split(refusal.words)) == 1
    out, err = capsys.readouterr()
    assert out == ""
    if not refusal.text:
        assert err == ""
        return
    header = err.splitlines()
    assert header[0].startswith("$findtui: findscu v")
    assert header[1:3] == ["", "findscu: DICOM query (C-FIND) SCU"]
    assert header[3] == f"error: {refusal.text}".rstrip("\n")


@pytest.mark.parametrize(
    "refusal", [pytest.param(each, id=each.words, marks=needs_debian) for each in REFUSALS if each.debian]
)
def test_debians_findscu_refuses_in_the_same_words(refusal: Refusal) -> None:
    ran = subprocess.run(["findscu", *shlex.split(refusal.words)], capture_output=True, text=True, timeout=20)
    assert ran.returncode == 1
    assert ran.stderr.splitlines()[3:] == ([f"error: {refusal.text}"] if refusal.text else [])


def test_a_refusal_names_the_remedy(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--verb"])
    assert capsys.readouterr().err.splitlines()[-1] == "Did you mean --verbose?"
    main(["--timeout=3"])
    assert capsys.readouterr().err.splitlines()[-1] == "The value is a word of its own: --timeout 3"


@pytest.mark.parametrize("word", ["-5", "+7", "-", "+", "", "a", "--"])
def test_what_looks_like_an_option(word: str) -> None:
    assert is_option(word) == (word == "--")


def test_values_are_taken_blindly() -> None:
    line = parse(["-aet", "-v", "host", "104", "-k", "+tls"])
    assert [(option.long, values) for option, values in line.options] == [("--aetitle", ("-v",)), ("--key", ("+tls",))]
    assert line.parameters == ["host", "104"]
    assert line.words == ["--aetitle", "-v", "host", "104", "--key", "+tls"]


def test_the_rightmost_of_a_block_is_in_effect() -> None:
    line = parse(["-P", "-S", "-W", "-O"])
    block = [option.long for option, _ in line.block([BY_NAME[name] for name in ("-W", "-P", "-S", "-O")])]
    assert block[-1] == "--psonly"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a  b\tc\r\nd", ["a", "b", "c", "d"]),
        ('a"b c"d', ["ab c", "d"]),
        ("'it is' \"it's\"", ["it is", "it's"]),
        ('"" a', ["", "a"]),
        ('"open end', ["open end"]),
        ("# no \\\n comment @x", ["#", "no", "\\", "comment", "@x"]),
        ('"', []),
        ("", []),
    ],
)
def test_words_of_a_command_file(text: str, words: list[str]) -> None:
    assert split_words(text) == words


def test_a_command_file_stands_for_its_words(tmp_path: Path) -> None:
    (tmp_path / "inner").write_text("-v")
    file = tmp_path / "command"
    file.write_bytes(f"-k 'PatientName=M\xfcller' @{tmp_path}/inner\n".encode("latin-1"))
    words = expand(["-W", f"@{file}", "@", "host"])
    assert words == ["-W", "-k", "PatientName=M\udcfcller", f"@{tmp_path}/inner", "@", "host"]


def test_a_command_file_that_never_ends_is_refused() -> None:
    with pytest.raises(UsageError, match="Cannot open command file '/dev/zero'"):
        expand(["@/dev/zero"])


@given(st.lists(st.text(alphabet=st.characters(exclude_characters="\"'", exclude_categories=["Cs"]), min_size=1)))
def test_quoted_words_come_back(words: list[str]) -> None:
    assert split_words(" ".join(f'"{word}"' for word in words)) == words


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2x", 2),
        ("2.5", 2),
        (" \t7", 7),
        ("0x10", 16),
        ("0X1f", 31),
        ("010", 8),
        ("08", 0),
        ("0x", 0),
        ("-3", -3),
        ("+4", 4),
        ("", None),
        ("abc", None),
        ("-", None),
        ("9" * 30, 2**63 - 1),
        ("-" + "9" * 5000, -(2**63)),
    ],
)
def test_signed_numbers_are_read_as_c_reads_them(text: str, number: int | None) -> None:
    assert scan_signed(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [("0x2", 0), ("010", 10), ("-1", 2**64 - 1), ("+5", 5), (" 6 ", 6), ("x", None), ("", None), ("1" * 40, 2**64 - 1)],
)
def test_unsigned_numbers_are_read_as_c_reads_them(text: str, number: int | None) -> None:
    assert scan_unsigned(text) == number


@given(st.lists(st.sampled_from([*BY_NAME, "host", "104", "", "-", "@", "-7", "--nope"]), max_size=12))
def test_any_line_is_read_or_refused(words: list[str]) -> None:
    try:
        line = parse(words)
    except UsageError:
        return
    assert len(line.words) == len(words)


def test_no_two_options_share_a_name() -> None:
    names = [name for option in every_option() for name in (option.long, option.short) if name]
    assert len(names) == len(set(names))
