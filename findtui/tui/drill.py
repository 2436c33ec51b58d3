"""Going down: from a response of one query/retrieve level to the question of the next (PS3.4 section C.6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from findtui.dicom.visible import visible
from findtui.errors import KeyValueError
from findtui.store.templates import LEVEL_KEY, return_keys
from findtui.tui.question import Question, path_of

if TYPE_CHECKING:
    from findtui.dicom.models import InformationModel
    from findtui.dicom.response import Response

UNIQUE_KEYS: Final = {
    "PATIENT": ("PatientID", 0x00100020, "LO"),
    "STUDY": ("StudyInstanceUID", 0x0020000D, "UI"),
    "SERIES": ("SeriesInstanceUID", 0x0020000E, "UI"),
}
"""Of each level that has one below it: its unique key, which the levels below need."""

_LEVEL: Final = (0x00080052, "CS")
_NAMES: Final = {"PATIENT": (0x00100010, "PN"), "STUDY": (0x00081030, "LO"), "SERIES": (0x0008103E, "LO")}


@dataclass(frozen=True, slots=True)
class Title:
    """What one has gone down into.

    Attributes:
        text: whom or what it is, safe to show.
        patient: it tells who a patient is.
        keys: that ask for it and nothing else.
    """

    text: str
    patient: bool
    keys: tuple[str, ...]

    def shown(self, masked: bool) -> str:
        """The text, or what stands in its place on a masked screen."""
        return "●●●" if masked and self.patient else self.text

    def holds(self, question: Question) -> bool:
        """Whether a question is still about it."""
        return set(self.keys) <= set(question.keys)


def level_of(question: Question, response: Response) -> str:
    """The query/retrieve level of a response: the one asked for, or its own where several files ask for several."""
    return question.level or text_of(response, *_LEVEL, None)


def next_level(model: InformationModel, level: str) -> str:
    """The level below one of the model's; empty where there is none."""
    if level not in model.levels[:-1]:
        return ""
    return model.levels[model.levels.index(level) + 1]


def down(
    question: Question, response: Response, fallback: str | None, forced: str | None = None
) -> tuple[Question, Title]:
    """The question of the next level for what a response is about, and what to call it.

    The unique keys of the levels above are filled in from the response, or taken over from the question. Above the
    response's own level one may stay open: what is asked for is unique without it.

    Args:
        question: that brought the response.
        response: to go into.
        fallback: character set of responses that declare none.
        forced: character set whatever is declared.

    Raises:
        KeyValueError: the response lacks the unique key of its level, so nothing below it can be asked for.
    """
    from findtui.tui.results.readable import name as as_name

    model, level = question.model, level_of(question, response)
    below = next_level(model, level)
    if not below:
        raise KeyValueError(f"there is no level below {level or model.name}")
    unique = []
    for upper in model.levels[: model.levels.index(below)]:
        name, tag, vr = UNIQUE_KEYS[upper]
        value = text_of(response, tag, vr, fallback, forced)
        if upper == level:
            _check_unique(name, value, question, level)
        unique.append(f"{name}={value or _single(question.value_of(name))}".removesuffix("="))
    taken = {LEVEL_KEY, *(key.partition("=")[0] for key in unique)}
    others = [key for key in return_keys(model, below, common=True) if key.partition("=")[0] not in taken]
    tag, vr = _NAMES[level]
    text = text_of(response, tag, vr, fallback, forced)
    title = as_name(text) if vr == "PN" else text
    title = title or text_of(response, *UNIQUE_KEYS[level][1:], fallback, forced)
    keys = (f"{LEVEL_KEY}={below}", *unique, *others)
    return question.having(model, keys), Title(visible(title), level == "PATIENT", tuple(unique))


def _check_unique(name: str, value: str, question: Question, level: str) -> None:
    if not value:
        asked = name in map(path_of, question.keys) or bool(question.files)
        remedy = "" if asked else ", and this query did not ask for it: make it a key (2, then a) and run it again"
        raise KeyValueError(
            f"the response has no {name}, so what is below it cannot be asked for",
            remedy=f"The standard demands {name} in every response of the level {level}{remedy}",
        )
    if _single(value) != value:
        raise KeyValueError(
            f"the response has {name} {value!r}, which as a key would match others, too",
            remedy="Copy what you need into a query of your own: 2 shows the keys",
        )


def _single(value: str) -> str:
    """The value of a key where it matches nothing else; empty for wildcards and lists."""
    return "" if any(sign in value for sign in "*?\\") else value


def text_of(response: Response, tag: int, vr: str, fallback: str | None, forced: str | None = None) -> str:
    """The text of a top-level element; empty where there is none."""
    from findtui.dicom.charset import CharacterSet

    data_set = response.parse()
    element = data_set.get(tag)
    if element is None:
        return ""
    declared = data_set.get(0x00080005)
    known = declared.value if declared is not None else b""
    character_set = CharacterSet.parse(forced) if forced else CharacterSet.parse(known).with_fallback(fallback)
    return character_set.decode(element.value, vr).strip(" \0")
