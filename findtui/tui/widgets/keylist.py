"""The keys of a query while they are edited, with everything that was done to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from findtui.tui.question import Question

_MOST_STEPS: Final = 200


class KeyList:
    """A question's keys as texts (`path=value` or `path`), and the questions that it was before and after.

    Args:
        question: to start from.
    """

    def __init__(self, question: Question) -> None:
        self._question = question
        self._before: list[Question] = []
        self._after: list[Question] = []

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def texts(self) -> tuple[str, ...]:
        """The keys, in order."""
        return self._question.keys

    @property
    def question(self) -> Question:
        """All that is asked, and how."""
        return self._question

    def replace(self, question: Question) -> bool:
        """Put another question in place of this one; says whether that changes anything."""
        if question == self._question:
            return False
        self._before.append(self._question)
        del self._before[:-_MOST_STEPS]
        self._after.clear()
        self._question = question
        return True

    def set(self, texts: Sequence[str]) -> bool:
        """Put other keys in place of these; says whether that changes anything."""
        return self.replace(self._question.having_keys(tuple(texts)))

    def put(self, index: int, text: str) -> bool:
        """Change the key at an index, or add one at the end."""
        return self.set((*self.texts[:index], text, *self.texts[index + 1 :]))

    def insert(self, index: int, text: str) -> bool:
        """Put a new key before the one at an index."""
        return self.set((*self.texts[:index], text, *self.texts[index:]))

    def remove(self, *indices: int) -> bool:
        """Take the keys at some indices out."""
        return self.set([text for index, text in enumerate(self.texts) if index not in indices])

    def move(self, index: int, offset: int) -> int:
        """Move the key at an index; returns where it is then."""
        texts = self.texts
        target = max(0, min(index + offset, len(texts) - 1))
        if not 0 <= index < len(texts):
            return index
        rest = [*texts[:index], *texts[index + 1 :]]
        self.set((*rest[:target], texts[index], *rest[target:]))
        return target

    def undo(self) -> bool:
        """Take the last change back; says whether there was one."""
        return self._step(self._before, self._after)

    def redo(self) -> bool:
        """Make again what was taken back; says whether there was something."""
        return self._step(self._after, self._before)

    def _step(self, source: list[Question], target: list[Question]) -> bool:
        if not source:
            return False
        target.append(self._question)
        self._question = source.pop()
        return True
