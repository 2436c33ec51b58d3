"""Every character set from the wire into every kind of output, and from the command line onto the wire."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pytest
from lxml import etree

from findtui.cli.findscu import main
from findtui.dicom.charset import CharacterSet
from findtui.dicom.charset_terms import DEFINED
from tests.dicom.test_charset import EXAMPLES
from tests.hostile.behaviour import answering
from tests.hostile.conftest import Ask
from tests.hostile.identifying import pending
from tests.hostile.injecting import acting
from tests.net import pdus
from tests.net.scripted import Conversation, ScriptedServer

SINGLE = {
    "100": "é", "101": "ł", "109": "ĉ", "110": "ā", "144": "Ж", "127": "ق", "126": "Ω", "138": "ש", "148": "ğ",
    "203": "€", "166": "ส",
}  # fmt: skip
SAMPLES = {
    "": "Smith",
    "ISO_IR 6": "Smith",
    "ISO 2022 IR 6": "Smith",
    "ISO_IR 13": "ﾔﾏﾀﾞ",
    "ISO 2022 IR 13": "ﾔﾏﾀﾞ",
    "ISO_IR 192": "Müller 山田 Ж",
    "GB18030": "王小东",
    "GBK": "王小东",
    "ISO 2022 IR 87": "山田",
    "ISO 2022 IR 159": "丂",
    "ISO 2022 IR 149": "홍길동",
    "ISO 2022 IR 58": "张小东",
    **{f"ISO_IR {number}": f"A{text}" for number, text in SINGLE.items()},
    **{f"ISO 2022 IR {number}": f"A{text}" for number, text in SINGLE.items()},
}
# The sets of two bytes are only defined beside one of a single byte (PS3.3 table C.12-4).
FIRST = {"ISO 2022 IR 87": "\\", "ISO 2022 IR 159": "\\", "ISO 2022 IR 149": "\\", "ISO 2022 IR 58": "\\"}
CASES = [(FIRST.get(term, "") + term, text) for term, text in SAMPLES.items()]
ENDS = {
    "wrongly declared as ASCII": ("ISO_IR 6", b"M\xc3\xbcller"),
    "UTF-8 called Latin-1": ("ISO_IR 100", b"M\xc3\xbcller"),
    "Latin-1 called UTF-8": ("ISO_IR 192", b"M\xfcller"),
    "Windows-1252 called Latin-1": ("ISO_IR 100", b"\x93M\xfcller\x94"),
    "GBK called Latin-1": ("ISO_IR 100", b"\xcd\xf5"),
    "nothing declared": ("", b"M\xfcller"),
    "unknown": ("ISO_IR 999", b"M\xfcller"),
    "a private one": ("MY CHARSET", b"M\xfcller"),
    "many unknown ones": ("\\".join(["X"] * 30), b"M\xfcller"),
}


def identifier(declared: str, value: bytes) -> bytes:
    text = declared.encode()
    head = pdus.explicit(0x00080005, "CS", text + b" " * (len(text) % 2)) if declared else b""
    return head + pdus.explicit(0x00100010, "PN", value + b" " * (len(value) % 2))


def outputs(ask: Ask, responses: list[bytes], directory: Path, *arguments: str) -> dict[str, list[str]]:
    """The names as each output has them."""
    script = answering(*map(pending, responses), pdus.final())
    count = range(1, len(responses) + 1)
    words = ("-od", str(directory), "-k", "PatientName", *arguments)
    shown = ask(script, "-k", "PatientName", *arguments)
    assert shown.status == 0, shown.err
    assert not acting(shown.err)
    # Square brackets stand around a value, with its padding, as DCMTK has it.
    lines = [line for line in shown.err.splitlines() if line.startswith("I: (0010,0010)")]
    found = {"text": [line[line.index("[") + 1 : line.rindex("]")].rstrip(" ") for line in lines]}
    ran = ask(
        script, *words, "-Xs", "all.xml", "--extract-json", "--extract-ndjson", "all.ndjson",
        "--extract-csv", "all.csv", "--columns", "PatientName",
    )  # fmt: skip
    assert ran.status == 0, ran.err
    assert ask(script, *words, "-Xx").status == 0
    xpath = ".//element[@tag='0010,0010']"
    found["single XML"] = [element.text or "" for element in etree.parse(directory / "all.xml").iterfind(xpath)]
    found["XML"] = [etree.parse(directory / f"rsp{number:04d}.xml").findtext(xpath) or "" for number in count]
    files = [json.loads((directory / f"rsp{number:04d}.json").read_bytes()) for number in count]
    objects = [json.loads(line) for line in (directory / "all.ndjson").read_text("utf-8").split("\n")[:-1]]
    for name, models in (("JSON", files), ("NDJSON", objects)):
        values = [each["00100010"]["Value"][0] for each in models]
        found[name] = [
            "=".join(value.get(group, "") for group in ("Alphabetic", "Ideographic", "Phonetic")).rstrip("=")
            for value in values
        ]
    with (directory / "all.csv").open(encoding="utf-8-sig", newline="") as file:
        found["CSV"] = [row["PatientName"] for row in csv.DictReader(file)]
    return found


def test_every_defined_term_is_here() -> None:
    assert set(SAMPLES) == DEFINED


def test_every_term_in_every_output(ask: Ask, tmp_path: Path) -> None:
    responses = [identifier(terms, CharacterSet.parse(terms).encode(text, "PN")) for terms, text in CASES]
    texts = [text for _, text in CASES]
    for output, names in outputs(ask, responses, tmp_path).items():
        assert names == texts, output


def test_the_examples_of_the_standard_in_every_output(ask: Ask, tmp_path: Path) -> None:
    texts = [text.rstrip("=") for _, _, text in EXAMPLES]
    for output, names in outputs(ask, [identifier(terms, raw) for terms, raw, _ in EXAMPLES], tmp_path).items():
        assert [name.rstrip("=") for name in names] == texts, output


def test_what_is_wrongly_declared_is_alike_and_readable_everywhere(ask: Ask, tmp_path: Path) -> None:
    found = outputs(ask, [identifier(*case) for case in ENDS.values()], tmp_path)
    for output, names in found.items():
        assert names == found["JSON"], output
    readable = dict(zip(ENDS, found["JSON"], strict=True))
    assert readable["wrongly declared as ASCII"] == "Müller"
    assert readable["Windows-1252 called Latin-1"] == "“Müller”"
    assert "ller" in readable["Latin-1 called UTF-8"]
    for name in ("nothing declared", "unknown", "a private one", "many unknown ones"):
        assert readable[name] == "M\\xfcller", name


def test_a_fallback_reads_what_declares_nothing_that_is_known(ask: Ask, tmp_path: Path) -> None:
    cases = [identifier(declared, "Жук".encode("iso8859_5")) for declared in ("", "MY CHARSET")]
    cases.append(identifier("ISO_IR 100", "Müller".encode("latin-1")))
    for output, names in outputs(ask, cases, tmp_path, "--fallback-charset", "ISO_IR 144").items():
        assert names == ["Жук", "Жук", "Müller"], output


def sent(*words: str) -> tuple[int, bytes]:
    """Exit status, and the identifier that went out."""
    queries: list[bytes] = []

    def script(conversation: Conversation) -> None:
        queries.append(conversation.query()[1])
        conversation.send(pdus.final())
        conversation.end()

    with ScriptedServer(script) as server:
        status = main([*words, "127.0.0.1", str(server.port)])
    return status, queries[0] if queries else b""


@pytest.mark.parametrize(("terms", "text"), CASES)
def test_keys_go_out_in_the_set_that_was_asked_for(terms: str, text: str) -> None:
    status, query = (
        sent("--charset", terms, "-k", f"PatientName={text}") if terms else sent("-k", f"PatientName={text}")
    )
    assert status == 0
    value = CharacterSet.parse(terms).encode(text, "PN")
    assert query.endswith(pdus.explicit(0x00100010, "PN", value + b" " * (len(value) % 2)))
    declared = terms.encode() + b" " * (len(terms) % 2)
    # The default repertoire is what holds where nothing is declared.
    assert (pdus.explicit(0x00080005, "CS", declared) in query) == (terms not in ("", "ISO_IR 6", "ISO 2022 IR 6"))


def test_keys_without_a_declared_set_go_out_in_utf_8() -> None:
    status, query = sent("-k", "PatientName=Müller*")
    assert status == 0
    assert query == pdus.explicit(0x00080005, "CS", b"ISO_IR 192") + pdus.explicit(0x00100010, "PN", "Müller*".encode())


@pytest.mark.parametrize(
    ("terms", "text", "offered"),
    [
        ("ISO_IR 100", "Иванов", "ISO_IR 144"),
        ("ISO_IR 144", "山田", "ISO 2022 IR 87"),
        ("GBK", "\U0001f600", "ISO_IR 192"),
    ],
)
@pytest.mark.parametrize("how", ["option", "key"])
def test_keys_that_the_set_cannot_hold_are_refused_with_those_that_could(
    terms: str, text: str, offered: str, how: str, capsys: pytest.CaptureFixture[str]
) -> None:
    declared = ("--charset", terms) if how == "option" else ("-k", f"SpecificCharacterSet={terms}")
    status, query = sent(*declared, "-k", f"PatientName={text}")
    assert (status, query) == (1, b"")
    error = capsys.readouterr().err
    assert offered in error
    assert "PatientName" in error


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "ascii", "cp1252"])
def test_a_terminal_of_any_encoding_takes_all_of_it(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(raw, encoding=encoding))
    responses = [pending(identifier(terms, data)) for terms, data, _ in EXAMPLES]
    with ScriptedServer(answering(*responses, pdus.final())) as server:
        assert main(["-k", "PatientName", "127.0.0.1", str(server.port)]) == 0
    text = raw.getvalue().decode(encoding)
    assert text.count("(0010,0010)") == len(EXAMPLES)
    assert ("é" in text) == (encoding != "ascii")
    assert ("山" in text) == (encoding == "utf-8")
