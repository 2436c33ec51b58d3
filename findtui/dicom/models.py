"""The information models that C-FIND can ask, with their levels (PS3.4 annexes C, K and CC)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class InformationModel:
    """A SOP class of the C-FIND service.

    Attributes:
        id: short word for profiles and templates.
        name: as people say it.
        uid: SOP class UID.
        option: findscu's option for it, long form; empty where findscu has none.
        levels: values of Query/Retrieve Level (0008,0052) from the top; empty where the model has no levels.
    """

    id: str
    name: str
    uid: str
    option: str = ""
    levels: tuple[str, ...] = ()


WORKLIST: Final = InformationModel("worklist", "Modality worklist", "1.2.840.10008.5.1.4.31", option="--worklist")
PATIENT_ROOT: Final = InformationModel(
    "patient",
    "Patient root",
    "1.2.840.10008.5.1.4.1.2.1.1",
    option="--patient",
    levels=("PATIENT", "STUDY", "SERIES", "IMAGE"),
)
STUDY_ROOT: Final = InformationModel(
    "study",
    "Study root",
    "1.2.840.10008.5.1.4.1.2.2.1",
    option="--study",
    levels=("STUDY", "SERIES", "IMAGE"),
)
PATIENT_STUDY_ONLY: Final = InformationModel(
    "psonly",
    "Patient/study only",
    "1.2.840.10008.5.1.4.1.2.3.1",
    option="--psonly",
    levels=("PATIENT", "STUDY"),
)
UPS_PULL: Final = InformationModel("ups-pull", "Unified procedure step, pull", "1.2.840.10008.5.1.4.34.6.3")

MODELS: Final = {model.id: model for model in (WORKLIST, PATIENT_ROOT, STUDY_ROOT, PATIENT_STUDY_ONLY, UPS_PULL)}
