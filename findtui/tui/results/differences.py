"""Which values of a response are others than before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from findtui.dicom.paths import Path, tag_text
from findtui.dicom.response import Response
from findtui.tui.results.columns import Column
from findtui.tui.results.identifier import Node, nodes
from findtui.tui.results.mask import Mask
from findtui.tui.results.readable import as_read, as_sent
from findtui.tui.results.table import Reading


@dataclass(frozen=True, slots=True)
class Difference:
    """An attribute whose value is another one.

    Attributes:
        name: the title of its column, or its keyword.
        before: the value, safe to show; empty where there was none.
        after: the same of now.
    """

    name: str
    before: str
    after: str


def differences(
    before: Response, after: Response, columns: Sequence[Column], reading: Reading, mask: Mask | None
) -> Iterator[Difference]:
    """What is to be seen of how a response changed, in the order of its identifier; what is there no more comes last.

    Args:
        before: the response as it was.
        after: as it is.
        columns: give attributes the names that the user sees.
        reading: how values become text.
        mask: hides patients; None shows all.

    Raises:
        UnreadableIdentifier: one of the identifiers is no data set.
    """
    titles = {_path_of(column): column.title for column in columns}
    was, now = (dict(_leaves(nodes(response, reading))) for response in (before, after))

    def shown(node: Node | None) -> str:
        if node is None or node.element is None:
            return ""
        read = as_sent if reading.raw else as_read
        text = read(node.element.value, node.vr, node.character_set)
        return text if mask is None else mask.shown(node.element.tag, text)

    for path in (*now, *(path for path in was if path not in now)):
        texts = shown(was.get(path)), shown(now.get(path))
        if texts[0] != texts[1]:
            node = now.get(path) or was[path]
            yield Difference(titles.get(path) or node.keyword, *texts)


def _path_of(column: Column) -> str:
    """The path of a column's value as `Node` has it."""
    *above, last = Path.parse(column.path).steps
    return ".".join([*(f"{tag_text(step.tag)}[{step.item or 0}]" for step in above), tag_text(last.tag)])


def _leaves(found: Sequence[Node]) -> Iterator[tuple[str, Node]]:
    """The elements that are no sequences; of duplicates the first counts."""
    known: set[str] = set()
    for node in found:
        if node.element is not None and node.element.items is None and node.path not in known:
            known.add(node.path)
            yield node.path, node
        yield from _leaves(node.children)
