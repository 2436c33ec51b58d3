"""Query keys in the path notation of findscu's -k (DCMTK's dcmodify documents it)."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from findtui.dicom import dictionary
from findtui.dicom.limits import LIMITS
from findtui.dicom.paths import Step, scan_tag, suggestion
from findtui.dicom.visible import visible
from findtui.errors import KeyPathError

_ITEM: Final = r"(?a)\[\s*([+-]?)(?=\d)0*+(\d{0,20})"


class Key(NamedTuple):
    """An attribute of a query, with the value that it must match or without one.

    `Key.parse` and `str` are inverse: `Key.parse(str(key)) == key`.

    Attributes:
        path: the attributes on the way; `item` is set on every sequence that is gone into. () is a key that does
            nothing, as findscu takes "".
        value: what stands after the "="; None where there is no "=".
        typed: how the user wrote it, for messages; "" for a key that was made here. Two keys are equal however they
            are written.
    """

    path: tuple[Step, ...]
    value: str | None = None
    typed: str = ""

    @staticmethod
    def parse(text: str) -> Key:
        """Read a key: `PatientName=M*`, `0010,0010=M*`, `(0040,0100)[0].Modality`.

        Raises:
            KeyPathError: what is wrong with its path, naming the key; `dcmtk` holds findscu's two lines.
        """
        if not text:
            return Key(())
        path, equals, value = text.partition("=")
        steps = _parse_path(text, path)
        if value and _ends_with_sequence(steps):
            raise _error(
                text,
                "Cannot insert value into path ending with item or sequence",
                "it gives a value to a sequence or an item, which hold attributes instead",
                f"Name an attribute in an item, such as {steps[0]._replace(item=0)}.Modality=…",
            )
        return Key(steps, value if equals else None, text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and self[:2] == other[:2]

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self[:2])

    def __str__(self) -> str:
        path = ".".join(map(str, self.path))
        return path if self.value is None else f"{path}={self.value}"

    @property
    def shown(self) -> str:
        """As it was typed, or else in its canonical form."""
        return self.typed or str(self)

    @property
    def tag(self) -> int:
        """Of the attribute that the key names; a key that does nothing has none.

        Raises:
            IndexError: the key does nothing.
        """
        return self.path[-1].tag

    @property
    def kind(self) -> str:
        """Either "matching" or "return": without a value an attribute is only asked for (PS3.4 section C.2.2.1)."""
        return "matching" if self.value else "return"

    @property
    def vr(self) -> str:
        """The dictionary's VR; SQ for a key that ends with an item."""
        return dictionary.implicit_vr(self.tag)


def refusal(key: str, reason: str, module: str = "0001:0019") -> str:
    """What DCMTK's findscu prints when it cannot lay a key over the identifier."""
    return f"E: Bad override key/path: {visible(key)}\nE: Find SCU Failed: {module} {visible(reason)}"


def _error(key: str, reason: str, problem: str, remedy: str = "", module: str = "0001:0019") -> KeyPathError:
    return KeyPathError(f"key '{visible(key)}': {problem}", remedy=remedy, dcmtk=refusal(key, reason, module))


def _ends_with_sequence(steps: tuple[Step, ...]) -> bool:
    return steps[-1].item is not None or dictionary.implicit_vr(steps[-1].tag) == "SQ"


def _parse_path(key: str, path: str) -> tuple[Step, ...]:
    if not path:
        raise _error(key, "Illegal parameter", "there is no attribute before the '='", module="0000:0001")
    if "*" in path:
        raise _error(
            key,
            "Item wildcard '*' found in path but wildcards disabled",
            "its path holds a '*', which only values may",
            "Name the item by its number, [0] for the first",
        )
    return _scan(key, path)


def _scan(key: str, path: str) -> tuple[Step, ...]:
    steps: list[Step] = []
    rest = path
    while rest:
        tag, rest = _scan_tag(key, rest)
        if not rest:
            steps.append(Step(tag))
            break
        if not dictionary.may_be_sequence(tag):
            raise _error(
                key,
                "Invalid Path: Non-sequence tag found with rest path following",
                f"{Step(tag)} is no sequence, so '{visible(rest)}' leads nowhere",
            )
        item, rest = _scan_item(key, rest)
        steps.append(Step(tag, item))
    return tuple(steps)


def _scan_tag(key: str, rest: str) -> tuple[int, str]:
    if rest.startswith("("):
        end = rest.find(")")
        if end < 0:
            raise _error(
                key,
                f"Unable to parse tag at beginning of path: {rest}",
                f"the '(' of '{visible(rest)}' has no ')'",
                "Write a tag as (gggg,eeee)",
            )
        name, after = rest[1:end], rest[end + 1 :]
    else:
        name, bracket, after = rest.partition("[")
        after = bracket + after
    tag = scan_tag(name) if name else None
    if tag is None:
        problem = f"nothing is called '{visible(name)}'" if name else f"'{visible(rest)}' names no attribute"
        raise _error(
            key, f"Unable to parse tag/dictionary name at beginning of path: {rest}", problem, suggestion(name)
        )
    return tag, after


def _scan_item(key: str, rest: str) -> tuple[int, str]:
    """The number in `[n]`, and the path after it and the one character that follows."""
    end = rest.find("]")
    match = re.match(_ITEM, rest) if end >= 0 else None
    if match is None:
        raise _error(
            key,
            f"Unable to parse item number at beginning of path: {rest}",
            f"'{visible(rest)}' should be an item number",
            "Write [0] for the first item of a sequence",
        )
    number = int(f"{match[1]}{match[2] or 0}")
    if number < 0:
        raise _error(
            key,
            f"Negative item number (not permitted) at beginning of path: {rest}",
            f"the item number {number} is negative",
            "Write [0] for the first item of a sequence",
        )
    if number > LIMITS.path_item:
        raise KeyPathError(
            f"key '{visible(key)}': the item number {number} is above {LIMITS.path_item}",
            remedy="All items before it would have to be sent, too",
        )
    return number, rest[end + 2 :]
