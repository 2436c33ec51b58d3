"""A negotiation in lines, for the log at debug level: laid out as DCMTK lays it out."""

from __future__ import annotations

from typing import Final

from findtui.dicom import transfer
from findtui.net.contexts import (
    APPLICATION_CONTEXT,
    IMPLEMENTATION_CLASS_UID,
    IMPLEMENTATION_VERSION_NAME,
    Accepted,
    Proposed,
)
from findtui.net.peer import Peer

_NAMES: Final = {
    "1.2.840.10008.1.1": "VerificationSOPClass",
    "1.2.840.10008.5.1.4.31": "FINDModalityWorklistInformationModel",
    "1.2.840.10008.5.1.4.1.2.1.1": "FINDPatientRootQueryRetrieveInformationModel",
    "1.2.840.10008.5.1.4.1.2.2.1": "FINDStudyRootQueryRetrieveInformationModel",
    "1.2.840.10008.5.1.4.1.2.3.1": "RETIRED_FINDPatientStudyOnlyQueryRetrieveInformationModel",
    "1.2.840.10008.5.1.4.34.6.3": "UnifiedProcedureStepPullSOPClass",
    transfer.IMPLICIT_LITTLE.uid: "LittleEndianImplicit",
    transfer.EXPLICIT_LITTLE.uid: "LittleEndianExplicit",
    transfer.EXPLICIT_BIG.uid: "BigEndianExplicit",
    transfer.DEFLATED.uid: "DeflatedLittleEndianExplicit",
}
_RESULTS: Final = {
    0: "Accepted",
    1: "User Rejection",
    2: "No Reason",
    3: "Abstract Syntax Not Supported",
    4: "Transfer Syntaxes Not Supported",
}


def request(peer: Peer, contexts: tuple[Proposed, ...]) -> str:
    """What is about to be proposed."""
    lines = _head("RQ", peer)
    for context in contexts:
        lines += [
            f"  Context ID:        {context.id} (Proposed)",
            f"    Abstract Syntax: {_name(context.abstract_syntax)}",
            "    Proposed SCP/SCU Role: Default",
            "    Proposed Transfer Syntax(es):",
            *(f"      {_name(syntax)}" for syntax in context.transfer_syntaxes),
        ]
    return "\n".join((*lines, *_foot("RQ")))


def negotiated(peer: Peer, accepted: Accepted) -> str:
    """What the peer made of it."""
    lines = _head("AC", peer, accepted)
    for result in accepted.results:
        words = "No Reason" if result.result is None else _RESULTS.get(result.result, "--Invalid Result/Reason--")
        lines += [
            f"  Context ID:        {result.context.id} ({words})",
            f"    Abstract Syntax: {_name(result.context.abstract_syntax)}",
            "    Proposed SCP/SCU Role: Default",
            "    Accepted SCP/SCU Role: Default",
        ]
        if result.transfer_syntax is not None:
            lines.append(f"    Accepted Transfer Syntax: {_name(result.transfer_syntax)}")
    return "\n".join((*lines, *_foot("AC")))


def _name(uid: str) -> str:
    name = _NAMES.get(uid)
    return uid if name is None else f"={name}"


def _head(direction: str, peer: Peer, accepted: Accepted | None = None) -> list[str]:
    return [
        f"====================== BEGIN A-ASSOCIATE-{direction} =====================",
        f"Our Implementation Class UID:      {IMPLEMENTATION_CLASS_UID}",
        f"Our Implementation Version Name:   {IMPLEMENTATION_VERSION_NAME}",
        f"Their Implementation Class UID:    {accepted.implementation_class_uid if accepted else ''}",
        f"Their Implementation Version Name: {accepted.implementation_version_name if accepted else ''}",
        f"Application Context Name:    {APPLICATION_CONTEXT}",
        f"Calling Application Name:    {peer.calling_ae_title[:16]}",
        f"Called Application Name:     {peer.called_ae_title[:16]}",
        f"Responding Application Name: {peer.called_ae_title[:16] if accepted else ''}",
        f"Our Max PDU Receive Size:    {peer.max_pdu - peer.max_pdu % 2}",
        f"Their Max PDU Receive Size:  {accepted.max_pdu if accepted else 0}",
        "Presentation Contexts:",
    ]


def _foot(direction: str) -> list[str]:
    return [
        "Requested Extended Negotiation: none",
        "Accepted Extended Negotiation:  none",
        "Requested User Identity Negotiation: none",
        "User Identity Negotiation Response:  none",
        f"======================= END A-ASSOCIATE-{direction} ======================",
    ]
