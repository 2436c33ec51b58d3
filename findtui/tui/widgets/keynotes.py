"""What there is to say about a key: how it matches, what its words mean, or what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from findtui.dicom import dates, values
from findtui.dicom.charset import TEXT_VRS, UTF_8, CharacterSet
from findtui.dicom.keys import Key
from findtui.dicom.paths import Step
from findtui.errors import FindtuiError

_RANGES: Final = frozenset(("DA", "TM", "DT"))
_NO_MATCHING: Final = {0x00080005: "of the query's text", 0x00080052: "what is asked for"}
"""Keys that say how the query is to be read and are not matched (PS3.4 sections C.2.2.2 and C.4.1.1.3)."""
_WILDCARD_VRS: Final = TEXT_VRS | {"AE", "CS", "UR"}


@dataclass(frozen=True, slots=True)
class KeyNote:
    """One key, looked at.

    Attributes:
        steps: the attributes on its way; () where the path cannot be read.
        path: as typed.
        vr: of the dictionary; empty where the path cannot be read.
        value: as typed.
        matches: whether it has a value to match; else it is only asked for.
        note: the kind of matching, with what words for dates stand for; or what is wrong.
        wrong: whether something is.
        remedy: what to do about it.
    """

    steps: tuple[Step, ...]
    path: str
    vr: str
    value: str
    matches: bool
    note: str
    wrong: bool = False
    remedy: str = ""


def look_at(text: str, now: datetime, character_set: str = "") -> KeyNote:
    """Say what there is to say about a key (PS3.4 section C.2.2.2).

    Args:
        text: as -k takes it; the value may hold words for dates.
        now: what these are counted from.
        character_set: Specific Character Set of the query; empty where none was chosen.
    """
    path, _, value = text.partition("=")
    try:
        key = Key.parse(text)
    except FindtuiError as error:
        return KeyNote((), path, "", value, bool(value), _reason(error), True, error.remedy)
    if not key.path:
        return KeyNote((), path, "", value, False, "no attribute is named", True, "Type a keyword, a name or a tag")
    vr = key.vr
    try:
        note = _note(vr, value, now, character_set)
        if value and len(key.path) == 1 and key.tag in _NO_MATCHING and not note.startswith(_WRONG):
            note = _NO_MATCHING[key.tag]
    except FindtuiError as error:
        return KeyNote(key.path, path, vr, value, bool(value), _reason(error), True, error.remedy)
    return KeyNote(key.path, path, vr, value, bool(value), note.removeprefix(_WRONG), note.startswith(_WRONG))


_WRONG: Final = "\0"


def _note(vr: str, value: str, now: datetime, character_set: str) -> str:
    if not value:
        return "sequence" if vr == "SQ" else ""
    resolved = dates.resolve(value, vr, now)
    declared = CharacterSet.parse(character_set)
    # Without a choice, text beyond ASCII goes out in UTF-8.
    encoding = declared if character_set or value.isascii() else UTF_8
    values.encode(vr, resolved, encoding)
    named = vr == "UI" and value.startswith("=")
    complaints = [] if named else values.complaints(vr, resolved, matching=True)
    if complaints:
        return _WRONG + complaints[0]
    notes = [kind_of_matching(vr, resolved)]
    if named:
        notes.insert(0, values.text("UI", values.encode(vr, value)))
    if resolved != value:
        notes.insert(0, resolved)
    if encoding is not declared:
        notes.append(f"sent in {UTF_8}")
    return ", ".join(notes)


def _reason(error: FindtuiError) -> str:
    """An error's reason without the name of the key, which stands beside it."""
    if error.message.startswith("key '"):
        return error.message.partition("': ")[2] or error.message
    return error.message


def kind_of_matching(vr: str, value: str) -> str:
    """How a peer matches a value (PS3.4 section C.2.2.2)."""
    if not value:
        return "universal"
    if vr in _RANGES and "-" in value and not (vr == "DT" and _offset_only(value)):
        return "range"
    if vr in _WILDCARD_VRS and ("*" in value or "?" in value):
        return "universal" if not value.strip("*") else "wildcard"
    if "\\" in value and vr not in ("LT", "ST", "UT", "UR"):
        return "list of UIDs" if vr == "UI" else "any of several"
    return "single value"


def _offset_only(value: str) -> bool:
    """Whether the minus of a DT belongs to its offset from UTC."""
    head, _, tail = value.partition("-")
    return bool(head) and len(tail) == 4 and tail.isdecimal() and int(tail[:2]) <= 14
