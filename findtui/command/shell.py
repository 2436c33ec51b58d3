"""What a shell would make of a command line that someone pasted, as far as a findscu command needs it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Final

from findtui.command.grammar import is_option, usage_error
from findtui.command.options import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN: Final = re.compile(r"""'[^']*'|"(?:\\.|[^"\\])*"|\\\r?\n|\\.|.""", re.DOTALL)
_NAME: Final = re.compile(r"""(?:^|[\s/\\"'])findscu(?:\.exe)?["']?(?=\s|$)""")
_PROMPT: Final = re.compile(r"^[$#>%]\s+")
_WORD: Final = re.compile(r"\S+")
_ESCAPE: Final = re.compile(r"\\(?:([$`])|.)", re.DOTALL)
_VARIABLE: Final = re.compile(r"\$[A-Za-z_0-9({'?*@#]|`")
_OPERATORS: Final = frozenset("|&;<>")
# What word processors make of hyphens and quotation marks.
_LOOKALIKES: Final = frozenset("\u2010\u2011\u2012\u2013\u2014\u2212\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb")


def arguments_of(text: str) -> list[str]:
    """The arguments of a findscu command, or the words themselves where no command stands before them.

    Before the name may stand a path, a prompt, variables and other commands such as sudo; lines ended with a backslash
    go on in the next, and a comment ends the command.

    Raises:
        UsageError: it is another command, several, or one that needs a shell.
    """
    text = text.strip()
    name = _name(text)
    try:
        words = shlex.split("".join(_plain(_PROMPT.sub("", text) if name is None else text[name.end() :])))
    except ValueError as error:
        raise usage_error(
            f"the command cannot be split into words: {error}", "Look for a missing quotation mark"
        ) from error
    if name is None and words and not is_option(words[0]) and not (len(words) > 1 and words[1].isdecimal()):
        raise usage_error(f"'{words[0]}' is no findscu command", "It begins with findscu, or with findscu's options")
    return words


def _name(text: str) -> re.Match[str] | None:
    """The command's name; a value of one of its options is none."""
    found = _NAME.search(text)
    return None if found is None or any(word in BY_NAME for word in text[: found.start()].split()) else found


def _plain(text: str) -> Iterator[str]:
    """The pieces of a command, lines joined and the comment gone."""
    before = " "
    for found in _TOKEN.finditer(text):
        piece = found[0]
        word = _WORD.match(text, found.start())
        if piece == "\n" and text[found.end() :].strip():
            raise usage_error(
                "more than one command", "Paste one findscu command; end a line that goes on with a backslash"
            )
        if piece in _OPERATORS:
            raise usage_error(
                f"'{piece}' is the shell's and no part of a findscu command", "Paste the command alone, up to there"
            )
        if before.isspace() and word is not None:
            if piece == "#":
                return
            if piece in _LOOKALIKES:
                raise usage_error(
                    f"'{word[0]}' begins with '{piece}', which no shell knows",
                    "A document put it there: write - before options and ' or \" around values",
                )
            if piece == "~" and word[0].partition("/")[0] == "~":
                piece = shlex.quote(str(Path.home()))
        if piece in "$`" or piece.startswith('"'):
            _refuse_variables(text[found.start() : found.start() + 2] if piece in "$`" else piece)
        if piece.startswith('"'):
            # shlex keeps the backslash that takes these their meaning.
            piece = _ESCAPE.sub(lambda match: match[1] or match[0], piece)
        yield " " if piece.startswith("\\") and piece.endswith("\n") else piece
        before = piece


def _refuse_variables(piece: str) -> None:
    if found := _VARIABLE.search(_ESCAPE.sub("", piece)):
        raise usage_error(
            f"'{found[0]}' stands for something that only the shell knows",
            "Write what it stands for, or quote it with '",
        )
