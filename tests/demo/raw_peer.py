"""A peer on a plain socket that asks and then does not listen."""

from __future__ import annotations

import socket
from io import BytesIO
from typing import Self

from pydicom import Dataset
from pynetdicom.dimse_messages import C_FIND_RQ
from pynetdicom.dimse_primitives import C_FIND
from pynetdicom.dsutils import encode
from pynetdicom.pdu import A_ASSOCIATE_RQ, P_DATA_TF
from pynetdicom.pdu_primitives import A_ASSOCIATE, ImplementationClassUIDNotification, MaximumLengthNotification
from pynetdicom.presentation import build_context

_DEADLINE = 30


class RawPeer:
    """An association with one context, whose answers are left lying in the socket.

    Args:
        port: of a server on this machine.
        model: SOP class UID.
    """

    def __init__(self, port: int, model: str) -> None:
        self._model = model
        self._socket = socket.create_connection(("127.0.0.1", port), _DEADLINE)
        request = A_ASSOCIATE()
        request.application_context_name = "1.2.840.10008.3.1.1.1"
        request.calling_ae_title, request.called_ae_title = "DEAF", "DEMO"
        context = build_context(model, "1.2.840.10008.1.2")
        context.context_id = 1
        request.presentation_context_definition_list = [context]
        length, implementation = MaximumLengthNotification(), ImplementationClassUIDNotification()
        length.maximum_length_received = 16384
        implementation.implementation_class_uid = "1.2.3.4"
        request.user_information = [length, implementation]
        pdu = A_ASSOCIATE_RQ()
        pdu.from_primitive(request)
        self._socket.sendall(pdu.encode())
        header = self._socket.recv(6, socket.MSG_WAITALL)
        assert header[0] == 2
        self._socket.recv(int.from_bytes(header[2:], "big"), socket.MSG_WAITALL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._socket.close()

    def ask(self, identifier: Dataset) -> None:
        """Send a C-FIND request."""
        primitive = C_FIND()
        primitive.MessageID = 1
        primitive.AffectedSOPClassUID = self._model
        primitive.Priority = 0
        primitive.Identifier = BytesIO(encode(identifier, True, True) or b"")
        message = C_FIND_RQ()
        message.primitive_to_message(primitive)
        for data in message.encode_msg(1, 16384):
            pdu = P_DATA_TF()
            pdu.from_primitive(data)
            self._socket.sendall(pdu.encode())

    def wait_for_data(self) -> None:
        """Return when the server has begun to answer."""
        assert self._socket.recv(1)

    def send(self, data: bytes) -> None:
        """Send something else."""
        self._socket.sendall(data)

    def rest(self) -> bytes:
        """What the server still says before it closes the connection."""
        said = b""
        while piece := self._socket.recv(4096):
            said += piece
        return said
