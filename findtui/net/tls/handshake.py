"""The TLS handshake over a connected socket, and the judgement of whom it was made with."""

from __future__ import annotations

import ssl
import time
from typing import TYPE_CHECKING

from findtui.net.encrypted import TLSTransport
from findtui.net.tls import certificates, library, refusals, rules
from findtui.net.tls.context import PreparedContext, prepare
from findtui.net.tls.refusals import explain_ssl_error
from findtui.net.tls.settings import PeerCertificate, TLSSession
from findtui.net.tls.suites import iana_name
from findtui.net.transport import Deadline, Expired, Waiter

if TYPE_CHECKING:
    import socket

    from findtui.net.peer import Peer

__all__ = ["connect_tls", "explain_ssl_error"]

_REPLACE = "Have the peer's certificate replaced"


def connect_tls(
    sock: socket.socket, waiter: Waiter, peer: Peer, deadline: Deadline, prepared: PreparedContext | None = None
) -> tuple[TLSTransport, TLSSession]:
    """Speak TLS over a connected socket, as the peer's settings say.

    Args:
        sock: connected; is taken over, and closed where this fails.
        waiter: of the run.
        peer: whom it leads to; its `tls` is set.
        deadline: for the handshake.
        prepared: what `prepare` returned; made here where it is left out.

    Returns:
        The connection, and what was agreed on.

    Raises:
        TLSSetupError: as `prepare`.
        TLSHandshakeFailed: no agreement, or no trust.
        Expired, Stopped: as `Waiter.wait`; the deadline of the handshake is a TLSHandshakeFailed.
    """
    if peer.tls is None:
        raise ValueError(f"{peer} has no TLS settings")
    try:
        prepared = prepared or prepare(peer.tls, peer)
        transport = TLSTransport(sock, waiter, prepared.context, prepared.settings.server_name)
    except BaseException:
        sock.close()
        raise
    try:
        _shake_hands(transport, peer, prepared, deadline)
        return transport, _judge(transport.tls, peer, prepared)
    except BaseException:
        transport.close()
        raise


def _shake_hands(transport: TLSTransport, peer: Peer, prepared: PreparedContext, deadline: Deadline) -> None:
    started = time.monotonic()
    answered = False

    def look(chunk: bytes) -> None:
        nonlocal answered
        if not answered and chunk and (error := refusals.not_tls(chunk, peer)) is not None:
            raise error
        answered = True

    try:
        transport.shake_hands(deadline, look)
    except Expired as expired:
        if expired.deadline is not deadline:
            raise
        raise refusals.timed_out(peer, time.monotonic() - started, answered) from None
    except ssl.SSLCertVerificationError as error:
        sent = [certificates.describe(der) for der in library.sent_chain(transport.tls)]
        raise refusals.not_verified(error.verify_code, error.verify_message, sent, peer) from error
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError) as error:
        raise refusals.closed(peer, "") from error
    except ssl.SSLError as error:
        raise explain_ssl_error(error, prepared.settings, peer) from error
    except OSError as error:
        raise refusals.closed(peer, error.strerror or str(error)) from error


def _judge(tls: ssl.SSLObject, peer: Peer, prepared: PreparedContext) -> TLSSession:
    """Look at the peer's certificates as far as OpenSSL has not.

    Raises:
        TLSHandshakeFailed: they are not what was asked for.
    """
    chain = library.verified_chain(tls) if prepared.verifies else library.sent_chain(tls)
    described = [certificates.describe(der) for der in chain]
    settings = prepared.settings
    if settings.fingerprint is not None:
        _check_pin(settings.fingerprint, described, peer)
    warnings: list[str] = []
    if settings.verify_peer:
        _check_chain(chain, described, peer, prepared, warnings)
    cipher = tls.cipher()
    return TLSSession(tls.version() or "", iana_name(cipher[0]) if cipher else "", tuple(described), tuple(warnings))


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
