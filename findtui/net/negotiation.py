"""Association negotiation: A-ASSOCIATE out and in, by pynetdicom's PDUs and rules (PS3.8 sections 7.1 and 9.3).

pynetdicom is used without its threads and sockets: bytes go out of it and into it. What a peer sends is looked through
and put right by `screening` before pynetdicom sees it, and this is the only file that knows pynetdicom.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

from pynetdicom.pdu import A_ASSOCIATE_AC, A_ASSOCIATE_RQ
from pynetdicom.pdu_primitives import (
    A_ASSOCIATE,
    ImplementationClassUIDNotification,
    ImplementationVersionNameNotification,
    MaximumLengthNotification,
)
from pynetdicom.presentation import PresentationContext, build_context, negotiate_as_requestor

from findtui.net.contexts import (
    APPLICATION_CONTEXT,
    IMPLEMENTATION_CLASS_UID,
    IMPLEMENTATION_VERSION_NAME,
    Accepted,
    Proposed,
    Result,
)
from findtui.net.faults import Malformed
from findtui.net.screening import screen


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
