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

from pynetdicom.transport import ThreadedAssociationServer

if TYPE_CHECKING:
    from pynetdicom.association import Association

_LOGGER = logging.getLogger(__name__)
_HANDSHAKE_TIMEOUT: Final = 10.0
# Seconds for what ends by itself.
_PATIENCE: Final = 0.1


def end(associations: Sequence[Association]) -> None:
    """End associations: those that answer a query do it themselves, the others are aborted, the rest is cut off."""
    deadline = time.monotonic() + _PATIENCE
    for association in associations:
        association.join(max(0.0, deadline - time.monotonic()))
    for association in associations:
        if association.is_alive() and association.is_established:
            association.abort(block=False)
            association.join(_PATIENCE)
    for association in associations:
        _cut_off(association)


def _cut_off(association: Association) -> None:
    wrapped = association.dul.socket
    if association.is_alive() and wrapped is not None and wrapped.socket is not None:
        try:
            wrapped.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            _LOGGER.debug("the peer was quicker in closing its connection")
        # One that waits for its A-ASSOCIATE-RQ takes this for the time-out of half a minute.
        association.dul.to_user_queue.put(None)
    association.join(2)


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
