"""What became of the responses from one run of a query to the next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from findtui.dicom.dataset import DataSet
from findtui.dicom.response import Response


class Change(Enum):
    """How a response differs from the run before; the value is its mark in the grid."""

    NEW = "+"
    CHANGED = "~"
    GONE = "-"


@dataclass(frozen=True, slots=True)
class Diff:
    """Two runs beside each other.

    Attributes:
        new: rows of the later run that the earlier one does not have.
        changed: rows of the later run with the same identity but other values.
        gone: responses of the earlier run that the later one does not have.
        behind: for each of them, the row of the later run that it stood behind; -1 before all others.
        since: when each of all these was first found so, by row; those of responses that are gone come after the run's.
        before: what the changed ones were before anything in them changed, by row.
    """

    new: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()
    gone: tuple[Response, ...] = ()
    behind: tuple[int, ...] = ()
    since: Mapping[int, datetime] = field(default_factory=dict)
    before: Mapping[int, Response] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.gone)


def same(one: Response, other: Response) -> bool:
    """Whether two responses hold the same values, however their lengths and VRs were written."""
    if one.identifier == other.identifier and one.transfer_syntax == other.transfer_syntax:
        return True
    return _values(one.parse()) == _values(other.parse())


def _values(dataset: DataSet) -> list[object]:
    return [
        (element.tag, element.value.rstrip(b" \0") if element.items is None else [*map(_values, element.items)])
        for element in dataset
    ]


def paired(before: Sequence[tuple[int, Response]], after: Sequence[tuple[int, Response]]) -> dict[int, int]:
    """Which response of a run is which of the run before; both have their identities beside them.

    Of several with one identity, those that are alike to the byte belong together, and the others in their order.

    Returns:
        Index into `before` by index into `after`, of those that are in both.
    """
    places = {identity: index for index, (identity, _) in enumerate(before)}
    if len(places) == len(before) and len({identity for identity, _ in after}) == len(after):
        return {index: places[identity] for index, (identity, _) in enumerate(after) if identity in places}
    return _paired_of_several(before, after)


def _paired_of_several(before: Sequence[tuple[int, Response]], after: Sequence[tuple[int, Response]]) -> dict[int, int]:
    alike: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    for index in range(len(before) - 1, -1, -1):
        identity, response = before[index]
        alike[identity, response.identifier].append(index)
    pairs: dict[int, int] = {}
    for index, (identity, response) in enumerate(after):
        if same_bytes := alike.get((identity, response.identifier)):
            pairs[index] = same_bytes.pop()
    taken = set(pairs.values())
    left: dict[int, list[int]] = defaultdict(list)
    for index in range(len(before) - 1, -1, -1):
        if index not in taken:
            left[before[index][0]].append(index)
    for index, (identity, _) in enumerate(after):
        if index not in pairs and left.get(identity):
            pairs[index] = left[identity].pop()
    return pairs


def in_place(rows: int, behind: Sequence[int]) -> list[int]:
    """The rows of a run, with those of responses that are gone (which come after them) where they stood.

    Args:
        rows: of the run itself.
        behind: as in `Diff`; its rows come in the order of these.
    """
    following: dict[int, list[int]] = defaultdict(list)
    for index, place in enumerate(behind):
        following[place].append(rows + index)
    order = list(following[-1])
    for row in range(rows):
        order.append(row)
        order += following.get(row, ())
    return order
