"""What is declared of an option. Imports nothing, so that `--help` is answered at once."""

from __future__ import annotations


class Number:
    """How the value of an option is read as a number, and its bounds.

    Attributes:
        signed: read as C's `%li` (0x and 0 prefixes count), else as `%lu` (decimal, no minus sign).
        minimum, maximum: bounds, both allowed; None is unbounded.
    """

    __slots__ = ("maximum", "minimum", "signed")

    def __init__(self, *, signed: bool, minimum: int, maximum: int | None = None) -> None:
        self.signed = signed
        self.minimum = minimum
        self.maximum = maximum


class Option:
    """One row of the table.

    Attributes:
        long: with its sign, such as "--aetitle".
        short: such as "-aet"; empty where there is none.
        help: what it does, in lines as `--help` prints them.
        values: names of its values, in order; empty for a flag.
        value_help: the line that describes the values in `--help`.
        field: what it sets: a field of Peer, Query, TLSSettings, or a word of the front end. Options with the same
            field exclude each other: the rightmost wins.
        concerns: "general", "log", "query", "peer", "tls" or "output".
        default: the default in words; empty for none.
        is_default: the flag of its field that is in effect when none is given.
        number: bounds of a numeric value.
        repeatable: every occurrence counts, not the rightmost alone.
        exclusive: answers by itself, without peer and port.
        needs: groups of long names; of each group one must be in effect.
        conflicts: groups of long names; of each group none may be in effect.
        reported_as: the long name in messages on `needs`, where DCMTK prints another one than its own.
        extension: findtui's own, not in DCMTK's findscu.
    """

    __slots__ = (
        "concerns",
        "conflicts",
        "default",
        "exclusive",
        "extension",
        "field",
        "help",
        "is_default",
        "long",
        "needs",
        "number",
        "repeatable",
        "reported_as",
        "short",
        "value_help",
        "values",
    )

    def __init__(
        self,
        long: str,
        short: str,
        help: str,  # noqa: A002
        *,
        field: str,
        concerns: str,
        values: tuple[str, ...] = (),
        value_help: str = "",
        default: str = "",
        is_default: bool = False,
        number: Number | None = None,
        repeatable: bool = False,
        exclusive: bool = False,
        needs: tuple[tuple[str, ...], ...] = (),
        conflicts: tuple[tuple[str, ...], ...] = (),
        reported_as: str = "",
        extension: bool = False,
    ) -> None:
        self.long = long
        self.short = short
        self.help = help
        self.field = field
        self.concerns = concerns
        self.values = values
        self.value_help = value_help
        self.default = default
        self.is_default = is_default
        self.number = number
        self.repeatable = repeatable
        self.exclusive = exclusive
        self.needs = needs
        self.conflicts = conflicts
        self.reported_as = reported_as or long
        self.extension = extension

    def __repr__(self) -> str:
        return f"<Option {self.long}>"


class Section:
    """Options under one heading of `--help`.

    Attributes:
        group: heading of the first rank that starts here; empty where the group goes on.
        title: heading of the second rank; empty for none.
        options: in the order of `--help`.
    """

    __slots__ = ("group", "options", "title")

    def __init__(self, group: str, title: str, *options: Option) -> None:
        self.group = group
        self.title = title
        self.options = options
