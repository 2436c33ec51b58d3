"""The models that C-FIND can ask, with their levels (PS3.4 annexes C, K, Q, U, V, X, BB, CC, HH, II and JJ)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from findtui.dicom.model_attributes import ModelAttribute


class InformationModel(NamedTuple):
    """A SOP class of the C-FIND service.

    Attributes:
        id: short word for profiles and templates.
        name: as people say it.
        uid: SOP class UID.
        option: findscu's option for it, long form; empty where findscu has none.
        levels: values of Query/Retrieve Level (0008,0052) from the top; empty where the model has no levels.
        root_template: identifier of the template that answers are built by, which a query must name (PS3.4 table
            Q.4-3); empty where answers have none.
    """

    id: str
    name: str
    uid: str
    option: str = ""
    levels: tuple[str, ...] = ()
    root_template: str = ""


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
UPS_WATCH: Final = InformationModel("ups-watch", "Unified procedure step, watch", "1.2.840.10008.5.1.4.34.6.2")
UPS_QUERY: Final = InformationModel("ups-query", "Unified procedure step, query", "1.2.840.10008.5.1.4.34.6.5")

# Models of single use.
_OTHERS: Final = (
    InformationModel("general-worklist", "General purpose worklist (retired)", "1.2.840.10008.5.1.4.32.1"),
    InformationModel("hanging-protocol", "Hanging protocol", "1.2.840.10008.5.1.4.38.2"),
    InformationModel("color-palette", "Color palette", "1.2.840.10008.5.1.4.39.2"),
    InformationModel("generic-implant-template", "Generic implant template", "1.2.840.10008.5.1.4.43.2"),
    InformationModel("implant-assembly-template", "Implant assembly template", "1.2.840.10008.5.1.4.44.2"),
    InformationModel("implant-template-group", "Implant template group", "1.2.840.10008.5.1.4.45.2"),
    InformationModel("protocol", "Defined procedure protocol", "1.2.840.10008.5.1.4.20.1"),
    InformationModel("protocol-approval", "Protocol approval", "1.2.840.10008.5.1.4.1.1.200.4"),
    InformationModel("product-characteristics", "Product characteristics", "1.2.840.10008.5.1.4.41"),
    InformationModel("substance-approval", "Substance approval", "1.2.840.10008.5.1.4.42"),
    InformationModel(
        "relevant-patient", "Relevant patient information", "1.2.840.10008.5.1.4.37.1", root_template="9007"
    ),
    InformationModel(
        "breast-imaging",
        "Breast imaging relevant patient information",
        "1.2.840.10008.5.1.4.37.2",
        root_template="9000",
    ),
    InformationModel(
        "cardiac", "Cardiac relevant patient information", "1.2.840.10008.5.1.4.37.3", root_template="3802"
    ),
    InformationModel("inventory", "Inventory", "1.2.840.10008.5.1.4.1.1.201.2"),
)

MODELS: Final = {
    model.id: model
    for model in (
        WORKLIST,
        PATIENT_ROOT,
        STUDY_ROOT,
        PATIENT_STUDY_ONLY,
        UPS_PULL,
        UPS_WATCH,
        UPS_QUERY,
        *_OTHERS,
    )
}


def attributes(model: InformationModel, level: str | None = None) -> tuple[ModelAttribute, ...]:
    """What PS3.4 lists for a model and level, in the order in which it is offered; empty where nothing is known.

    Args:
        model: one of MODELS.
        level: one of the model's levels; None for a model without levels, or for the top one.
    """
    from findtui.dicom.model_attributes import listed

    return listed(model, level)
