"""What is asked: an information model, keys, and how often."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from findtui.dicom.models import WORKLIST, InformationModel

if TYPE_CHECKING:
    from findtui.dicom.dataset import DataSet
    from findtui.dicom.keys import Key


class Query(NamedTuple):
    """A question that can be asked again.

    Attributes:
        model: the information model, which is the SOP class of the presentation context.
        keys: laid over every query file, or making up the whole identifier where there is none; in this order, so
            that the last of two keys for one attribute wins.
        files: DICOM files, each asked as a query of its own on the same association.
        character_set: value(s) for Specific Character Set (0008,0005) where neither keys nor file declare one and a
            key needs one; None leaves the choice to findtui (none for ASCII, else ISO_IR 192).
        new_vrs: write the VRs that came after 1993 (UN, UT and the like) as what they are; else as OB.
        repeat: how often each identifier is asked.
        cancel_after: send C-CANCEL when the response with this number has come; 0 never.
    """

    model: InformationModel = WORKLIST
    keys: tuple[Key, ...] = ()
    files: tuple[Path, ...] = ()
    character_set: str | None = None
    new_vrs: bool = True
    repeat: int = 1
    cancel_after: int = 0

    def identifiers(self) -> tuple[DataSet, ...]:
        """The data sets to ask, one for each file, or one for the keys alone.

        Raises:
            QueryError: a key or file that cannot be sent, naming it.
        """
        from findtui.dicom.identifier import build

        return build(self)
