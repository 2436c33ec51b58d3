"""Keys as people call them."""

from __future__ import annotations

from typing import Final

_NAMES: Final = {
    "slash": "/",
    "question_mark": "?",
    "asterisk": "*",
    "enter": "↵",
    "space": "Space",
    "backspace": "⌫",
    "escape": "Esc",
    "delete": "Del",
}


def key_name(keys: str) -> str:
    """Keys as Textual names them, by commas, as people call them: `question_mark,f1` is `? F1`."""
    return " ".join(_one(key.strip()) for key in keys.split(","))


def _one(key: str) -> str:
    *modifiers, last = key.split("+")
    if last in _NAMES:
        last = _NAMES[last]
    elif len(last) > 1:
        last = last.capitalize()
    return "+".join([*(modifier.capitalize() for modifier in modifiers), last])
