"""What is fuzzed. A target takes bytes and returns; what a reader is allowed to raise is caught here."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from findtui.cli import logconfig
from findtui.command.grammar import expand, parse, split_words
from findtui.dicom import dictionary_file, queryfile, walker
from findtui.dicom.charset import CharacterSet
from findtui.dicom.keys import Key
from findtui.dicom.layout import LEARN_AFTER, Layouts
from findtui.dicom.transfer import TRANSFER_SYNTAXES
from findtui.errors import DictionaryError, KeyPathError, QueryFileError, SettingsError, UsageError
from findtui.export.narrative import NETWORK, Level, Line
from findtui.net import commands, inflate, screening
from findtui.net.faults import Malformed
from findtui.net.pdus import PDUReader
from findtui.store.profiles import ProfileStore

SYNTAXES = tuple(TRANSFER_SYNTAXES.values())
PROPOSED = {1: ("1.2.840.10008.1.2.1", "1.2.840.10008.1.2")}


def pdu_reader(data: bytes) -> None:
    """A stream of PDUs, in pieces whose sizes the first byte sets; the pieces may not matter."""
    size = data[0] + 1 if data else 1
    outcomes = [_parts(data[1:], step) for step in (size, max(len(data), 1))]
    assert outcomes[0] == outcomes[1], "the parts hang on how the stream was cut"


def _parts(stream: bytes, size: int) -> list[object]:
    reader = PDUReader()
    outcome: list[object] = []
    try:
        for start in range(0, len(stream), size):
            reader.feed(stream[start : start + size])
            while (part := next(reader.parts)) is not None:
                outcome.append(part)
    except Malformed:
        outcome.append("malformed")
    return outcome


def association_accept(data: bytes) -> None:
    """The body of an A-ASSOCIATE-AC."""
    try:
        screening.screen(data, PROPOSED)
    except Malformed:
        return


def command_set(data: bytes) -> None:
    """The command set of a response."""
    try:
        commands.read_answer(data, 0x0020, 1)
    except Malformed:
        return


def deflated(data: bytes) -> None:
    """A deflated identifier."""
    try:
        inflate.inflate(data)
    except inflate.BrokenDeflate:
        return


def identifier(data: bytes) -> None:
    """An identifier in the transfer syntax that the first byte sets: the check and the reader must agree."""
    syntax = SYNTAXES[data[0] % len(SYNTAXES)] if data else SYNTAXES[0]
    data = data[1:]
    verdicts = []
    for read in (walker.check, walker.parse):
        try:
            read(data, syntax)
        except walker.UnreadableIdentifier:
            verdicts.append(False)
        else:
            verdicts.append(True)
    assert verdicts[0] == verdicts[1], "the check and the reader differ"


def layout(data: bytes) -> None:
    """Two identifiers, of which the first is learned: what passes after that, the walker must be able to read."""
    syntax = SYNTAXES[data[0] % len(SYNTAXES)] if data else SYNTAXES[0]
    half = (len(data) + 1) // 2
    layouts = Layouts(syntax)
    try:
        for _ in range(LEARN_AFTER):
            layouts.check(data[1:half])
    except walker.UnreadableIdentifier:
        return
    try:
        layouts.check(data[half:])
    except walker.UnreadableIdentifier:
        return
    walker.parse(data[half:], syntax)


def key_path(data: bytes) -> None:
    """An argument of -k: what is read is written and read again as the same."""
    try:
        key = Key.parse(data.decode("utf-8", "surrogateescape"))
    except KeyPathError:
        return
    assert Key.parse(str(key)) == key


def command_line(data: bytes) -> None:
    """A command line, and a command file."""
    words = split_words(data.decode("latin-1"))
    try:
        parse(expand([word for word in words if not word.startswith("@")]))
    except UsageError:
        return


def character_set(data: bytes) -> None:
    """A text and its Specific Character Set."""
    declared, _, text = data.partition(b"\n")
    terms = CharacterSet.parse(declared)
    for vr in ("PN", "LO", "LT"):
        assert isinstance(terms.decode(text, vr), str)


def dictionary_files(data: bytes) -> None:
    """A DCMTK dictionary file."""
    _with_file(data, dictionary_file.read, DictionaryError)


def profile_file(data: bytes) -> None:
    """The application's profiles."""
    _with_file(data, lambda path: ProfileStore(path).load(), SettingsError)


def logger_configuration(data: bytes) -> None:
    """A logger.cfg, and a line that goes through what it describes; appenders that would make files are left out."""

    def configure(path: Path) -> None:
        log = logconfig.configure(str(path), "findscu")
        log.write([Line(Level.ERROR, NETWORK, "text")])
        log.close()

    for name in (b"FileAppender", b"SysLogAppender"):
        data = data.replace(name, b"ConsoleAppender")
    console = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with redirect_stdout(console), redirect_stderr(console):
        _with_file(data, configure, UsageError)


def query_file(data: bytes) -> None:
    """A DICOM query file."""
    _with_file(data, queryfile.read, QueryFileError)


def _with_file(data: bytes, read: Callable[[Path], object], allowed: type[Exception]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "input")
        path.write_bytes(data)
        try:
            read(path)
        except allowed:
            return


Target = Callable[[bytes], None]
TARGETS: dict[str, Target] = {
    target.__name__: target
    for target in (
        pdu_reader,
        association_accept,
        command_set,
        deflated,
        identifier,
        layout,
        key_path,
        command_line,
        character_set,
        dictionary_files,
        profile_file,
        logger_configuration,
        query_file,
    )
}
