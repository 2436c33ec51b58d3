"""What is offered while a key is typed: attributes for its path, and words for its value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from findtui.dicom import dictionary, models
from findtui.dicom.dates import DATE_VRS
from findtui.dicom.dictionary_file import Entry
from findtui.dicom.keys import Key
from findtui.dicom.models import InformationModel
from findtui.dicom.paths import bare_tag, scan_tag
from findtui.errors import KeyPathError

MOST: Final = 40

_CODE: Final = ("CodeValue", "CodingSchemeDesignator", "CodeMeaning", "CodingSchemeVersion")
_REFERENCE: Final = ("ReferencedSOPClassUID", "ReferencedSOPInstanceUID")
_WORDS: Final = {
    "DA": (
        *("today", "today-7..today", "yesterday", "tomorrow", "today..", "..today", "today-30..today"),
        *("week", "week-1", "month", "month-1", "year", "monday..today"),
    ),
    "TM": ("now-2h..now", "now..", "..now", "08:00..12:00"),
    "DT": ("today", "now-2h..now", "today-7..today", "now..", "week", "month"),
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

    What the standard lists for the model, level and sequence comes first, also within the sequences there; then what
    the dictionary has.

    Args:
        typed: a path, or its beginning; behind its last dot any part of a keyword, name or tag.
        model: that is asked.
        level: of the query; empty for none.
        present: paths that the query has already, which are not offered on an empty line.
        limit: how many at most.
    """
    prefix, needle = _split(typed)
    listed = _listed(prefix, model, level)
    if not needle:
        taken = set(present)
        direct = [place for place in listed if not place.above]
        return [_offer(prefix, place, True) for place in direct if prefix + place.entry.keyword not in taken][:limit]
    distances = dictionary.distances(needle, (place.entry for place in listed))
    fitting = [(far, place) for far, place in zip(distances, listed, strict=True) if far is not None]
    # What stands in a sequence is as good as what stands here, but for what was named exactly.
    fitting.sort(key=lambda pair: (pair[0], len(pair[1].above), not pair[1].common, len(pair[1].entry.keyword)))
    offers = [_offer(prefix, place, True) for _, place in fitting]
    offered = {place.entry.tag for _, place in fitting if not place.above}
    elsewhere = {place.entry.tag for _, place in fitting if place.above}
    here = {place.entry.tag for place in listed if not place.above}
    others = [entry for entry in dictionary.search(needle, 400) if entry.tag not in offered]
    # The same attribute in a place that the standard does not list comes last.
    others.sort(key=lambda entry: (entry.tag not in here, entry.tag in elsewhere))
    offers += [_offer(prefix, _Place("", entry), entry.tag in here) for entry in others]
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
    begin, dots, last = typed.rpartition("..")
    if key.vr in DATE_VRS:
        # Behind the dots stands one word more.
        known = [f"{begin}..{word}" for word in _WORDS[key.vr] if ".." not in word] if dots and last else _WORDS[key.vr]
    wanted = typed.strip().lower()
    return [Offer(value, value) for value in known if value.lower().startswith(wanted) and value.lower() != wanted]


@dataclass(frozen=True, slots=True)
class _Place:
    """An attribute in a place.

    Attributes:
        above: the sequences to go into, each with its item and the dot behind it.
        entry: of the dictionary.
        common: most queries ask for it there.
    """

    above: str
    entry: Entry
    common: bool = False


def _split(typed: str) -> tuple[str, str]:
    """The sequences that were gone into, with the dot behind them, and the rest.

    A sequence whose item was not named, as in `RequestAttributesSequence.`, is gone into at its first.
    """
    bracket = typed.rfind("].") + 2 if "]." in typed else 0
    prefix, rest = typed[:bracket], typed[bracket:]
    word, dot, inner = rest.partition(".")
    if dot and (entry := _named(word)) is not None and entry.vr == "SQ":
        deeper, needle = _split(inner)
        return f"{prefix}{word.strip()}[0].{deeper}", needle
    return prefix, rest.strip()


def _named(word: str) -> Entry | None:
    tag = scan_tag(word.strip().removeprefix("("))
    return None if tag is None else dictionary.lookup(tag)


def _offer(prefix: str, place: _Place, listed: bool) -> Offer:
    entry = place.entry
    word = entry.keyword
    text = f"{prefix}{place.above}{word}"
    hint = f"{entry.vr}  {bare_tag(entry.tag)}  {entry.name}"
    if place.above:
        hint += f", in {_plain(place.above).rstrip('.')}"
    return Offer(f"{text}[0]." if entry.vr == "SQ" else text, word, hint, listed)


@lru_cache(maxsize=32)
def _listed(prefix: str, model: InformationModel, level: str) -> tuple[_Place, ...]:
    """What the standard lists in and below a place, each once, what most queries ask for first."""
    common: dict[str, bool] = {}
    plain = _plain(prefix)
    for attribute in models.attributes(model, level if level in model.levels else None):
        # Sequences on the way are offered, too.
        path = _plain(attribute.path)
        steps = path[len(plain) :].split(".") if path.startswith(plain) else []
        for count in range(1, len(steps) + 1):
            word = ".".join(steps[:count])
            common[word] = common.get(word, False) or attribute.common
    for word in _of_macro(prefix):
        common.setdefault(word, True)
    words = sorted(common, key=lambda word: not common[word])
    return tuple(place for word in words if (place := _place(word, common[word])) is not None)


def _place(path: str, common: bool) -> _Place | None:
    *above, word = path.split(".")
    entry = dictionary.find(word)
    return None if entry is None else _Place("".join(f"{step}[0]." for step in above), entry, common)


def _of_macro(prefix: str) -> Iterator[str]:
    """Attributes that every sequence of its sort has (PS3.3 tables 8.8-1 and 10-11)."""
    last = _plain(prefix).rstrip(".").rpartition(".")[2]
    if last.endswith("CodeSequence"):
        yield from _CODE
    elif last.startswith("Referenced") and last.endswith("Sequence"):
        yield from _REFERENCE


def _plain(path: str) -> str:
    """A path in keywords, without items; one that cannot be read loses its items alone."""
    dot = "." if path.endswith(".") else ""
    try:
        steps = Key.parse(path.removesuffix(".")).path
    except KeyPathError:
        return "".join(piece.rpartition("]")[2] for piece in path.split("["))
    return ".".join(str(step._replace(item=None)) for step in steps) + dot
