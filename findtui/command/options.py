"""Every option of findscu, declared once.

The parser, `--help`, the table in the docs, shell completion, the profile schema and the application's form are made
from this table. Nothing here may import more than the interpreter has at its start: `--help` is answered from it.
"""

from __future__ import annotations

from findtui.command.option import Number, Option, Section
from findtui.command.own_options import EXTRACTIONS, OWN_SECTIONS
from findtui.command.tls_options import TLS_SECTIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

_LEVELS: Final = ("--verbose", "--debug", "--quiet")

_GENERAL: Final = (
    Section(
        "general options",
        "",
        Option("--help", "-h", "print this help text and exit", field="help", concerns="general", exclusive=True),
        Option(
            "--version", "", "print version information and exit", field="version", concerns="general", exclusive=True
        ),
        Option("--arguments", "", "print expanded command line arguments", field="arguments", concerns="log"),
        Option("--quiet", "-q", "quiet mode, print no warnings and errors", field="level", concerns="log"),
        Option("--verbose", "-v", "verbose mode, print processing details", field="level", concerns="log"),
        Option("--debug", "-d", "debug mode, print debug information", field="level", concerns="log"),
        Option(
            "--log-level",
            "-ll",
            "(fatal, error, warn, info, debug, trace)\nuse level l for the logger",
            field="log_level",
            concerns="log",
            values=("level",),
            value_help="[l]evel: string constant",
            conflicts=(_LEVELS,),
        ),
        Option(
            "--log-config",
            "-lc",
            "use config file f for the logger",
            field="log_config",
            concerns="log",
            values=("filename",),
            value_help="[f]ilename: string",
            conflicts=(("--log-level",), _LEVELS),
        ),
    ),
)

_NETWORK: Final = (
    Section(
        "network options",
        "override matching keys",
        Option(
            "--key",
            "-k",
            "override matching key",
            field="keys",
            concerns="query",
            values=("key",),
            value_help='[k]ey: gggg,eeee="str", path or dict. name="str"',
            repeatable=True,
        ),
    ),
    Section(
        "",
        "query information model",
        Option(
            "--worklist",
            "-W",
            "use modality worklist information model (def.)",
            field="model",
            concerns="query",
            is_default=True,
        ),
        Option("--patient", "-P", "use patient root information model", field="model", concerns="query"),
        Option("--study", "-S", "use study root information model", field="model", concerns="query"),
        Option("--psonly", "-O", "use patient/study only information model", field="model", concerns="query"),
    ),
    Section(
        "",
        "IP protocol version",
        Option("--ipv4", "-i4", "use IPv4 only (default)", field="ip_version", concerns="peer", is_default=True),
        Option("--ipv6", "-i6", "use IPv6 only", field="ip_version", concerns="peer"),
        Option("--ip-auto", "-i0", "use DNS lookup to determine IP protocol", field="ip_version", concerns="peer"),
    ),
    Section(
        "",
        "application entity titles",
        Option(
            "--aetitle",
            "-aet",
            "set my calling AE title (default: FINDSCU)",
            field="calling_ae_title",
            concerns="peer",
            values=("aetitle",),
            value_help="[a]etitle: string",
            default="FINDSCU",
        ),
        Option(
            "--call",
            "-aec",
            "set called AE title of peer (default: ANY-SCP)",
            field="called_ae_title",
            concerns="peer",
            values=("aetitle",),
            value_help="[a]etitle: string",
            default="ANY-SCP",
        ),
    ),
    Section(
        "",
        "post-1993 value representations",
        Option(
            "--enable-new-vr",
            "+u",
            "enable support for new VRs (UN/UT) (default)",
            field="new_vrs",
            concerns="query",
            is_default=True,
        ),
        Option(
            "--disable-new-vr", "-u", "disable support for new VRs, convert to OB", field="new_vrs", concerns="query"
        ),
    ),
    Section(
        "",
        "proposed transmission transfer syntaxes",
        Option(
            "--propose-uncompr",
            "-x=",
            "propose all uncompressed TS, explicit VR\nwith local byte ordering first (default)",
            field="proposal",
            concerns="peer",
            is_default=True,
        ),
        Option(
            "--propose-little",
            "-xe",
            "propose all uncompressed TS, explicit VR\nlittle endian first",
            field="proposal",
            concerns="peer",
        ),
        Option(
            "--propose-big",
            "-xb",
            "propose all uncompressed TS, explicit VR\nbig endian first",
            field="proposal",
            concerns="peer",
        ),
        Option(
            "--propose-deflated",
            "-xd",
            "propose deflated explicit VR little endian TS\nand all uncompressed transfer syntaxes",
            field="proposal",
            concerns="peer",
        ),
        Option(
            "--propose-implicit",
            "-xi",
            "propose implicit VR little endian TS only",
            field="proposal",
            concerns="peer",
        ),
    ),
    Section(
        "",
        "deflate compression level (only with --propose-deflated)",
        Option(
            "--compression-level",
            "+cl",
            "0=uncompressed, 1=fastest, 9=best compression",
            field="compression_level",
            concerns="peer",
            values=("level",),
            value_help="[l]evel: integer (default: 6)",
            default="6",
            number=Number(signed=False, minimum=0, maximum=9),
            needs=(("--propose-deflated",),),
        ),
    ),
    Section(
        "",
        "other network options",
        Option(
            "--timeout",
            "-to",
            "timeout for connection requests",
            field="connect",
            concerns="peer",
            values=("seconds",),
            value_help="[s]econds: integer (default: unlimited)",
            default="unlimited",
            number=Number(signed=True, minimum=1),
        ),
        Option(
            "--socket-timeout",
            "-ts",
            "timeout for network socket (0 for none)",
            field="socket",
            concerns="peer",
            values=("seconds",),
            value_help="[s]econds: integer (default: 60)",
            default="60",
            number=Number(signed=True, minimum=-1),
        ),
        Option(
            "--acse-timeout",
            "-ta",
            "timeout for ACSE messages",
            field="acse",
            concerns="peer",
            values=("seconds",),
            value_help="[s]econds: integer (default: 30)",
            default="30",
            number=Number(signed=True, minimum=1),
        ),
        Option(
            "--dimse-timeout",
            "-td",
            "timeout for DIMSE messages",
            field="dimse",
            concerns="peer",
            values=("seconds",),
            value_help="[s]econds: integer (default: unlimited)",
            default="unlimited",
            number=Number(signed=True, minimum=1),
        ),
        Option(
            "--max-pdu",
            "-pdu",
            "set max receive pdu to n bytes (default: 16384)",
            field="max_pdu",
            concerns="peer",
            values=("number",),
            value_help="[n]umber of bytes: integer (4096..131072)",
            default="16384",
            number=Number(signed=False, minimum=4096, maximum=131072),
        ),
        Option(
            "--repeat",
            "",
            "repeat n times",
            field="repeat",
            concerns="query",
            values=("number",),
            value_help="[n]umber: integer",
            default="1",
            number=Number(signed=False, minimum=1),
        ),
        Option("--abort", "", "abort association instead of releasing it", field="abort", concerns="peer"),
        Option(
            "--cancel",
            "",
            "cancel after n responses (default: never)",
            field="cancel_after",
            concerns="query",
            values=("number",),
            value_help="[n]umber: integer",
            default="never",
            number=Number(signed=True, minimum=0),
        ),
    ),
)

_OUTPUT: Final = (
    Section(
        "output options",
        "general",
        Option(
            "--output-directory",
            "-od",
            "write output files to existing directory d",
            field="output_directory",
            concerns="output",
            values=("directory",),
            value_help='[d]irectory: string (default: ".")',
            default=".",
            needs=(EXTRACTIONS,),
        ),
    ),
    Section(
        "",
        "automatic data correction",
        Option("--enable-correction", "+dc", "enable automatic data correction", field="correction", concerns="output"),
        Option(
            "--disable-correction",
            "-dc",
            "disable automatic data correction (default)",
            field="correction",
            concerns="output",
            is_default=True,
        ),
    ),
    Section(
        "",
        "C-FIND responses",
        Option(
            "--show-responses",
            "+sr",
            "always output responses to the logger",
            field="show_responses",
            concerns="output",
        ),
        Option(
            "--hide-responses",
            "-sr",
            "do not output responses to the logger",
            field="show_responses",
            concerns="output",
        ),
        Option(
            "--extract",
            "-X",
            "extract responses to DICOM file (rsp0001.dcm...)",
            field="extract",
            concerns="output",
        ),
        Option(
            "--extract-xml",
            "-Xx",
            "extract responses to XML file (rsp0001.xml...)",
            field="extract",
            concerns="output",
        ),
        Option(
            "--extract-xml-single",
            "-Xs",
            "extract all responses to given XML file f",
            field="extract",
            concerns="output",
            values=("filename",),
            value_help="[f]ilename: string",
        ),
        Option(
            "--limit-output",
            "-Xlo",
            "limit number of responses extracted to file to n\n(default: unlimited)",
            field="limit_output",
            concerns="output",
            values=("number",),
            value_help="[n]umber: integer",
            default="unlimited",
            number=Number(signed=False, minimum=1),
            needs=(EXTRACTIONS,),
        ),
    ),
)

SECTIONS: Final = (*_GENERAL, *_NETWORK, *TLS_SECTIONS, *_OUTPUT, *OWN_SECTIONS)


def every_option() -> Iterator[Option]:
    """All options in the order of `--help`."""
    for section in SECTIONS:
        yield from section.options


BY_NAME: Final = {name: option for option in every_option() for name in (option.long, option.short) if name}


def of_field(field: str) -> tuple[Option, ...]:
    """The options that set this field, in the order of the table."""
    return tuple(option for option in every_option() if option.field == field)
