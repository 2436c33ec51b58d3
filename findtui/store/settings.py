"""How the application looks and behaves, as the user left it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from findtui.errors import SettingsError
from findtui.store import toml
from findtui.store.files import read_text

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

WATCH_INTERVALS: Final = (10, 30, 60, 120, 300, 600)
"""Seconds between two runs that are offered for a watch."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What is kept between two sessions.

    Attributes:
        theme: name of a theme; one that is unknown is taken for the default.
        compact: less air between things.
        mask: patients' names, identifiers and birth dates are hidden.
        raw: values are shown as they were on the wire.
        watch_interval: seconds between two runs of a watch, from 2 to 86400.
        export_directory: where the last export went.
        last_profile: the peer that was open last.
        columns: paths of the columns by model, or by model and level (`study.SERIES`).
        widths: cells of columns that were given a width, by their path.
    """

    theme: str = "findtui-dark"
    compact: bool = False
    mask: bool = False
    raw: bool = False
    watch_interval: int = 60
    export_directory: str = ""
    last_profile: str = ""
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    widths: Mapping[str, int] = field(default_factory=dict)


class SettingsStore:
    """The file of settings, and the one of keys beside it.

    Args:
        path: of the settings, which need not exist.
        keymap: of the keymap, which need not exist.
    """

    def __init__(self, path: Path, keymap: Path) -> None:
        self.path = path
        self.keymap = keymap

    def load(self) -> Settings:
        """The settings; what is not in the file is at its default.

        Raises:
            SettingsError: the file cannot be read or says something impossible, with its line and the reason.
        """
        text = read_text(self.path)
        values: dict[str, Any] = toml.parse(text, self.path).unwrap()
        if faults := list(_faults(values, text)):
            raise toml.broken_at(self.path, faults)
        columns = {model: tuple(paths) for model, paths in values.pop("columns", {}).items()}
        return Settings(**values, columns=columns)

    def save(self, before: Settings, after: Settings) -> None:
        """Write what changed; what another findtui wrote meanwhile stays.

        Raises:
            SettingsError: the file is broken or cannot be written.
        """
        if before == after:
            return
        self.load()

        def alter(document: TOMLDocument) -> None:
            for row in fields(Settings):
                value = getattr(after, row.name)
                if value != getattr(before, row.name):
                    document[row.name] = _plain(value) if isinstance(value, Mapping) else value

        toml.edit(self.path, alter)

    def load_keymap(self, actions: Collection[str]) -> tuple[dict[str, str], list[tuple[str, str]]]:
        """Keys by the id of their action, as the user gave them.

        Args:
            actions: ids that there are.

        Returns:
            The keys of those actions, and for each entry that gives none its name and what is wrong with it.

        Raises:
            SettingsError: the file cannot be read, or its keys do not stand where they should.
        """
        text = read_text(self.keymap)
        document: dict[str, Any] = toml.parse(text, self.keymap).unwrap()
        entries = document.pop("keys", {})
        if document or not isinstance(entries, dict):
            line = toml.line_of(text, "", None, next(iter(document), "keys"))
            raise toml.broken(self.keymap, line, "keys stand below a line of its own, [keys]")
        keys: dict[str, str] = {}
        faults: list[tuple[str, str]] = []
        for action, key in entries.items():
            if action not in actions:
                faults.append((action, f"there is no action {action!r}"))
            elif not isinstance(key, str) or not key.strip():
                faults.append((action, f'{action} needs a text such as "r" or "ctrl+r,f5"'))
            else:
                keys[action] = key
        return keys, faults

    def keymap_error(self, faults: Iterable[tuple[str, str]]) -> SettingsError:
        """One error for all that is wrong with the file of keys.

        Args:
            faults: names of its entries, and what is wrong with each; one at least.

        Raises:
            SettingsError: the file cannot be read any more.
        """
        text = read_text(self.keymap)
        return toml.broken_at(
            self.keymap,
            [(toml.line_of(text, "keys", None, action), reason) for action, reason in faults],
            remedy="Correct that in an editor; all other keys of the file hold.",
        )


def having_columns(settings: Settings, model: str, paths: tuple[str, ...]) -> Settings:
    """A copy with other columns for a model; without any, its own are shown again."""
    columns = {**settings.columns, model: paths}
    return replace(settings, columns={key: value for key, value in columns.items() if value})


def _plain(table: Mapping[str, Any]) -> dict[str, Any]:
    """A table of the kinds that TOML knows."""
    return {key: list(value) if isinstance(value, tuple) else value for key, value in table.items()}


def _faults(values: Mapping[str, Any], text: str) -> Iterator[tuple[int, str]]:
    """The lines of settings that make no sense, and what is wrong with each."""
    known = {row.name for row in fields(Settings)}
    for key, value in values.items():
        if problem := "is unknown" if key not in known else _problem(key, value):
            table = key if key in ("columns", "widths") else ""
            yield toml.line_of(text, table, None, key), f"{key} {problem}"


def _problem(key: str, value: object) -> str:
    match key:
        case "compact" | "mask" | "raw":
            return "" if isinstance(value, bool) else "must be true or false"
        case "watch_interval":
            return "" if _is_number(value, 2, 86400) else "must be a number of seconds between 2 and 86400"
        case "columns":
            fits = isinstance(value, dict) and all(
                isinstance(paths, list) and all(isinstance(path, str) for path in paths) for paths in value.values()
            )
            return "" if fits else "must give a list of paths for each model"
        case "widths":
            fits = isinstance(value, dict) and all(_is_number(cells, 1, 1000) for cells in value.values())
            return "" if fits else "must give a number of cells between 1 and 1000 for each path"
        case _:
            return "" if isinstance(value, str) else "must be a text"


def _is_number(value: object, least: int, most: int) -> bool:
    """Whether a value is a whole number within bounds; true and false are none."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
