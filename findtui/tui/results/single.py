"""Values of a single response, for titles and summaries."""

from __future__ import annotations

from collections.abc import Sequence

from findtui.dicom.charset import CharacterSet
from findtui.dicom.paths import Path
from findtui.dicom.response import Response
from findtui.tui.results.extract import Extractor
from findtui.tui.results.table import Reading


def read_values(
    response: Response, paths: Sequence[str], fallback: str | None = None, forced: str | None = None
) -> list[str]:
    """The values at some paths as people read them, safe to show; empty texts where there is none.

    Args:
        response: to read.
        paths: in the notation of `findtui.dicom.paths.Path`.
        fallback: the defined term for text where none is declared.
        forced: the same for all text, whatever is declared.

    Raises:
        KeyPathError: a path is malformed or names nothing.
    """
    reading = Reading(False, CharacterSet.parse(forced) if forced else None, fallback)
    extractor = Extractor([Path.parse(path) for path in paths], response.transfer_syntax)
    return [reading.text(value) for value in extractor.values(response)]
