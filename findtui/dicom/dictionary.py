"""The data dictionary (PS3.6): tags, keywords, value representations.

It is pydicom's, with what is younger than it, with DCMTK's spelling of the keywords, and with the files that
DCMDICTPATH names laid over it. Nothing is loaded before the first look-up.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from findtui.dicom import dictionary_file
from findtui.dicom.dictionary_file import Definition, Entry, Span

__all__ = [
    "Entry",
    "distances",
    "find",
    "implicit_vr",
    "keyword",
    "load_environment",
    "lookup",
    "may_be_sequence",
    "search",
]

UNKNOWN: Final = "Unknown Tag & Data"
_VARIABLE: Final = "DCMDICTPATH"
# PS3.6 leaves these open; what is read or made without a VR is taken as the first; the second is DCMTK's word.
_CHOSEN: Final = {
    "US or SS": ("US", "xs"),
    "US or OW": ("OW", "lt"),
    "US or SS or OW": ("OW", "lt"),
    "OB or OW": ("OB", "ox"),
    "NONE": ("na", ""),
}


# Groups of commands, of the headers of files and of delimiters: no part of an identifier.
_NO_IDENTIFIER: Final = frozenset((0x0000, 0x0002, 0xFFFE))
_FARTHEST: Final = 11
_MOST_ALIKE: Final = 20
_WORD: Final = r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+|[0-9]+"


_Row = tuple[str, str, str, str, str]
"""VR, VM, name, "Retired" or "", and keyword, as pydicom has them."""


class _Dictionary:
    """Definitions, later ones over earlier ones, and all of them over pydicom's table.

    The table's thousands of rows become entries only when they are asked for, and what it lacks is added when
    something is not found in it.

    Args:
        table: by tag.
        supplement: makes the definitions of what the table lacks.
    """

    def __init__(self, table: Mapping[int, _Row], supplement: Callable[[], Iterable[Definition]]) -> None:
        self._table = table
        self._supplement = supplement
        self._complete = False
        self._lock = threading.RLock()
        self.exact: dict[tuple[int, str | None], Entry] = {}
        self.ranges: list[Definition] = []
        self.names: dict[str, Entry] = {}

    def add(self, definition: Definition) -> None:
        entry = definition.entry
        if definition.repeating:
            self._add_range(definition)
        else:
            replaced = self.exact.get((entry.tag, definition.creator))
            if replaced is not None and self.names.get(replaced.keyword) is replaced:
                del self.names[replaced.keyword]
            self.exact[entry.tag, definition.creator] = entry
        # A private attribute must not take the keyword of a standard one.
        if (entry.tag >> 16) % 2:
            known = self._known(entry.keyword)
            if known is not None and not (known.tag >> 16) % 2:
                return
        self.names[entry.keyword] = entry

    def complete(self) -> None:
        """Add what the table lacks, if that has not been done."""
        if self._complete:
            return
        with self._lock:
            supplement, self._supplement = self._supplement, tuple
            for definition in supplement():
                if definition.repeating or self._row(definition.entry.tag) is None:
                    self.add(definition)
            self._complete = True

    def find(self, word: str) -> Entry | None:
        entry = self._known(word)
        if entry is None:
            self.complete()
            entry = self._known(word)
        return entry

    def _known(self, word: str) -> Entry | None:
        entry = self.names.get(word)
        if entry is not None:
            return entry
        tag = self._tags.get(word)
        return None if tag is None or (tag, None) in self.exact else self._row(tag)

    def entries(self) -> Iterator[Entry]:
        """One for each keyword."""
        self.complete()
        for word in self._tags:
            if word not in self.names and (entry := self.find(word)) is not None:
                yield entry
        yield from self.names.values()

    @cached_property
    def _tags(self) -> dict[str, int]:
        return {_keyword(row): tag for tag, row in self._table.items() if row[4]}

    def _row(self, tag: int) -> Entry | None:
        row = self._table.get(tag)
        return _from_pydicom(tag, row) if row is not None and row[4] else None

    def _add_range(self, definition: Definition) -> None:
        """Narrow ranges stand before the wider ones that hold them, so that a search meets them first."""
        for index, other in enumerate(self.ranges):
            if definition.creator != other.creator:
                continue
            if (definition.groups, definition.elements) == (other.groups, other.elements):
                self.ranges[index] = definition
                return
            if other.groups.covers(definition.groups) and other.elements.covers(definition.elements):
                self.ranges.insert(index, definition)
                return
        self.ranges.append(definition)

    def lookup(self, tag: int, creator: str | None) -> Entry | None:
        entry = self._single(tag, creator)
        if entry is None:
            self.complete()
            entry = self._single(tag, creator)
        if entry is not None:
            return entry
        return next((definition.entry for definition in self.ranges if definition.holds(tag, creator)), None)

    def _single(self, tag: int, creator: str | None) -> Entry | None:
        entry = self.exact.get((tag, creator))
        if entry is None and creator is not None:
            entry = self.exact.get((tag & 0xFFFF00FF, creator))
        return self._row(tag) if entry is None and creator is None else entry


@cache
def _dictionary() -> _Dictionary:
    from pydicom import _dicom_dict as pydicom_dictionary

    made = _Dictionary(pydicom_dictionary.DicomDictionary, _supplement)
    for definition in _own("corrections.dic"):
        made.add(definition)
    return made


def _supplement() -> Iterator[Definition]:
    from pydicom import _dicom_dict as pydicom_dictionary

    for mask, row in pydicom_dictionary.RepeatersDictionary.items():
        groups, elements = _mask(mask[:4]), _mask(mask[4:])
        if groups is not None and elements is not None:
            tag = groups.low << 16 | elements.low
            yield Definition(_from_pydicom(tag, row), groups, elements)
    yield from _own("supplement.dic")


def _own(name: str) -> list[Definition]:
    return dictionary_file.read(Path(__file__).with_name(name))


def _from_pydicom(tag: int, row: _Row) -> Entry:
    vr, vm, name, retired, word = row
    chosen, choice = _CHOSEN.get(vr, (vr, ""))
    open_vr = dictionary_file.open_vr(choice, tag)
    return Entry(tag, dictionary_file.chosen_vr(chosen, tag), vm, _keyword(row), name or word, bool(retired), open_vr)


def _keyword(row: _Row) -> str:
    """In DCMTK's spelling."""
    return f"RETIRED_{row[4]}" if row[3] else row[4]


def _mask(text: str) -> Span | None:
    """The span of a pattern such as "60xx"; None for the retired patterns that the supplement spells out."""
    if "x" not in text:
        return Span(int(text, 16), int(text, 16))
    if not text.endswith("xx") or "x" in text[:2]:
        return None
    return Span(int(text[:2] + "00", 16), int(text[:2] + "FF", 16), parity=0)


@lru_cache(maxsize=16384)
def lookup(tag: int, creator: str | None = None) -> Entry | None:
    """The entry of a tag, or None.

    For a tag of a repeating group (50xx, 60xx, 0020,31xx) the entry holds the group's lowest tag. Group lengths and
    private creators have entries; other private elements only where a file of DCMDICTPATH names them.

    Args:
        tag: 0xGGGGEEEE.
        creator: the private creator that reserved the element's block (PS3.5 section 7.8.1).
    """
    return _dictionary().lookup(tag, creator)


def find(word: str) -> Entry | None:
    """The entry with this keyword, case and all; a retired one also without its RETIRED_."""
    known = _dictionary()
    return known.find(word) or known.find(f"RETIRED_{word}")


def keyword(tag: int, creator: str | None = None) -> str:
    """The keyword of a tag, or "Unknown Tag & Data"."""
    entry = lookup(tag, creator)
    return UNKNOWN if entry is None else entry.keyword


@lru_cache(maxsize=16384)
def implicit_vr(tag: int, creator: str | None = None) -> str:
    """The VR with which an element is read where none is written (PS3.5 annex A.1), and made where none is known.

    UN for what the dictionary does not hold.
    """
    entry = lookup(tag, creator)
    return "UN" if entry is None else entry.vr


def may_be_sequence(tag: int) -> bool:
    """Whether a tag is that of a sequence, be it a private one and only with the right private creator."""
    if implicit_vr(tag) == "SQ":
        return True
    privates = (
        entry for (known, creator), entry in _dictionary().exact.items() if creator and known == tag & 0xFFFF00FF
    )
    return bool(tag >> 16 & 1) and any(entry.vr == "SQ" for entry in privates)


# Whether numbers have a sign (PS3.3 sections C.7.5.1.1.2, C.7.6.16.2.11.1 and C.11.1.1.1), and whether waveforms are
# made of words (PS3.5 annex A.1), is said by another attribute.
_PIXEL_REPRESENTATION: Final = 0x00280103
_WAVEFORM_BITS_ALLOCATED: Final = 0x54001004
_DECIDING: Final = {
    **dict.fromkeys(
        (0x00280106, 0x00280107, 0x00280108, 0x00280109, 0x00280120, 0x00280121, 0x00283002, 0x00189810, 0x00409211,
         0x00409216, 0x00603004, 0x00603006),
        _PIXEL_REPRESENTATION,
    ),
    **dict.fromkeys((0x54000110, 0x54000112, 0x5400100A, 0x54001010), _WAVEFORM_BITS_ALLOCATED),
}  # fmt: skip


def deciding(tag: int) -> int | None:
    """The attribute of the same item that decides which of its VRs an attribute has where none is written, or None."""
    return _DECIDING.get(tag)


def decided_vr(tag: int, value: int) -> str:
    """The VR of an attribute that another one decides, by the value of that one; see `deciding`."""
    if deciding(tag) == _PIXEL_REPRESENTATION:
        return "SS" if value == 1 else "US"
    return "OB" if value == 8 else "OW"


def load_environment(environment: Mapping[str, str] | None = None) -> None:
    """Lay the files named by DCMDICTPATH, separated by colons, over the dictionary, the later over the earlier.

    What an earlier call loaded is forgotten.

    Raises:
        DictionaryError: a file cannot be read or has a line that cannot; it names file and line.
    """
    value = (os.environ if environment is None else environment).get(_VARIABLE, "")
    loaded = [dictionary_file.read(Path(name)) for name in value.split(os.pathsep) if name]
    if not loaded and _dictionary.cache_info().currsize == 0:
        return
    forget()
    known = _dictionary()
    known.complete()
    for definitions in loaded:
        for definition in definitions:
            known.add(definition)


def forget() -> None:
    """Drop what was loaded; the next look-up starts from the built-in dictionary."""
    for cached in (_dictionary, _index, _indexed, _found, lookup, implicit_vr):
        cached.cache_clear()


def search(text: str, limit: int = 20) -> list[Entry]:
    """Attributes that a user may mean by what was typed so far, the likeliest first.

    It looks at keywords, at names, at tags in any notation, at initials ("SPSS" is ScheduledProcedureStepSequence)
    and at the beginnings of words ("accnum" is AccessionNumber); where nothing fits, at words that are spelt much
    alike.

    Args:
        text: any part of a keyword, name or tag; an empty one finds nothing.
        limit: how many are given back at most.
    """
    return list(_found(text)[:limit])


@lru_cache(maxsize=32)
def _found(text: str) -> tuple[Entry, ...]:
    typed = _Typed.of(text)
    if not typed.needle:
        return ()
    index = _index()
    scored = [(score, word.entry) for word in index if (score := _score(word, typed)) is not None]
    if not scored:
        import difflib

        by_word = {word.lower: word.entry for word in index}
        alike = difflib.get_close_matches(typed.needle, by_word, n=_MOST_ALIKE, cutoff=0.72)
        return tuple(by_word[word] for word in alike)
    # Tags come in their own order, words the shortest first.
    scored.sort(key=lambda pair: (pair[0], pair[1].retired, 0 if typed.digits else len(pair[1].keyword), pair[1].tag))
    return tuple(entry for _, entry in scored)


def distances(text: str, entries: Iterable[Entry]) -> list[int | None]:
    """How far each of some entries is from what was typed: 0 is the same, None does not fit at all.

    Among a few entries, one that only begins alike fits, too: "modality" is near ModalitiesInStudy.
    """
    typed = _Typed.of(text)
    if not typed.needle:
        return [None for _ in entries]
    words = [_indexed(entry) for entry in entries]
    scores = [_score(word, typed) for word in words]
    return [
        _FARTHEST if score is None and _begins_alike(word, typed) else score
        for word, score in zip(words, scores, strict=True)
    ]


def _begins_alike(word: _Indexed, typed: _Typed) -> bool:
    return len(typed.needle) >= 8 and word.lower.startswith(typed.needle[:-2])


class _Typed(NamedTuple):
    """What was typed, in the forms in which it is looked for."""

    needle: str
    capital: str
    digits: str
    words: list[str]

    @staticmethod
    def of(text: str) -> _Typed:
        digits = re.sub(r"[(),\s]", "", text).lower()
        return _Typed(
            needle=re.sub(r"[\s_-]+", "", text).lower(),
            capital=text.strip()[:1].upper(),
            digits=digits if re.fullmatch(r"[0-9a-f]{4,8}", digits) else "",
            words=text.lower().split(),
        )


class _Indexed(NamedTuple):
    """An entry, in the forms in which it is found."""

    entry: Entry
    bare: str
    lower: str
    initials: str
    words: tuple[str, ...]
    name: str
    digits: str


@cache
def _index() -> list[_Indexed]:
    return [_indexed(entry) for entry in _dictionary().entries() if entry.tag >> 16 not in _NO_IDENTIFIER]


@lru_cache(maxsize=16384)
def _indexed(entry: Entry) -> _Indexed:
    bare = entry.keyword.removeprefix("RETIRED_")
    words = tuple(re.findall(_WORD, bare))
    initials = "".join(filter(str.isupper, bare)).lower()
    name = re.sub(r"[^a-z0-9]", "", entry.name.lower())
    return _Indexed(entry, bare, bare.lower(), initials, tuple(map(str.lower, words)), name, f"{entry.tag:08x}")


def _score(word: _Indexed, typed: _Typed) -> int | None:
    """How far an entry is from what was typed: 0 is the same, None does not fit at all."""
    needle = typed.needle
    if needle == word.lower or needle == f"retired{word.lower}":
        return 0
    if typed.digits and word.digits.startswith(typed.digits):
        return 1
    if needle == word.initials:
        return 2
    if needle in word.lower:
        return 3 if word.lower.startswith(needle) else 4 if word.bare.find(typed.capital) > 0 else 5
    if needle in word.name:
        return 6
    if len(typed.words) > 1 and all(part in word.lower for part in typed.words):
        return 7
    if len(needle) < 3:
        return None
    if word.initials.startswith(needle):
        return 8
    if needle[0] in word.initials and _abbreviates(needle, word.words):
        return 9 if needle[0] == word.initials[:1] else 10
    return None


def _abbreviates(needle: str, words: tuple[str, ...]) -> bool:
    """Whether a text is made up of the beginnings of some of the words, in their order: "accnum", "patname"."""
    # A single letter may stand for a word only where longer pieces surround it: else nearly everything would fit.
    rest = {needle: 0}
    for word in words:
        for text, singles in list(rest.items()):
            length = 0
            while length < min(len(word), len(text)) and word[length] == text[length]:
                length += 1
                left, used = text[length:], singles + (length == 1)
                if not left and used <= len(needle) // 4:
                    return True
                rest[left] = min(rest.get(left, used), used)
    return False
