"""Nothing that a peer sends acts on a terminal, a log, a document, a spreadsheet or a file system."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from lxml import etree

from tests.hostile.behaviour import answering
from tests.hostile.conftest import Ask
from tests.hostile.encrypting import TLS, authority, context_for, secured
from tests.hostile.identifying import pending
from tests.hostile.injecting import DECLARED, IDENTIFIERS, RESPONSES, TEXTS, acting
from tests.net import pdus
from tests.net.scripted import Conversation

SCRIPT = answering(*RESPONSES, pdus.final())
LINE = re.compile(r"[FEWIDT]: .*|log4cplus:.*")


def assert_inert(text: str) -> None:
    assert not acting(text)
    odd = [line for line in text.split("\n") if line and not LINE.fullmatch(line)]
    assert not odd, odd[:5]
    assert "\nE: all is lost" not in text
    numbers = [int(number) for number in re.findall(r"^I: Find Response: (\d+) ", text, re.MULTILINE)]
    assert numbers in ([], list(range(1, len(RESPONSES) + 1)))


@pytest.mark.parametrize("level", [(), ("-v",), ("-d",), ("-ll", "trace"), ("-v", "+sr"), ("-d", "-X")], ids=" ".join)
def test_the_terminal(level: tuple[str, ...], ask: Ask, tmp_path: Path) -> None:
    where = ("-od", str(tmp_path)) if "-X" in level else ()
    ran = ask(SCRIPT, *level, *where, "-k", "PatientName")
    assert ran.status == 0
    assert ran.out == ""
    assert_inert(ran.err)


@pytest.mark.parametrize("layout", ["SimpleLayout", "TTCCLayout", "PatternLayout"])
def test_log_files(layout: str, ask: Ask, tmp_path: Path) -> None:
    configuration = tmp_path / "logger.cfg"
    configuration.write_text(
        "log4cplus.rootLogger = TRACE, file\n"
        "log4cplus.appender.file = log4cplus::FileAppender\n"
        f"log4cplus.appender.file.File = {tmp_path}/log\n"
        f"log4cplus.appender.file.layout = log4cplus::{layout}\n"
        "log4cplus.appender.file.layout.ConversionPattern = %p: %m%n\n"
    )
    assert ask(SCRIPT, "-lc", str(configuration), "-k", "PatientName").status == 0
    text = (tmp_path / "log").read_bytes().decode("utf-8")
    assert "PatientName" in text
    assert not acting(text)
    assert "\nE: all is lost" not in text


def test_xml(ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert ask(SCRIPT, "-Xs", "all.xml", "-k", "PatientName").status == 0
    assert ask(SCRIPT, "-Xx", "-k", "PatientName").status == 0
    names = [f"rsp{number:04d}.xml" for number in range(1, len(RESPONSES) + 1)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.xml", *names]
    for path in tmp_path.iterdir():
        encoding = etree.parse(path).docinfo.encoding
        assert not acting(path.read_bytes().decode(encoding or "ascii"), allowed="\n\t"), path.name
    assert len(etree.parse(tmp_path / "all.xml").getroot()) == len(RESPONSES)


def test_json(ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert ask(SCRIPT, "--extract-json", "--extract-ndjson", "all", "-k", "PatientName").status == 0
    text = (tmp_path / "all").read_bytes().decode("utf-8")
    assert not acting(text)
    objects = [json.loads(line) for line in text.split("\n")[:-1]]
    assert [json.loads((tmp_path / f"rsp{n:04d}.json").read_bytes()) for n in range(1, len(RESPONSES) + 1)] == objects
    for name, each in zip(IDENTIFIERS, objects, strict=True):
        if name in TEXTS and "\\" not in TEXTS[name]:
            # What a reader of JSON gets is what the peer sent.
            assert each["00104000"]["Value"] == [TEXTS[name].rstrip(" \0")], name


def test_csv(ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    columns = "PatientName,PatientID,PatientComments,(0009,1002),ScheduledProcedureStepSequence.Modality,PatientWeight"
    assert ask(SCRIPT, "--extract-csv", "all", "--columns", columns, "-k", "PatientName").status == 0
    with (tmp_path / "all").open(encoding="utf-8-sig", newline="") as file:
        assert not acting(file.read(), allowed="\r\n")
        file.seek(0)
        rows = list(csv.reader(file))
    assert len(rows) == len(RESPONSES) + 1
    assert {len(row) for row in rows} == {6}
    cells = [cell for row in rows for cell in row]
    number = re.compile(r"[+-]?[0-9.]+")
    assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@")) and not number.fullmatch(cell)]


def test_names_of_files_never_come_from_a_peer(ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ran = ask(SCRIPT, "-X", "--keep-unreadable", "-k", "PatientName")
    assert ran.status == 0
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {f"rsp{number:04d}.dcm" for number in range(1, len(RESPONSES) + 1)}


@pytest.mark.parametrize("kind", ["-X", "-Xx", "--extract-json"])
def test_character_sets_that_are_none(kind: str, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    responses = [pending(declared + pdus.explicit(0x00100010, "PN", b"caf\xe9 ")) for declared in DECLARED]
    script = answering(*responses, pdus.final())
    ran = ask(script, kind, "-v", "-k", "PatientName")
    assert ran.status == 0
    assert not acting(ran.err)
    assert len(list(tmp_path.iterdir())) == len(responses)
    shown = ask(script, "-k", "PatientName")
    assert not acting(shown.err)


@pytest.mark.parametrize("name", TEXTS)
def test_what_a_peer_says_of_its_failure(name: str, ask: Ask) -> None:
    comment = TEXTS[name].encode()[:62]
    answer = pdus.final(
        0xA900, extra={0x00000901: b"\x1b\x5d\x07\x0a", 0x00000902: comment + b" " * (len(comment) % 2)}
    )
    ran = ask(answering(answer), "-d", "-k", "PatientName")
    assert ran.status == 4
    assert not acting(ran.err)
    assert not [line for line in ran.err.split("\n") if line and not LINE.fullmatch(line)]


@pytest.mark.parametrize("name", TEXTS)
def test_what_a_peer_calls_itself(name: str, ask: Ask) -> None:
    text = TEXTS[name].encode()
    user = pdus.item(
        0x50,
        pdus.item(0x51, b"\0\0\x40\0") + pdus.item(0x52, text[:60000]) + pdus.item(0x55, text[:60000]),
    )
    answer = pdus.associate(user=user)
    titles = text[:16].ljust(16)
    answer = answer[:10] + titles + titles + answer[42:]

    def script(conversation: Conversation) -> None:
        conversation.accept(answer)
        conversation.read_message()
        conversation.send(pdus.final())
        conversation.end()

    ran = ask(script, "-d", "-k", "PatientName")
    assert ran.status == 0, ran.err
    assert not acting(ran.err)
    assert not [line for line in ran.err.split("\n") if line and not LINE.fullmatch(line)]


@pytest.mark.parametrize("arguments", [TLS, ("+tla", "--pin-fingerprint", "0" * 64), ("+tla", "--system-ca")])
@pytest.mark.parametrize("name", ["clipboard", "right to left", "forged line", "C1 colours", "percent"])
def test_what_a_certificate_says(name: str, arguments: tuple[str, ...], ask: Ask) -> None:
    context = context_for(authority().issue(TEXTS[name]))

    def script(conversation: Conversation) -> None:
        with secured(conversation, context):
            conversation.query()
            conversation.send(pdus.final())
            conversation.end()

    ran = ask(script, *arguments, "-d", "-k", "PatientName")
    assert ran.status in ((0,) if arguments is TLS else (1, 2))
    assert not acting(ran.err)
    assert not [line for line in ran.err.split("\n") if line and not LINE.fullmatch(line)]
    assert "\nE: all is lost" not in ran.err


@pytest.mark.parametrize("name", [name for name in TEXTS if name not in ("NUL",)])
def test_what_was_typed_or_pasted(name: str, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host, a file, a title and a key, as a command line that somebody pasted may have them."""
    from findtui.cli.findscu import main

    text = TEXTS[name]
    silent = answering(pdus.final())
    monkeypatch.chdir(tmp_path)
    for words in (
        ("-k", f"PatientName={text}"),
        ("-k", text),
        ("-aet", text, "-k", "PatientName"),
        ("-Xs", f"{text}/x", "-k", "PatientName"),
        ("-X", "-od", text, "-k", "PatientName"),
        ("-lc", text, "-k", "PatientName"),
        ("--charset", text, "-k", "PatientName"),
    ):
        ran = ask(silent, "-v", *(word[:4000] for word in words))
        assert not acting(ran.err), words
        assert "\nE: all is lost" not in ran.err
        assert "\nI: Find Response: 99" not in ran.err
        assert "Traceback" not in ran.err
    assert main(["-k", "PatientName", f"no.such.host.invalid{text[:200]}", "104"]) in (1, 2)
