"""A query copied as a command line does on the wire what the application did, and the other way round."""

from __future__ import annotations

import json
import shlex
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from findtui.command.options import every_option
from findtui.demo.certificates import Authority, server_context
from findtui.demo.server import DemoServer
from findtui.dicom.keys import Key
from findtui.dicom.query import Query
from findtui.store.fields import FIELDS, QUERY, Value
from findtui.store.paths import Paths
from findtui.store.profiles import Profile
from findtui.tui.app import FindtuiApp
from findtui.tui.queryfiles import write_file
from findtui.tui.screens.form import FormRow
from findtui.tui.screens.profile_editor import ProfileEditor
from findtui.tui.screens.query_options import QueryOptions
from tests.tui.conftest import complete, main, save_demo, state, until
from tests.tui.recorder import Recorder

STEP = "ScheduledProcedureStepSequence[0]."
STUDIES = ("QueryRetrieveLevel=STUDY", "PatientName=M*", "StudyInstanceUID")
CASES: dict[str, dict[str, Value]] = {
    "today's worklist": {},
    "date words": {"model": "study", "keys": (*STUDIES, "StudyDate=today-30..today", "StudyTime=now-2h..now")},
    "patient root": {"model": "patient", "keys": ("QueryRetrieveLevel=PATIENT", "PatientName", "PatientID")},
    "patient/study only": {"model": "psonly", "keys": ("QueryRetrieveLevel=PATIENT", "PatientID=P000100")},
    "unified procedure steps": {"model": "ups-pull", "keys": ("PatientID",)},
    "quotes and backslashes": {
        "keys": ("PatientName=O'Neil\"*\\X$Y`Z", "PatientComments=a\\b\r\nc  ", "Modality=CT\\MR")
    },
    "text beyond ASCII": {"keys": ("PatientName=山田*=x", "AccessionNumber=ü")},
    "a character set of the profile": {"keys": ("PatientName=Müller*",), "character_set": "ISO_IR 100"},
    "a character set as a key": {"keys": ("SpecificCharacterSet=GB18030", "PatientName=王*")},
    "items of sequences": {
        "keys": (
            f"{STEP}Modality=CT",
            f"{STEP}ScheduledProtocolCodeSequence[2].CodeValue=X",
            "RequestedProcedureCodeSequence",
            "ReferencedStudySequence[0]",
        )
    },
    "private attributes": {"keys": ("(0009,0010)=made up", "(0009,1001)=12\\34")},
    "keys in another order, and twice": {"keys": ("PatientID=1", "PatientName", "0010,0020=2")},
    "universal matching": {"keys": ("PatientName=*", "PatientID=", f"{STEP}Modality=")},
    "titles": {"calling_ae_title": "CT 1 - \"a\" 'b'", "called_ae_title": "-DEMO $X"},
    "PDU": {"max_pdu": 4096},
    "little endian first": {"transfer_syntaxes": "little"},
    "big endian first": {"transfer_syntaxes": "big"},
    "implicit only": {"transfer_syntaxes": "implicit"},
    "deflated": {"transfer_syntaxes": "deflated"},
    "hardly deflated": {"transfer_syntaxes": "deflated", "compression_level": 1},
    "VRs of 1993": {"new_vrs": False, "keys": ("TextValue", "(0009,1001)=12", "PatientName")},
    "repeated": {"repeat": 3},
    "aborted": {"abort": True, "repeat": 2},
    "cancelled": {"cancel_after": 3},
    "repeated and cancelled": {"cancel_after": 1, "repeat": 2},
    "times": {"timeouts.connect": 20, "timeouts.dimse": 100_000, "timeouts.acse": 0, "timeouts.cancel_grace": 3},
    "IPv4 or IPv6": {"ip": "auto"},
}


@pytest.fixture
def recorder(server: DemoServer) -> Iterator[Recorder]:
    running = Recorder(server.port)
    yield running
    running.close()


@pytest.fixture
def cases(tmp_path: Path) -> dict[str, dict[str, Value]]:
    """All of them, with query files."""
    one, two = tmp_path / "-one.dcm", tmp_path / "two 2.dcm"
    write_file(one, Query(keys=(Key.parse("PatientName=A*"), Key.parse(f"{STEP}Modality=CT"))))
    write_file(two, Query(keys=(Key.parse("SpecificCharacterSet=ISO_IR 100"), Key.parse("PatientName=Ü*"))))
    return CASES | {
        "a query file": {"files": (str(two),)},
        "query files with keys over them": {"files": (str(one), str(two)), "keys": ("PatientID=1", f"{STEP}Modality")},
        "query files, repeated and aborted": {"files": (str(one), str(two)), "repeat": 2, "abort": True},
    }


async def ended(pilot: Pilot[None]) -> None:
    """Wait until nothing runs any more and the state line says how it ended."""
    await until(pilot, lambda: not main(pilot).running and state(pilot)[:1] in ("●", "▲", "✖"), "the end")


async def by_application(
    pilot: Pilot[None], recorder: Recorder, cases: dict[str, dict[str, Value]], **always: Value
) -> dict[str, str]:
    """Ask each query, and copy it as a command line."""
    app = pilot.app
    assert isinstance(app, FindtuiApp)
    commands = {}
    for name, values in cases.items():
        profile = Profile.of({"name": name, "host": "127.0.0.1", "port": recorder.port, **always, **values})
        await main(pilot).open_profile(profile, run=True)
        await ended(pilot)
        recorder.wait()
        app.copy_to_clipboard("")
        await pilot.press("Y")
        await until(pilot, lambda: app.clipboard, f"the command of {name}")
        commands[name] = app.clipboard
    return commands


def by_commands(commands: dict[str, str], recorder: Recorder) -> None:
    """Run each command, as a shell would."""
    program = "import json, sys; from findtui.cli.findscu import main\nfor words in json.load(sys.stdin): main(words)"
    words = [[*shlex.split(command)[2:], "-q"] for command in commands.values()]
    subprocess.run(
        [sys.executable, "-c", program], input=json.dumps(words).encode(), check=True, timeout=120, capture_output=True
    )
    recorder.wait(len(commands))


async def by_pasting(pilot: Pilot[None], recorder: Recorder, commands: dict[str, str]) -> None:
    """Open each command in an application that knows nothing of the queries."""
    for command in commands.values():
        await main(pilot).open_command(command, run=True)
        await ended(pilot)
        recorder.wait()


def compare(recorder: Recorder, names: list[str]) -> None:
    """Hold what was sent in three ways side by side."""
    assert len(recorder.sent) == 3 * len(names)
    count = len(names)
    application, headless, pasted = (recorder.sent[way * count : (way + 1) * count] for way in range(3))
    assert all(application)
    assert {name for name, one, other in zip(names, application, headless, strict=True) if one != other} == set()
    assert {name for name, one, other in zip(names, application, pasted, strict=True) if one != other} == set()


async def test_what_is_copied_and_pasted_does_the_same(
    paths: Paths, recorder: Recorder, cases: dict[str, dict[str, Value]]
) -> None:
    async with FindtuiApp(paths).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: len(pilot.app.screen_stack) > 2, "the first start")
        await pilot.press("escape")
        commands = await by_application(pilot, recorder, cases)
    by_commands(commands, recorder)
    async with FindtuiApp(Paths(paths.config / "other", paths.state)).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: len(pilot.app.screen_stack) > 2, "the first start")
        await pilot.press("escape")
        await by_pasting(pilot, recorder, commands)
    compare(recorder, list(cases))
    # What is meant to show on the wire does.
    plain = [name for name, sent in zip(cases, recorder.sent, strict=False) if sent == recorder.sent[0]]
    assert plain == ["today's worklist", "little endian first", "times", "IPv4 or IPv6"]


@pytest.fixture
def encrypted(server: DemoServer, tmp_path: Path) -> Iterator[tuple[Recorder, dict[str, dict[str, Value]]]]:
    """A recorder that speaks TLS, and ways to talk to it."""
    authority = Authority()
    own = authority.issue("findtui test client")
    ca, key, certificate = (tmp_path / name for name in ("the ca.pem", "key.pem", "certificate.pem"))
    ca.write_bytes(authority.credentials.certificate_pem())
    key.write_bytes(own.key_pem())
    certificate.write_bytes(own.certificate_pem())
    context = server_context(authority, ("127.0.0.1",), tmp_path, wants_client=False)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.load_verify_locations(ca)
    running = Recorder(server.port, context)
    trusting: dict[str, Value] = {"tls.enabled": True, "tls.authorities": (str(ca),)}
    yield (
        running,
        {
            "anonymous": trusting,
            "not verified": {"tls.enabled": True, "tls.verify_peer": False},
            "with a certificate": trusting | {"tls.key": str(key), "tls.certificate": str(certificate)},
            "with a server name": trusting | {"tls.server_name": "pacs.example", "tls.verify_hostname": False},
            "an older profile": trusting | {"tls.profile": "bcp195", "transfer_syntaxes": "deflated"},
        },
    )
    running.close()


async def test_what_is_encrypted_does_the_same(
    paths: Paths, encrypted: tuple[Recorder, dict[str, dict[str, Value]]]
) -> None:
    recorder, ways = encrypted
    async with FindtuiApp(paths).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: len(pilot.app.screen_stack) > 2, "the first start")
        await pilot.press("escape")
        commands = await by_application(pilot, recorder, ways)
        by_commands(commands, recorder)
        await by_pasting(pilot, recorder, commands)
    compare(recorder, list(ways))
    count = len(ways)
    assert recorder.sessions[:count] == recorder.sessions[count : 2 * count] == recorder.sessions[2 * count :]
    assert "findtui test client" in recorder.sessions[2]


async def test_every_option_can_be_seen_and_changed(paths: Paths, server: DemoServer) -> None:
    save_demo(paths, server)
    app = FindtuiApp(paths, profile="Demo Hospital", run=True)
    concerned = {
        row.long for row in every_option() if row.concerns in ("peer", "query", "tls") and not row.exclusive
    } | {"--fallback-charset"}
    async with app.run_test(size=(120, 40)) as pilot:
        await complete(pilot)
        await pilot.press("1", "f2")
        await until(pilot, lambda: isinstance(app.screen, ProfileEditor), "the form")
        await pilot.pause()
        shown = {row.field.key for row in app.screen.query(FormRow)}
        assert concerned <= {option for field in FIELDS if field.key in shown for option in field.options}
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is main(pilot), "the main screen")
        # Of a query, keys and model have places of their own, and the rest is asked for in a dialog.
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, QueryOptions), "the options")
        await pilot.pause()
        shown = {row.field.key for row in app.screen.query(FormRow)}
        assert shown >= {field.key for field in FIELDS if field.page == QUERY} - {
            "keys",
            "model",
            "fallback_character_set",
        }
