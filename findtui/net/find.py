"""C-FIND: a query asked of a peer, as an iterator of events (PS3.4 sections C.4.1 and K.4.1, PS3.7 section 9.1.2)."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from typing import Final

from findtui.dicom import transfer, walker
from findtui.dicom.dataset import DataSet
from findtui.dicom.encoder import deflate, encode
from findtui.dicom.layout import Layouts
from findtui.dicom.query import Query
from findtui.dicom.response import Response, UnreadableResponse
from findtui.dicom.transfer import TransferSyntax
from findtui.dicom.visible import visible
from findtui.errors import FindtuiError, QueryError, UnreadableResponses
from findtui.net import commands, describe, explain, failures
from findtui.net.association import Association
from findtui.net.commands import Answer
from findtui.net.contexts import Proposed
from findtui.net.control import Control
from findtui.net.events import (
    Answered,
    Cancelling,
    Closing,
    End,
    Event,
    Finished,
    Matches,
    Negotiated,
    Outcome,
    QuerySent,
    Requesting,
    Unreadable,
    Warned,
)
from findtui.net.faults import Malformed
from findtui.net.inflate import BrokenDeflate, inflate
from findtui.net.peer import Peer
from findtui.net.transport import CANCEL_GRACE, Deadline, Expired, Stopped, Waiter

BATCH: Final = 500
"""The most responses that travel together."""

BATCH_LENGTH: Final = 4 * 1024 * 1024
"""Bytes of identifiers after which a batch is handed on, however few responses it holds."""

CONTEXT_ID: Final = 1
PENDING: Final = frozenset((explain.PENDING, explain.PENDING_WARNING))
MOST_KNOWN: Final = 16
"""How many different command sets of one query are remembered as checked; most peers send one again and again."""

LONGEST_COMMENT: Final = 1024
MOST_OFFENDING: Final = 32


def find(peer: Peer, query: Query, control: Control | None = None) -> Generator[Event, None, None]:
    """Ask a peer and tell what happens while it happens.

    Nothing is connected before the first event is asked for. Once it has been, every run ends in `Finished`, whatever
    the peer does. An iterator that is closed, or an exception thrown into it (KeyboardInterrupt), aborts the
    association. While nobody asks for the next event nothing is read: the peer has to wait.

    Args:
        peer: whom to ask.
        query: what to ask; each of its identifiers is asked `repeat` times on one association.
        control: stops the run from another thread or a signal handler.

    Returns:
        The events, in the order that `findtui.net.events` describes.

    Raises:
        QueryError: the query cannot be asked as it stands.
    """
    identifiers = query.identifiers()
    for identifier in identifiers:
        if not len(identifier):
            raise QueryError(
                "the query has no keys: an empty identifier cannot be sent",
                remedy="Give at least one key, such as -k PatientName",
                dcmtk="0006:020e DIMSE Failed to send message",
            )
        # What cannot be encoded is found before anybody is bothered with it.
        encode(identifier, peer.proposal.transfer_syntaxes[0], new_vr=query.new_vrs)
    return _Run(peer, query, identifiers, control or Control()).events()


class _Batch:
    """Responses that wait to be told of."""

    __slots__ = ("_length", "_responses")

    def __init__(self) -> None:
        self._responses: list[Response] = []
        self._length = 0

    @property
    def full(self) -> bool:
        return len(self._responses) >= BATCH or self._length >= BATCH_LENGTH

    def add(self, response: Response) -> None:
        self._responses.append(response)
        self._length += len(response.identifier)

    def taken(self) -> Iterator[Matches]:
        """The event for those that wait, if there are any; none waits after that."""
        if self._responses:
            matches = Matches(self._responses)
            self._responses, self._length = [], 0
            yield matches


class _Run:
    """One run: what has come so far, and how it is going to be judged."""

    def __init__(self, peer: Peer, query: Query, identifiers: tuple[DataSet, ...], control: Control) -> None:
        self._peer = peer
        self._query = query
        self._identifiers = identifiers
        self._control = control
        self._started = time.monotonic()
        self._number = 0
        self._received = 0
        self._unreadable = 0
        self._warnings = 0
        self._status: int | None = None
        self._error: FindtuiError | None = None
        self._failed: FindtuiError | None = None
        self._cut_short = False
        self._cancelled = False
        # Of the query that is being asked:
        self._message_id = 0
        self._cancel_sent = False
        self._data_set_may_follow = False

    def events(self) -> Generator[Event, None, None]:
        self._started = time.monotonic()
        total = Deadline.after(self._peer.timeouts.total, "--total-timeout")
        with self._control.attached() as alarm:
            waiter = Waiter(self._control, alarm, total)
            association = Association(self._peer, waiter)
            try:
                yield from self._associate(association, waiter)
            except FindtuiError as error:
                self._error = error
            finally:
                association.abort()
        yield Finished(self._outcome())

    def _associate(self, association: Association, waiter: Waiter) -> Iterator[Event]:
        """Everything from the connection to its end."""
        total = waiter.total
        accepted = False
        try:
            with association.explaining():
                syntax = yield from self._open(association)
                accepted = True
                waiter.patient = True
                yield from self._ask_all(association, waiter, syntax)
        except (Stopped, Expired) as stop:
            # Every other time-out has been explained; this is the one given to a cancel.
            self._cancelled = True
            if isinstance(stop, Expired):
                yield Warned(f"{self._peer} went on for {stop.deadline.timeout:g} s after the cancel and was aborted")
            if association.established:
                yield Closing(abort=True)
            return
        except FindtuiError as error:
            if accepted or association.established:
                yield Closing(abort=True, error=error)
            raise
        waiter.total = total
        yield Closing(abort=self._peer.abort)
        if not self._peer.abort:
            waiter.hurry(self._peer.timeouts.cancel_grace)
            try:
                with association.explaining():
                    association.release()
            except (Stopped, Expired):
                self._cancelled = True

    def _open(self, association: Association) -> Generator[Event, None, TransferSyntax]:
        """Negotiate, and tell; gives the transfer syntax to ask in."""
        peer, model = self._peer, self._query.model
        began = time.monotonic()
        contexts = (Proposed(CONTEXT_ID, model.uid, tuple(syntax.uid for syntax in peer.proposal.transfer_syntaxes)),)
        association.prepare()
        yield from _warnings(association)
        yield Requesting(peer, describe.request(peer, contexts))
        accepted = association.request(contexts)
        result = accepted.results[0]
        if result.transfer_syntax is None:
            association.abort()
            raise failures.no_context(peer, model.name, result.result, accepted.remarks)
        max_send_pdv = association.limit_pdvs(accepted.max_pdu)
        yield from _warnings(association)
        for remark in accepted.remarks:
            yield Warned(f"{peer}: {remark}")
        syntax = transfer.TRANSFER_SYNTAXES[result.transfer_syntax]
        yield Negotiated(
            syntax,
            accepted.max_pdu,
            max_send_pdv,
            time.monotonic() - began,
            describe.negotiated(peer, accepted),
            association.tls,
        )
        return syntax

    def _ask_all(self, association: Association, waiter: Waiter, syntax: TransferSyntax) -> Iterator[Event]:
        layouts = Layouts(syntax)
        for index, identifier in enumerate(self._identifiers):
            encoded = encode(identifier, syntax, new_vr=self._query.new_vrs)
            if syntax.deflated:
                encoded = deflate(encoded, self._peer.compression_level)
            for _ in range(self._query.repeat):
                if self._control.cancelled:
                    self._cancelled = True
                    return
                self._message_id = association.next_message_id
                association.next_message_id = self._message_id % 0xFFFF + 1
                self._refuse_unasked(association)
                association.send_message(
                    CONTEXT_ID, commands.find_request(self._query.model.uid, self._message_id), encoded
                )
                yield QuerySent(self._message_id, identifier, syntax, index)
                total, self._cancel_sent = waiter.total, False
                yield from self._answers(association, waiter, syntax, layouts)
                waiter.total = total

    def _refuse_unasked(self, association: Association) -> None:
        for context_id, command, _ in association.unasked():
            if context_id == CONTEXT_ID and not command and self._data_set_may_follow:
                self._data_set_may_follow = False
                continue
            raise Malformed(
                "a message before it was asked for anything",
                "0006:0211 DIMSE: Unexpected Response" if command else "0006:020f DIMSE Unexpected PDV type",
            )

    def _answers(
        self, association: Association, waiter: Waiter, syntax: TransferSyntax, layouts: Layouts
    ) -> Iterator[Event]:
        """Take the responses to one request, up to the final one."""
        check, deflated = layouts.check, syntax.deflated
        cancel_after = self._query.cancel_after
        known: dict[bytes, Answer] = {}
        pending: Answer | None = None
        batch = _Batch()
        try:
            for part in association.parts():
                if part is None:
                    yield from batch.taken()
                    if self._control.cancelled and not self._cancel_sent:
                        yield from self._cancel(association, waiter)
                    continue
                context_id, command, data = part
                if context_id != CONTEXT_ID:
                    raise _foreign(context_id)
                if command:
                    if pending is not None:
                        raise Malformed(
                            "a response that is pending, without an identifier", "0006:020f DIMSE Unexpected PDV type"
                        )
                    answer = known.get(data)
                    if answer is None:
                        answer = commands.read_answer(data, commands.C_FIND_RQ, self._message_id)
                        yield from self._oddities(answer)
                        if len(known) < MOST_KNOWN:
                            known[data] = answer
                    self._data_set_may_follow = False
                    self._number += 1
                    if answer.status in PENDING:
                        pending = answer
                        continue
                    yield from batch.taken()
                    yield self._final(answer)
                    return
                if pending is None:
                    if not self._data_set_may_follow:
                        raise Malformed(
                            "an identifier that no response announced",
                            "0006:020d DIMSE: receiveCommand: cmdSet->read() Failed\n0001:0004 Invalid stream",
                        )
                    self._data_set_may_follow = False
                    continue
                status, pending = pending.status, None
                readable = True
                try:
                    identifier = inflate(data) if deflated else data
                    layout = check(identifier)
                except (walker.UnreadableIdentifier, BrokenDeflate) as error:
                    readable = False
                    yield from batch.taken()
                    self._unreadable += 1
                    yield Unreadable(UnreadableResponse(self._number, data, syntax, status, str(error)))
                else:
                    batch.add(Response(self._number, identifier, syntax, status, layout))
                    self._received += 1
                    self._warnings += status == explain.PENDING_WARNING
                # A peer that never pauses is told to stop all the same, whatever it sends.
                if readable and not batch.full and self._number != cancel_after:
                    continue
                yield from batch.taken()
                if (self._number == cancel_after or self._control.cancelled) and not self._cancel_sent:
                    yield from self._cancel(association, waiter)
        except Exception:
            # Whatever went wrong, what came before it came.
            yield from batch.taken()
            raise

    def _cancel(self, association: Association, waiter: Waiter) -> Iterator[Event]:
        # An abort counts as a cancel too, but leaves no time for one.
        waiter.check()
        broken = association.send_cancel(CONTEXT_ID, commands.cancel_request(self._message_id))
        self._cancel_sent = True
        waiter.total = waiter.total.earlier(Deadline.after(self._peer.timeouts.cancel_grace, CANCEL_GRACE))
        yield Cancelling(self._message_id, CONTEXT_ID)
        if broken is not None:
            yield Warned(*failures.cancel_failed(broken, self._peer))

    def _final(self, answer: Answer) -> Answered:
        status = explain.status(answer.status)
        self._status = answer.status
        self._data_set_may_follow = answer.has_data_set
        comment = visible(answer.comment[:LONGEST_COMMENT])
        offending = tuple(walker.name(tag) for tag in answer.offending[:MOST_OFFENDING])
        if answer.status == explain.CANCEL and self._cancel_sent:
            self._cancelled = True
        elif answer.status != explain.SUCCESS:
            self._failed = self._failed or failures.query_failed(answer, comment, offending, self._peer)
            self._cut_short = self._cut_short or status.cut_short
        return Answered(self._message_id, self._number, answer.status, status.meaning, comment, offending)

    def _oddities(self, answer: Answer) -> Iterator[Warned]:
        """Warn of what DCMTK warns of, once for each kind of response."""
        titles = f"({self._peer.calling_ae_title[:16]},{self._peer.called_ae_title[:16]})"
        dcmtk = f"DIMSE Warning: {titles}: "
        if answer.status not in PENDING:
            if answer.has_data_set:
                yield Warned(
                    f"{self._peer} announced a data set with its final response; it is ignored",
                    f"{dcmtk}findUser: Status {explain.dcmtk_status(answer.status)}, but DataSetType!=NULL\n"
                    f"{dcmtk}Assuming no response identifiers are present",
                )
            return
        if answer.details:
            yield Warned(
                f"{self._peer} sent status details with a pending response; they are ignored",
                f"{dcmtk}findUser: Pending with statusDetail, ignoring detail",
            )
        if not answer.has_data_set:
            yield Warned(
                f"{self._peer} announced a pending response without an identifier; one is expected all the same",
                f"{dcmtk}findUser: Status Pending, but DataSetType==NULL\n"
                f"{dcmtk}  Assuming response identifiers are present",
            )

    def _outcome(self) -> Outcome:
        error = self._error or self._failed
        if self._error is not None:
            end = End.BROKEN
        elif self._failed is not None:
            end = End.FAILED
        elif self._cancelled:
            end = End.CANCELLED
        else:
            end = End.SUCCESS
        if error is None and self._unreadable:
            error = UnreadableResponses(
                f"{self._unreadable} of {self._unreadable + self._received} responses of {self._peer} "
                "could not be read",
                remedy="Look into the peer's log; its software breaks the DICOM standard",
            )
        return Outcome(
            end,
            self._received,
            self._unreadable,
            time.monotonic() - self._started,
            self._status,
            error,
            self._cut_short,
            self._warnings,
        )


def _warnings(association: Association) -> Iterator[Warned]:
    while association.warnings:
        yield Warned(*association.warnings.pop(0))


def _foreign(context_id: int) -> Malformed:
    return Malformed(
        f"a message in presentation context {context_id}, which it had not accepted",
        "0006:020d DIMSE Failed to receive message\n0006:0101 ASC Bad presentation context ID",
    )
