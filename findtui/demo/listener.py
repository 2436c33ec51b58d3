"""The listening socket, and how connections to it begin and end."""

from __future__ import annotations

import logging
import socket
import socketserver
import ssl
import time
from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from pynetdicom.pdu_primitives import A_P_ABORT
from pynetdicom.transport import ThreadedAssociationServer

if TYPE_CHECKING:
    from pynetdicom.association import Association
    from pynetdicom.events import Event

_LOGGER = logging.getLogger(__name__)
_HANDSHAKE_TIMEOUT: Final = 10.0
# Seconds for what ends by itself.
_PATIENCE: Final = 0.1
_LONG_PATIENCE: Final = 2.0
_ABORT: Final = bytes((7, 0, 0, 0, 0, 4, 0, 0, 2, 0))
"""A-ABORT by the service provider, without a reason."""
_OVER, _ASKED = "Sta1", "Sta3"
"""States of PS3.8 section 9.2: no association, and one that has been asked for."""


def end(associations: Sequence[Association]) -> None:
    """End associations: those that answer a query do it themselves, the others are aborted, the rest is cut off."""
    _join(associations, _PATIENCE)
    for association in associations:
        if association.is_alive() and association.is_established:
            association.abort(block=False)
    _join(associations, _PATIENCE)
    for association in associations:
        _cut_off(association)
    _join(associations, _LONG_PATIENCE)


def _join(associations: Sequence[Association], patience: float) -> None:
    deadline = time.monotonic() + patience
    for association in associations:
        association.join(max(0.0, deadline - time.monotonic()))


def _cut_off(association: Association) -> None:
    wrapped = association.dul.socket
    if association.is_alive() and wrapped is not None and wrapped.socket is not None:
        try:
            wrapped.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            _LOGGER.debug("the peer was quicker in closing its connection")
        # One that waits for its A-ASSOCIATE-RQ takes this for the time-out of half a minute.
        association.dul.to_user_queue.put(None)


def look_after(opened: Event) -> None:
    """See that an association ends when its peer does what pynetdicom does not expect, or leaves before it has asked.

    Args:
        opened: EVT_CONN_OPEN.
    """
    dul = opened.assoc.dul
    machine = dul.state_machine
    act = machine.do_action
    asked = False

    def act_or_end(event: str) -> None:
        nonlocal asked
        try:
            act(event)
        except Exception as error:
            # It would end pynetdicom's thread with a traceback on the terminal, and leave the peer waiting.
            _LOGGER.info("association aborted: %s", error)
            dul.kill_dul()
            if dul.socket is not None:
                dul.socket.send(_ABORT)
                dul.socket.close()
            dul.to_user_queue.put(A_P_ABORT() if asked else None)
            return
        asked = asked or machine.current_state == _ASKED
        if not asked and machine.current_state == _OVER:
            # Else a request is waited for until its time-out.
            dul.to_user_queue.put(None)

    machine.do_action = act_or_end  # type: ignore[method-assign]


class Listener(ThreadedAssociationServer):
    """pynetdicom's server, with the TLS handshake moved out of the thread that accepts connections."""

    daemon_threads = True

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._handing_over = Lock()
        self._closed = False
        super().__init__(*arguments, **options)

    def shutdown(self) -> None:
        """Stop accepting connections and free the port; no association begins after it."""
        socketserver.BaseServer.shutdown(self)
        with self._handing_over:
            self._closed = True
        self.server_close()

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        """Accept a connection; a peer that is slow or silent in its handshake keeps nobody else waiting."""
        assert self.socket is not None
        connection, address = self.socket.accept()
        if self.ssl_context:
            connection = self.ssl_context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Shake hands, then hand over to pynetdicom."""
        if isinstance(request, ssl.SSLSocket):
            try:
                request.settimeout(_HANDSHAKE_TIMEOUT)
                request.do_handshake()
                request.settimeout(None)
            except OSError as error:
                _LOGGER.info("TLS handshake failed: %s", error)
                self.shutdown_request(request)
                return
        with self._handing_over:
            # A connection may have been accepted just before the end, and its thread may run only now.
            if self._closed:
                self.shutdown_request(request)
            else:
                super().finish_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log what went wrong with one connection, where socketserver would print a traceback."""
        _LOGGER.exception("connection from %s", client_address)
