"""What became of the responses from one run of a query to the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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
    """

    new: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()
    gone: tuple[Response, ...] = ()

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


def unique(identities: Iterable[int]) -> list[int]:
    """Identities with those that come again made different by how often they came before."""
    met: dict[int, int] = {}
    found = []
    for identity in identities:
        times = met.get(identity, 0)
        met[identity] = times + 1
        found.append(identity if not times else hash((identity, times)))
    return found
