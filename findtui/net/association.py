"""One association: requested, used, and ended (PS3.8 sections 7 and 9), in the caller's thread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NoReturn

from findtui.errors import ConnectionFailed
from findtui.net import failures, lean
from findtui.net.connect import connect
from findtui.net.failures import Phase
from findtui.net.faults import Aborted, Closed, Fault, Malformed, ReleaseRequested
from findtui.net.pdus import PDU_HEAD, Part, PDUReader, PDUType, p_data
from findtui.net.peer import Peer
from findtui.net.transport import Deadline, Expired, Transport, Waiter

if TYPE_CHECKING:
    from findtui.net.contexts import Accepted, Proposed
    from findtui.net.tls.context import PreparedContext
    from findtui.net.tls.settings import TLSSession

LARGEST_PDU: Final = 131072
"""The longest PDU that is sent, in bytes, whatever the peer would take."""

SMALLEST_PDU: Final = 4096

ABORT_PATIENCE: Final = 0.5
"""Seconds in which a peer may take an A-ABORT and close."""


class Association:
    """A connection to a peer with what was negotiated on it.

    Args:
        peer: whom to talk to.
        waiter: of the run.
        errand: what for, in a word.

    Attributes:
        phase: how far it has come.
        established: whether the peer has accepted and neither side has ended it.
        tls: what TLS agreed on, or None.
        warnings: remarks for the user so far, in words and in DCMTK's; taken out by whoever tells.
        next_message_id: for the next request.
    """

    def __init__(self, peer: Peer, waiter: Waiter, errand: str = failures.QUERY) -> None:
        self.peer = peer
        self._errand = errand
        self.phase = Phase.REQUEST
        self.established = False
        self.tls: TLSSession | None = None
        self.warnings: list[tuple[str, str]] = []
        self.next_message_id = 1
        self._waiter = waiter
        self._transport: Transport | None = None
        self._reader = PDUReader()
        self._opening = b""
        self._prepared: PreparedContext | None = None
        self._largest_pdv = SMALLEST_PDU - 12
        self._max_pdu = self._even_max_pdu()

    def request(self, contexts: Sequence[Proposed]) -> Accepted:
        """Connect and negotiate.

        Returns:
            What the peer accepted; its contexts may all be refused.

        Raises:
            NetworkError: the peer cannot be reached, or rejected the association.
            Fault, Expired, OSError: for `explaining`.
            Stopped: the run is to end.
        """
        titles = self._titles()
        self.connect()
        self.secure()
        return self.negotiate(contexts, titles)

    def prepare(self) -> None:
        """Find out, before anybody is bothered, whether what TLS needs on this side can be had.

        Raises:
            TLSSetupError: it cannot.
        """
        if self.peer.tls is None or self._prepared is not None:
            return
        from findtui.net.tls.context import prepare

        self._prepared = prepare(self.peer.tls, self.peer)
        self.warnings += [(warning, "") for warning in self._prepared.warnings]

    def connect(self) -> None:
        """Make the TCP connection; raises as `request`."""
        sock = connect(self.peer, self._waiter, lambda *warning: self.warnings.append(warning))
        self._transport = Transport(sock, self._waiter)

    def secure(self) -> None:
        """Shake hands for TLS, where the peer is to be spoken to so; raises as `request`."""
        if self.peer.tls is None:
            return
        from findtui.net.tls.handshake import connect_tls

        self.prepare()
        deadline = Deadline.after(self.peer.timeouts.acse, "--acse-timeout")
        sock = self._connected().detach()
        self._transport = None
        self._transport, self.tls = connect_tls(sock, self._waiter, self.peer, deadline, self._prepared)
        self.warnings += [(warning, "") for warning in self.tls.warnings]

    def negotiate(self, contexts: Sequence[Proposed], titles: tuple[str, str] | None = None) -> Accepted:
        """Request the association on the connection; as `request`."""
        # Here, because its import takes longer than all the rest, and a peer that is not there needs none of it.
        lean.load("findtui.net.negotiation")
        from findtui.net import negotiation

        titles = titles or self._titles()
        self._send(negotiation.encode_request(*titles, self._max_pdu, contexts))
        part = self._answer(Deadline.after(self.peer.timeouts.acse, "--acse-timeout"))
        kind, body = part[1], part[2]
        if part[0] or kind not in (PDUType.ASSOCIATE_AC, PDUType.ASSOCIATE_RJ):
            what = "data" if part[0] else _named(kind)
            raise Malformed(f"{what} instead of an answer to the association request", failures.NETWORK_CLOSED)
        if kind == PDUType.ASSOCIATE_RJ:
            if len(body) < 4:
                raise Malformed("an A-ASSOCIATE-RJ that is too short", "0006:0307 DUL Illegal or ill-formed PDU")
            self.close()
            raise failures.rejected(body[1], body[2], body[3], self.peer)
        accepted = negotiation.decode_accept(body, contexts)
        self.phase = Phase.QUERY
        self.established = True
        return accepted

    def limit_pdvs(self, max_pdu: int) -> int:
        """Settle how long the PDVs are that are sent.

        Args:
            max_pdu: what the peer takes, in bytes; 0 is no limit.

        Returns:
            What findscu calls "Max Send PDV".

        Raises:
            Malformed: it takes nothing that one could send.
        """
        length = min(max_pdu or LARGEST_PDU, LARGEST_PDU)
        if length % 2:
            self.warnings.append(
                (
                    f"the peer takes PDUs of an odd length, {length}; {length - 1} is used",
                    f"ASSOC: PDV send length {length} is odd (using {length - 1})",
                )
            )
            length -= 1
        largest = length - 12
        if largest < 2:
            raise Malformed(
                f"a maximum PDU length of {max_pdu} bytes, into which nothing fits",
                "0006:020e DIMSE Failed to send message\n0006:0308 DUL Cannot send P-DATA PDU because receiver's "
                f"max PDU size of {max_pdu} is illegal (must be > 12)",
            )
        self._largest_pdv = largest
        return largest if largest >= 12 else SMALLEST_PDU - 12

    def send_message(self, context_id: int, command_set: bytes, data_set: bytes | None = None) -> None:
        """Send a message; the arguments are encoded.

        Raises:
            Aborted: the peer had already said so.
            Fault, Expired, OSError, Stopped: as `request`.
        """
        pdus = p_data(context_id, True, command_set, self._largest_pdv)
        if data_set is not None:
            # Deflated data sets may be odd; DCMTK pads them too.
            pdus += p_data(context_id, False, data_set + b"\0" * (len(data_set) % 2), self._largest_pdv)
        self._send(pdus)
        self._reader.expect_answer()

    def send_cancel(self, context_id: int, command_set: bytes) -> OSError | None:
        """Send a cancel request. Where the connection is broken, all that had come before that can still be taken.

        Returns:
            Why it has not reached the peer; None where nothing speaks against it.

        Raises:
            Expired, Stopped: as `request`.
        """
        transport = self._connected()
        pdus = p_data(context_id, True, command_set, self._largest_pdv)
        try:
            # A peer that is gone refuses the first piece, which shows when the second is sent.
            for piece in (pdus[: PDU_HEAD.size], pdus[PDU_HEAD.size :]):
                self._transmit(transport, piece)
        except OSError as error:
            return error
        return None

    def unasked(self) -> Iterator[Part]:
        """Parts that have come although nothing was asked; never waits."""
        transport, looked = self._connected(), False
        for part in self._reader.parts:
            if part is not None:
                yield self._data(part)
            elif looked:
                return
            else:
                # One look is enough to see that there is something, and a peer that never pauses gets no more.
                looked = True
                if chunk := transport.receive():
                    self._take_in(chunk)

    def parts(self) -> Iterator[Part | None]:
        """Command sets and data sets as they come; None before each wait, for what has to be done by then.

        Time that passes while one of them is looked at is not the peer's, and no time-out counts it.

        Raises:
            Aborted, ReleaseRequested, Malformed, Closed: what the peer did instead.
            Expired, OSError, Stopped: as `request`.
        """
        reader, transport, waiter = self._reader, self._connected(), self._waiter
        times = self.peer.timeouts
        message = pdu = None
        taken = reader.taken
        for part in reader.parts:
            if part is not None:
                message = pdu = None
                yield part if part[0] else self._data(part)
                continue
            chunk = transport.receive()
            if chunk:
                self._take_in(chunk)
                waiter.check()
                continue
            if chunk is not None:
                raise Closed
            yield None
            if taken != reader.taken:
                taken, pdu = reader.taken, None
            if message is None:
                message = Deadline.after(times.dimse, "--dimse-timeout")
            if pdu is None and (reader.unfinished or times.dimse is None):
                pdu = Deadline.after(times.socket, "--socket-timeout")
            transport.wait(message if pdu is None else message.earlier(pdu))

    def release(self) -> None:
        """End it in good order. Data that still comes is thrown away.

        Raises:
            Fault, Expired, OSError, Stopped: as `request`.
        """
        self.phase = Phase.RELEASE
        deadline = Deadline.after(self.peer.timeouts.acse, "--acse-timeout")
        self._send(PDU_HEAD.pack(PDUType.RELEASE_RQ, 4) + bytes(4))
        collided = False
        while True:
            try:
                context_id, kind, _ = self._answer(deadline)
            except Closed:
                if collided:
                    # It has our answer to its own request, and saw no need for one to ours.
                    break
                raise
            if context_id:
                continue
            match kind:
                case PDUType.RELEASE_RP:
                    break
                case PDUType.RELEASE_RQ:
                    # Both asked at once (PS3.8 section 7.2.2.5): the requestor of the association answers first.
                    collided = True
                    self._send(PDU_HEAD.pack(PDUType.RELEASE_RP, 4) + bytes(4))
                case _:
                    raise _unexpected(kind)
        self.close()

    def abort(self) -> bool:
        """End it with A-ABORT, as well as that still goes, and close. Never raises, never takes long.

        Returns:
            Whether the A-ABORT went out.
        """
        transport, self._transport = self._transport, None
        self.established = False
        if transport is None:
            return False
        return transport.last_words(PDU_HEAD.pack(PDUType.ABORT, 4) + bytes(4), ABORT_PATIENCE)

    def close(self) -> None:
        """Close the connection without a word; again is harmless."""
        transport, self._transport = self._transport, None
        self.established = False
        if transport is not None:
            transport.close()

    @contextmanager
    def explaining(self) -> Iterator[None]:
        """Make a NetworkError of every fault inside, but for an expired time that no option sets."""
        try:
            yield
        except (Fault, Expired, OSError) as fault:
            if isinstance(fault, Expired) and not fault.deadline.option.startswith("--"):
                raise
            if isinstance(fault, Aborted | Closed | OSError):
                self.close()
            reader = self._reader
            where = failures.Where(self.phase, self._errand, self._opening, reader.unfinished, reader.data_set_due)
            raise failures.failure(fault, self.peer, where) from fault

    def _titles(self) -> tuple[str, str]:
        titles = []
        for kind, title in (("Calling", self.peer.calling_ae_title), ("Called", self.peer.called_ae_title)):
            sent = title[:16]
            if not sent.strip() or not sent.isascii() or not sent.isprintable() or "\\" in sent:
                what = f"is {title!r}, which is no AE title" if title.strip() else "is empty"
                raise ConnectionFailed(
                    f"{self.peer} was not asked: the {kind.lower()} AE title {what}",
                    remedy="Give 1 to 16 printable ASCII characters, no backslash",
                    dcmtk=f"Illegal service parameter: {kind} AP Title\nAssociation Request Failed: 0006:030c "
                    f"Illegal service parameter: {kind} AP Title",
                )
            if len(title) > 16:
                self.warnings.append(
                    (f"the {kind.lower()} AE title was cut to {sent}, as 16 characters are the most", "")
                )
            titles.append(sent)
        return titles[0], titles[1]

    def _even_max_pdu(self) -> int:
        length = self.peer.max_pdu
        if length % 2:
            self.warnings.append(
                (
                    f"the maximum PDU length {length} is odd; {length - 1} is used",
                    f"ASSOC: PDV receive length {length} is odd (using {length - 1})",
                )
            )
            length -= 1
        return length

    def _connected(self) -> Transport:
        if self._transport is None:
            raise Closed
        return self._transport

    def _take_in(self, chunk: bytes) -> None:
        if not self._opening:
            self._opening = chunk[:8]
        self._reader.feed(chunk)

    def _data(self, part: Part) -> Part:
        """A part that is data; what is none is told by exception."""
        context_id, kind, body = part
        if context_id:
            return part
        match kind:
            case PDUType.ABORT:
                raise _abort(body)
            case PDUType.RELEASE_RQ:
                raise ReleaseRequested
        raise _unexpected(kind)

    def _answer(self, deadline: Deadline) -> Part:
        """The next part of any kind but A-ABORT, which is raised."""
        transport = self._connected()
        while (part := next(self._reader.parts)) is None:
            chunk = transport.receive()
            if chunk:
                self._take_in(chunk)
                self._waiter.check(deadline)
            elif chunk is not None:
                raise Closed
            else:
                transport.wait(deadline)
        if part[0] == 0 and part[1] == PDUType.ABORT:
            raise _abort(part[2])
        return part

    def _send(self, data: bytes) -> None:
        transport = self._connected()
        try:
            self._transmit(transport, data)
        except OSError as error:
            self._last_heard(transport, error)

    def _transmit(self, transport: Transport, data: bytes) -> None:
        # Piece by piece, so that the time-out is for one PDU's worth and not for all of a long query.
        for start in range(0, len(data), LARGEST_PDU):
            transport.send(
                data[start : start + LARGEST_PDU], Deadline.after(self.peer.timeouts.socket, "--socket-timeout")
            )

    def _last_heard(self, transport: Transport, error: OSError) -> NoReturn:
        """Say why sending failed: the peer's own word for it, where it left one."""
        try:
            while chunk := transport.receive():
                self._take_in(chunk)
        except OSError as told:
            # Such as an alert of TLS, which says more than a broken pipe.
            error = told
        for part in self._reader.parts:
            if part is None:
                break
            if part[0] == 0 and part[1] == PDUType.ABORT:
                raise _abort(part[2]) from None
        raise error


def _abort(body: bytes) -> Aborted:
    return Aborted(body[2], body[3]) if len(body) >= 4 else Aborted(0, 0)


def _named(kind: int) -> str:
    return f"an A-{PDUType(kind).name.replace('_', '-')}"


def _unexpected(kind: int) -> Malformed:
    return Malformed(
        f"{_named(kind)} where none was due",
        "0006:020c DIMSE Read PDV failed\n0006:0303 DUL Finite State Machine Error: No action defined",
    )
