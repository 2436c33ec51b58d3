"""What findtui relies on in pynetdicom. When an upgrade moves one of these, this says so before a hospital does."""

from __future__ import annotations

import inspect

import pytest
from pynetdicom.pdu import A_ASSOCIATE_AC, A_ASSOCIATE_RQ
from pynetdicom.pdu_primitives import (
    A_ASSOCIATE,
    ImplementationClassUIDNotification,
    ImplementationVersionNameNotification,
    MaximumLengthNotification,
)
from pynetdicom.presentation import PresentationContext, build_context, negotiate_as_requestor

from tests.net import pdus


def test_a_request_is_made_of_a_primitive() -> None:
    primitive = A_ASSOCIATE()
    for name in ("application_context_name", "calling_ae_title", "called_ae_title", "user_information"):
        assert isinstance(inspect.getattr_static(primitive, name), property), name
    primitive.application_context_name = pdus.APPLICATION_CONTEXT
    primitive.calling_ae_title, primitive.called_ae_title = "US", "THEM"
    context = build_context(pdus.WORKLIST, [pdus.EXPLICIT_LITTLE])
    context.context_id = 5
    primitive.presentation_context_definition_list = [context]
    length, implementation = MaximumLengthNotification(), ImplementationClassUIDNotification()
    version = ImplementationVersionNameNotification()
    length.maximum_length_received = 4096
    implementation.implementation_class_uid = "1.2.3"
    version.implementation_version_name = "NAME"
    primitive.user_information = [length, implementation, version]
    pdu = A_ASSOCIATE_RQ()
    pdu.from_primitive(primitive)
    context_item = pdus.item(
        0x20,
        b"\5\0\0\0" + pdus.item(0x30, pdus.WORKLIST.encode()) + pdus.item(0x40, pdus.EXPLICIT_LITTLE.encode()),
    )
    user = pdus.item(0x51, b"\0\0\x10\0") + pdus.item(0x52, b"1.2.3") + pdus.item(0x55, b"NAME")
    body = b"\0\1\0\0" + b"THEM".ljust(16) + b"US".ljust(16) + bytes(32)
    body += pdus.item(0x10, pdus.APPLICATION_CONTEXT.encode()) + context_item + pdus.item(0x50, user)
    assert pdu.encode() == pdus.pdu(pdus.ASSOCIATE_RQ, body)


@pytest.mark.parametrize("result", range(5))
def test_an_answer_becomes_results(result: int) -> None:
    pdu = A_ASSOCIATE_AC()
    pdu.decode(pdus.associate(contexts=[pdus.context(1, result)]))
    answer = pdu.to_primitive()
    assert answer.maximum_length_received == 16384
    proposed = build_context(pdus.WORKLIST, [pdus.EXPLICIT_LITTLE, pdus.IMPLICIT_LITTLE])
    proposed.context_id = 1
    (negotiated,) = negotiate_as_requestor([proposed], answer.presentation_context_definition_results_list)
    assert isinstance(negotiated, PresentationContext)
    assert (negotiated.context_id, negotiated.result) == (1, result)
    assert negotiated.transfer_syntax == [pdus.EXPLICIT_LITTLE]


def test_nothing_of_it_starts_a_thread() -> None:
    import threading

    import findtui.net.negotiation  # noqa: F401

    assert not [thread for thread in threading.enumerate() if "pynetdicom" in type(thread).__module__]
