"""DCMTK's command-line grammar: words into options and parameters, and how C reads numbers.

Whole option names only; `+` and `-` both start an option unless a digit follows; an option takes its values blindly;
`@FILE` stands for the words in a file. Nothing here may import more than the interpreter has at its start.
"""

from __future__ import annotations

from findtui.command.option import Number, Option
from findtui.command.options import BY_NAME

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Final

    from findtui.errors import UsageError

PARAMETERS: Final = ("peer", "port")
_LONG_MAX: Final = 2**63 - 1
_ULONG_MAX: Final = 2**64 - 1
_COMMAND_FILE_LENGTH: Final = 1024 * 1024


class Line:
    """A command line, read but not yet understood.

    Attributes:
        options: each with its values, from left to right.
        parameters: everything else.
        words: all of it from left to right, options by their long names.
    """

    __slots__ = ("options", "parameters", "words")

    def __init__(self) -> None:
        self.options: list[tuple[Option, tuple[str, ...]]] = []
        self.parameters: list[str] = []
        self.words: list[str] = []

    def exclusive(self, long: str = "") -> bool:
        """Whether an option that answers by itself was given: this one, or any."""
        return any(option.exclusive and long in ("", option.long) for option, _ in self.options)

    def last(self, option: Option) -> int:
        """The position of its rightmost occurrence among the options, or -1."""
        for position in range(len(self.options) - 1, -1, -1):
            if self.options[position][0] is option:
                return position
        return -1

    def block(self, options: Sequence[Option]) -> Iterator[tuple[Option, tuple[str, ...]]]:
        """The options of a block that come to be looked at, in the order of `options`; the last one is in effect.

        One that stands left of an earlier one in `options` is never looked at, so its value may be wrong.
        """
        rightmost = -1
        for option in options:
            position = self.last(option)
            if position > rightmost:
                rightmost = position
                yield self.options[position]

    def every(self, option: Option) -> list[tuple[str, ...]]:
        """The values of all its occurrences, from left to right."""
        return [values for other, values in self.options if other is option]


def usage_error(message: str, remedy: str = "") -> UsageError:
    """An error whose message is DCMTK's own."""
    from findtui.errors import UsageError

    return UsageError(message, remedy=remedy, dcmtk=message)


def is_option(word: str) -> bool:
    """Whether a word is an option by its looks: `-5`, `-` and the empty word are parameters."""
    return len(word) >= 2 and word[0] in "+-" and not "0" <= word[1] <= "9"


def parse(words: Sequence[str]) -> Line:
    """Read the words of a command line; words that start with @ are replaced by the words of that file.

    Raises:
        UsageError: an unknown option, a missing value, or a command file that cannot be read.
    """
    expanded = expand(words)
    line = Line()
    position = 0
    while position < len(expanded):
        word = expanded[position]
        position += 1
        if not is_option(word):
            line.parameters.append(word)
            line.words.append(word)
            continue
        option = BY_NAME.get(word)
        if option is None:
            raise usage_error(f"Unknown option {word}", _similar(word))
        count = len(option.values)
        if position + count > len(expanded):
            raise usage_error(f"Missing value for option {option.long}")
        values = tuple(expanded[position : position + count])
        position += count
        line.options.append((option, values))
        line.words.extend((option.long, *values))
    return line


def check_parameters(line: Line) -> None:
    """Check that peer and port are there.

    Raises:
        UsageError: one is not.
    """
    if len(line.parameters) < len(PARAMETERS):
        raise usage_error(f"Missing parameter {PARAMETERS[len(line.parameters)]}")


def expand(words: Sequence[str]) -> list[str]:
    """Replace each @FILE by the words of the file; a file's own words are not looked at again.

    Raises:
        UsageError: a file that cannot be read.
    """
    expanded: list[str] = []
    for word in words:
        if len(word) > 1 and word[0] == "@":
            expanded += split_words(_read_command_file(word[1:]))
        else:
            expanded.append(word)
    return expanded


def split_words(text: str) -> list[str]:
    """Split the text of a command file.

    Blanks, tabs and line ends part words; a quotation mark opens a block that its like ends, and the word with it. No
    comments, no escapes; a block still open at the end is closed there.
    """
    words: list[str] = []
    word = ""
    quote = ""
    for character in text:
        if character == quote:
            words.append(word)
            word = quote = ""
        elif not quote and character in "\"'":
            quote = character
        elif not quote and character in " \t\r\n":
            if word:
                words.append(word)
            word = ""
        else:
            word += character
    if word:
        words.append(word)
    return words


def _read_command_file(name: str) -> str:
    message = f"Cannot open command file '{name}'"
    try:
        # The words of a file are taken as those of the shell: bytes of whatever encoding come through unharmed.
        with open(name, "rb") as file:  # noqa: PTH123 - pathlib costs more than the whole start may take
            content = file.read(_COMMAND_FILE_LENGTH + 1)
    except (OSError, ValueError) as error:
        raise usage_error(message, getattr(error, "strerror", None) or str(error)) from error
    if len(content) > _COMMAND_FILE_LENGTH:
        raise usage_error(message, f"It is longer than {_COMMAND_FILE_LENGTH} bytes")
    return content.decode("utf-8", "surrogateescape")


def _similar(word: str) -> str:
    from difflib import get_close_matches

    name, _, value = word.partition("=")
    if value and name in BY_NAME:
        return f"The value is a word of its own: {name} {value}"
    found = get_close_matches(word, BY_NAME, n=1, cutoff=0.75)
    return f"Did you mean {found[0]}?" if found else ""


def scan_signed(text: str) -> int | None:
    """What C's `sscanf("%li")` makes of a text: blanks, sign, 0x or 0 prefix; what follows the digits is ignored."""
    import re

    found = re.match(r"[ \t\n\v\f\r]*([+-]?)(0[xX][0-9a-fA-F]*|0[0-7]*|[1-9][0-9]*)", text)
    if found is None:
        return None
    sign, digits = found.groups()
    if digits[:2] in ("0x", "0X"):
        value = int(digits[2:] or "0", 16)
    elif digits[0] == "0":
        value = int(digits, 8)
    else:
        value = _decimal(digits)
    return max(-value, -_LONG_MAX - 1) if sign == "-" else min(value, _LONG_MAX)


def scan_unsigned(text: str) -> int | None:
    """What C's `sscanf("%lu")` makes of a text: decimal digits; a minus sign wraps around."""
    import re

    found = re.match(r"[ \t\n\v\f\r]*([+-]?)([0-9]+)", text)
    if found is None:
        return None
    sign, digits = found.groups()
    value = _decimal(digits)
    if value > _ULONG_MAX:
        return _ULONG_MAX
    return (-value) % (_ULONG_MAX + 1) if sign == "-" else value


def _decimal(digits: str) -> int:
    # Python refuses to convert thousands of digits; beyond 20 the value is out of every bound anyway.
    return int(digits.lstrip("0")[:21] or "0")


def option_number(option: Option, text: str) -> int:
    """The value of a numeric option.

    Raises:
        UsageError: no number, or out of bounds.
    """
    number = option.number
    if number is None:
        raise TypeError(f"{option.long} takes no number")
    value = _scan(number, text)
    name = f"Invalid value for option {option.long}"
    if value is None:
        raise usage_error(f"{name} ({text})" if text else name)
    if value < number.minimum:
        raise usage_error(f"{name} (underflow: {text})", f"The least is {number.minimum}")
    if number.maximum is not None and value > number.maximum:
        raise usage_error(f"{name} (overflow: {text})", f"The most is {number.maximum}")
    return value


def _scan(number: Number, text: str) -> int | None:
    if number.signed:
        return scan_signed(text)
    return None if text.lstrip(" ").startswith("-") else scan_unsigned(text)


def port_number(text: str) -> int:
    """The port parameter, 1 to 65535.

    Raises:
        UsageError: it is none.
    """
    value = scan_unsigned(text)
    if value is None:
        raise usage_error(f"Invalid parameter value {text}", "The second parameter is a port, 1 to 65535")
    if value < 1:
        raise usage_error(f"Invalid parameter value {text} (underflow)", "A port is 1 to 65535")
    if value > 65535:
        raise usage_error(f"Invalid parameter value {text} (overflow)", "A port is 1 to 65535")
    return value
