"""Identifiers of requests and responses: what is asked, whether a record meets it, and what is answered.

Records are pydicom data sets that nobody changes once they are made. A request comes from the outside: its values are
read as text here, without pydicom's checks, which would stop at keys such as a range in a DA.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydicom import DataElement, Dataset
from pydicom.charset import convert_encodings, decode_bytes, python_encoding
from pydicom.datadict import dictionary_VR, keyword_for_tag
from pydicom.tag import BaseTag
from pydicom.valuerep import PN_DELIMS, TEXT_VR_DELIMS, VR

from findtui.demo.matching import DATE_VRS, TEXT_VRS, BadKeyError, Interval, key_interval, matches, split_range

SPECIFIC_CHARACTER_SET: Final = 0x00080005
QUERY_RETRIEVE_LEVEL: Final = 0x00080052
RETRIEVE_AE_TITLE: Final = 0x00080054

_ENCODED_VRS: Final = frozenset(("LO", "LT", "PN", "SH", "ST", "UC", "UT"))
_PLAIN_VRS: Final = frozenset(("AE", "AS", "CS", "DA", "DS", "DT", "IS", "TM", "UI", "UR"))
# What resets the character set to the first one (PS3.5 section 6.1.2.5.3), whatever the VR.
_DELIMITERS: Final = TEXT_VR_DELIMS | PN_DELIMS | {ord("="), ord("\\")}
_STAND_ALONE: Final = frozenset(("ISO_IR 192", "GB18030", "GBK"))

# Attributes that are matched as one moment where both are asked for (PS3.4 section C.2.2.2.5 and table K.6-1).
_DATES_WITH_TIMES: Final = {
    0x00080020: 0x00080030,
    0x00080021: 0x00080031,
    0x00080022: 0x00080032,
    0x00080023: 0x00080033,
    0x00400002: 0x00400003,
    0x00400004: 0x00400005,
    0x00400244: 0x00400245,
}


class UnreadableRequestError(ValueError):
    """A request identifier that cannot be understood."""

    def __init__(self, reason: str, tag: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.tag = tag


@dataclass(frozen=True, slots=True)
class Key:
    """One attribute of a request.

    Attributes:
        tag: 0xGGGGEEEE.
        vr: as it was sent, or the dictionary's.
        value: as text without padding; empty for a return key, and for a VR that is not matched on.
        items: the keys of each item where it is a sequence, else None.
    """

    tag: int
    vr: str
    value: str = ""
    items: tuple[tuple[Key, ...], ...] | None = None

    @property
    def name(self) -> str:
        """Keyword and tag, as an error comment has them."""
        return f"{keyword_for_tag(self.tag)} ({self.tag >> 16:04x},{self.tag & 0xFFFF:04x})".lstrip()


def read_keys(request: Dataset, character_set: Sequence[str] = ()) -> tuple[Key, ...]:
    """The keys of a request identifier, in its order.

    Args:
        request: the identifier.
        character_set: of the data set around it, for an item of a sequence.

    Raises:
        UnreadableRequestError: a value cannot be decoded.
    """
    try:
        if SPECIFIC_CHARACTER_SET in request and (declared := request.get_item(SPECIFIC_CHARACTER_SET).value):
            character_set = _text(declared, "ascii").strip(" \0").split("\\")
        # Iterating the data set itself would decode its elements.
        tags = list(request.keys())
        return tuple(_read_key(request, tag, character_set) for tag in tags if tag.element)
    except UnreadableRequestError:
        raise
    except Exception as error:
        # pydicom has no single error for bytes that it cannot make sense of.
        raise UnreadableRequestError(f"the identifier cannot be read: {error}") from error


def _read_key(request: Dataset, tag: BaseTag, character_set: Sequence[str]) -> Key:
    element = request.get_item(tag)
    # Without a VR where it was implicit; a peer that does not know an attribute calls it UN.
    vr = _vr_of(tag) if element.VR in (None, "UN") else element.VR
    if vr == "SQ":
        return Key(tag, vr, items=tuple(read_keys(item, character_set) for item in request[tag].value))
    if not element.value or vr not in _ENCODED_VRS | _PLAIN_VRS or tag.is_private:
        return Key(tag, str(vr))
    try:
        encoding = "ascii" if vr in _PLAIN_VRS else character_set
        text = _text(element.value, encoding)
    except (UnicodeError, LookupError) as error:
        named = Key(tag, vr).name
        sets = "\\".join(character_set) or "none"
        raise UnreadableRequestError(f"{named} cannot be decoded, Specific Character Set {sets}", tag) from error
    return Key(tag, vr, text.rstrip(" \0") if vr in TEXT_VRS else text.strip(" \0"))


def _vr_of(tag: int) -> str:
    try:
        return dictionary_VR(tag)
    except KeyError:
        return "UN"


def _text(value: object, encoding: str | Sequence[str]) -> str:
    if not isinstance(value, bytes):
        return str(value)
    if isinstance(encoding, str):
        return value.decode(encoding)
    if value.isascii() and b"\x1b" not in value:
        return value.decode("ascii")
    terms = list(encoding) or [""]
    if any(term not in python_encoding for term in terms) or (len(terms) > 1 and _STAND_ALONE.intersection(terms)):
        raise LookupError(encoding)
    encodings = convert_encodings(terms)
    if b"\x1b" not in value:
        return value.decode(encodings[0])
    return decode_bytes(value, encodings, _DELIMITERS)


def _element(record: Dataset, tag: int) -> DataElement | None:
    return record.get(tag)


def record_values(record: Dataset, tag: int) -> list[str]:
    """The values of an attribute as text; none where it is absent or empty."""
    element = _element(record, tag)
    if element is None or element.is_empty:
        return []
    values = element.value if element.VM > 1 else [element.value]
    return [str(value) for value in values]


def meets(keys: Iterable[Key], record: Dataset, *, combined: bool = False) -> bool:
    """Whether a record meets every key.

    Args:
        keys: of the request.
        record: what there is.
        combined: whether a date and its time are one moment where both keys are given, so that "from the 5th to the
            7th, from 10 to 18 o'clock" begins on the 5th at 10 and ends on the 7th at 18.

    Raises:
        UnreadableRequestError: a key is no value and no range of its VR.
    """
    keys = list(keys)
    joined = _joined(keys) if combined else {}
    return all(
        _meets_moment(joined, key, record) if key.tag in joined else _meets_key(key, record, combined) for key in keys
    )


def _meets_key(key: Key, record: Dataset, combined: bool) -> bool:
    if key.items is None:
        try:
            return matches(key.vr, key.value, record_values(record, key.tag))
        except BadKeyError as error:
            raise UnreadableRequestError(f"{key.name}: {error}", key.tag) from error
    if not any(key.items):
        return True
    element = _element(record, key.tag)
    there = list(element.value) if element is not None and element.VR == VR.SQ else []
    return any(meets(item, candidate, combined=combined) for item in key.items for candidate in there or [Dataset()])


def _joined(keys: Sequence[Key]) -> dict[int, tuple[Key, Key]]:
    """Pairs of date and time keys that are one range together, under both of their tags."""
    given = {key.tag: key for key in keys if key.value.strip("*") and key.vr in DATE_VRS}
    pairs: dict[int, tuple[Key, Key]] = {}
    for date_tag, time_tag in _DATES_WITH_TIMES.items():
        day, time = given.get(date_tag), given.get(time_tag)
        if day is not None and time is not None and "-" in day.value:
            pairs[date_tag] = pairs[time_tag] = (day, time)
    return pairs


def _meets_moment(joined: dict[int, tuple[Key, Key]], key: Key, record: Dataset) -> bool:
    day, time = joined[key.tag]
    if key is time:
        # Told together with the date.
        return True
    days, times = record_values(record, day.tag), record_values(record, time.tag)
    if not days or not times:
        return False
    try:
        first, last = _moments(day, time)
        begin = _at(key_interval("DA", days[0])[0], key_interval("TM", times[0])[0])
    except BadKeyError as error:
        raise UnreadableRequestError(f"{day.name}, {time.name}: {error}", day.tag) from error
    return first <= begin <= last


def _moments(day: Key, time: Key) -> Interval:
    first_day, last_day = key_interval("DA", day.value)
    first_time, last_time = split_range("TM", time.value)
    if first_time:
        first_day = _at(first_day, key_interval("TM", first_time)[0])
    if last_time:
        last_day = _at(last_day, key_interval("TM", last_time)[1])
    return first_day, last_day


def _at(day: datetime, time: datetime) -> datetime:
    return datetime.combine(day.date(), time.time())


def answer(keys: Iterable[Key], record: Dataset, *, combined: bool = False) -> tuple[Dataset, bool]:
    """What a record has of the attributes that were asked for.

    A standard attribute that the record does not have comes back empty; a private or unknown one is not supported and
    does not come back (PS3.4 section C.1.2.2). Of a sequence come the items that meet the key's.

    Returns:
        The response's data set, and whether every key was supported.
    """
    response = Dataset()
    supported = True
    for key in keys:
        if key.tag == SPECIFIC_CHARACTER_SET:
            continue
        element = _element(record, key.tag)
        if element is None:
            vr = _vr_of(key.tag)
            if vr == "UN" or key.tag >> 16 & 1:
                supported = False
                continue
            element = DataElement(key.tag, vr.partition(" or ")[0], None)
        elif key.items and any(key.items):
            parts = [
                answer(item, there, combined=combined)
                for item in key.items
                for there in element.value
                if meets(item, there, combined=combined)
            ]
            supported = supported and all(whole for _, whole in parts)
            element = DataElement(key.tag, "SQ", [part for part, _ in parts])
        response.add(element)
    return response, supported


def declare_character_set(response: Dataset, record: Dataset, *, asked: bool) -> None:
    """Say how the text of a response is encoded, where it needs saying or was asked for (PS3.4 section C.4.1.1.3.2)."""
    character_set = _element(record, SPECIFIC_CHARACTER_SET)
    if asked or (character_set is not None and not _is_ascii(response)):
        value = None if character_set is None else character_set.value
        response.add(DataElement(SPECIFIC_CHARACTER_SET, "CS", value))


def _is_ascii(response: Dataset) -> bool:
    for element in response:
        if element.VR == VR.SQ:
            if not all(_is_ascii(item) for item in element.value):
                return False
        elif element.VR in _ENCODED_VRS and not all(str(value).isascii() for value in _values(element)):
            return False
    return True


def _values(element: DataElement) -> Sequence[object]:
    return element.value if element.VM > 1 else (element.value,)
