"""What a run left in its directory, in a form that two programs can be compared by."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pydicom
from pydicom import Dataset

# They say who wrote a file and when, which is what two programs cannot agree on.
_WHO_AND_WHEN: Final = (
    "MediaStorageSOPInstanceUID",
    "ImplementationClassUID",
    "ImplementationVersionName",
    "FileMetaInformationGroupLength",
)


def written(directory: Path) -> dict[str, object]:
    """Content by name: of a DICOM file its meta information and raw elements, of others the bytes."""
    return {
        str(path.relative_to(directory)): _content(path)
        for path in sorted(directory.rglob("*"))
        if path.is_file() and path.name[:3] in ("rsp", "all")
    }


def _content(path: Path) -> object:
    if path.suffix != ".dcm":
        return path.read_bytes()
    dataset = pydicom.dcmread(path)
    meta = {element.keyword: element.value for element in dataset.file_meta if element.keyword not in _WHO_AND_WHEN}
    return meta, _elements(dataset)


def _elements(dataset: Dataset) -> list[object]:
    found: list[object] = []
    for tag in dataset.keys():  # noqa: SIM118 - iterating the data set would convert its raw elements
        element = dataset.get_item(tag)
        if element.VR == "SQ":
            found.append((int(tag), [_elements(item) for item in dataset[tag].value]))
        else:
            found.append((int(tag), element.VR, element.value))
    return found
