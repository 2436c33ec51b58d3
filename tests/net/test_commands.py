"""Command sets, with pynetdicom as the oracle for those that are sent."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pynetdicom.dimse_messages import C_CANCEL_RQ, C_ECHO_RQ, C_FIND_RQ
from pynetdicom.dimse_primitives import C_CANCEL, C_ECHO, C_FIND

from findtui.net import commands
from findtui.net.faults import Malformed
from tests.net import pdus

MESSAGE_IDS = st.integers(1, 65535)


def encoded(message: C_FIND_RQ | C_CANCEL_RQ | C_ECHO_RQ, primitive: C_FIND | C_CANCEL | C_ECHO) -> bytes:
    """The command set as pynetdicom makes it, without the message control header."""
    message.primitive_to_message(primitive)
    command: bytes = next(message.encode_msg(1, 16384)).presentation_data_value_list[0][1][1:]
    return command


@given(MESSAGE_IDS, st.sampled_from([pdus.WORKLIST, "1.2.840.10008.5.1.4.1.2.2.1"]))
def test_a_find_request_is_what_pynetdicom_makes(message_id: int, sop_class: str) -> None:
    primitive = C_FIND()
    primitive.MessageID = message_id
    primitive.AffectedSOPClassUID = sop_class
    primitive.Priority = 0
    primitive.Identifier = BytesIO(b"x")
    assert commands.find_request(sop_class, message_id)[:-2] == encoded(C_FIND_RQ(), primitive)[:-2]


@given(MESSAGE_IDS)
def test_a_cancel_request_is_what_pynetdicom_makes(message_id: int) -> None:
    primitive = C_CANCEL()
    primitive.MessageIDBeingRespondedTo = message_id
    assert commands.cancel_request(message_id) == encoded(C_CANCEL_RQ(), primitive)


@given(MESSAGE_IDS)
def test_an_echo_request_is_what_pynetdicom_makes(message_id: int) -> None:
    primitive = C_ECHO()
    primitive.MessageID = message_id
    primitive.AffectedSOPClassUID = "1.2.840.10008.1.1"
    assert commands.echo_request("1.2.840.10008.1.1", message_id) == encoded(C_ECHO_RQ(), primitive)


@given(st.integers(0, 65535), MESSAGE_IDS, st.booleans())
def test_an_answer_is_read(status: int, message_id: int, data: bool) -> None:
    answer = commands.read_answer(pdus.find_response(status, message_id, data=data), commands.C_FIND_RQ, message_id)
    assert (answer.status, answer.has_data_set, answer.details) == (status, data, False)


def test_details_of_a_status_are_read() -> None:
    extra = {0x00000901: b"\x10\0\x10\0\x40\0\x00\x01", 0x00000902: b"why not \0"}
    answer = commands.read_answer(pdus.find_response(0xC000, extra=extra), commands.C_FIND_RQ, 1)
    assert (answer.comment, answer.offending, answer.details) == ("why not", (0x00100010, 0x00400100), True)


@given(st.binary(max_size=120))
def test_whatever_comes_only_malformed_is_raised(command_set: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        commands.read_answer(command_set, commands.C_FIND_RQ, 1)
    assert caught.value.what
    assert caught.value.dcmtk


def test_the_first_of_duplicate_elements_counts() -> None:
    elements = pdus.find_response(0)[12:] + pdus.element(0x00000900, pdus.us(0xFF00))
    assert commands.read_answer(elements, commands.C_FIND_RQ, 1).status == 0
