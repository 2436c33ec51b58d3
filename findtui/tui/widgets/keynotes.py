"""What there is to say about a key: how it matches, what its words mean, or what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Final

from findtui.dicom import dates, dictionary, models, values
from findtui.dicom.charset import TEXT_VRS, UTF_8, CharacterSet
from findtui.dicom.identifier import refuse_groups
from findtui.dicom.keys import Key
from findtui.dicom.models import InformationModel
from findtui.dicom.paths import Step, bare_tag
from findtui.errors import FindtuiError
from findtui.tui.question import value_of

_RANGES: Final = frozenset(("DA", "TM", "DT"))
_CHARACTER_SET: Final = 0x00080005
_LEVEL: Final = 0x00080052
_NO_MATCHING: Final = {_CHARACTER_SET: "of the query's text", _LEVEL: "what is asked for"}
"""Keys that say how the query is to be read and are not matched (PS3.4 sections C.2.2.2 and C.4.1.1.3)."""
_WILDCARD_VRS: Final = TEXT_VRS | {"AE", "CS", "UR"}
_TRIMMED_VRS: Final = TEXT_VRS | {"AE", "CS", "UR", "DS", "IS"}
# Where a backslash parts values that are matched, and not bytes or lines of one.
_LISTED_VRS: Final = frozenset(("AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "PN", "SH", "TM", "UC", "UI"))


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

    def path_is(self, tag: int) -> bool:
        """Whether the key names this attribute, outside of any sequence."""
        return len(self.steps) == 1 and self.steps[0].tag == tag


def look_over(
    texts: Sequence[str], now: datetime, character_set: str = "", levels: Sequence[str] = ()
) -> list[KeyNote]:
    """Say what there is to say about each key of a query, also of what they are to each other.

    Args:
        texts: as -k takes them; values may hold words for dates.
        now: what these are counted from.
        character_set: Specific Character Set of the query where no key names one; empty where none was chosen.
        levels: of the information model.
    """
    declared = value_of(texts, "SpecificCharacterSet") or character_set
    notes = [look_at(text, now, declared) for text in texts]
    last = {note.steps: index for index, note in enumerate(notes) if note.steps}
    for index, note in enumerate(notes):
        if note.steps and last[note.steps] != index:
            notes[index] = replace(
                note, note="named again below, and the last one counts", wrong=True, remedy="Leave one of the two out"
            )
        elif levels and not note.wrong and note.path_is(_LEVEL) and note.value and note.value not in levels:
            notes[index] = replace(
                note, note=f"the model has no level {note.value}", wrong=True, remedy=f"It has {', '.join(levels)}"
            )
    return notes


def look_at(text: str, now: datetime, character_set: str = "") -> KeyNote:
    """Say what there is to say about a key by itself (PS3.4 section C.2.2.2).

    Args:
        text: as -k takes it; the value may hold words for dates.
        now: what these are counted from.
        character_set: Specific Character Set of the query; empty where none was chosen.
    """
    # A key is looked at with every letter that is typed in another; few say another thing a moment later.
    timeless = not dates.is_relative(text.partition("=")[2])
    return _timeless_note(text, character_set) if timeless else _note_on(text, now, character_set)


@lru_cache(maxsize=1024)
def _timeless_note(text: str, character_set: str) -> KeyNote:
    return _note_on(text, datetime.min, character_set)


def _note_on(text: str, now: datetime, character_set: str) -> KeyNote:
    path, _, value = text.partition("=")
    try:
        key = Key.parse(text)
        refuse_groups(key)
    except FindtuiError as error:
        return KeyNote((), path, "", value, bool(value), _reason(error), True, error.remedy)
    if not key.path:
        return KeyNote((), path, "", value, False, "no attribute is named", True, "Type a keyword, a name or a tag")
    try:
        problem, note, remedy = _note(key, value, now, character_set)
    except FindtuiError as error:
        problem, note, remedy = True, _reason(error), error.remedy
    if not problem and any((step.item or 0) > 0 for step in key.path):
        # A sequence to match has one item (PS3.4 section C.2.2.2.6).
        note = ", ".join(part for part in (note, "peers may look at the first item alone") if part)
    return KeyNote(key.path, path, key.vr, value, bool(value), note, problem, remedy)


def _note(key: Key, value: str, now: datetime, character_set: str) -> tuple[bool, str, str]:
    """Whether something is wrong with a value, what there is to say, and what to do about it."""
    vr = key.vr
    if not value:
        return False, "sequence" if vr == "SQ" else "", ""
    resolved = dates.resolve(value, vr, now)
    declared = CharacterSet.parse(character_set)
    # Without a choice, text beyond ASCII goes out in UTF-8.
    encoding = declared if character_set or value.isascii() else UTF_8
    values.encode(vr, resolved, encoding)
    named = vr == "UI" and value.startswith("=")
    complaints = [] if named else values.complaints(vr, resolved, matching=True)
    if key.tag == _CHARACTER_SET and (problems := CharacterSet.parse(value).problems):
        return True, problems[0], "Write ISO_IR 192 for UTF-8, or what the peer works with, such as ISO_IR 100"
    if complaints:
        return True, complaints[0], _remedy(vr, resolved)
    if len(key.path) == 1 and key.tag in _NO_MATCHING:
        return False, _NO_MATCHING[key.tag], ""
    notes = [kind_of_matching(vr, resolved)]
    if named:
        notes.insert(0, values.text("UI", values.encode(vr, value)))
    if resolved != value:
        notes.insert(0, resolved)
    if encoding is not declared:
        notes.append(f"sent in {UTF_8}")
    return False, ", ".join(notes), ""


def _remedy(vr: str, value: str) -> str:
    """What to write instead, where that can be told."""
    if vr == "CS" and value != value.upper() and not values.complaints(vr, value.upper()):
        return f"Write {value.upper()}"
    if vr == "DA" and re.fullmatch(r"\d{4}", value):
        return f"Write {value}0101-{value}1231 for the whole year"
    if vr == "DA" and re.fullmatch(r"\d{4}-?\d{2}|\d{4}[*?]+", value):
        return "Write a range, such as 20261101-20261130, or month or 2026-11 for all its days"
    if vr in dates.DATE_VRS and re.search(r"[a-z]", value, re.I):
        return "Words are now, now-2h..now" if vr == "TM" else "Words are today, today-7..today, week, month-1, now"
    if vr == "AS" and re.fullmatch(r"\d{1,3}[DWMYdwmy]?", value):
        return f"Write {value.rstrip('DWMYdwmy').rjust(3, '0')}{(value[-1:].upper() if value[-1:].isalpha() else 'Y')}"
    return ""


def _reason(error: FindtuiError) -> str:
    """An error's reason without the name of the key, which stands beside it."""
    if error.message.startswith("key '"):
        return error.message.partition("': ")[2] or error.message
    return error.message


def kind_of_matching(vr: str, value: str) -> str:
    """How a peer matches a value (PS3.4 section C.2.2.2)."""
    if not value:
        return "universal"
    if not value.strip(" ") and vr in _TRIMMED_VRS:
        return "universal, for blanks do not count"
    if vr in _RANGES and "-" in value and not (vr == "DT" and _offset_only(value)):
        first, _, last = value.partition("-")
        backwards = vr == "TM" and first and last and first.ljust(6, "0") > last.ljust(6, "0")
        return "range over midnight, if the peer knows that" if backwards else "range"
    if vr in _WILDCARD_VRS and ("*" in value or "?" in value):
        return "universal" if not value.strip("*") else "wildcard"
    if "\\" in value and vr in _LISTED_VRS:
        return "list of UIDs" if vr == "UI" else "any of several, if the peer knows that"
    return "single value"


def _offset_only(value: str) -> bool:
    """Whether the minus of a DT belongs to its offset from UTC."""
    head, _, tail = value.partition("-")
    return bool(head) and len(tail) == 4 and tail.isdecimal() and int(tail[:2]) <= 14


def in_words(note: KeyNote, model: InformationModel, level: str) -> str:
    """A key in words: the attribute, what the standard says of it here, and how it matches; or what is wrong."""
    if note.wrong:
        return f"✖ {note.note}. {note.remedy}" if note.remedy else f"✖ {note.note}"
    entry = dictionary.lookup(note.steps[-1].tag)
    parts = [bare_tag(note.steps[-1].tag), entry.name if entry is not None else "unknown attribute"]
    if note.note:
        parts.append(note.note)
    plain = _without_items(note.steps)
    for attribute in models.attributes(model, level if level in model.levels else None):
        if _without_items(Key.parse(attribute.path).path) == plain:
            matched = "every peer returns and matches it" if attribute.required else "every peer matches it"
            returned = "every peer returns it" if attribute.required else "peers may not know it"
            parts.append(matched if attribute.matching else returned)
    return " · ".join(parts)


def in_words_of_sequence(sequence: Sequence[str], count: int) -> str:
    """A sequence in words: the attribute, and how many keys are in its item."""
    step = Key.parse(".".join(sequence)).path[-1]
    entry = dictionary.lookup(step.tag)
    name = entry.name if entry is not None else "unknown attribute"
    return f"{bare_tag(step.tag)} · {name} · {count} key{'s' * (count != 1)} in item {(step.item or 0) + 1}"


def _without_items(steps: Sequence[Step]) -> tuple[int, ...]:
    return tuple(step.tag for step in steps)
