"""Whom is asked, and how: everything about a peer that does not change from query to query."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from findtui.dicom import transfer
from findtui.dicom.transfer import TransferSyntax

if TYPE_CHECKING:
    from findtui.net.tls.settings import TLSSettings


class IPVersion(Enum):
    """Which Internet protocol the peer's name is looked up for; the value is findscu's long option."""

    V4 = "--ipv4"
    V6 = "--ipv6"
    AUTO = "--ip-auto"


class Proposal(Enum):
    """Which transfer syntaxes are proposed, in which order; the value is findscu's long option."""

    UNCOMPRESSED = "--propose-uncompr"
    LITTLE = "--propose-little"
    BIG = "--propose-big"
    DEFLATED = "--propose-deflated"
    IMPLICIT = "--propose-implicit"

    @property
    def transfer_syntaxes(self) -> tuple[TransferSyntax, ...]:
        """In the order in which they are proposed. Local byte order is taken to be little endian everywhere."""
        explicit = (transfer.EXPLICIT_LITTLE, transfer.EXPLICIT_BIG, transfer.IMPLICIT_LITTLE)
        match self:
            case Proposal.BIG:
                return (transfer.EXPLICIT_BIG, transfer.EXPLICIT_LITTLE, transfer.IMPLICIT_LITTLE)
            case Proposal.DEFLATED:
                return (transfer.DEFLATED, *explicit)
            case Proposal.IMPLICIT:
                return (transfer.IMPLICIT_LITTLE,)
            case _:
                return explicit


class Timeouts(NamedTuple):
    """How long is waited for what, in seconds; None is without end.

    Attributes:
        connect: for the TCP connection (`--timeout`); None leaves it to the operating system.
        socket: for one read or write on the socket, while a PDU is on its way (`--socket-timeout`).
        acse: for the answer to an association or release request, and for the TLS handshake (`--acse-timeout`).
        dimse: for the next message of the peer (`--dimse-timeout`).
        total: for the whole run (`--total-timeout`).
        cancel_grace: between C-CANCEL and the abort that follows where the peer goes on.
    """

    connect: float | None = None
    socket: float | None = 60.0
    acse: float | None = 30.0
    dimse: float | None = None
    total: float | None = None
    cancel_grace: float = 10.0


class Peer(NamedTuple):
    """A DICOM application and how to talk to it.

    Attributes:
        host: name or address.
        port: TCP port.
        calling_ae_title, called_ae_title: at most 16 characters each (PS3.8 section 9.3.2).
        ip_version: which Internet protocol is used.
        proposal: the transfer syntaxes proposed.
        compression_level: of zlib, 0 to 9, for what is sent deflated.
        max_pdu: the largest PDU that this side receives, in bytes.
        timeouts: how long is waited for what.
        abort: end the association with A-ABORT instead of a release.
        tls: how to encrypt; None is a plain connection.
    """

    host: str
    port: int
    calling_ae_title: str = "FINDSCU"
    called_ae_title: str = "ANY-SCP"
    ip_version: IPVersion = IPVersion.V4
    proposal: Proposal = Proposal.UNCOMPRESSED
    compression_level: int = 6
    max_pdu: int = 16384
    timeouts: Timeouts = Timeouts()
    abort: bool = False
    tls: TLSSettings | None = None

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"
