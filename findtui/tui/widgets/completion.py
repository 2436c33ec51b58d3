"""What is offered while a key is typed: attributes for its path, and words for its value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from findtui.dicom import dictionary, models
from findtui.dicom.dates import DATE_VRS
from findtui.dicom.dictionary_file import Entry
from findtui.dicom.keys import Key
from findtui.dicom.models import InformationModel
from findtui.dicom.paths import bare_tag
from findtui.errors import KeyPathError

MOST: Final = 40

_CODE: Final = ("CodeValue", "CodingSchemeDesignator", "CodeMeaning", "CodingSchemeVersion")
_REFERENCE: Final = ("ReferencedSOPClassUID", "ReferencedSOPInstanceUID")
_WORDS: Final = {
    "DA": ("today", "today-7..today", "yesterday", "tomorrow", "today..", "..today", "today-30..today"),
    "TM": ("now-2h..now", "now..", "..now", "08:00..12:00"),
    "DT": ("today", "now-2h..now", "today-7..today", "now.."),
}
_VALUES: Final = {
    "Modality": ("CT", "MR", "US", "CR", "DX", "MG", "NM", "PT", "XA", "RF", "ES", "OT", "SR", "IO", "PX", "OP", "ECG"),
    "ModalitiesInStudy": ("CT", "MR", "US", "CR", "DX", "MG", "NM", "PT", "XA", "RF", "SR"),
    "PatientSex": ("F", "M", "O"),
    "ScheduledProcedureStepStatus": ("SCHEDULED", "ARRIVED", "READY", "STARTED", "DEPARTED"),
    "ProcedureStepState": ("SCHEDULED", "IN PROGRESS", "COMPLETED", "CANCELED"),
    "SpecificCharacterSet": ("ISO_IR 192", "ISO_IR 100", "ISO 2022 IR 6\\ISO 2022 IR 87", "GB18030"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that can be taken over.

    Attributes:
        text: what the line reads then.
        label: what is offered, in short.
        hint: what it is, in words.
        listed: the standard lists it for the model and level.
    """

    text: str
    label: str
    hint: str = ""
    listed: bool = False


def offer_paths(
    typed: str, model: InformationModel, level: str, present: Iterable[str] = (), limit: int = MOST
) -> list[Offer]:
    """Attributes for what was typed of a path so far.

    What the standard lists for the model, level and sequence comes first, then what the dictionary has.

    Args:
        typed: a path, or its beginning; behind its last dot any part of a keyword, name or tag.
        model: that is asked.
        level: of the query; empty for none.
        present: paths that the query has already, which are not offered on an empty line.
        limit: how many at most.
    """
    prefix, needle = _split(typed)
    needle = needle.strip()
    listed = _listed(prefix, model, level)
    taken = set(present)
    if not needle:
        return [_offer(prefix, entry, True) for entry in listed if prefix + entry.keyword not in taken][:limit]
    found = dictionary.search(needle, 400)
    tags = [entry.tag for entry in listed]
    first = [entry for entry in found if entry.tag in tags]
    first.sort(key=lambda entry: not entry.keyword.lower().startswith(needle.lower()))
    others = [entry for entry in found if entry.tag not in tags]
    offers = [_offer(prefix, entry, True) for entry in first]
    offers += [_offer(prefix, entry, False) for entry in others]
    return offers[:limit]


def offer_values(path: str, typed: str, model: InformationModel) -> list[Offer]:
    """Values that are common for an attribute and begin with what was typed; none where nothing is known of it.

    Args:
        path: of the key.
        typed: the value so far.
        model: that is asked.
    """
    try:
        key = Key.parse(path)
    except KeyPathError:
        return []
    if not key.path:
        return []
    word = dictionary.keyword(key.tag)
    known: Sequence[str] = model.levels if word == "QueryRetrieveLevel" else _VALUES.get(word, ())
    if key.vr in DATE_VRS:
        known = _WORDS[key.vr]
    wanted = typed.strip().lower()
    return [Offer(value, value) for value in known if value.lower().startswith(wanted) and value.lower() != wanted]


def _split(typed: str) -> tuple[str, str]:
    """The sequences that were gone into, with the dot behind them, and the rest."""
    bracket = typed.rfind("].")
    return (typed[: bracket + 2], typed[bracket + 2 :]) if bracket >= 0 else ("", typed)


def _offer(prefix: str, entry: Entry, listed: bool) -> Offer:
    word = entry.keyword
    text = f"{prefix}{word}[0]." if entry.vr == "SQ" else prefix + word
    return Offer(text, word, f"{entry.vr}  {bare_tag(entry.tag)}  {entry.name}", listed)


def _listed(prefix: str, model: InformationModel, level: str) -> list[Entry]:
    """What belongs into a place, as the standard lists it, each once, what most queries ask for first."""
    common: dict[str, bool] = {}
    plain = _without_items(prefix)
    for attribute in models.attributes(model, level if level in model.levels else None):
        path = _without_items(attribute.path)
        if path.startswith(plain):
            word = path[len(plain) :].partition(".")[0]
            common[word] = common.get(word, False) or attribute.common
    for word in _of_macro(prefix):
        common.setdefault(word, True)
    words = sorted(common, key=lambda word: not common[word])
    return [entry for entry in map(dictionary.find, words) if entry is not None]


def _of_macro(prefix: str) -> Iterator[str]:
    """Attributes that every sequence of its sort has (PS3.3 tables 8.8-1 and 10-11)."""
    last = _without_items(prefix).rstrip(".").rpartition(".")[2]
    if last.endswith("CodeSequence"):
        yield from _CODE
    elif last.startswith("Referenced") and last.endswith("Sequence"):
        yield from _REFERENCE


def _without_items(path: str) -> str:
    return "".join(piece.rpartition("]")[2] for piece in path.split("["))
