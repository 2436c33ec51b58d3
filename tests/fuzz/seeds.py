"""Well-formed inputs, from which random changes lead to the interesting ones."""

from __future__ import annotations

import zlib

from tests.hostile.identifying import deflate, nested, pending
from tests.net import pdus

SEEDS: dict[str, tuple[bytes, ...]] = {
    "pdu_reader": (
        b"\x05" + pdus.pending() + pdus.final(),
        b"\x00" + pdus.pending(),
        b"\xff" + pending(b"x" * 40) + pdus.abort() + pdus.release_rq(),
    ),
    "association_accept": (
        pdus.associate()[6:],
        pdus.associate(contexts=[pdus.context(result=3), pdus.context(syntax=None)])[6:],
    ),
    "command_set": (
        pdus.find_response(0xFF00),
        pdus.find_response(0xA900, extra={0x00000902: b"no", 0x00000901: b"\x10\0\x10\0"}),
    ),
    "deflated": (deflate(pdus.identifier() * 9), zlib.compress(pdus.identifier())),
    "identifier": (
        b"\1" + pdus.identifier(),
        b"\1" + nested(3, undefined=True),
        b"\1" + nested(3, undefined=False),
        b"\0" + b"\x10\0\x10\0\4\0\0\0DOE ",
    ),
    "layout": (b"\1" + pdus.identifier() + pdus.identifier("ROE^JO"), b"\1" + nested(2, undefined=False) * 2),
    "key_path": (
        b"PatientName=M\xc3\xbcller*",
        b"(0040,0100)[0].Modality=CT",
        b"0010,0020",
        b"ScheduledProcedureStepSequence[1].(0040,0002)=20260101-",
    ),
    "command_line": (
        b"-W -k PatientName='A B' -aet ME --repeat 2 localhost 104 q.dcm",
        b'+tls k c +cf ca -ic -pdu 0x4000 "" -to 010 h 1',
    ),
    "character_set": (
        b"\\ISO 2022 IR 87\nYamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B",
        b"ISO_IR 192\nM\xc3\xbcller",
        b"GB18030\n\xcd\xf5^\xd0\xa1\xb6\xab",
    ),
    "dictionary_files": (
        b"# comment\n(0010,0010)\tPN\tPatientName\t1\tDICOM\n",
        b'(0009,"MAKER",01)\tLO\tThing\t1-n\tPrivateTag\n(6000-60ff,3000)\tox\tOverlayData\t1\tDICOM\n',
    ),
    "profile_file": (b'[[profile]]\nname = "PACS"\nhost = "pacs"\nport = 104\n', b"profile = 3\n"),
    "logger_configuration": (
        b"log4cplus.rootLogger = INFO, console\nlog4cplus.appender.console = log4cplus::ConsoleAppender\n"
        b"log4cplus.appender.console.layout = log4cplus::PatternLayout\n"
        b"log4cplus.appender.console.layout.ConversionPattern = %d{%H:%M} %-5.5p [${pid}] %m%n\n",
    ),
    "query_file": (
        pdus.identifier(),
        bytes(128) + b"DICM" + pdus.explicit(0x00020010, "UI", b"1.2.840.10008.1.2.1\0") + pdus.identifier(),
    ),
}
