"""What `--help` prints, and the header over it and over errors."""

from __future__ import annotations

from findtui import __version__
from findtui.command.option import Section
from findtui.command.options import SECTIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Final

IDENTIFICATION: Final = f"$findtui: findscu v{__version__} $"
_TITLE: Final = "findscu: DICOM query (C-FIND) SCU"
_PARAMETERS: Final = (
    ("peer", "hostname of DICOM peer"),
    ("port", "tcp/ip port number of peer"),
    ("dcmfile-in", "DICOM query file(s)"),
)
_LONG_COLUMN: Final = 20
_SHORT_COLUMN: Final = 4
_PARAMETER_COLUMN: Final = 28


def header() -> str:
    """The lines that stand over every answer and over every error, with a line end."""
    return f"{IDENTIFICATION}\n\n{_TITLE}\n"


def usage() -> str:
    """The whole answer to `--help`, laid out as DCMTK lays it out."""
    parameters = "".join(f"  {name:{_PARAMETER_COLUMN}}  {text}\n" for name, text in _PARAMETERS)
    options = "".join(_section(section) for section in SECTIONS)
    return f"{header()}usage: findscu [options] peer port [dcmfile-in...]\n\nparameters:\n{parameters}\n{options}\n"


def _section(section: Section) -> str:
    lines: list[str] = []
    indent = "  "
    short_column = _SHORT_COLUMN
    if section.group:
        lines.append(f"{section.group}:")
    if section.title:
        lines.append(f"  {section.title}:")
        indent = "    "
    else:
        # Without a second rank of headings the texts still stand below those that have one.
        short_column += 2
    short_column = max(short_column, *(len(option.short) for option in section.options))
    long_column = max(_LONG_COLUMN, *(len(option.long) for option in section.options))
    for option in section.options:
        texts = [option.value_help] if option.value_help else []
        texts += option.help.split("\n")
        first = f"{indent}{option.short:{short_column}}  {option.long:{long_column}}  "
        lines.append(first + texts[0])
        lines += (" " * len(first) + text for text in texts[1:])
    return "\n".join(lines) + "\n"


def markdown_table(sections: Iterable[Section]) -> Iterator[str]:
    """The lines of the options' table in the docs, one table a section."""
    for section in sections:
        if section.group:
            yield f"### {section.group[0].upper()}{section.group[1:]}"
            yield ""
        if section.title:
            yield f"**{section.title[0].upper()}{section.title[1:]}**"
            yield ""
        yield "| option | value | meaning |"
        yield "| --- | --- | --- |"
        for option in section.options:
            names = ", ".join(f"`{name}`" for name in (option.short, option.long) if name)
            value = option.value_help.strip().replace("|", "\\|")
            meaning = option.help.replace("\n", " ").replace("|", "\\|")
            yield f"| {names} | {value} | {meaning} |"
        yield ""
