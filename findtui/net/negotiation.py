"""Association negotiation: A-ASSOCIATE out and in, by pynetdicom's PDUs and rules (PS3.8 sections 7.1 and 9.3).

pynetdicom is used without its threads and sockets: bytes go out of it and into it. What a peer sends is looked through
and put right by `screening` before pynetdicom sees it, and this is the only file that knows pynetdicom.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pynetdicom.pdu import A_ASSOCIATE_AC, A_ASSOCIATE_RQ
from pynetdicom.pdu_primitives import (
    A_ASSOCIATE,
    ImplementationClassUIDNotification,
    ImplementationVersionNameNotification,
    MaximumLengthNotification,
)
from pynetdicom.presentation import PresentationContext, build_context, negotiate_as_requestor

from findtui import __version__
from findtui.net.faults import Malformed
from findtui.net.screening import screen

APPLICATION_CONTEXT: Final = "1.2.840.10008.3.1.1.1"
IMPLEMENTATION_CLASS_UID: Final = "2.25.173288544200771175285462925738842220536"
"""Made of a UUID (PS3.5 section B.2); says which implementation this is."""

IMPLEMENTATION_VERSION_NAME: Final = f"FINDTUI_{''.join(part for part in __version__ if part.isdigit())}"[:16]


@dataclass(frozen=True, slots=True)
class Proposed:
    """A presentation context that is asked for.

    Attributes:
        id: odd, 1 to 255.
        abstract_syntax: SOP class UID.
        transfer_syntaxes: UIDs in the order in which they are proposed.
    """

    id: int
    abstract_syntax: str
    transfer_syntaxes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a proposed presentation context (PS3.8 table 9-18).

    Attributes:
        context: as it was proposed.
        result: 0 accepted, 1 user rejection, 2 no reason, 3 abstract syntax, 4 transfer syntaxes not supported; None
            where the peer did not mention it.
        transfer_syntax: UID, where it was accepted.
    """

    context: Proposed
    result: int | None
    transfer_syntax: str | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """An A-ASSOCIATE-AC.

    Attributes:
        results: one for each proposed context, in order.
        max_pdu: the largest PDU that the peer receives, in bytes; 0 is no limit.
        implementation_class_uid, implementation_version_name: of the peer; empty where it does not say.
        remarks: what was wrong with the answer but could be ignored, in words.
    """

    results: tuple[Result, ...]
    max_pdu: int
    implementation_class_uid: str = ""
    implementation_version_name: str = ""
    remarks: tuple[str, ...] = ()


def encode_request(calling_ae_title: str, called_ae_title: str, max_pdu: int, contexts: Sequence[Proposed]) -> bytes:
    """The A-ASSOCIATE-RQ.

    Args:
        calling_ae_title, called_ae_title: 1 to 16 characters.
        max_pdu: the largest PDU that this side receives, in bytes.
        contexts: what is proposed.
    """
    request = A_ASSOCIATE()
    request.application_context_name = APPLICATION_CONTEXT
    request.presentation_context_definition_list = [_build(context) for context in contexts]
    length = MaximumLengthNotification()
    length.maximum_length_received = max_pdu
    implementation = ImplementationClassUIDNotification()
    implementation.implementation_class_uid = IMPLEMENTATION_CLASS_UID
    version = ImplementationVersionNameNotification()
    version.implementation_version_name = IMPLEMENTATION_VERSION_NAME
    request.user_information = [length, implementation, version]
    request.calling_ae_title = calling_ae_title
    request.called_ae_title = called_ae_title
    pdu = A_ASSOCIATE_RQ()
    pdu.from_primitive(request)
    encoded: bytes = pdu.encode()
    return encoded


def decode_accept(body: bytes, contexts: Sequence[Proposed]) -> Accepted:
    """Read an A-ASSOCIATE-AC.

    Args:
        body: the PDU without its first six bytes.
        contexts: what was proposed.

    Raises:
        Malformed: the answer is not what the standard allows and cannot be understood without guessing.
    """
    screened = screen(body, {context.id: context.transfer_syntaxes for context in contexts})
    pdu = A_ASSOCIATE_AC()
    try:
        # pynetdicom and pydicom warn of values that break a rule and go on; `screen` has seen to what matters.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pdu.decode(screened.pdu)
            answer = pdu.to_primitive()
            results = negotiate_as_requestor(
                [_build(context) for context in contexts], answer.presentation_context_definition_results_list
            )
    except Exception as error:
        # Whatever pynetdicom makes of bytes that passed the screen, it is the peer's answer that is at fault.
        raise Malformed(
            f"an A-ASSOCIATE-AC that cannot be read ({type(error).__name__}: {error})",
            "0006:0307 DUL Illegal or ill-formed PDU",
        ) from error
    by_id = {result.context_id: result for result in results}
    return Accepted(
        tuple(_result(context, by_id[context.id], context.id in screened.context_ids) for context in contexts),
        answer.maximum_length_received or 0,
        screened.implementation_class_uid,
        screened.implementation_version_name,
        screened.remarks,
    )


def _build(context: Proposed) -> PresentationContext:
    built = build_context(context.abstract_syntax, list(context.transfer_syntaxes))
    built.context_id = context.id
    return built


def _result(context: Proposed, negotiated: PresentationContext, mentioned: bool) -> Result:
    if not mentioned:
        return Result(context, None)
    if negotiated.result != 0:
        return Result(context, negotiated.result)
    return Result(context, 0, str(negotiated.transfer_syntax[0]))
