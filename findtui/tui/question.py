"""A question as it stands in the editor: texts, with words for dates not resolved yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from findtui.dicom.models import MODELS, WORKLIST, InformationModel
from findtui.dicom.query import Query
from findtui.errors import QueryError
from findtui.store.fields import expanded
from findtui.store.profiles import Profile
from findtui.store.templates import LEVEL_KEY, Template, opening_keys, return_keys
from findtui.tui import clock
from findtui.tui.queryfiles import said

if TYPE_CHECKING:
    from findtui.dicom.keys import Key


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, in a form that can be edited, saved and asked again tomorrow.

    Attributes:
        model: the information model.
        keys: as findscu's -k writes them; values may hold words for dates, such as `today`.
        files: DICOM files that the keys are laid over.
        character_set: that it is asked in; empty leaves it open.
        repeat: how often it is asked on one association.
        cancel_after: responses after which it is cancelled; 0 never.
        new_vrs: VRs that came after 1993 are sent as what they are.
    """

    model: InformationModel = WORKLIST
    keys: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    character_set: str = ""
    repeat: int = 1
    cancel_after: int = 0
    new_vrs: bool = True

    @classmethod
    def of_profile(cls, profile: Profile) -> Question:
        """The question that a saved peer is opened with; a model without keys gets all that the standard lists."""
        model = profile.model
        given = profile.texts("keys")
        keys = tuple(key for key in given if key)
        files = tuple(map(expanded, profile.texts("files")))
        if not given and not files:
            keys = opening_keys(model)
        return cls(
            model,
            keys,
            files,
            profile.text("character_set"),
            profile.number("repeat"),
            profile.number("cancel_after"),
            bool(profile["new_vrs"]),
        )

    @classmethod
    def of_template(cls, template: Template) -> Question:
        """The question that a template holds."""
        return cls(
            template.model,
            template.keys,
            tuple(map(expanded, template.files)),
            template.character_set,
            template.repeat,
            template.cancel_after,
            template.new_vrs,
        )

    def template(self, name: str) -> Template:
        """A template that holds this question.

        Raises:
            SettingsError: the name is empty.
        """
        return Template(
            name,
            self.model,
            self.keys,
            files=tuple(str(path.absolute()) for path in self.files),
            character_set=self.character_set,
            repeat=self.repeat,
            cancel_after=self.cancel_after,
            new_vrs=self.new_vrs,
        )

    @classmethod
    def of_query(cls, query: Query) -> Question:
        """A query of the engine, such as one that was read from a command line."""
        keys = tuple(map(str, query.keys))
        return cls(
            query.model,
            keys,
            query.files,
            query.character_set or "",
            query.repeat,
            query.cancel_after,
            query.new_vrs,
        )

    def query(self) -> Query:
        """What the engine asks: keys parsed, words for dates resolved for this moment.

        Raises:
            QueryError: a key that cannot be read or sent, naming it.
        """
        now = clock.now().replace(tzinfo=None)
        return Query(
            model=self.model,
            keys=tuple(_key(text, now) for text in self.keys if text),
            files=self.files,
            character_set=self.character_set or None,
            repeat=self.repeat,
            cancel_after=self.cancel_after,
            new_vrs=self.new_vrs,
        )

    @property
    def level(self) -> str:
        """The query/retrieve level that is asked; empty where none is, or several files ask for several."""
        return self.value_of(LEVEL_KEY)

    def value_of(self, path: str) -> str:
        """The value that an attribute is asked with: the last key's, else that of all files; empty for none."""
        if any(path_of(key) == path for key in self.keys):
            return value_of(self.keys, path).strip()
        return said(self.files, path) if self.files else ""

    @property
    def columns_id(self) -> str:
        """Under which name columns are kept for it."""
        return f"{self.model.id}.{self.level}" if self.level else self.model.id

    def having(self, model: InformationModel, keys: tuple[str, ...]) -> Question:
        """The same way of asking, with other keys."""
        return replace(self, model=model, keys=keys, files=())

    def having_keys(self, keys: tuple[str, ...]) -> Question:
        """The same question with other keys."""
        return replace(self, keys=keys)

    def at(self, model: InformationModel, level: str) -> Question:
        """What to ask another model or level: what it lists, with the values to match that have a place there.

        Args:
            model: that is to be asked.
            level: one of its levels; empty for a model that has none.
        """
        own = _listed(self.model, self.level)
        listed, before = (set(map(path_of, keys)) for keys in (_listed(model, level), own))
        related = model is self.model or bool(model.levels and self.model.levels)
        kept = {
            path_of(key): key
            for key in self.keys
            # What the model itself fills in is no value of the user's.
            if key.partition("=")[2] and path_of(key) != LEVEL_KEY and key not in own
            # What is listed nowhere was the user's own idea.
            if path_of(key) in listed or (related and path_of(key) not in before)
        }
        keys = [f"{LEVEL_KEY}={level}"] if level else []
        keys += kept.values()
        keys += [key for key in return_keys(model, level, common=True) if path_of(key) not in {LEVEL_KEY, *kept}]
        return replace(self, model=model, keys=tuple(keys))

    def words(self, asked: Mapping[str, str] | None = None, *, masked: bool = False) -> str:
        """What it looks for, in short: level and matching values.

        Args:
            asked: the values that words for dates stood for when it was asked, by path; they are added in brackets.
            masked: leave out what tells of a patient.
        """
        from findtui.tui.masking import masked_key

        keys = map(masked_key, self.keys) if masked else self.keys
        values = [
            f"{value} ({said})" if (said := (asked or {}).get(key, value)) != value else value
            for key, _, value in (text.partition("=") for text in keys)
            if value and path_of(key) not in (LEVEL_KEY, "SpecificCharacterSet")
        ]
        files = [path.name for path in self.files]
        return " ▸ ".join(part for part in (self.level, ", ".join(files + values[:3])) if part)


def _key(text: str, now: datetime) -> Key:
    from findtui.dicom.dates import resolve
    from findtui.dicom.keys import Key

    key = Key.parse(text)
    return key._replace(value=resolve(key.value, key.vr, now)) if key.path and key.value else key


def dates_of(question: Question, query: Query) -> dict[str, str]:
    """What words for dates and times stand for in a query, as people read it, by the path of their key."""
    from findtui.tui.results.readable import period

    typed = (text.partition("=") for text in question.keys if text)
    return {
        path: period(key.value, key.vr)
        for (path, _, value), key in zip(typed, query.keys, strict=True)
        if key.value and key.value != value
    }


def _listed(model: InformationModel, level: str) -> tuple[str, ...]:
    return return_keys(model, level if level in model.levels else "")


def value_of(keys: Sequence[str], path: str) -> str:
    """The value that the last key for an attribute gives it, however its path is written; empty for none."""
    return next((key.partition("=")[2] for key in reversed(keys) if path_of(key) == path), "")


@lru_cache(maxsize=1024)
def path_of(key: str) -> str:
    """The path of a key in keywords, where it can be read: tags are paths, too."""
    path = key.partition("=")[0].strip()
    if path.isalpha():
        return path
    from findtui.dicom.keys import Key

    try:
        return ".".join(map(str, Key.parse(path).path))
    except QueryError:
        return path


def model_of(word: str) -> InformationModel:
    """The model of an id, the worklist for one that is unknown."""
    return MODELS.get(word, WORKLIST)
