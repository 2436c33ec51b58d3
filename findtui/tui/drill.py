"""Going down: from a response of one query/retrieve level to the question of the next (PS3.4 section C.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from findtui.dicom.visible import visible
from findtui.errors import KeyValueError
from findtui.store.templates import LEVEL_KEY, return_keys
from findtui.tui.question import Question

if TYPE_CHECKING:
    from findtui.dicom.response import Response

UNIQUE_KEYS: Final = {
    "PATIENT": ("PatientID", 0x00100020, "LO"),
    "STUDY": ("StudyInstanceUID", 0x0020000D, "UI"),
    "SERIES": ("SeriesInstanceUID", 0x0020000E, "UI"),
}
"""Of each level that has one below it: its unique key, which the levels below need."""

_NAMES: Final = {"PATIENT": (0x00100010, "PN"), "STUDY": (0x00081030, "LO"), "SERIES": (0x0008103E, "LO")}


def next_level(question: Question) -> str:
    """The level below the question's; empty where there is none."""
    levels = question.model.levels
    if question.level not in levels[:-1]:
        return ""
    return levels[levels.index(question.level) + 1]


def down(question: Question, response: Response, fallback: str | None) -> tuple[Question, str]:
    """The question of the next level for what a response is about, and what to call it.

    The unique keys of the levels above are filled in from the response, or taken over from the question.

    Args:
        question: that brought the response.
        response: to go into.
        fallback: character set of responses that declare none.

    Raises:
        KeyValueError: the response lacks the unique key of its level, so nothing below it can be asked for.
    """
    model, level = question.model, question.level
    below = next_level(question)
    if not below:
        raise KeyValueError(f"there is no level below {level or model.name}")
    above = model.levels[: model.levels.index(below)]
    asked = dict(key.partition("=")[::2] for key in question.keys)
    keys = [f"{LEVEL_KEY}={below}"]
    for upper in above:
        name, tag, vr = UNIQUE_KEYS[upper]
        value = text_of(response, tag, vr, fallback) or asked.get(name, "")
        if not value and upper == level:
            raise KeyValueError(
                f"the response has no {name}, so what is below it cannot be asked for",
                remedy=f"The standard demands {name} in every response of the level {level}.",
            )
        keys.append(f"{name}={value}" if value else name)
    named = {key.partition("=")[0] for key in keys}
    keys += [key for key in return_keys(model, below, common=True) if key.partition("=")[0] not in named]
    tag, vr = _NAMES[level]
    title = text_of(response, tag, vr, fallback) or text_of(response, *UNIQUE_KEYS[level][1:], fallback)
    return question.having(model, tuple(keys)), visible(title)


def text_of(response: Response, tag: int, vr: str, fallback: str | None) -> str:
    """The text of a top-level element; empty where there is none."""
    from findtui.dicom.charset import CharacterSet

    data_set = response.parse()
    element = data_set.get(tag)
    if element is None:
        return ""
    declared = data_set.get(0x00080005)
    character_set = CharacterSet.parse(declared.value if declared is not None else b"").with_fallback(fallback)
    return character_set.decode(element.value, vr).strip(" \0")
