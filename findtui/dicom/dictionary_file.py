"""Files in the format of DCMTK's data dictionaries, which DCMDICTPATH names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from findtui.dicom.visible import visible
from findtui.errors import DictionaryError

_AMBIGUOUS: Final = {"xs": "US", "lt": "OW", "ox": "OB", "px": "OW", "up": "UL", "na": "na"}
_WORDS: Final = frozenset((0x7FE00010, 0x60003000))
_CURVE_DATA: Final = 0x50003000
_VR: Final = r"[A-Z]{2}"
_KNOWN_VRS: Final = frozenset((
    "AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "OB", "OD", "OF", "OL", "OV", "OW", "PN",
    "SH", "SL", "SQ", "SS", "ST", "SV", "TM", "UC", "UI", "UL", "UN", "UR", "US", "UT", "UV",
))  # fmt: skip
_VM: Final = r"\s*(?:\d+(?:-(?:\d+)?[nN]?)?|\d*[nN])"
_RETIRED: Final = "RETIRED_"


class Entry(NamedTuple):
    """What the dictionary knows of an attribute (PS3.6).

    Attributes:
        tag: 0xGGGGEEEE; the lowest one of a repeating group.
        vr: two letters; where the standard leaves a choice, the one that implicit VR is read with.
        vm: value multiplicity as PS3.6 writes it: "1", "1-n", "2-2n".
        keyword: in DCMTK's spelling: retired ones begin with RETIRED_.
        name: in words.
        retired: no longer in the standard.
        open_vr: DCMTK's word for a choice that the standard leaves open: "xs" for US or SS, "lt" for US or OW, "ox"
            for OB or OW, "up" for offsets in directories; "" where there is none.
    """

    tag: int
    vr: str
    vm: str
    keyword: str
    name: str
    retired: bool
    open_vr: str = ""


class Span(NamedTuple):
    """The groups or elements that an entry stands for.

    Attributes:
        low, high: first and last number.
        parity: 0 even numbers alone, 1 odd ones alone, None all.
    """

    low: int
    high: int
    parity: int | None = None

    def holds(self, number: int) -> bool:
        """Whether it stands for this number."""
        return self.low <= number <= self.high and (self.parity is None or number % 2 == self.parity)

    def covers(self, other: Span) -> bool:
        """Whether all of the other's range is in this one's, whatever their parities."""
        return self.low <= other.low and other.high <= self.high


class Definition(NamedTuple):
    """An entry with all the tags that it stands for.

    Attributes:
        entry: with the lowest tag.
        groups, elements: what it stands for.
        creator: private creator whose block it is in, or None.
    """

    entry: Entry
    groups: Span
    elements: Span
    creator: str | None = None

    @property
    def repeating(self) -> bool:
        """Whether it stands for more than one tag."""
        return self.groups.low != self.groups.high or self.elements.low != self.elements.high

    def holds(self, tag: int, creator: str | None) -> bool:
        """Whether the tag, in a block reserved by this creator, is one of its tags."""
        if creator != self.creator or not self.groups.holds(tag >> 16):
            return False
        element = tag & 0xFFFF
        return self.elements.holds(element) or (creator is not None and self.elements.holds(element & 0xFF))


def read(path: Path) -> list[Definition]:
    """Every definition of a dictionary file.

    Raises:
        DictionaryError: the file cannot be read, or a line of it cannot; it names both.
    """
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise DictionaryError(
            f"cannot read the data dictionary {path}: {error.strerror or error}",
            remedy="Name readable dictionary files in DCMDICTPATH, or unset it to use the built-in dictionary",
            dcmtk=f"E: DcmDataDictionary: Cannot open file: {visible(str(path))}",
        ) from error
    return list(_definitions(text, str(path)))


class BadLine(ValueError):
    """What is wrong with a line of a dictionary file.

    Attributes:
        fault: in DCMTK's words.
        field: as it stands in the line, where one is at fault.
    """

    def __init__(self, fault: str, detail: str, field: str = "") -> None:
        super().__init__(f"{fault}: {detail}")
        self.fault = fault
        self.field = field


def _definitions(text: str, source: str) -> Iterator[Definition]:
    for number, line in enumerate(text.split("\n"), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        try:
            yield parse_line(line.rstrip())
        except BadLine as error:
            field = f": {error.field}" if error.field else ""
            raise DictionaryError(
                f"the data dictionary {source} is wrong in line {number}: {error}",
                remedy="A line holds tag, VR, keyword, VM and origin, separated by single tabs",
                dcmtk=f"E: DcmDataDictionary: {visible(source)}: {error.fault} (line {number}){visible(field)}",
            ) from error


def parse_line(line: str) -> Definition:
    """One line of a dictionary file: tag, VR, keyword and, optionally, VM and origin.

    Raises:
        BadLine: what is wrong with it.
    """
    fields = line.split("\t")
    if len(fields) < 3:
        raise BadLine("too few fields", f"{len(fields)} of at least 3, which single tabs separate")
    if len(fields) > 5:
        raise BadLine("too many fields", f"{len(fields)} of at most 5")
    vm = fields[3].strip() if len(fields) > 3 else "1"
    if not re.match(_VM, vm):
        raise BadLine("bad VM field", repr(vm), vm)
    groups, elements, creator = _tags(fields[0].strip())
    written, tag = fields[1].strip(), groups.low << 16 | elements.low
    vr = chosen_vr(_vr(written), tag)
    keyword = fields[2].strip()
    retired = keyword.startswith(_RETIRED) or (len(fields) > 4 and fields[4].strip().endswith("/retired"))
    entry = Entry(tag, vr, vm, keyword, _words(keyword), retired, open_vr(written, tag))
    return Definition(entry, groups, elements, creator)


def chosen_vr(vr: str, tag: int) -> str:
    """OB or OW for what may be either: pixel and overlay data are words (PS3.5 annex A.1), all else is bytes.

    Waveform data would be words, too, where no VR is written; DCMTK takes it as bytes, and both hold the same.
    """
    return "OW" if vr == "OB" and tag in _WORDS else vr


def open_vr(word: str, tag: int) -> str:
    """DCMTK's word for an open choice of VR, as its dumps show it where no VR was written; "" for none."""
    decided = tag in _WORDS or tag == _CURVE_DATA
    return word if word in ("xs", "lt", "up") or (word == "ox" and not decided) else ""


def _vr(text: str) -> str:
    if text in _AMBIGUOUS:
        return _AMBIGUOUS[text]
    if text in _KNOWN_VRS:
        return text
    if re.fullmatch(_VR, text):
        return "UN"
    raise BadLine("bad VR field", repr(text), text)


def _tags(text: str) -> tuple[Span, Span, str | None]:
    match = re.fullmatch(r'\(\s*([^,"]+?)\s*,\s*(?:"([^"]*)"\s*,)?\s*([^,"]+?)\s*\)', text)
    if match is None:
        raise BadLine("bad Tag field", repr(text), text)
    return _span(match[1], text), _span(match[3], text), match[2] or None


def _span(text: str, field: str) -> Span:
    match = re.fullmatch(r"([0-9a-fA-F]{1,4})(?:-(?:([oOeEuU])-)?([0-9a-fA-F]{1,4}))?", text)
    if match is None:
        raise BadLine("bad Tag field", repr(field), field)
    low = int(match[1], 16)
    if match[3] is None:
        return Span(low, low)
    high = int(match[3], 16)
    if high < low:
        raise BadLine("bad Tag field", f"{field!r} ends before it begins", field)
    parity = {"o": 1, "e": 0, "u": None}[(match[2] or "e").lower()]
    return Span(low, high, parity)


def _words(keyword: str) -> str:
    bare = keyword.removeprefix(_RETIRED)
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", bare)
