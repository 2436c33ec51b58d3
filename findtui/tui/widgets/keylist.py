"""The keys of a query while they are edited, with everything that was done to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_MOST_STEPS: Final = 200


class KeyList:
    """Keys as texts (`path=value` or `path`), and the states that they were in before and after."""

    def __init__(self, texts: Sequence[str] = ()) -> None:
        self._texts = tuple(texts)
        self._before: list[tuple[str, ...]] = []
        self._after: list[tuple[str, ...]] = []

    def __len__(self) -> int:
        return len(self._texts)

    @property
    def texts(self) -> tuple[str, ...]:
        """The keys, in order."""
        return self._texts

    def set(self, texts: Sequence[str]) -> bool:
        """Put other keys in place of these; says whether that changes anything."""
        if tuple(texts) == self._texts:
            return False
        self._before.append(self._texts)
        del self._before[:-_MOST_STEPS]
        self._after.clear()
        self._texts = tuple(texts)
        return True

    def put(self, index: int, text: str) -> bool:
        """Change the key at an index, or add one at the end."""
        return self.set((*self._texts[:index], text, *self._texts[index + 1 :]))

    def insert(self, index: int, text: str) -> bool:
        """Put a new key before the one at an index."""
        return self.set((*self._texts[:index], text, *self._texts[index:]))

    def remove(self, index: int) -> bool:
        """Take the key at an index out."""
        return self.set((*self._texts[:index], *self._texts[index + 1 :]))

    def move(self, index: int, offset: int) -> int:
        """Move the key at an index; returns where it is then."""
        target = max(0, min(index + offset, len(self._texts) - 1))
        if not 0 <= index < len(self._texts):
            return index
        rest = [*self._texts[:index], *self._texts[index + 1 :]]
        self.set((*rest[:target], self._texts[index], *rest[target:]))
        return target

    def undo(self) -> bool:
        """Take the last change back; says whether there was one."""
        return self._step(self._before, self._after)

    def redo(self) -> bool:
        """Make again what was taken back; says whether there was something."""
        return self._step(self._after, self._before)

    def _step(self, source: list[tuple[str, ...]], target: list[tuple[str, ...]]) -> bool:
        if not source:
            return False
        target.append(self._texts)
        self._texts = source.pop()
        return True
