"""The line of keys at the bottom of a screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import events
from textual.app import RenderResult
from textual.binding import ActiveBinding
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from findtui.tui.actions import FOOTERS, TYPING, Scope
from findtui.tui.keynames import key_name

GAPS: Final = (2, 1)
"""Cells between two keys: the first where all of them have room so."""


@dataclass(frozen=True, slots=True)
class FooterKey:
    """A key and what it does.

    Attributes:
        key: as Textual names it.
        text: what it does, in a word or two.
        enabled: whether that can be done now.
        help: the same in a line.
        width: cells that it takes at least.
    """

    key: str
    text: str
    enabled: bool = True
    help: str = ""
    width: int = 0

    @property
    def name(self) -> str:
        """The key as people call it."""
        return key_name(self.key)

    @property
    def cells(self) -> int:
        """Cells that it takes."""
        return max(Content(f"{self.name} {self.text}").cell_length, self.width)


def fitting(keys: Sequence[FooterKey], width: int) -> tuple[int, list[FooterKey]]:
    """As many keys as there is room for: the first ones, and the last one, which is for help or for leaving.

    Args:
        keys: the most important first, but for the last.
        width: cells that there are.

    Returns:
        The gap between two keys in cells, and the keys.
    """
    for gap in GAPS:
        if sum(key.cells + gap for key in keys) - gap <= width:
            return gap, list(keys)
    kept = list(keys)
    while len(kept) > 1 and sum(key.cells + gap for key in kept) - gap > width:
        del kept[-2]
    return gap, kept


class KeyFooter(Widget):
    """Keys that do something where one is. A click on one presses it."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"footer--key", "footer--text"}
    DEFAULT_CSS = """
    KeyFooter {
        dock: bottom;
        height: 1;
        padding: 0 1;
        background: $footer-background;
        & > .footer--key { color: $footer-key-foreground; text-style: bold; }
        & > .footer--text { color: $footer-description-foreground; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._keys: list[FooterKey] = []
        self._hovered = -1

    def on_mount(self) -> None:
        """Hear of it when there are other keys."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def _bindings_changed(self, screen: Screen[object]) -> None:
        if screen is self.screen and self.is_attached:
            self._keys = list(self.keys())
            self.refresh()

    def keys(self) -> Iterator[FooterKey]:
        """What could be shown; what closes the screen comes last."""
        from textual.widgets import OptionList, Select

        focused = self.screen.focused
        if isinstance(focused, OptionList) and isinstance(focused.parent, Select):
            yield from (FooterKey("enter", "choose"), FooterKey("escape", "close the list"))
            return
        seen: set[str] = set()
        for active in sorted(self.screen.active_bindings.values(), key=lambda found: found.binding.key == "escape"):
            binding = active.binding
            if binding.show and binding.description not in seen:
                seen.add(binding.description)
                yield FooterKey(binding.key, binding.description, active.enabled, binding.tooltip)

    def render(self) -> RenderResult:
        """One line."""
        gap, keys = fitting(self._keys, self.content_size.width)
        parts: list[Content | str] = []
        name, text = self.get_visual_style("footer--key"), self.get_visual_style("footer--text")
        for index, key in enumerate(keys):
            part = Content.assemble((key.name, name), " ", (key.text, text))
            if not key.enabled:
                part = part.stylize("dim")
            elif index == self._hovered:
                part = part.stylize("underline")
            parts += [part, " " * (key.cells - part.cell_length + gap)]
        return Content.assemble(*parts)

    # Mouse.

    def _at(self, x: int) -> int:
        """Index of the key at a column of cells; -1 for none."""
        gap, keys = fitting(self._keys, self.content_size.width)
        start = 0
        for index, key in enumerate(keys):
            if start <= x < start + key.cells:
                return index
            start += key.cells + gap
        return -1

    def _hover(self, index: int) -> None:
        if index != self._hovered:
            self._hovered = index
            shown = fitting(self._keys, self.content_size.width)[1]
            self.tooltip = shown[index].help or None if index >= 0 else None
            self.refresh()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Underline what a click would press."""
        offset = event.get_content_offset(self)
        self._hover(self._at(offset.x) if offset is not None else -1)

    def on_leave(self) -> None:
        """Nothing would be pressed any more."""
        self._hover(-1)

    def on_click(self, event: events.Click) -> None:
        """Press the key, also one that will only say why it does nothing now."""
        offset = event.get_content_offset(self)
        index = self._at(offset.x) if offset is not None else -1
        if index >= 0:
            self.app.simulate_key(fitting(self._keys, self.content_size.width)[1][index].key)


class ActionFooter(KeyFooter):
    """The keys of the registry that matter most in the panel that one is in."""

    def keys(self) -> Iterator[FooterKey]:
        """What could be shown."""
        active: dict[str | None, ActiveBinding] = {}
        for found in self.screen.active_bindings.values():
            active.setdefault(found.binding.id, found)
        around = self.screen.focused.ancestors if self.screen.focused is not None else []
        scope = next((scope for node in around if isinstance(scope := getattr(node, "SCOPE", None), Scope)), None)
        typing = isinstance(self.screen.focused, Input)
        if typing:
            yield FooterKey("enter", "done")
        for place in TYPING if typing else FOOTERS[scope or Scope.RESULTS]:
            there = [active[action] for action in place if action in active]
            if there:
                chosen = next((found for found in there if found.enabled), there[0])
                binding = chosen.binding
                width = max(FooterKey(found.binding.key, found.binding.description).cells for found in there)
                yield FooterKey(binding.key, binding.description, chosen.enabled, binding.tooltip, width)
