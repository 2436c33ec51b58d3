"""What a command line means: its options checked in findscu's order, the first failure ending the run."""

from __future__ import annotations

from findtui.command.grammar import Line, option_number, port_number, usage_error
from findtui.command.option import Option
from findtui.command.options import BY_NAME, of_field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Final

# Fields in the order in which findscu looks at them; findtui's own stand where their like do.
_LOG: Final = ("level", "log_level", "log_config")
_BEFORE_FILES: Final = (
    "keys",
    "model",
    "calling_ae_title",
    "called_ae_title",
    "ip_version",
    "proposal",
    "compression_level",
    "new_vrs",
    "connect",
    "socket",
    "acse",
    "dimse",
    "total",
    "cancel_grace",
    "max_pdu",
    "repeat",
    "abort",
    "cancel_after",
    "character_set",
    "fallback_character_set",
    "correction",
    "show_responses",
    "extract",
    "extract_json",
    "extract_ndjson",
    "extract_csv",
    "columns",
    "output_mode",
    "keep_unreadable",
    "limit_output",
    "output_directory",
    "dcmtk_exit_status",
)
_AFTER_FILES: Final = (
    "tls",
    "password",
    "der",
    "revocation",
    "server_name",
    "no_server_name",
    "seed_file",
    "write_seed_file",
    "verify_peer",
    "profile",
    "authority_files",
    "authority_directories",
    "revocation_files",
    "extra_suites",
    "system_authorities",
    "verify_hostname",
    "fingerprint",
)
# Only where several may fail does the order within a block show.
_PROFILES: Final = ("--profile-8996", "--profile-8996-mod", "--profile-bcp195", "--profile-bcp195-nd")
_LOG_LEVELS: Final = ("fatal", "error", "warn", "info", "debug", "trace", "off", "all")


class Arguments:
    """A command line that passed every check that needs no file but those named here.

    Attributes:
        host, port: the peer.
        files: query files.
        chosen: the long name of the option that is in effect, by field; nothing for a field that no option sets.
        values: that option's values, by field.
        numbers: its value as a number, by field, for numeric options.
        lists: the values of repeatable options, by field: keys from left to right, the others from right to left.
        words: the whole line, options by their long names.
    """

    def __init__(self, line: Line) -> None:
        self.host = line.parameters[0]
        self.port = port_number(line.parameters[1])
        self.files = tuple(line.parameters[2:])
        self.chosen: dict[str, str] = {}
        self.values: dict[str, tuple[str, ...]] = {}
        self.numbers: dict[str, int] = {}
        self.lists: dict[str, tuple[str, ...]] = {}
        self.words = tuple(line.words)

    def has(self, long: str) -> bool:
        """Whether this option is in effect."""
        return self.chosen.get(BY_NAME[long].field) == long

    def text(self, field: str) -> str | None:
        """The value of a field that takes one, or None where it is not set."""
        values = self.values.get(field, ())
        return values[0] if values else None


def interpret(line: Line, on_log: Callable[[Arguments], None] | None = None) -> Arguments:
    """Understand a command line.

    Args:
        line: with at least two parameters.
        on_log: called as soon as the log options are known, since what fails after them may already be logged
            (or be silent); may raise UsageError.

    Raises:
        UsageError: the first check that fails.
    """
    arguments = Arguments(line)
    for field in _LOG:
        _take(arguments, line, field)
    level = arguments.text("log_level")
    if level is not None and level.lower() not in _LOG_LEVELS:
        raise usage_error("Invalid log level for --log-level option", f"It is one of {', '.join(_LOG_LEVELS)}")
    if line.last(BY_NAME["--arguments"]) >= 0:
        arguments.chosen["arguments"] = "--arguments"
    if on_log is not None:
        on_log(arguments)
    for field in _BEFORE_FILES:
        _take(arguments, line, field)
    _check_files(arguments)
    for field in _AFTER_FILES:
        _take(arguments, line, field)
    return arguments


def _take(arguments: Arguments, line: Line, field: str) -> None:
    options = _in_order(field)
    if options[0].repeatable:
        _take_all(arguments, line, options[0])
        return
    for option, values in line.block(options):
        _check_company(arguments, option)
        arguments.numbers.pop(field, None)
        if option.number is not None:
            arguments.numbers[field] = option_number(option, values[0])
        arguments.chosen[field] = option.long
        arguments.values[field] = values


def _take_all(arguments: Arguments, line: Line, option: Option) -> None:
    found = [values[0] for values in line.every(option)]
    if not found:
        return
    _check_company(arguments, option)
    arguments.chosen[option.field] = option.long
    arguments.lists[option.field] = tuple(found if option.field == "keys" else reversed(found))


def _in_order(field: str) -> Sequence[Option]:
    options = of_field(field)
    if field != "profile":
        return options
    first = [BY_NAME[name] for name in _PROFILES]
    return first + [option for option in options if option not in first]


def _check_company(arguments: Arguments, option: Option) -> None:
    for group in option.needs:
        if not any(arguments.has(name) for name in group):
            raise usage_error(f"{option.reported_as} only allowed with {_alternatives(group)}")
    for group in option.conflicts:
        if any(arguments.has(name) for name in group):
            raise usage_error(f"{option.long} not allowed with {_alternatives(group)}")


def _alternatives(group: Sequence[str]) -> str:
    """Names as DCMTK lists them, which knows nothing of findtui's own where others would do."""
    known = [name for name in group if not BY_NAME[name].extension] or list(group)
    return known[0] if len(known) == 1 else f"{', '.join(known[:-1])} or {known[-1]}"


def _check_files(arguments: Arguments) -> None:
    import os

    for file in arguments.files:
        if "\0" in file or not os.access(file, os.R_OK):
            raise usage_error(f"cannot access file: {file}")
    if not arguments.files and "keys" not in arguments.chosen:
        raise usage_error("either query file or override keys (or both) must be specified")
