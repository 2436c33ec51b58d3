"""The demo SCP: C-ECHO and the four C-FIND models over the made-up hospital, on pynetdicom."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import cycle, islice
from threading import Event as Signal
from threading import Lock, Thread
from typing import TYPE_CHECKING, Final

from pydicom import Dataset
from pydicom.uid import UID
from pynetdicom import AE, _config, evt

from findtui.demo.behaviour import REJECTIONS, Behaviour
from findtui.demo.hospital import Hospital
from findtui.demo.identifier import UnreadableRequestError, read_keys
from findtui.demo.listener import Listener, end, look_after
from findtui.demo.search import QUERY_RETRIEVE_MODELS, Match, RefusedError, search_archive, search_worklist
from findtui.demo.stream import Encoder, ResponseStream
from findtui.dicom.models import WORKLIST, InformationModel
from findtui.dicom.transfer import TRANSFER_SYNTAXES, TransferSyntax

if TYPE_CHECKING:
    import ssl

    from pynetdicom.events import Event

_LOGGER = logging.getLogger(__name__)

ALL_MODELS: Final[tuple[InformationModel, ...]] = (WORKLIST, *QUERY_RETRIEVE_MODELS)
VERIFICATION: Final = "1.2.840.10008.1.1"

SUCCESS: Final = 0x0000
CANCELLED: Final = 0xFE00
OUT_OF_RESOURCES: Final = 0xA700
UNABLE_TO_PROCESS: Final = 0xC000

# How often a request that is being answered slowly looks whether it still should, in seconds.
_ATTENTION: Final = 0.02


class DemoServer:
    """An SCP that runs in threads of its own between `start` and `stop`, or as a context manager.

    Making one is cheap; `start` binds the port. All answers come from `hospital`, which may be changed meanwhile.

    Args:
        port: 0 takes a free one.
        host: address to listen on.
        ae_title: of the server, for Retrieve AE Title; every called AE title is accepted.
        hospital: what to answer from; if left out, one around the real today, made anew when the day ends.
        behaviour: how it departs from the usual.
        models: information models it speaks.
        transfer_syntaxes: those it takes, for every model.
        tls: makes it a TLS server.
        happenings_every: seconds after which something happens on the worklist again; None for a quiet hospital.
        log: is told, in a line, what goes on; called from several threads.

    Attributes:
        behaviour: may be set while it runs, and holds from the next request on.
    """

    def __init__(
        self,
        port: int = 0,
        host: str = "127.0.0.1",
        *,
        ae_title: str = "DEMO",
        hospital: Hospital | None = None,
        behaviour: Behaviour | None = None,
        models: Sequence[InformationModel] = ALL_MODELS,
        transfer_syntaxes: Sequence[TransferSyntax] = tuple(TRANSFER_SYNTAXES.values()),
        tls: ssl.SSLContext | None = None,
        happenings_every: float | None = None,
        log: Callable[[str], None] | None = None,
    ) -> None:
        self.behaviour = behaviour or Behaviour()
        self._address = (host, port)
        self._ae_title = ae_title
        self._follows_the_day = hospital is None
        self._hospital = hospital
        self._hospital_lock = Lock()
        self._models = {model.uid: model for model in models}
        self._transfer_syntaxes = [syntax.uid for syntax in transfer_syntaxes]
        self._tls = tls
        self._happenings_every = happenings_every
        self._log = log or _LOGGER.info
        self._stopping = Signal()
        self._server: Listener | None = None
        self._threads: list[Thread] = []

    @property
    def host(self) -> str:
        """The address that it listens on."""
        return self._address[0]

    @property
    def port(self) -> int:
        """The port that it listens on; the one asked for before it was started."""
        return self._address[1] if self._server is None else int(self._server.server_address[1])

    @property
    def hospital(self) -> Hospital:
        """What it answers from now."""
        with self._hospital_lock:
            if self._hospital is None or (self._follows_the_day and self._hospital.today != date.today()):
                self._hospital = Hospital()
            return self._hospital

    def __enter__(self) -> DemoServer:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def start(self) -> None:
        """Listen, and answer from now on.

        Raises:
            OSError: the address or port cannot be had.
        """
        # The identifiers are not logged anywhere: formatting them would be most of the work.
        _config.LOG_REQUEST_IDENTIFIERS = _config.LOG_RESPONSE_IDENTIFIERS = False
        self._server = self._make_server()
        self._run(self._server.serve_forever, 0.05)
        if self._happenings_every is not None:
            self._run(self._live_on, self._happenings_every)

    def stop(self) -> None:
        """Abort what is still going on, and return when the port is free and every thread has ended."""
        if self._server is None:
            return
        self._stopping.set()
        self._server.shutdown()
        end(self._server.active_associations)
        for thread in self._threads:
            thread.join()

    def _run(self, target: Callable[[float], None], seconds: float) -> None:
        thread = Thread(target=target, args=(seconds,), name="demo SCP", daemon=True)
        thread.start()
        self._threads.append(thread)

    def _make_server(self) -> Listener:
        ae = AE(self._ae_title)
        ae.maximum_associations = 100
        # A user who reads the screen for an hour is not idle.
        ae.network_timeout = None
        for uid in (VERIFICATION, *self._models):
            ae.add_supported_context(uid, self._transfer_syntaxes)
        handlers: list[evt.EventHandlerType] = [
            (evt.EVT_CONN_OPEN, look_after),
            (evt.EVT_REQUESTED, self._on_requested),
            (evt.EVT_SOP_EXTENDED, self._on_extended_negotiation),
            (evt.EVT_C_ECHO, self._on_echo),
            (evt.EVT_C_FIND, self._on_find),
        ]
        server = ae.make_server(self._address, evt_handlers=handlers, ssl_context=self._tls, server_class=Listener)
        assert isinstance(server, Listener)
        return server

    def _live_on(self, seconds: float) -> None:
        while not self._stopping.wait(seconds):
            self._log(f"worklist: {self.hospital.worklist.live_on()}")

    def _on_requested(self, event: Event) -> None:
        request = event.assoc.requestor.primitive
        assert request is not None
        titles = f"{request.calling_ae_title} asks for an association with {request.called_ae_title}"
        rejection = self.behaviour.rejection
        self._log(f"{titles}: rejected ({rejection})" if rejection else titles)
        if rejection:
            event.assoc.acse.send_reject(*REJECTIONS[rejection])
            event.assoc.kill()
            return
        proposed = [
            str(uid) for context in request.presentation_context_definition_list for uid in context.transfer_syntax
        ]
        for context in event.assoc.acceptor.supported_contexts:
            # pynetdicom takes the first of its own; what the peer put first is what the peer wants to see work.
            mine = [str(uid) for uid in context.transfer_syntax]
            context.transfer_syntax = [*(uid for uid in proposed if uid in mine), *mine]

    def _on_extended_negotiation(self, event: Event) -> dict[str, bytes]:
        """Relational queries and combined date-time matching are taken where they are wished for (PS3.4 C.5.1.1)."""
        return {
            uid: bytes(wish & 1 for wish in wishes[:2]) + bytes(len(wishes[2:]))
            for uid, wishes in event.app_info.items()  # type: ignore[attr-defined]
            if uid in self._models
        }

    def _on_echo(self, event: Event) -> int:
        self._log("C-ECHO")
        return SUCCESS

    def _on_find(self, event: Event) -> Iterator[tuple[int | Dataset, None]]:
        """Send the pending responses, and leave the final one to pynetdicom."""
        behaviour = self.behaviour
        model = self._models[str(event.request.AffectedSOPClassUID)]
        if behaviour.silent:
            self._log(f"{model.name}: a query, which gets no answer")
            while _is_there(event):
                if self._stopping.wait(_ATTENTION):
                    event.assoc.abort()
            return
        try:
            if behaviour.failure is not None:
                raise RefusedError("This demo server was told to fail", status=behaviour.failure)
            status = self._answer(event, model, behaviour)
        except RefusedError as refusal:
            self._log(f"{model.name}: refused with 0x{refusal.status:04X}, {refusal.comment}")
            yield _failure(refusal), None
            return
        if status != SUCCESS:
            yield status, None

    def _answer(self, event: Event, model: InformationModel, behaviour: Behaviour) -> int:
        encoder, stream = Encoder(event), ResponseStream(event)
        sent = 0
        status = SUCCESS
        for response_status, identifier in _encoded(encoder, self._matches(event, model), behaviour.large):
            if sent == behaviour.limit:
                status = OUT_OF_RESOURCES
                break
            if sent == behaviour.abort_after:
                stream.flush()
                self._log(f"{model.name}: aborting after {sent} responses")
                event.assoc.abort()
                return SUCCESS
            if behaviour.delay:
                stream.flush()
            if not self._goes_on(event, behaviour.delay):
                status = CANCELLED
                break
            stream.send(response_status, identifier)
            sent += 1
        stream.flush()
        if self._stopping.is_set():
            event.assoc.abort()
        self._log(f"{model.name}: {sent} responses, final status 0x{status:04X}")
        return status

    def _matches(self, event: Event, model: InformationModel) -> Iterator[Match]:
        try:
            keys = read_keys(event.identifier)
        except UnreadableRequestError as error:
            raise RefusedError(error.reason, error.tag, UNABLE_TO_PROCESS) from error
        except Exception as error:
            # What pydicom raises for bytes that are no data set is not one kind of error.
            raise RefusedError(f"Unreadable identifier: {error}", status=UNABLE_TO_PROCESS) from error
        if model == WORKLIST:
            return search_worklist(self.hospital.worklist.items, keys)
        wishes = event.assoc.requestor.sop_class_extended.get(UID(model.uid), b"").ljust(2, b"\0")
        return search_archive(
            self.hospital.archive,
            model,
            keys,
            ae_title=self._ae_title,
            relational=bool(wishes[0]),
            combined=bool(wishes[1]),
        )

    def _goes_on(self, event: Event, seconds: float) -> bool:
        """Wait, and say whether the next response is still wanted."""
        for _ in range(max(1, round(seconds / _ATTENTION))):
            if self._stopping.wait(min(seconds, _ATTENTION)) or not _is_there(event) or event.is_cancelled:
                return False
        return True


def _is_there(event: Event) -> bool:
    """Whether the peer of a request still keeps the association."""
    association = event.assoc
    acse = association.acse
    return association.is_established and not acse.is_aborted() and not acse.is_release_requested()


def _encoded(encoder: Encoder, matches: Iterator[Match], large: int | None) -> Iterator[tuple[int, bytes]]:
    if large is None:
        for match in matches:
            yield match.status, encoder.encode(match.identifier)
        return
    templates = [(match.status, encoder.template(match.identifier)) for match in islice(matches, 1000)]
    for number, (status, template) in zip(range(1, large + 1), cycle(templates), strict=False):
        yield status, template.numbered(number)


def _failure(refusal: RefusedError) -> Dataset:
    final = Dataset()
    final.Status = refusal.status
    final.ErrorComment = refusal.comment
    if refusal.tag is not None:
        final.OffendingElement = [refusal.tag]
    return final
