"""Identifiers: a query's files and keys made into the data sets that are asked, and data sets taken apart into keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from findtui.dicom import dictionary, rules, values
from findtui.dicom.charset import DEFAULT, TEXT_VRS, UTF_8, CharacterSet
from findtui.dicom.charset_terms import DEFINED, canonical
from findtui.dicom.dataset import DataSet, Element
from findtui.dicom.keys import Key, refusal
from findtui.dicom.paths import Step, bare_tag
from findtui.dicom.visible import visible
from findtui.errors import CharacterSetError, KeyPathError, KeyValueError, QueryError

if TYPE_CHECKING:
    from findtui.dicom.query import Query

SPECIFIC_CHARACTER_SET: Final = 0x00080005
QUERY_RETRIEVE_LEVEL: Final = 0x00080052
_TRAILING_PADDING: Final = 0xFFFCFFFC
_REFUSED_GROUPS: Final = {
    0x0000: "group 0000 belongs to the command and cannot be part of an identifier",
    0x0002: "group 0002 belongs to the header of files and cannot be part of an identifier",
    0xFFFE: "group FFFE delimits items and is no attribute",
}


def build(query: Query) -> tuple[DataSet, ...]:
    """The identifiers of a query: one for each of its files with the keys laid over it, or one of the keys alone.

    An attribute that is there is overwritten, one that is not is inserted, with the items on the way to it; the last
    of two keys wins. Keys with text beyond ASCII need a character set: the one that a key, the file or the query
    declares, in this order; where none does, ISO_IR 192 is declared and used.

    Raises:
        QueryError: a file that cannot be read, or a key that cannot be sent, naming it.
    """
    if not query.files:
        return (_lay(query, DataSet()),)
    from findtui.dicom import queryfile

    return tuple(_lay(query, queryfile.read(path)) for path in query.files)


def _lay(query: Query, dataset: DataSet) -> DataSet:
    keys = [key for key in query.keys if key.path]
    for key in keys:
        refuse_groups(key)
    # Wherever they stand among the keys, character sets hold for all of them.
    for key in sorted(keys, key=lambda key: key.tag != SPECIFIC_CHARACTER_SET):
        if key.value and not key.value.isascii() and not _charset_at(dataset, key).terms:
            _declare(dataset, query.character_set, key)
        _apply(dataset, key)
    # It fills files up and is not sent (PS3.10 section 7.2).
    dataset.remove(_TRAILING_PADDING)
    return dataset


def refuse_groups(key: Key) -> None:
    """Refuse a key for what no identifier may hold (PS3.7 section 9.1.2.1.4, PS3.10 section 7.1).

    Raises:
        KeyPathError: naming the key and the group.
    """
    for step in key.path:
        problem = _REFUSED_GROUPS.get(step.tag >> 16)
        if problem:
            dcmtk = refusal(key.shown, "Illegal call, perhaps wrong parameters", "0001:0007")
            raise KeyPathError(
                f"key '{visible(key.shown)}': {problem}",
                remedy="Leave the key out",
                dcmtk=dcmtk if step.tag >> 16 == 0xFFFE else "",
            )


def charset_of(dataset: DataSet, outer: CharacterSet = DEFAULT) -> CharacterSet:
    """The character set that a data set declares, or the one around it where it declares none."""
    element = dataset.get(SPECIFIC_CHARACTER_SET)
    return outer if element is None else CharacterSet.parse(element.value)


def _charset_at(dataset: DataSet, key: Key) -> CharacterSet:
    """The character set of the innermost item on the key's path that declares one."""
    charset = charset_of(dataset)
    for step in key.path[:-1]:
        element = dataset.get(step.tag)
        items = element.items if element is not None else None
        if items is None or step.item is None or step.item >= len(items):
            break
        dataset = items[step.item]
        charset = charset_of(dataset, charset)
    return charset


def _declare(dataset: DataSet, term: str | None, key: Key) -> None:
    """Declare the query's character set, or ISO_IR 192, in the identifier.

    Text that the file already holds would get another meaning by it, unless it has that meaning anyway.
    """
    charset = CharacterSet.parse(term) if term else UTF_8
    if term and not all(canonical(part) in DEFINED for part in term.split("\\")):
        raise CharacterSetError(
            f"key '{visible(key.shown)}': its text needs a character set, and '{term}' is none that DICOM defines",
            remedy="Use ISO_IR 192 (UTF-8), or the one that the peer works with, such as ISO_IR 100 (Latin-1)",
        )
    if any(not charset.decodes(element.value, element.vr) for element in _texts(dataset)):
        raise CharacterSetError(
            f"key '{visible(key.shown)}': its text needs a character set, and the query file holds text "
            f"that is none in {charset} and declares no other",
            remedy="Declare the one that the file is in with -k SpecificCharacterSet=…",
        )
    dataset.put(Element(SPECIFIC_CHARACTER_SET, "CS", values.encode("CS", str(charset))))


def _texts(dataset: DataSet) -> Iterator[Element]:
    for element in dataset:
        if element.vr in TEXT_VRS:
            yield element
        for item in element.items or ():
            yield from _texts(item)


def _apply(dataset: DataSet, key: Key) -> None:
    charset = _charset_at(dataset, key)
    for step in key.path[:-1]:
        dataset = _item(_sequence(dataset, step, key), step)
    step = key.path[-1]
    present = dataset.get(step.tag)
    vr = present.vr if present is not None else _vr(dataset, step.tag)
    if key.value and vr == "SQ":
        raise KeyPathError(
            f"key '{visible(key.shown)}': {step} is a sequence and takes no value",
            dcmtk=refusal(key.shown, "Cannot insert value into path ending with item or sequence"),
        )
    if step.item is not None or "SQ" in (vr, dictionary.implicit_vr(step.tag)):
        sequence = _sequence(dataset, step, key)
        if step.item is not None:
            _item(sequence, step)
        return
    raw = _encoded(key, vr, charset)
    # An unknown attribute that the file has is listed as one that was read.
    was_read = vr == "UN" and present is not None and present.length is not None
    dataset.put(Element(step.tag, vr, raw, length=len(raw) if was_read else None))


def _encoded(key: Key, vr: str, charset: CharacterSet) -> bytes:
    try:
        return values.encode(vr, key.value or "", charset)
    except KeyValueError as error:
        module, _, reason = error.dcmtk.partition(" ")
        raise KeyValueError(
            f"key '{visible(key.shown)}': {error.message}",
            remedy=error.remedy,
            dcmtk=refusal(key.shown, reason, module) if reason else "",
        ) from error
    except CharacterSetError as error:
        raise CharacterSetError(f"key '{visible(key.shown)}': {error.message}", remedy=error.remedy) from error


def _sequence(dataset: DataSet, step: Step, key: Key) -> Element:
    element = dataset.get(step.tag)
    if element is None:
        if _vr(dataset, step.tag) != "SQ":
            problem = f"{bare_tag(step.tag)} is a sequence only after the key for its private creator"
            raise KeyPathError(
                f"key '{visible(key.shown)}': {problem}",
                remedy=f"Give {bare_tag(_block(step.tag))}=… before it, in the same item",
                dcmtk=refusal(key.shown, "Invalid Path: Non-sequence tag found with rest path following"),
            )
        element = Element(step.tag, "SQ", items=[])
        dataset.put(element)
    if element.items is None:
        raise KeyPathError(
            f"key '{visible(key.shown)}': {step} is no sequence in the query file, which says its VR is {element.vr}",
            remedy="Mend the file, or ask without it",
        )
    return element


def _item(sequence: Element, step: Step) -> DataSet:
    """The item that the step names; it and those before it are made where they are missing."""
    if sequence.items is None or step.item is None:
        raise KeyPathError(f"{step} names no item of a sequence")
    while len(sequence.items) <= step.item:
        sequence.items.append(DataSet())
    return sequence.items[step.item]


def _vr(dataset: DataSet, tag: int) -> str:
    """The dictionary's VR of an element that is to be part of this data set."""
    return dictionary.implicit_vr(tag, _creator(dataset, tag))


def _block(tag: int) -> int:
    """The tag of the private creator that reserves the block of a private element (PS3.5 section 7.8.1)."""
    return tag & 0xFFFF0000 | (tag & 0xFFFF) >> 8


def _creator(dataset: DataSet, tag: int) -> str | None:
    """The private creator of a private element."""
    if not (tag >> 16) & 1 or _block(tag) & 0xFFFF < 0x10:
        return None
    element = dataset.get(_block(tag))
    return None if element is None else element.value.decode("latin-1").strip(" \0") or None


def keys_of(dataset: DataSet) -> tuple[Key, ...]:
    """The keys that make up a data set: `build` makes the same one of them, but for group lengths.

    Text that its character set does not explain is kept byte for byte, as lone surrogates.
    """
    return tuple(key for key, _ in _keys(dataset, (), DEFAULT))


def taken_apart(dataset: DataSet) -> tuple[tuple[Key, ...], tuple[Key, ...]]:
    """The keys that make up a data set, and those that would not: of them `build` makes something else or nothing.

    These are elements with another VR than the dictionary's, above all private ones, and text that its character set
    does not explain. Laid over the data set itself, the others change nothing.
    """
    rows = list(_keys(dataset, (), DEFAULT))
    return tuple(key for key, exact in rows if exact), tuple(key for key, exact in rows if not exact)


def _keys(
    dataset: DataSet, path: tuple[Step, ...], outer: CharacterSet, sayable: bool = True
) -> Iterator[tuple[Key, bool]]:
    """Each key with whether it makes the same element."""
    charset = charset_of(dataset, outer)
    for element in dataset:
        if element.tag & 0xFFFF == 0 or element.tag >> 16 in _REFUSED_GROUPS:
            continue
        if element.items is None:
            value = values.text(element.vr, element.value, charset)
            vr = dictionary.implicit_vr(element.tag, _creator(dataset, element.tag))
            yield Key((*path, Step(element.tag)), value or None), sayable and _makes(vr, value, charset, element)
            continue
        known = sayable and dictionary.implicit_vr(element.tag) == "SQ"
        if not element.items:
            yield Key((*path, Step(element.tag))), known
        for index, item in enumerate(element.items):
            inner = (*path, Step(element.tag, index))
            if len(item):
                yield from _keys(item, inner, charset, known)
            else:
                yield Key(inner), known


def _makes(vr: str, value: str, charset: CharacterSet, element: Element) -> bool:
    if vr != element.vr:
        return False
    try:
        return values.encode(vr, value, charset) == element.value
    except QueryError:
        return False


def notes(query: Query | DataSet) -> list[str]:
    """What breaks a rule in an identifier that can be sent all the same, one line each, naming the attribute.

    Raises:
        QueryError: the query's identifiers cannot be built.
    """
    datasets = (query,) if isinstance(query, DataSet) else build(query)
    return list(dict.fromkeys(note for dataset in datasets for note in _notes(dataset, (), DEFAULT)))


def _notes(dataset: DataSet, path: tuple[Step, ...], outer: CharacterSet) -> Iterator[str]:
    charset = charset_of(dataset, outer)
    if dataset.get(SPECIFIC_CHARACTER_SET) is not None:
        name = Key((*path, Step(SPECIFIC_CHARACTER_SET)))
        yield from (f"{name}: {problem}" for problem in charset.problems)
    for element in dataset:
        entry = dictionary.lookup(element.tag)
        vm = entry.vm if entry is not None else None
        name = Key((*path, Step(element.tag)))
        for problem in rules.complaints(element.vr, element.value, vm=vm, charset=charset):
            yield f"{name}: {problem}"
        for index, item in enumerate(element.items or ()):
            yield from _notes(item, (*path, Step(element.tag, index)), charset)
