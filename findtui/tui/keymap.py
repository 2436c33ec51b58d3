"""Keys that the user gave to actions: understood, and what is wrong with them said in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from findtui.tui.actions import ACTIONS, BY_ID, Action, Scope
from findtui.tui.keynames import key_name, key_of


def understand(own: Mapping[str, str]) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Keys as Textual names them, by the id of their action.

    Args:
        own: as they stand in the file: keys by commas, by the id of their action.

    Returns:
        The keys that can be used, and by the id of an action what the user should know: keys that do not exist, keys
        that two actions were given, of which the first keeps it, and actions that are left without one.
    """
    understood: dict[str, str] = {}
    problems: list[tuple[str, str]] = []
    for action, text in own.items():
        keys = []
        for name in text.split(","):
            key = key_of(name)
            taker = next(
                (other for other in understood if _meet(action, other) and key in _keys(understood[other])), ""
            )
            if not key:
                problems.append((action, f"{action}: there is no key {name.strip()!r}"))
            elif taker:
                problems.append((action, f"{key_name(key)} was given to {taker} and to {action}: {taker} keeps it"))
            else:
                keys.append(key)
        if keys:
            understood[action] = ",".join(keys)
    return understood, [*problems, *_bereft(understood)]


def _bereft(own: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Actions that kept their own keys and lost one of them to another action, which comes before each."""
    for action in ACTIONS:
        if action.id in own:
            continue
        for key in _keys(action.keys):
            taker = next((other for other in own if _meet(action.id, other) and key in _keys(own[other])), "")
            if taker:
                yield taker, f"{key_name(key)} is the key of {action.id}, too, which now has {_left(action, key)}"


def _left(action: Action, key: str) -> str:
    left = [other for other in _keys(action.keys) if other != key]
    return f"only {key_name(','.join(left))}" if left else "none"


def _keys(text: str) -> list[str]:
    return text.split(",")


def _meet(one: str, other: str) -> bool:
    """Whether two actions can be meant by a key at the same place."""
    if one == other:
        return False
    scopes, others = set(BY_ID[one].scopes), set(BY_ID[other].scopes)
    return Scope.MAIN in scopes | others or bool(scopes & others)
