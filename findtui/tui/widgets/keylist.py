"""The keys of a query while they are edited, with everything that was done to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from findtui.dicom.models import WORKLIST, InformationModel

_MOST_STEPS: Final = 200
_State = tuple[InformationModel, tuple[str, ...]]


class KeyList:
    """Keys as texts (`path=value` or `path`), and the states that they were in before and after."""

    def __init__(self, texts: Sequence[str] = (), model: InformationModel = WORKLIST) -> None:
        self._state: _State = model, tuple(texts)
        self._before: list[_State] = []
        self._after: list[_State] = []

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def texts(self) -> tuple[str, ...]:
        """The keys, in order."""
        return self._state[1]

    @property
    def model(self) -> InformationModel:
        """The information model that they are for."""
        return self._state[0]

    def set(self, texts: Sequence[str], model: InformationModel | None = None) -> bool:
        """Put other keys in place of these, for the same model or another; says whether that changes anything."""
        state = model or self.model, tuple(texts)
        if state == self._state:
            return False
        self._before.append(self._state)
        del self._before[:-_MOST_STEPS]
        self._after.clear()
        self._state = state
        return True

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

    def _step(self, source: list[_State], target: list[_State]) -> bool:
        if not source:
            return False
        target.append(self._state)
        self._state = source.pop()
        return True
