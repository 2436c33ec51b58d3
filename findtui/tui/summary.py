"""A response in a few words, for where there is no room for its identifier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from findtui.dicom.visible import visible
from findtui.tui.state import moment

if TYPE_CHECKING:
    from findtui.dicom.response import Response
    from findtui.tui.results import ResultStore
    from findtui.tui.session import Session

_TITLE: Final = ("PatientName", "PatientID", "StudyDescription", "SeriesDescription", "SOPInstanceUID")
_PARTS: Final = (
    ("Accession", "AccessionNumber"),
    ("Requested by", "RequestingPhysician"),
    ("Step", "ScheduledProcedureStepSequence[0].ScheduledProcedureStepID"),
    ("Alerts", "MedicalAlerts"),
    ("Allergies", "Allergies"),
    ("Study", "StudyDescription"),
    ("Series", "SeriesDescription"),
    ("Number", "SeriesNumber"),
    ("Instance", "InstanceNumber"),
    ("Class", "SOPClassUID"),
)
"""What is worth a word, where the response has it."""

_VALUE: Final = 32
"""Cells of a value that has changed."""

_TELLING: Final = frozenset(("PatientName", "PatientID"))


@dataclass(frozen=True, slots=True)
class Summary:
    """A response in a few words.

    Attributes:
        title: whom or what it is about.
        parts: a word and a value each.
        identifies: the title names a patient.
    """

    title: str = ""
    parts: tuple[tuple[str, str], ...] = ()
    identifies: bool = False

    @classmethod
    def of(cls, response: Response, session: Session) -> Summary:
        """What is worth a word of this response."""
        from findtui.tui.results import read_values

        paths = [*_TITLE, *(path for _, path in _PARTS)]
        values = dict(zip(paths, read_values(response, paths, session.fallback, session.forced), strict=True))
        source = next((path for path in _TITLE if values[path]), "")
        parts = tuple((word, visible(values[path])) for word, path in _PARTS if values[path])
        return cls(visible(values.get(source, "")), parts, source in _TELLING)

    @property
    def text(self) -> str:
        """The parts on one line."""
        return "   ".join(f"{word} {value}" for word, value in self.parts)

    def masked(self) -> Summary:
        """The same without whom it is about."""
        return Summary("●●●" if self.identifies else self.title, self.parts)


def fate(store: ResultStore, row: int) -> str:
    """What became of a response since marks were last taken away, in words; empty where nothing did.

    Args:
        store: with the response.
        row: of the store.
    """
    from findtui.tui.results.changes import Change
    from findtui.tui.widgets.cells import clip

    change, since = store.changes.get(row), store.since.get(row)
    if change is None or since is None:
        return ""
    when = moment(since)
    if change is not Change.CHANGED:
        return f"{change.value} {change.name.lower()} since {when}"
    values = [
        f"{found.name} {clip(found.before, _VALUE) or 'nothing'} → {clip(found.after, _VALUE) or 'nothing'}"
        for found in store.differences(row)
    ]
    return f"{change.value} changed at {when}: {', '.join(values) or 'it is as it was again'}"
