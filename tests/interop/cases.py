"""The command lines that are run through both programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from findtui.dicom.layout import LEARN_AFTER
from tests.interop import answers
from tests.interop.answers import CODE_EXTENSIONS, EVERYTHING, NONE, SCRIPTS_OF_THE_WORLD, THREE
from tests.interop.pdu import BIG, DEFLATED, EXPLICIT, IMPLICIT
from tests.interop.programs import IS_DEBIANS
from tests.interop.recorder import PENDING, Reply, Script

PEER: Final = ("127.0.0.1", "{port}")
NAME: Final = ("-k", "PatientName=Doe*")
ODD: Final = ("-k", "PatientID=abc", "-k", "PatientComments=x", "-k", "(0040,0100)[0].ScheduledStationAETitle=ONE")


@dataclass(frozen=True)
class Case:
    """One command line.

    Attributes:
        name: says what it is about.
        words: "{port}" stands for the recorder's.
        script: what the recorder does.
        newer: Debian's version does not know the option, later ones do.
    """

    name: str
    words: tuple[str, ...]
    script: Script = field(default_factory=Script)
    newer: bool = False


def _with_peer(*words: str) -> tuple[str, ...]:
    return (*words, *PEER)


def _wanting(syntax: str) -> Callable[[tuple[str, ...]], str]:
    return lambda proposed: syntax if syntax in proposed else proposed[0]


def _often(replies: tuple[Reply, ...]) -> tuple[Reply, ...]:
    """Each that is pending so often that its structure is learned and then recognised."""
    pending = [reply for reply in replies if reply.status == PENDING]
    return (*(reply for reply in pending for _ in range(LEARN_AFTER + 2)), *replies[len(pending) :])


def association_cases() -> Iterator[Case]:
    """Titles, contexts, transfer syntaxes, PDU sizes: what goes into the association request."""
    for model in ("-W", "-P", "-S", "-O"):
        for proposal in ("-x=", "-xe", "-xb", "-xd", "-xi"):
            yield Case(f"{model} {proposal}", _with_peer("-v", model, proposal, *NAME), Script(THREE))
    for syntax, name in ((IMPLICIT, "implicit"), (EXPLICIT, "explicit"), (BIG, "big"), (DEFLATED, "deflated")):
        for option in ("-x=", "-xd"):
            if syntax == DEFLATED and option == "-x=":
                continue
            yield Case(
                f"{option}, server takes {name}",
                _with_peer("-v", option, *NAME),
                Script(THREE, choose=_wanting(syntax)),
            )
    for words in (
        ("-aet", "ONE"), ("-aec", "TWO"), ("-aet", "A" * 16), ("-aet", "B" * 20), ("-aec", " LEADING"),
        ("-aec", "with blank"), ("-aet", "low.er-_x"), ("-pdu", "4096"), ("-pdu", "4098"), ("-pdu", "16384"),
        ("-pdu", "131072"), ("+u",), ("+dc",), ("-dc",),
        ("-to", "5"), ("-ts", "5"), ("-ts", "0"), ("-ts", "-1"), ("-ta", "5"), ("-td", "5"), ("-ta", "0x10"),
        ("-xd", "+cl", "0"), ("-xd", "+cl", "1"), ("-xd", "+cl", "9"), ("-tls",), ("--abort",), ("--repeat", "3"),
        ("-td", "2x"), ("-aet", "-v"), ("-P", "-W"), ("-xi", "-xb"),
    ):  # fmt: skip
        yield Case(" ".join(words), _with_peer(*words, "-v", *NAME), Script(THREE))
    for words in (("-i4",), ("-i0",), ("-i6",), ("--no-sni",), ("--request-sni", "name")):
        yield Case(f"newer {' '.join(words)}", _with_peer(*words, "-v", *NAME), Script(THREE), newer=True)
    for title in ("A\\B", " ", "Ä", "a\tb"):
        yield Case(f"title {title!a}", _with_peer("-aet", title, *NAME))
    yield Case("-pdu odd", _with_peer("-pdu", "4097", *NAME), Script(THREE))
    yield Case(
        "long options",
        _with_peer(
            "--verbose", "--patient", "--propose-implicit", "--aetitle", "X", "--call", "Y", "--key", "PatientID"
        ),
        Script(THREE),
    )
    yield Case(
        "server with a small PDU", _with_peer("-v", "-k", "PatientName=" + "x" * 300), Script(THREE, max_pdu=128)
    )
    yield Case("server without a limit", _with_peer("-v", *NAME), Script(THREE, max_pdu=0))


def key_cases() -> Iterator[Case]:
    """Paths and values, as they go over the wire."""
    for key in (
        "(0010,0010)=Doe", "0010,0010=Doe", "10,10=Doe", "(10,20)", "0x10,0x20=x", "PatientID", "PatientID=",
        "PatientID=a=b", "PatientID= lead", "PatientID=trail ", "StudyDate=20260101-20261231", "StudyDate=2020-01-01",
        "StudyTime=-1200", "StudyInstanceUID=1.2.3", "StudyInstanceUID=1.2\\1.3", "StudyInstanceUID==CTImageStorage",
        "SOPClassUID==VerificationSOPClass", "ModalitiesInStudy=CT\\MR", "Rows=512", "Rows=1\\2", "Rows=-1",
        "Rows=70000", "PixelRepresentation=1", "SmallestImagePixelValue=3", "ReferencePixelX0=5",
        "InstanceNumber=1", "SliceThickness=abc", "RescaleSlope=1.50", "FrameIncrementPointer=(0018,1063)",
        "DiffusionBValue=0.1", "RecommendedDisplayFrameRateInFloat=1.5", "ImageComments=a\\b", "TextValue=long text",
        "0009,0010=MADE UP", "(0099,1001)=01\\02", "0009,1002", "0011,0020=xx", "ScheduledProcedureStepSequence",
        "ScheduledProcedureStepSequence[0].Modality=CT", "(0040,0100)[0].(0008,0060)=CT", "0040,0100[0].0008,0060=CT",
        "(0040,0100)[0]", "(0040,0100)[1].Modality=CT", "(0040,0100)[0].(0040,0008)[0].CodeValue=X",
        "OtherPatientIDsSequence[0].PatientID=7", "SpecificCharacterSet=ISO_IR 192", "QueryRetrieveLevel=STUDY",
        "OverlayRows=1", "(6002,0010)=2", "PatientName=*", "PatientName=?oe^*", "LargestImagePixelValue=9",
        "EncapsulatedDocument=01\\ff", "RedPaletteColorLookupTableData=0001\\0002", "",
        "PatientSize=1.8", "ReferencedFrameNumber=1\\2\\3", "PatientID=" + "9" * 100, "0008,0000=4",
        "DataSetTrailingPadding=00", "PixelData", "RETIRED_CurveDimensions=1", "(0010,0000)", "GenericGroupLength",
    ):  # fmt: skip
        yield Case(f"-k {key[:50]}", _with_peer("-v", "-S", "-k", key, "-k", "PatientSex"), Script(NONE))
    yield Case("a retired keyword without its mark", _with_peer("-v", "-k", "CurveDimensions=1"), Script(NONE))
    yield Case("the last of two keys wins", _with_peer("-v", "-k", "PatientID=1", "-k", "PatientID=2"), Script(NONE))
    yield Case(
        "keys into one sequence",
        _with_peer(
            "-v",
            "-k",
            "(0040,0100)[0].Modality=CT",
            "-k",
            "(0040,0100)[0].ScheduledStationAETitle",
            "-k",
            "(0040,0100)[1].Modality=MR",
            "-k",
            "(0040,0100)",
        ),
        Script(NONE),
    )
    for key in (
        "Foo=1", "AttributeIdentifierSequence", "=A",
        "PatientName[0]", "(0010,0010=x", "(0040,0100)[a].Modality", "(0040,0100)[-1].Modality",
        "(0040,0100)[*].Modality", "ScheduledProcedureStepSequence=x", "(0040,0100)[0]=x", "Rows=abc", "Rows=1\\",
        "[0].x", "PatientName.x", "StudyInstanceUID==Nope", "FrameIncrementPointer=Rows", "(0040,0100)[0]..Modality",
        "(0040,0100)Modality", "EncapsulatedDocument=zz", "EncapsulatedDocument=-1", "FrameIncrementPointer=(0010,0010",
    ):  # fmt: skip
        yield Case(f"bad -k {key}", _with_peer("-k", key), Script(NONE))


def file_cases() -> Iterator[Case]:
    """Query files, with and without keys over them."""
    for name in ("part10.dcm", "implicit.dcm", "explicit.dcm", "big.dcm", "deflated.dcm"):
        yield Case(f"query file {name}", (*_with_peer("-v"), name), Script(THREE))
        yield Case(
            f"query file {name} with a key",
            (*_with_peer("-v", "-k", "PatientID=other", "-k", "StudyID"), name),
            Script(NONE),
        )
    yield Case("two query files", (*_with_peer("-v", *NAME), "part10.dcm", "implicit.dcm"), Script(THREE))
    yield Case(
        "two query files, twice", (*_with_peer("--repeat", "2", "-X"), "part10.dcm", "implicit.dcm"), Script(THREE)
    )
    for name, script in (("aborted", Script(THREE, abort_after=1)), ("closed", Script(THREE, close_after=0))):
        yield Case(f"{name} after a query file", (*_with_peer(*NAME), "part10.dcm"), script)
    for key in ("(0009,1001)=01", "(0009,1001)", "(0009,1002)=01"):
        yield Case(f"query file private with {key}", (*_with_peer("-v", "-k", key), "private.dcm"), Script(NONE))
    yield Case("query file disorderly", (*_with_peer("-v", *NAME), "disorderly.dcm"), Script(NONE))
    yield Case("a missing query file", (*_with_peer(), "none.dcm"))
    yield Case("a query file that is none", (*_with_peer(), "text.txt"))
    yield Case("command file", _with_peer("@words.txt"), Script(THREE))
    yield Case("a missing command file", _with_peer("@none.txt"))


def output_cases() -> Iterator[Case]:
    """What is printed and written."""
    shown = (
        (), ("-q",), ("-v",), ("-sr",), ("+sr",), ("-q", "+sr"), ("-v", "-sr"), ("-ll", "info"), ("-ll", "WARN"),
        ("-ll", "error"), ("-ll", "fatal"), ("-q", "-sr"),
    )  # fmt: skip
    for words in shown:
        for label, replies in (("matches", THREE), ("nothing", NONE), ("failure", (*THREE[:2], Reply(0xA700)))):
            yield Case(f"printed {' '.join(words)}, {label}", _with_peer(*words, *NAME), Script(replies))
    for options in (
        ("-X",), ("-Xx",), ("-Xs", "all.xml"), ("-X", "-Xx"), ("-X", "-Xx", "-Xs", "all.xml"), ("-X", "-od", "out"),
        ("-Xs", "all.xml", "-od", "out"), ("-X", "-Xlo", "2"), ("-Xx", "-Xlo", "1", "-v"), ("-X", "+sr"), ("-X", "-v"),
        ("-X", "--repeat", "2"), ("-Xs", "all.xml", "--repeat", "2"), ("-X", "--cancel", "1"),
    ):  # fmt: skip
        yield Case(f"written {' '.join(options)}", _with_peer(*options, *NAME), Script(THREE))
    yield Case("printed twice", _with_peer("-v", "--repeat", "2", *ODD), Script(NONE))
    yield Case("written -Xs, nothing", _with_peer("-Xs", "all.xml", *NAME), Script(NONE))
    for name, replies in (
        ("everything", EVERYTHING),
        ("scripts", SCRIPTS_OF_THE_WORLD),
        ("extensions", CODE_EXTENSIONS),
    ):
        for syntax, option in ((EXPLICIT, "-x="), (IMPLICIT, "-xi"), (BIG, "-xb"), (DEFLATED, "-xd")):
            often = Script(_often(replies))
            if name == "everything":
                yield Case(f"{name} printed {option}", _with_peer(option, *NAME), Script(replies))
                yield Case(f"{name} printed {option}, often", _with_peer(option, *NAME), often)
            for write in (("-X",), ("-Xx",), ("-Xs", "all.xml")):
                if syntax in (EXPLICIT, IMPLICIT) or name == "everything":
                    yield Case(f"{name} {write[0]} {option}", _with_peer(option, *write, *NAME), Script(replies))
                if syntax in (EXPLICIT, IMPLICIT) and name != "extensions":
                    yield Case(f"{name} {write[0]} {option}, often", _with_peer(option, *write, *NAME), often)
    for more in (("+dc",), ("+dc", "-Xx"), ("-u",), ("-u", "-X"), ("-u", "-Xx")):
        for option in ("-x=", "-xi"):
            yield Case(f"everything {option} {' '.join(more)}", _with_peer(option, *more, *NAME), Script(EVERYTHING))
    for way in ((), ("-X",), ("-Xx",), ("-Xs", "all.xml")):
        script = Script((Reply(PENDING, answers.control_characters()), Reply(0)))
        yield Case(f"control characters {' '.join(way)}", _with_peer(*way, *NAME), script)
        yield Case(
            f"signs {' '.join(way)}",
            _with_peer("-xi", *way, *NAME),
            Script((Reply(PENDING, answers.signed()), Reply(0))),
        )
    for way in (("-X",), ("-Xx",), ("-Xs", "all.xml")):
        script = Script((Reply(PENDING, answers.untidy_uids()), Reply(0)))
        yield Case(f"untidy UIDs {' '.join(way)}", _with_peer("+dc", *way, *NAME), script)
    for way in ((), ("-X",), ("-Xx",), ("-Xs", "all.xml")):
        script = Script((Reply(PENDING, answers.odd_lengths()), Reply(0)))
        yield Case(f"odd lengths {' '.join(way)}", _with_peer("+dc", *way, *NAME), script)
    yield Case("scripts printed", _with_peer(*NAME), Script(SCRIPTS_OF_THE_WORLD))
    yield Case("an output directory that is not there", _with_peer("-X", "-od", "none", *NAME))


def status_cases() -> Iterator[Case]:
    """Final statuses, cancelling, and associations that end otherwise."""
    for status in (0xA700, 0xA900, 0xC000, 0xC001, 0xFE00, 0x0122, 0x0110, 0x0210, 0xB001, 0x1234):
        for words in ((), ("-v",)):
            yield Case(
                f"final {status:04x} {' '.join(words)}", _with_peer(*words, *NAME), Script((*THREE[:2], Reply(status)))
            )
    yield Case("0xFF01", _with_peer("-v", *NAME), Script((Reply(0xFF01, answers.worklist_item(1)), Reply(0))))
    comment = ((0x00000902, b"no such key "), (0x00000901, b"\x10\x00\x10\x00"))
    yield Case("error comment", _with_peer("-v", *NAME), Script((Reply(0xA900, command=comment),)))
    for count in ("0", "1", "2", "4"):
        yield Case(f"--cancel {count}", _with_peer("-v", "--cancel", count, *NAME), Script(THREE))
    yield Case("--cancel, honoured", _with_peer("-v", "--cancel", "2", *NAME), Script(THREE, wait_for_cancel=2))
    for result, source, reason in (
        (1, 1, 1),
        (1, 1, 2),
        (1, 1, 3),
        (1, 1, 7),
        (1, 2, 1),
        (1, 2, 2),
        (2, 3, 1),
        (2, 3, 2),
    ):
        yield Case(
            f"rejected {result} {source} {reason}",
            _with_peer(*NAME),
            Script(reject=(result, source, reason)),
        )
    yield Case("no context", _with_peer(*NAME), Script(choose=None))
    for shown in ((), ("-X",), ("-q",), ("-v",), ("-v", "-sr")):
        for moment in (0, 2):
            yield Case(
                f"aborted after {moment} {' '.join(shown)}",
                _with_peer(*shown, *ODD),
                Script(THREE, abort_after=moment),
            )
            yield Case(
                f"closed after {moment} {' '.join(shown)}",
                _with_peer(*shown, *NAME),
                Script(THREE, close_after=moment),
            )
    yield Case("--abort --repeat", _with_peer("-v", "--abort", "--repeat", "2", *NAME), Script(THREE))


def usage_cases() -> Iterator[Case]:
    """Command lines that never reach a peer."""
    for words in (
        ("-k", "PatientName"), ("127.0.0.1",), ("127.0.0.1", "0"), ("127.0.0.1", "70000"), ("127.0.0.1", "abc"),
        ("127.0.0.1", "-1"), PEER, _with_peer("--foo"), _with_peer("--verb"), _with_peer("--aetitle=X"),
        ("-k",), _with_peer(*NAME, "-aet"), _with_peer(*NAME, "-to", "abc"), _with_peer(*NAME, "-to", "0"),
        _with_peer(*NAME, "-ta", "-5"), _with_peer(*NAME, "-td", "0"), _with_peer(*NAME, "-ts", "-2"),
        _with_peer(*NAME, "-pdu", "4095"), _with_peer(*NAME, "-pdu", "131073"), _with_peer(*NAME, "-pdu", "-5"),
        _with_peer(*NAME, "--repeat", "0"), _with_peer(*NAME, "--cancel", "-1"), _with_peer(*NAME, "--cancel", "x"),
        _with_peer(*NAME, "+cl", "3"), _with_peer(*NAME, "-xd", "+cl", "10"), _with_peer(*NAME, "-Xlo", "3"),
        _with_peer(*NAME, "-X", "-Xlo", "0"), _with_peer(*NAME, "-od", "."), _with_peer(*NAME, "-v", "-ll", "info"),
        _with_peer(*NAME, "-ll", "loud"), _with_peer(*NAME, "-lc", "none.cfg"), _with_peer(*NAME, "-lc", "empty.cfg"),
        _with_peer(*NAME, "-ll", "info", "-lc", "none.cfg"), _with_peer(*NAME, "-Xs"), _with_peer("-q"),
        ("-q", "127.0.0.1", "0"), _with_peer(*NAME, "+ps"), _with_peer(*NAME, "-pem"), _with_peer(*NAME, "-ic"),
        _with_peer(*NAME, "+cf", "x"), _with_peer(*NAME, "+cs", "X"), _with_peer(*NAME, "+crv"),
        _with_peer(*NAME, "+ws"), _with_peer(*NAME, "-aet", ""), _with_peer(*NAME, "-aec", ""),
        _with_peer(*NAME, "--help", "--foo"), _with_peer("-xyz", "--help"),
    ):  # fmt: skip
        yield Case(f"usage {' '.join(words)}", words)


CASES: Final[tuple[Case, ...]] = tuple(
    case
    for group in (association_cases, key_cases, file_cases, output_cases, status_cases, usage_cases)
    for case in group()
    if not (case.newer and IS_DEBIANS)
)
