"""What a form says of a value beyond its shape: what a query or TLS would refuse later is told while it is typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from findtui.dicom.charset_terms import canonical
from findtui.errors import FindtuiError
from findtui.store.fields import Field, Kind, Value, expanded


def problem_of(field: Field, value: Value) -> str:
    """What is wrong with a field's value, in words; empty where nothing is."""
    check = _CHECKS.get(field.key)
    return field.problem(value) or (check(value) if check is not None and value else "")


def doubt_about(field: Field, value: Value) -> str:
    """What may be wrong: a file or directory that is not there now may be so when it is needed."""
    kinds = {Kind.FILE: Path.is_file, Kind.FILES: Path.is_file, Kind.DIRECTORIES: Path.is_dir}
    there = kinds.get(field.kind)
    if there is None or field.key in _WRITTEN:
        return ""
    names = value if isinstance(value, tuple) else (str(value),) if value else ()
    missing = next((name for name in names if not _is(there, name)), None)
    return f"there is no {'directory' if field.kind is Kind.DIRECTORIES else 'file'} {missing}" if missing else ""


def _is(there: Callable[[Path], bool], name: str) -> bool:
    try:
        return there(expanded(name))
    except (OSError, ValueError):
        return False


def _host(value: Value) -> str:
    wrong = next((character for character in str(value) if character.isspace() or not character.isprintable()), "")
    return f"must not contain {wrong!r}" if wrong else ""


def _character_set(value: Value) -> str:
    unknown = next((term for term in str(value).split("\\") if term.strip() and canonical(term.strip()) is None), None)
    return f"{unknown.strip()} is no defined term; ISO_IR 100 and ISO_IR 192 are" if unknown is not None else ""


def _fingerprint(value: Value) -> str:
    digits = str(value).replace(":", "")
    return "" if re.fullmatch("[0-9a-fA-F]{64}", digits) else "must have 64 hexadecimal digits"


def _keys(value: Value) -> str:
    from findtui.dicom.keys import Key

    for text in filter(None, value if isinstance(value, tuple) else ()):
        try:
            Key.parse(text)
        except FindtuiError as error:
            return f"{text}: {error.message}"
    return ""


def _suites(value: Value) -> str:
    from findtui.net.tls.suites import SUITES

    unknown = next((name for name in value if name not in SUITES), None) if isinstance(value, tuple) else None
    return f"{unknown} is not known by that name" if unknown is not None else ""


_WRITTEN: Final = ("tls.write_seed",)
_CHECKS: Final[Mapping[str, Callable[[Value], str]]] = {
    "host": _host,
    "keys": _keys,
    "character_set": _character_set,
    "fallback_character_set": _character_set,
    "tls.suites": _suites,
    "tls.fingerprint": _fingerprint,
}
