"""Keys as people call them, and as Textual does. Every key that is shown or typed anywhere goes through here."""

from __future__ import annotations

import string
import unicodedata
from typing import Final

from textual.keys import KEY_NAME_REPLACEMENTS, Keys

_NAMES: Final = {
    "escape": "Esc",
    "delete": "Del",
    "insert": "Ins",
    "pageup": "PgUp",
    "pagedown": "PgDn",
}


def _textual(character: str) -> str:
    if character.isalnum():
        return character
    name = unicodedata.name(character, "").lower().replace("-", "_").replace(" ", "_")
    return KEY_NAME_REPLACEMENTS.get(name, name)


_CHARACTERS: Final = {_textual(character): character for character in string.punctuation}


def _character(key: str) -> str:
    """The character of a key with a long name; empty for keys that are none."""
    if key in _CHARACTERS or key in _KNOWN:
        return _CHARACTERS.get(key, "")
    try:
        found = unicodedata.lookup(key.replace("_", " "))
    except KeyError:
        return ""
    return found if _textual(found) == key else ""


_TEXTUALS: Final = {name.casefold(): key for key, name in _NAMES.items()}
_MODIFIERS: Final = ("ctrl", "alt", "shift", "super", "hyper", "meta")
_KNOWN: Final = frozenset(key.value for key in Keys if not key.value.startswith("<"))


def key_name(keys: str) -> str:
    """Keys as Textual names them, by commas, as people call them: `question_mark,f1` is `? F1`."""
    return " ".join(_one(key.strip()) for key in keys.split(","))


def _one(key: str) -> str:
    *modifiers, last = key.split("+")
    if len(last) > 1:
        last = _NAMES.get(last) or _character(last) or last.capitalize()
    return "+".join([*(modifier.capitalize() for modifier in modifiers), last])


def key_of(name: str) -> str:
    """A key as Textual names it, of what somebody wrote: `Del`, `Ctrl+R`, `?` or `question_mark`.

    Returns:
        The key; empty where there is none of that name.
    """
    name = name.strip()
    *modifiers, last = name.split("+") if name != "+" and not name.endswith("++") else [*name[:-2].split("+"), "+"]
    modifiers = [modifier.strip().lower() for modifier in modifiers if modifier.strip()]
    last = last.strip()
    if not last or any(modifier not in _MODIFIERS for modifier in modifiers):
        return ""
    if len(last) == 1:
        # A letter with a modifier is one key, however it is written.
        last = _textual(last.lower() if modifiers else last)
    else:
        last = _TEXTUALS.get(last.casefold(), last.lower())
    if len(last) != 1 and last not in _KNOWN and not _character(last):
        return ""
    return "+".join([*modifiers, last])
