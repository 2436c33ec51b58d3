"""What is left out of pydicom and pynetdicom, in processes of their own: this one has both already."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.net import pdus
from tests.net.scripted import Conversation, ScriptedServer

NEGOTIATE = f"""
from findtui.net.contexts import Proposed
from findtui.net.negotiation import decode_accept, encode_request
contexts = [Proposed(1, {pdus.WORKLIST!r}, ({pdus.EXPLICIT_LITTLE!r}, {pdus.IMPLICIT_LITTLE!r}))]
print(encode_request("US", "THEM", 16384, contexts))
print(decode_accept({pdus.associate(contexts=[pdus.context(1, 0)])[6:]!r}, contexts))
"""
LEAN = "from findtui.net import lean\nlean.prepare()\nlean.load('findtui.net.negotiation')\n"


def printed(code: str) -> list[str]:
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return result.stdout.splitlines()


def test_the_same_is_negotiated() -> None:
    lean = printed(LEAN + NEGOTIATE)
    assert len(lean) == 2
    assert lean == printed(NEGOTIATE)


def test_what_no_query_needs_stays_out() -> None:
    """An upgrade that imports things in another way makes `lean` moot, and this fails."""
    loaded = set(printed(f"{LEAN}{NEGOTIATE}\nimport sys\nprint('\\n'.join(sys.modules))"))
    assert "pynetdicom.pdu" in loaded
    assert not loaded & {
        "pynetdicom.ae", "pynetdicom.status", "pynetdicom.service_class", "pydicom.dataset", "pydicom.pixels",
        "http.client", "platform", "ssl", "tempfile",
    }  # fmt: skip


def test_what_a_query_does_not_ask_for_does_not_run() -> None:
    code = """
import atexit, sys
from findtui.__main__ import main
from findtui.net import lean
from types import ModuleType

@atexit.register
def tell():
    loaded = {name: type(module) for name, module in sys.modules.items()}
    print(*sorted(name for name in lean._DEFERRED & loaded.keys() if loaded[name] is ModuleType))

main()
"""

    def script(peer: Conversation) -> None:
        peer.query()
        peer.send(pdus.pending(), pdus.final())
        peer.end()

    with ScriptedServer(script) as server:
        command = [
            sys.executable,
            "-c",
            code,
            "findscu",
            "-q",
            "-sr",
            "-k",
            "PatientName",
            "127.0.0.1",
            str(server.port),
        ]
        result = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert (result.stdout, result.stderr) == ("\n", "")


def test_what_is_deferred_comes_when_it_is_asked_for() -> None:
    code = """
import hashlib, io, uuid
import pydicom, pydicom.config
print(hashlib.sha256(b"").hexdigest()[:8], uuid.UUID(int=0))
ds = pydicom.Dataset()
ds.PatientName = "Nobody"
stream = io.BytesIO()
pydicom.dcmwrite(stream, ds, implicit_vr=True, little_endian=True)
print(pydicom.dcmread(io.BytesIO(stream.getvalue()), force=True).PatientName)
print(pydicom.config.pixel_data_handlers[-1].HANDLER_NAME)
import ctypes, dataclasses, ntpath, selectors, traceback, urllib.parse
from inspect import signature
print(ctypes.sizeof(ctypes.c_int32), ntpath.basename("a\\\\b"), urllib.parse.urlsplit("http://[::1]:104/").port)
with selectors.DefaultSelector() as selector:
    print(len(selector.get_map()), signature(lambda first, *, second: None))
print(dataclasses.make_dataclass("Made", [("field", int)]).__doc__)
try:
    raise ZeroDivisionError("by nought")
except ZeroDivisionError as error:
    print(traceback.format_exception_only(error))
"""
    assert printed(LEAN + NEGOTIATE + code)[2:] == [
        "e3b0c442 00000000-0000-0000-0000-000000000000", "Nobody", "RLE Lossless", "4 b 104", "0 (first, *, second)",
        "Made(field: int)", "['ZeroDivisionError: by nought\\n']",
    ]  # fmt: skip


def test_uids_are_validated_where_that_is_asked_for() -> None:
    code = """
import sys
from pydicom import config, uid
print([uid.UID(text).is_valid for text in ("1.2.3", "0", "1.02", "1.2.", "1..2", "a", "")])
try:
    uid.UID("1.02", config.RAISE)
except ValueError as error:
    print(error)
print(uid.UID("1.02", config.IGNORE), uid.RE_VALID_UID.pattern == sys.modules["pydicom.valuerep"].VR_REGEXES["UI"])
"""
    plain = printed(code)
    assert plain[0] == "[True, True, False, False, False, False, False]"
    assert plain[-1] == "1.02 True"
    assert printed(LEAN + code) == plain


@pytest.mark.parametrize(
    "release",
    [
        "lean._STAND_INS[lean._SOP_CLASSES] = types.ModuleType",
        "lean._ValueRepresentations.STR_VR_REGEXES = {}",
        "lean._ValueRepresentations.validate_value = lambda: None",
    ],
)
def test_a_release_that_does_not_take_to_it_is_imported_whole(release: str) -> None:
    code = f"""
import types
from findtui.net import lean
{release}
lean.prepare()
lean.load('findtui.net.negotiation')
"""
    after = """
from pydicom import config
from pynetdicom import AE
print(AE().ae_title, config.settings.reading_validation_mode == config.WARN)
"""
    assert printed(code + NEGOTIATE + after) == [*printed(NEGOTIATE), "PYNETDICOM True"]


def test_a_process_that_has_them_already_is_left_alone() -> None:
    code = "import sys, pydicom\nfrom findtui.net import lean\nlean.prepare()\nprint(lean._Finder in sys.meta_path)"
    assert printed(code) == ["False"]


def test_nothing_stays_turned_off() -> None:
    code = """
import gc
from pynetdicom import _globals, presentation
print(gc.isenabled(), _globals.DEFAULT_TRANSFER_SYNTAXES)
print(presentation.build_context("1.2.840.10008.1.1").transfer_syntax)
"""
    assert printed(LEAN + NEGOTIATE + code) == printed(NEGOTIATE + code)
