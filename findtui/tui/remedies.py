"""What to do about an error, in the application's words: it has fields of a peer's form where findscu has options."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from findtui.command.options import BY_NAME
from findtui.dicom.visible import visible
from findtui.errors import FindtuiError, UsageError
from findtui.store.fields import FIELDS, PEER, SETTINGS, Field, Kind

_OPTION: Final = r"(?<![\w+-])(?:--[a-z][a-z0-9-]*|[+-][A-Za-z][A-Za-z0-9]*=?)(?![\w=])"
_OPTIONS: Final = re.compile(rf"{_OPTION}(?:(?:, | or | and ){_OPTION})*")


def remedy_of(error: FindtuiError) -> str:
    """What can be done about an error, made visible; a command line that was pasted keeps the words it is made of."""
    text = error.remedy if isinstance(error, UsageError) else in_fields(error.remedy)
    return visible(text, keep_line_breaks=True)


def in_fields(text: str) -> str:
    """A text with every option of findscu that has a field of the form replaced by page, label and setting of that."""
    return _OPTIONS.sub(lambda match: _named(match[0]), text)


def _named(words: str) -> str:
    """What a list of options is called in the form; as it was where one of them has no place there."""
    names = [BY_NAME[word].long if word in BY_NAME else "" for word in re.split(", | or | and ", words)]
    fields = [_fields_of(name) for name in names]
    if not all(fields):
        return words
    common = [field for field in fields[0] if all(field in others for others in fields[1:])]
    if len(names) > 1 and common:
        return _place(common[0])
    places = [" and ".join(_place(field, SETTINGS.get(name, "")) for field in found) for name, found in _own(names)]
    return " or ".join(dict.fromkeys(places))


def _own(names: list[str]) -> list[tuple[str, tuple[Field, ...]]]:
    """Of the fields that an option concerns those that take what its user says; the others where there is none."""
    chosen = []
    for name in names:
        found = _fields_of(name)
        told = tuple(field for field in found if field.kind not in (Kind.SWITCH, Kind.CHOICE))
        chosen.append((name, told or found))
    return chosen


def _place(field: Field, setting: str = "") -> str:
    page = "" if field.page == PEER else f"{field.page} ▸ "
    return f"“{page}{field.text}{f': {setting}' if setting else ''}”"


@cache
def _fields_of(option: str) -> tuple[Field, ...]:
    return tuple(field for field in FIELDS if option in field.options)
