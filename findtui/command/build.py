"""From arguments to Peer and Query, and to what a headless run does with the answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from findtui.command.arguments import Arguments
from findtui.command.grammar import usage_error
from findtui.command.options import BY_NAME
from findtui.dicom.models import MODELS, PATIENT_ROOT, PATIENT_STUDY_ONLY, STUDY_ROOT, WORKLIST
from findtui.dicom.query import Query
from findtui.errors import OutputError, UsageError
from findtui.net.peer import IPVersion, Peer, Proposal, Timeouts

if TYPE_CHECKING:
    from findtui.dicom.models import InformationModel
    from findtui.net.tls.settings import TLSSettings

MODEL_OPTIONS: Final[dict[str, InformationModel]] = {
    "--worklist": WORKLIST,
    "--patient": PATIENT_ROOT,
    "--study": STUDY_ROOT,
    "--psonly": PATIENT_STUDY_ONLY,
}
AE_TITLE_LENGTH: Final = 16


class Output(NamedTuple):
    """What becomes of the responses.

    Attributes:
        directory: where files go.
        extract: "dicom", "xml", "single-xml", or empty.
        single_xml, ndjson, csv: one file for all, its path already joined to the directory; None for none.
        json: one DICOM JSON file for each.
        columns: of the CSV file; empty for the keys of the query.
        limit: responses with a higher number are not written; 0 is no limit.
        mode: permissions of the files.
        show: always log the responses (True), never (False), or as the log's level has it (None).
        correction: trim what pads the values of text.
        fallback_character_set: of responses that declare none; empty for none.
        keep_unreadable: write identifiers that cannot be read as raw bytes.
        dcmtk_exit_status: end with the status that DCMTK's findscu gives.
    """

    directory: Path = Path()
    extract: str = ""
    single_xml: Path | None = None
    json: bool = False
    ndjson: Path | None = None
    csv: Path | None = None
    columns: tuple[str, ...] = ()
    limit: int = 0
    mode: int = 0o600
    show: bool | None = None
    correction: bool = False
    fallback_character_set: str = ""
    keep_unreadable: bool = False
    dcmtk_exit_status: bool = False

    @property
    def writes(self) -> bool:
        """Whether responses go into files."""
        return bool(self.extract or self.json or self.ndjson or self.csv)

    @property
    def single_files(self) -> tuple[Path, ...]:
        """The files that take all responses."""
        return tuple(path for path in (self.single_xml, self.ndjson, self.csv) if path is not None)

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The suffixes of the files that take one response each."""
        first = {"dicom": ("dcm",), "xml": ("xml",)}.get(self.extract, ())
        return (*first, "json") if self.json else first


def make_peer(arguments: Arguments) -> Peer:
    """The peer that these arguments describe.

    Raises:
        UsageError: an AE title that cannot be sent.
    """
    plain = Peer(arguments.host, arguments.port)
    numbers = arguments.numbers
    return Peer(
        host=arguments.host,
        port=arguments.port,
        calling_ae_title=_ae_title(arguments, "calling_ae_title", plain.calling_ae_title, "Calling"),
        called_ae_title=_ae_title(arguments, "called_ae_title", plain.called_ae_title, "Called"),
        ip_version=IPVersion(arguments.chosen.get("ip_version", plain.ip_version.value)),
        proposal=Proposal(arguments.chosen.get("proposal", plain.proposal.value)),
        compression_level=numbers.get("compression_level", plain.compression_level),
        max_pdu=numbers.get("max_pdu", plain.max_pdu),
        timeouts=_timeouts(arguments),
        abort="abort" in arguments.chosen,
        tls=_tls(arguments),
    )


def _ae_title(arguments: Arguments, field: str, default: str, which: str) -> str:
    title = arguments.text(field)
    if title is None:
        return default
    title = title[:AE_TITLE_LENGTH]
    if not title.strip(" ") or not title.isascii() or not title.isprintable() or "\\" in title:
        reason = f"Illegal service parameter: {which} AP Title"
        raise UsageError(
            f"the {which.lower()} AE title {title!r} cannot be sent",
            remedy="An AE title is 1 to 16 printable ASCII characters, not all of them blanks and no backslash",
            dcmtk=f"{reason}\nAssociation Request Failed: 0006:030c {reason}",
            dcmtk_exit_status=2,
        )
    return title


def _timeouts(arguments: Arguments) -> Timeouts:
    default = Timeouts()
    numbers = arguments.numbers
    socket = numbers.get("socket")
    return Timeouts(
        connect=numbers.get("connect", default.connect),
        socket=default.socket if socket is None else socket if socket > 0 else None,
        acse=numbers.get("acse", default.acse),
        dimse=numbers.get("dimse", default.dimse),
        total=numbers.get("total", default.total),
        cancel_grace=numbers.get("cancel_grace", default.cancel_grace),
    )


def _tls(arguments: Arguments) -> TLSSettings | None:
    if arguments.chosen.get("tls", "--disable-tls") == "--disable-tls":
        return None
    from findtui.command.encryption import make_tls

    return make_tls(arguments)


def make_query(arguments: Arguments) -> Query:
    """The query that these arguments ask.

    Raises:
        QueryError: a key that cannot be read.
        UsageError: an information model that there is not.
    """
    from findtui.dicom.keys import Key

    return Query(
        model=_model(arguments),
        keys=tuple(Key.parse(text) for text in arguments.lists.get("keys", ()) if text),
        files=tuple(Path(name) for name in arguments.files),
        character_set=_character_set(arguments, "character_set", "--charset"),
        new_vrs=not arguments.has("--disable-new-vr"),
        repeat=arguments.numbers.get("repeat", 1),
        cancel_after=arguments.numbers.get("cancel_after", 0),
    )


def _character_set(arguments: Arguments, field: str, option: str) -> str | None:
    from findtui.dicom.charset_terms import canonical

    text = arguments.text(field)
    for term in (text or "").split("\\"):
        if term.strip() and canonical(term.strip()) is None:
            raise usage_error(
                f"Invalid value for option {option} ({text})",
                "It is a defined term of DICOM, such as ISO_IR 100 (Latin-1) or ISO_IR 192 (UTF-8)",
            )
    return text


def _model(arguments: Arguments) -> InformationModel:
    name = arguments.text("model")
    if name is None:
        return MODEL_OPTIONS.get(arguments.chosen.get("model", ""), WORKLIST)
    found = [model for model in MODELS.values() if name in (model.id, model.uid)]
    if not found:
        raise usage_error(f"Invalid value for option --model ({name})", f"It is one of {', '.join(MODELS)}")
    return found[0]


def model_words(model: InformationModel) -> tuple[str, ...]:
    """The option, and its value where it takes one, that chooses an information model."""
    for long, other in MODEL_OPTIONS.items():
        if other == model:
            return (BY_NAME[long].short,)
    return ("--model", model.id)


def make_output(arguments: Arguments) -> Output:
    """What these arguments do with the responses.

    Raises:
        UsageError: permissions that are none, a file without a name.
        OutputError: a directory for a file.
    """
    directory = _directory(arguments.text("output_directory"))
    kinds = {"--extract": "dicom", "--extract-xml": "xml", "--extract-xml-single": "single-xml"}
    show = arguments.chosen.get("show_responses")

    def joined(field: str) -> Path | None:
        name = arguments.text(field)
        return None if name is None else _single_file(directory, name)

    return Output(
        directory=directory,
        extract=kinds.get(arguments.chosen.get("extract", ""), ""),
        single_xml=joined("extract"),
        json="extract_json" in arguments.chosen,
        ndjson=joined("extract_ndjson"),
        csv=joined("extract_csv"),
        columns=split_columns(arguments.text("columns") or ""),
        limit=arguments.numbers.get("limit_output", 0),
        mode=_mode(arguments.text("output_mode")),
        show=None if show is None else show == "--show-responses",
        correction=arguments.has("--enable-correction"),
        fallback_character_set=_character_set(arguments, "fallback_character_set", "--fallback-charset") or "",
        keep_unreadable="keep_unreadable" in arguments.chosen,
        dcmtk_exit_status="dcmtk_exit_status" in arguments.chosen,
    )


def _directory(name: str | None) -> Path:
    if name == "":
        raise UsageError(
            "the output directory has no name",
            remedy="Name one with --output-directory, or leave the option out for the current one",
            dcmtk="F: specified output directory does not exist",
        )
    return Path(name or ".")


def _single_file(directory: Path, name: str) -> Path:
    nameless = "Cannot create response file with empty filename"
    if not name:
        raise UsageError(
            "the file that all responses go to has no name",
            remedy="Give it one, or use --extract or --extract-xml",
            dcmtk=nameless,
            dcmtk_exit_status=2,
        )
    path = directory / name
    # DCMTK makes nothing of this directory and this name.
    is_nothing = name == "." and directory == Path()
    # A path forgets how its name ended: what ends so names a directory, whether that is there or not.
    if is_nothing or name.endswith(("/", "/.")):
        raise OutputError(
            f"cannot write {name}: it is the name of a directory",
            remedy="Name a file in it",
            dcmtk=nameless if is_nothing else f"Writing file: {str(path).rstrip('/')}/: Is a directory",
            dcmtk_exit_status=2 if is_nothing else 0,
        )
    return path


def split_columns(text: str) -> tuple[str, ...]:
    """Paths parted by commas, but for the comma within `(gggg,eeee)`."""
    columns: list[str] = []
    column = ""
    depth = 0
    for character in text:
        if character == "," and not depth:
            columns.append(column)
            column = ""
            continue
        depth += {"(": 1, ")": -1}.get(character, 0)
        column += character
    columns.append(column)
    return tuple(column.strip() for column in columns if column.strip())


def _mode(text: str | None) -> int:
    if text is None:
        return 0o600
    if not 1 <= len(text) <= 4 or not set(text) <= set("01234567") or not int(text, 8) & 0o400 or int(text, 8) > 0o777:
        raise usage_error(
            f"Invalid value for option --output-mode ({text})",
            "It is an octal number such as 640, and lets the owner read",
        )
    return int(text, 8)
