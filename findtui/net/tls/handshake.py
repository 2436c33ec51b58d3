"""The TLS handshake over a connected socket, and the judgement of whom it was made with."""

from __future__ import annotations

import select
import socket
import ssl
import time
from collections.abc import Callable
from math import ceil, inf
from typing import TYPE_CHECKING

from findtui.net.tls import certificates, library, refusals, rules
from findtui.net.tls.context import PreparedContext, prepare
from findtui.net.tls.refusals import explain_ssl_error
from findtui.net.tls.settings import PeerCertificate, TLSSession
from findtui.net.tls.suites import iana_name
from findtui.net.transport import Deadline, Expired

if TYPE_CHECKING:
    from findtui.net.peer import Peer

__all__ = ["connect_tls", "explain_ssl_error"]

_REPLACE = "Have the peer's certificate replaced"

Wait = Callable[[socket.socket, int], None]
"""Waits until the socket is ready for the events of `select.poll`, or raises what ends the run."""


def connect_tls(
    sock: socket.socket,
    peer: Peer,
    deadline: float | None,
    prepared: PreparedContext | None = None,
    wait: Wait | None = None,
) -> tuple[ssl.SSLSocket, TLSSession]:
    """Speak TLS over a connected socket, as the peer's settings say.

    Args:
        sock: connected; is taken over, and closed where this fails.
        peer: whom it leads to; its `tls` is set.
        deadline: a monotonic time; None is without end.
        prepared: what `prepare` returned; made here where it is left out.
        wait: for a caller who listens for other things while waiting; keeps to the deadline by raising Expired.

    Returns:
        The socket, which does not block, and what was agreed on.

    Raises:
        TLSSetupError: as `prepare`.
        TLSHandshakeFailed: no agreement, or no trust.
        Expired: from `wait`, where it is the whole run's time that is over.
    """
    if peer.tls is None:
        raise ValueError(f"{peer} has no TLS settings")
    try:
        prepared = prepared or prepare(peer.tls, peer)
        sock.setblocking(False)
        secured = prepared.context.wrap_socket(
            sock, server_hostname=prepared.settings.server_name, do_handshake_on_connect=False
        )
    except OSError as error:
        sock.close()
        raise refusals.closed(peer, error.strerror or str(error)) from error
    except BaseException:
        sock.close()
        raise
    try:
        _shake_hands(secured, peer, prepared, wait or _waiting_until(deadline))
        return secured, _judge(secured, peer, prepared)
    except BaseException:
        secured.close()
        raise


def _waiting_until(deadline: float | None) -> Wait:
    end = inf if deadline is None else deadline

    def wait(sock: socket.socket, events: int) -> None:
        poll = select.poll()
        poll.register(sock, events)
        remaining = end - time.monotonic()
        if remaining <= 0 or not poll.poll(None if remaining == inf else ceil(remaining * 1000)):
            raise Expired(Deadline(end))

    return wait


def _shake_hands(secured: ssl.SSLSocket, peer: Peer, prepared: PreparedContext, wait: Wait) -> None:
    started = time.monotonic()
    answered = False
    try:
        # Whoever speaks first speaks no TLS.
        answered = _look_at_opening(secured, peer)
        _hold_back(secured, True)
        while True:
            try:
                secured.do_handshake()
            except ssl.SSLWantReadError:
                _hold_back(secured, False)
                wait(secured, select.POLLIN)
                answered = answered or _look_at_opening(secured, peer)
            except ssl.SSLWantWriteError:
                wait(secured, select.POLLOUT)
            else:
                return
    except Expired as expired:
        if expired.deadline.option == "--total-timeout":
            raise
        raise refusals.timed_out(peer, time.monotonic() - started, answered) from None
    except ssl.SSLCertVerificationError as error:
        sent = [certificates.describe(der) for der in library.sent_chain(secured)]
        raise refusals.not_verified(error.verify_code, error.verify_message, sent, peer) from error
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError) as error:
        raise refusals.closed(peer, "") from error
    except ssl.SSLError as error:
        raise explain_ssl_error(error, prepared.settings, peer) from error
    except OSError as error:
        raise refusals.closed(peer, error.strerror or str(error)) from error


def _hold_back(secured: ssl.SSLSocket, hold: bool) -> None:
    """Keep what is written from being sent, or let it go.

    OpenSSL writes the ClientHello and reads in one call. A peer that answers in between has its first bytes taken
    before anyone could say what they are, so that nothing is sent until that call is over.
    """
    cork = getattr(socket, "TCP_CORK", getattr(socket, "TCP_NOPUSH", None))
    if cork is not None and secured.family in (socket.AF_INET, socket.AF_INET6):
        secured.setsockopt(socket.IPPROTO_TCP, cork, hold)


def _look_at_opening(secured: ssl.SSLSocket, peer: Peer) -> bool:
    """Look at the first bytes of the peer; whether there are any.

    Raises:
        TLSHandshakeFailed: they are no TLS.
    """
    try:
        # SSLSocket itself refuses to peek, but what has come first is still in the clear.
        opening = socket.socket.recv(secured, 8, socket.MSG_PEEK)
    except BlockingIOError:
        return False
    if opening and (error := refusals.not_tls(opening, peer)) is not None:
        raise error
    return bool(opening)


def _judge(secured: ssl.SSLSocket, peer: Peer, prepared: PreparedContext) -> TLSSession:
    """Look at the peer's certificates as far as OpenSSL has not.

    Raises:
        TLSHandshakeFailed: they are not what was asked for.
    """
    chain = library.verified_chain(secured) if prepared.verifies else library.sent_chain(secured)
    described = [certificates.describe(der) for der in chain]
    settings = prepared.settings
    if settings.fingerprint is not None:
        _check_pin(settings.fingerprint, described, peer)
    warnings: list[str] = []
    if settings.verify_peer:
        _check_chain(chain, described, peer, prepared, warnings)
    cipher = secured.cipher()
    return TLSSession(
        secured.version() or "", iana_name(cipher[0]) if cipher else "", tuple(described), tuple(warnings)
    )


def _check_pin(pin: str, described: list[PeerCertificate], peer: Peer) -> None:
    wanted = pin.replace(":", "").lower()
    if not described or described[0].fingerprint != wanted:
        came = described[0].fingerprint if described else "none"
        problem = f"is not the pinned one, as its SHA-256 fingerprint is {came} and not {wanted}"
        raise refusals.untrusted(problem, "Find out why it has changed before you pin the new one", described, peer)


def _check_chain(
    chain: list[bytes],
    described: list[PeerCertificate],
    peer: Peer,
    prepared: PreparedContext,
    warnings: list[str],
) -> None:
    settings = prepared.settings
    if not chain:
        raise refusals.untrusted("was not sent", _REPLACE, [], peer)
    for der, certificate in zip(chain, described, strict=True):
        which = f"the certificate {certificate.subject} of {peer}"
        try:
            loaded = certificates.load(der)
            warnings += [f"{which} {remark}" for remark in rules.judge_peer(loaded, settings.profile)]
            if warning := certificates.end_warning(which, loaded):
                warnings.append(warning)
            if not certificates.is_valid(loaded):
                raise rules.Forbidden("has expired, or is not valid yet")
        except rules.Forbidden as error:
            raise refusals.untrusted(str(error), _REPLACE, [certificate], peer) from error
        except ValueError as error:
            raise refusals.untrusted(f"cannot be read: {error}", _REPLACE, [certificate], peer) from error
    host = settings.verify_hostname
    if host is not None and not certificates.matches_host(certificates.load(chain[0]), host):
        raise refusals.untrusted(
            f"is not for {host}",
            "Make sure that it is the right peer; --verify-hostname-as takes the name that its certificate has",
            described,
            peer,
        )
