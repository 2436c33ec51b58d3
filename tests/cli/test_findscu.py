from __future__ import annotations

import csv
import json
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pydicom
import pytest
from lxml import etree

from findtui.cli.run import run
from findtui.command.grammar import parse
from findtui.demo.behaviour import Behaviour
from findtui.demo.server import DemoServer
from findtui.dicom.query import Query
from findtui.dicom.response import UnreadableResponse
from findtui.dicom.transfer import EXPLICIT_LITTLE
from findtui.errors import AssociationLost, FindtuiError, UnreadableResponses
from findtui.net.control import Control
from findtui.net.events import Closing, End, Event, Finished, Negotiated, Outcome, QuerySent, Requesting, Unreadable
from findtui.net.peer import Peer
from tests.cli.conftest import Findscu, Serve

STUDIES = ("-S", "-k", "QueryRetrieveLevel=STUDY", "-k", "PatientName", "-k", "StudyInstanceUID")


def at(server: DemoServer) -> tuple[str, str]:
    return server.host, str(server.port)


def test_responses_are_printed(findscu: Findscu, server: DemoServer) -> None:
    ran = findscu(*STUDIES, *at(server))
    assert (ran.status, ran.out) == (0, "")
    lines = ran.err.splitlines()
    assert lines[:5] == [
        "I: ---------------------------",
        "I: Find Response: 1 (Pending)",
        "I: ",
        "I: # Dicom-Data-Set",
        "I: # Used TransferSyntax: Little Endian Explicit",
    ]
    assert all(line.startswith("I: ") for line in lines)


def test_a_key_that_breaks_a_rule_is_warned_of_with_v(findscu: Findscu, server: DemoServer) -> None:
    words = ("-sr", "-k", f"PatientID={'9' * 70}", *at(server))
    assert findscu(*words).err == ""
    for level in (("-v",), ("-d",), ("-ll", "info")):
        warnings = [line for line in findscu(*level, *words).err.splitlines() if line.startswith("W: ")]
        assert len(warnings) == 1
        assert warnings[0].startswith("W: PatientID: ")
        assert "70 characters where VR LO allows 64" in warnings[0]


def test_a_run_is_told_in_order(findscu: Findscu, server: DemoServer) -> None:
    ran = findscu("-v", "-sr", "-k", "PatientName=NOBODY", *at(server))
    assert [line for line in ran.err.splitlines() if "(" not in line[3:5]] == [
        "I: Requesting Association",
        "I: Association Accepted (Max Send PDV: 16370)",
        "I: Sending Find Request (MsgID 1)",
        "I: Request Identifiers:",
        "I: ",
        "I: # Dicom-Data-Set",
        "I: # Used TransferSyntax: Little Endian Explicit",
        "I: ",
        "I: Received Final Find Response (Success)",
        "I: Releasing Association",
    ]


def test_everything_is_told_at_debug_level(findscu: Findscu, serve: Serve) -> None:
    server = serve(Behaviour(large=2000, delay=0.002))
    ran = findscu("-d", "-k", "PatientName", "--cancel", "2", *at(server))
    for text in (
        "D: $findtui: findscu v",
        "D: Request Parameters:",
        "D: Association Parameters Negotiated:",
        "D: Message Type                  : C-FIND RQ",
        "I: Received Find Response 2",
        "D: DIMSE Status                  : 0xff00: Pending: Matches are continuing",
        "D: Response Identifiers:",
        "I: Sending Cancel Request (MsgID 1, PresID 1)",
        "D: DIMSE Status                  : 0xfe00: Cancel: Matching terminated due to Cancel Request",
    ):
        assert f"\n{text}" in f"\n{ran.err}"
    assert ran.status == 0


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ((), True),
        (("-q",), False),
        (("-q", "+sr"), True),
        (("-sr",), False),
        (("-sr", "+sr"), True),
        (("-ll", "warn"), False),
        (("-ll", "INFO"), True),
        (("-X",), False),
        (("-X", "+sr"), True),
        (("--extract-json",), False),
    ],
)
def test_when_responses_are_shown(
    options: tuple[str, ...], shown: bool, findscu: Findscu, server: DemoServer, tmp_path: Path
) -> None:
    where = ("-od", str(tmp_path)) if {"-X", "--extract-json"} & set(options) else ()
    ran = findscu(*options, *where, *STUDIES, *at(server))
    assert ("Find Response: 1 (Pending)" in ran.err) is shown
    assert ran.status == 0


def test_all_formats_at_once(findscu: Findscu, server: DemoServer, tmp_path: Path) -> None:
    ran = findscu(
        *("-Xs", "all.xml", "--extract-json", "--extract-ndjson", "all.ndjson", "--extract-csv", "all.csv"),
        *("--columns", "PatientName,(0020,000d)", "-od", str(tmp_path), "-Xlo", "2"),
        *(*STUDIES, *at(server)),
    )
    assert (ran.status, ran.err) == (0, "")
    names = {"all.xml", "all.ndjson", "all.csv", "rsp0001.json", "rsp0002.json"}
    assert {path.name for path in tmp_path.iterdir()} == names
    assert len(etree.parse(tmp_path / "all.xml").getroot()) == 2
    objects = [json.loads(line) for line in (tmp_path / "all.ndjson").read_text().splitlines()]
    assert objects == [json.loads((tmp_path / f"rsp000{n}.json").read_text()) for n in (1, 2)]
    with (tmp_path / "all.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert [row[1] for row in rows[1:]] == [each["0020000D"]["Value"][0] for each in objects]


def test_the_columns_of_a_csv_file_are_the_keys(findscu: Findscu, server: DemoServer, tmp_path: Path) -> None:
    ran = findscu(
        *("--extract-csv", str(tmp_path / "all.csv"), "-k", "PatientID", *at(server)),
        *("-k", "ScheduledProcedureStepSequence[0].Modality"),
    )
    assert ran.status == 0
    with (tmp_path / "all.csv").open(newline="", encoding="utf-8-sig") as file:
        head = next(csv.reader(file))
    assert head == ["PatientID", "ScheduledProcedureStepSequence.Modality"]


def test_files_are_private_unless_told_otherwise(findscu: Findscu, server: DemoServer, tmp_path: Path) -> None:
    findscu("-X", "-od", str(tmp_path), *STUDIES, *at(server))
    assert stat.S_IMODE((tmp_path / "rsp0001.dcm").stat().st_mode) == 0o600
    findscu("-X", "-od", str(tmp_path), "--output-mode", "640", *STUDIES, *at(server))
    assert stat.S_IMODE((tmp_path / "rsp0001.dcm").stat().st_mode) == 0o640
    assert pydicom.dcmread(tmp_path / "rsp0001.dcm").StudyInstanceUID


@pytest.mark.parametrize(
    ("behaviour", "status", "dcmtk_status", "told"),
    [
        (Behaviour(failure=0xA700), 4, 0, "out of resources"),
        (Behaviour(limit=2), 4, 0, "out of resources"),
        (Behaviour(rejection="called-ae-title"), 2, 2, "E: Reason: Called AE Title Not Recognized"),
        (Behaviour(abort_after=1), 2, 0, "E: Find Failed, query keys:"),
    ],
    ids=["failure", "limit", "rejection", "abort"],
)
def test_the_exit_status_tells_the_truth(
    behaviour: Behaviour, status: int, dcmtk_status: int, told: str, findscu: Findscu, serve: Serve
) -> None:
    server = serve(behaviour)
    ran = findscu("-sr", *STUDIES, *at(server))
    assert ran.status == status
    assert told in ran.err
    assert findscu("--dcmtk-exit-status", "-sr", *STUDIES, *at(server)).status == dcmtk_status


def test_a_refused_connection(findscu: Findscu) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        ran = findscu("-k", "PatientName", "127.0.0.1", str(port))
    assert ran.status == 2
    first, second = ran.err.splitlines()
    assert first == "E: Association Request Failed: 0006:031c TCP Initialization Error: Connection refused"
    assert f"127.0.0.1:{port}" in second


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("-k", "Nope"), 1, "E: Bad override key/path: Nope"),
        (("-k", "PatientName", "-X", "-od", "/nonexistent"), 1, "F: specified output directory does not exist"),
        (("-k", "PatientName", "-Xs", ""), 1, "E: Cannot create response file with empty filename"),
        (
            ("-k", "PatientName", "-Xs", "/nonexistent/x"),
            5,
            "E: Writing file: /nonexistent/x: No such file or directory",
        ),
        (("-k", "PatientName", "--extract-csv", "/"), 5, "E: Writing file: /: Is a directory"),
        (("-k", "PatientName", "-Xs", "."), 5, "E: Cannot create response file with empty filename"),
        (("-k", "PatientName", "-Xs", "new/"), 5, "E: Writing file: new/: Is a directory"),
        (("-k", "PatientName", "--extract-ndjson", "new/."), 5, "E: cannot write new/.: it is the name of a directory"),
        (("-k", "PatientName", "--extract-csv", "x", "--columns", "Nope"), 1, "E: 'Nope' is no path"),
        (("-k", "PatientName", "-aet", ""), 1, "E: Illegal service parameter: Calling AP Title"),
        (("-k", "PatientName", "-aec", "A\tB"), 1, "E: Illegal service parameter: Called AP Title"),
        (("-k", "PatientName", "--model", "nope"), 1, "error: Invalid value for option --model (nope)"),
        (("-k", "PatientName", "--charset", "NOPE"), 1, "error: Invalid value for option --charset (NOPE)"),
        (("-k", "A", "--fallback-charset", "NOPE"), 1, "error: Invalid value for option --fallback-charset (NOPE)"),
        (("-k", "PatientName", "-X", "--output-mode", "8"), 1, "error: Invalid value for option --output-mode (8)"),
        (("-k", "PatientName", "-X", "--output-mode", "044"), 1, "error: Invalid value for option --output-mode (044)"),
        (("+tla", "--pin-fingerprint", "ab", "-k", "PatientName"), 1, "error: Invalid value for option --pin-finger"),
        (("-k", "PatientName", "--columns", "PatientID"), 1, "error: --columns only allowed with --extract-csv"),
        (("/",), 1, "E: Bad DICOM file: /:"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_is_wrong_is_found_before_anything_is_sent(
    words: tuple[str, ...], status: int, told: str, findscu: Findscu, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        parameters = ("127.0.0.1", port)
        query_files = [word for word in words if word == "/" and len(words) == 1]
        options = () if query_files else words
        ran = findscu(*options, *parameters, *query_files)
        listener.settimeout(0)
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert ran.status == status
    assert f"\n{told}" in f"\n{ran.err}"
    assert list(tmp_path.iterdir()) == []


def test_a_dictionary_that_cannot_be_loaded_stops_the_run(
    findscu: Findscu, server: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DCMDICTPATH", "/nonexistent.dic")
    ran = findscu("-k", "PatientName", *at(server))
    assert ran.status == 1
    assert "/nonexistent.dic" in ran.err


def test_what_cannot_be_written_does_not_stop_the_rest(findscu: Findscu, server: DemoServer, tmp_path: Path) -> None:
    (tmp_path / "rsp0002.dcm").mkdir()
    ran = findscu("-X", "-od", str(tmp_path), *STUDIES, *at(server))
    assert ran.status == 5
    assert f"E: Writing file: {tmp_path}/rsp0002.dcm: Is a directory" in ran.err
    assert (tmp_path / "rsp0001.dcm").is_file()
    assert (tmp_path / "rsp0003.dcm").is_file()
    assert findscu("--dcmtk-exit-status", "-X", "-od", str(tmp_path), *STUDIES, *at(server)).status == 0


def test_in_the_current_directory_files_are_named_plainly(
    findscu: Findscu, server: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rsp0001.dcm").mkdir()
    assert "E: Writing file: rsp0001.dcm: Is a directory" in findscu("-X", *STUDIES, *at(server)).err


def test_no_file_changes_where_nothing_was_asked(findscu: Findscu, serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "all.xml").write_text("from before")
    ran = findscu("-Xs", str(tmp_path / "all.xml"), *STUDIES, *at(serve(Behaviour(rejection="no-reason"))))
    assert ran.status == 2
    assert (tmp_path / "all.xml").read_text() == "from before"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_single_file_says_that_it_is_incomplete(findscu: Findscu, serve: Serve, tmp_path: Path) -> None:
    ran = findscu("-Xs", str(tmp_path / "all.xml"), *STUDIES, *at(serve(Behaviour(abort_after=2))))
    assert ran.status == 2
    root = etree.parse(tmp_path / "all.xml").getroot()
    assert root.findall("data-set")
    assert str(next(root.iterchildren(etree.Comment)).text).startswith(" incomplete: ")


@pytest.mark.parametrize(
    ("behaviour", "status"),
    [(Behaviour(abort_after=2), 2), (Behaviour(limit=1), 4), (Behaviour(), 0)],
    ids=["abort", "limit", "complete"],
)
def test_what_cannot_say_itself_that_it_is_incomplete_is_named(
    behaviour: Behaviour, status: int, findscu: Findscu, serve: Serve, tmp_path: Path
) -> None:
    lines, table, document = tmp_path / "all.ndjson", tmp_path / "all.csv", tmp_path / "all.xml"
    ran = findscu(
        *("-Xs", str(document), "--extract-ndjson", str(lines), "--extract-csv", str(table)),
        *(*STUDIES, *at(serve(behaviour))),
    )
    assert ran.status == status
    count = len(etree.parse(document).getroot().findall("data-set"))
    assert [len(json.loads(line)) > 0 for line in lines.read_text().splitlines()] == [True] * count
    with table.open(newline="") as file:
        assert len(list(csv.reader(file))) == count + 1
    held = f"{count} response{'s' * (count != 1)}"
    warned = [f"W: {path} is incomplete: it holds {held}" for path in (lines, table) if status]
    assert [line for line in ran.err.splitlines() if "incomplete" in line] == warned


def test_no_password_is_printed(findscu: Findscu, server: DemoServer) -> None:
    ran = findscu("--arguments", "-d", "+tls", "none", "none", "+pw", "sesame", "-k", "PatientName", *at(server))
    assert "'--use-passwd' '***' '--key'" in ran.err
    assert "sesame" not in ran.err + ran.out


def test_arguments_are_printed_whatever_the_level(findscu: Findscu, server: DemoServer) -> None:
    ran = findscu("--arguments", "-q", "-k", "", "-k", "PatientName", *at(server))
    host, port = at(server)
    words = f"'--arguments' '--quiet' '--key' '--key' 'PatientName' '{host}' '{port}' "
    assert ran.err.splitlines() == [f"I: calling 'findscu' with 8 arguments: {words}", "I: "]


Find = Callable[[Peer, Query, Control], Iterator[Event]]


def unreadable(peer: Peer, query: Query, control: Control) -> Iterator[Event]:
    identifier = query.identifiers()[0]
    yield Requesting(peer)
    yield Negotiated(EXPLICIT_LITTLE, 16384, 16372, 0.1)
    yield QuerySent(1, identifier, EXPLICIT_LITTLE, 0)
    yield Unreadable(UnreadableResponse(7, b"\x10\x00garbage", EXPLICIT_LITTLE, 0xFF00, "it ends\nin the middle"))
    yield Closing(abort=False)
    yield Finished(Outcome(End.SUCCESS, 0, 1, 0.2, 0, UnreadableResponses("1 of 1 could not be read")))


def test_an_unreadable_response_is_told_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = parse(["-k", "PatientName", "--keep-unreadable", "-X", "-od", str(tmp_path), "pacs", "104"])
    assert run(line, "findscu", unreadable) == 4
    assert "E: response 7 cannot be read: it ends\\x0ain the middle\n" in capsys.readouterr().err
    assert (tmp_path / "rsp0007.raw").read_bytes() == b"\x10\x00garbage"
    assert stat.S_IMODE((tmp_path / "rsp0007.raw").stat().st_mode) == 0o600


def lost(error: FindtuiError) -> Find:
    def find(peer: Peer, query: Query, control: Control) -> Iterator[Event]:
        yield Requesting(peer)
        yield Negotiated(EXPLICIT_LITTLE, 16384, 16372, 0.1)
        yield QuerySent(1, query.identifiers()[0], EXPLICIT_LITTLE, 0)
        yield Closing(abort=True, error=error)
        yield Finished(Outcome(End.BROKEN, 0, 0, 0.2, None, error))

    return find


def test_an_error_is_told_once_with_dcmtks_words_first(capsys: pytest.CaptureFixture[str]) -> None:
    error = AssociationLost(
        "pacs:104 went\x1b[31m away", remedy="Look there", dcmtk="E: 0006:0317 Peer aborted Association"
    )
    assert run(parse(["-v", "-k", "PatientName=A*", "pacs", "104"]), "findscu", lost(error)) == 2
    lines = capsys.readouterr().err.splitlines()
    start = lines.index("E: Find Failed, query keys:")
    assert lines[start + 1 : start + 9] == [
        "E: ",
        "E: # Dicom-File-Format",
        "E: ",
        "E: # Dicom-Meta-Information-Header",
        "E: # Used TransferSyntax: Little Endian Explicit",
        "E: ",
        "E: # Dicom-Data-Set",
        "E: # Used TransferSyntax: Little Endian Explicit",
    ]
    assert lines[-3:] == [
        "E: 0006:0317 Peer aborted Association",
        "E: pacs:104 went\\x1b[31m away. Look there",
        "I: Peer Aborted Association",
    ]
