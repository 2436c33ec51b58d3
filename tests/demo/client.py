"""pynetdicom as the peer that asks the demo server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from pydicom import Dataset
from pydicom.uid import UID
from pynetdicom import AE
from pynetdicom.association import Association
from pynetdicom.pdu_primitives import SOPClassExtendedNegotiation

from findtui.demo.server import DemoServer
from findtui.dicom.models import InformationModel


@dataclass(frozen=True)
class Answer:
    """What came back: the identifiers of the pending responses with their statuses, and the final response."""

    matches: list[Dataset]
    statuses: list[int]
    final: Dataset


@contextmanager
def associated(
    server: DemoServer,
    model: InformationModel,
    transfer_syntax: str = "1.2.840.10008.1.2.1",
    extended: bytes | None = None,
    max_pdu: int = 16382,
) -> Iterator[Association]:
    """An association for one model, released at the end."""
    ae = AE("TESTS")
    ae.add_requested_context(model.uid, transfer_syntax)
    ae.connection_timeout = ae.acse_timeout = ae.dimse_timeout = 30
    items = []
    if extended is not None:
        item = SOPClassExtendedNegotiation()
        item.sop_class_uid = UID(model.uid)
        item.service_class_application_information = extended
        items.append(item)
    association = ae.associate(server.host, server.port, ext_neg=items, max_pdu=max_pdu)  # type: ignore[arg-type]
    try:
        yield association
    finally:
        if association.is_established:
            association.release()
        if association.ident is not None:
            association.join(30)


def ask(association: Association, model: InformationModel, identifier: Dataset) -> Answer:
    """Ask one question and take everything that comes."""
    matches, statuses, final = [], [], Dataset()
    for status, match in association.send_c_find(identifier, model.uid):
        if "Status" in status and status.Status in (0xFF00, 0xFF01):
            assert match is not None
            matches.append(match)
            statuses.append(int(status.Status))
        else:
            final = status
    return Answer(matches, statuses, final)


def find(
    server: DemoServer,
    model: InformationModel,
    keys: Mapping[str, object],
    *,
    transfer_syntax: str = "1.2.840.10008.1.2.1",
    extended: bytes | None = None,
) -> Answer:
    """One question on an association of its own."""
    with associated(server, model, transfer_syntax, extended) as association:
        assert association.is_established
        return ask(association, model, identifier_of(keys))


def identifier_of(keys: Mapping[str, object]) -> Dataset:
    """A data set from keywords; a mapping makes a sequence of one item."""
    identifier = Dataset()
    for keyword, value in keys.items():
        setattr(identifier, keyword, [identifier_of(value)] if isinstance(value, Mapping) else value)
    return identifier
