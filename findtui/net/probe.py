"""What a peer takes, found out step by step: for whoever sets one up and for whoever wonders why it does not answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from findtui.dicom.models import MODELS
from findtui.dicom.transfer import IMPLICIT_LITTLE, TRANSFER_SYNTAXES
from findtui.errors import AssociationLost, FindtuiError, PeerTimeout
from findtui.net import explain
from findtui.net.association import Association
from findtui.net.connect import look_up
from findtui.net.contexts import Accepted, Proposed
from findtui.net.control import Control
from findtui.net.echo import VERIFICATION, send_echo
from findtui.net.peer import Peer
from findtui.net.session import session
from findtui.net.tls.settings import TLSSession, TLSSettings
from findtui.net.transport import Deadline, Waiter


class StepState(Enum):
    """How far a step has come."""

    RUNNING = "running"
    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class ProbeStep:
    """News of one step. A step that runs is told of twice: when it begins, and when it is over.

    Attributes:
        name: of the step, the same in all its news.
        state: how far it has come.
        elapsed: seconds that it took; 0 for what one association settled for all models and transfer syntaxes at once.
        text: what was found, in words.
        remedy: what to do about it; empty where there is nothing to be done.
    """

    name: str
    state: StepState
    elapsed: float = 0.0
    text: str = ""
    remedy: str = ""


NAME, CONNECTION, ENCRYPTION, ASSOCIATION, ECHO = "Name", "TCP connection", "TLS", "Association", "C-ECHO"
ON_THE_WAY = (NAME, CONNECTION, ENCRYPTION, ASSOCIATION, ECHO)

NOT_SUPPORTED = 3
"""Result of a presentation context whose abstract syntax the peer does not know (PS3.8 table 9-18)."""


def probe(peer: Peer, control: Control | None = None) -> Iterator[ProbeStep]:
    """Try a peer.

    One association proposes verification and every C-FIND model in every transfer syntax; nothing is queried.

    Args:
        peer: whom to try.
        control: stops it from another thread.

    Returns:
        News of the steps: name, TCP connection, TLS, association, C-ECHO, each information model, each transfer
        syntax. After one of the first four has failed the others are skipped. Never raises.
    """
    try:
        with session(peer, control) as (association, waiter):
            yield from _Probe(peer, association, waiter).steps()
    except FindtuiError as error:
        yield ProbeStep("Release", StepState.FAILED, text=error.message, remedy=error.remedy)


class _Probe:
    def __init__(self, peer: Peer, association: Association, waiter: Waiter) -> None:
        self._peer = peer
        self._association = association
        self._waiter = waiter
        self._accepted: Accepted | None = None

    def steps(self) -> Iterator[ProbeStep]:
        actions: tuple[Callable[[], tuple[StepState, str]], ...] = (
            self._name, self._connection, self._encryption, self._negotiation, self._echo
        )  # fmt: skip
        failed = False
        for name, action in zip(ON_THE_WAY, actions, strict=True):
            if failed:
                yield ProbeStep(name, StepState.SKIPPED)
                continue
            yield ProbeStep(name, StepState.RUNNING)
            began = time.monotonic()
            try:
                with self._association.explaining():
                    state, text = action()
            except FindtuiError as error:
                failed = name != ECHO
                elapsed = time.monotonic() - began
                text, remedy = error.message, error.remedy
                if name == ASSOCIATION and self._hung_up(error) and self._encrypted() is not None:
                    text, remedy = f"{text}: it speaks TLS on this port", "Ask for it with +tls or +tla"
                elif name == ENCRYPTION and (shown := self._untrusted(error)) is not None and shown.chain:
                    remedy += f". It shows the certificate {_described(shown)}: compare before you trust it"
                yield ProbeStep(name, StepState.FAILED, elapsed, text, remedy)
            else:
                yield ProbeStep(name, state, time.monotonic() - began, text)
        yield from self._models()
        yield from self._transfer_syntaxes()
        if self._association.established:
            self._association.release()

    def _name(self) -> tuple[StepState, str]:
        deadline = Deadline.after(self._peer.timeouts.connect, "--timeout")
        found = look_up(self._peer, self._waiter, deadline)
        return StepState.OK, ", ".join(dict.fromkeys(str(address[0]) for _, address in found))

    def _connection(self) -> tuple[StepState, str]:
        self._association.connect()
        return StepState.OK, f"{self._peer} takes connections"

    def _encryption(self) -> tuple[StepState, str]:
        if self._peer.tls is None:
            return StepState.SKIPPED, "not asked for"
        self._association.secure()
        tls = self._association.tls
        if tls is None:
            return StepState.OK, "encrypted"
        who = f"; certificate {_described(tls)}" if tls.chain else ""
        return StepState.OK, f"{tls.version}, {tls.suite}{who}"

    def _negotiation(self) -> tuple[StepState, str]:
        accepted = self._accepted = self._association.negotiate(_contexts())
        self._association.limit_pdvs(accepted.max_pdu)
        who = accepted.implementation_version_name or accepted.implementation_class_uid or "no name given"
        limit = f"PDUs of up to {accepted.max_pdu} bytes" if accepted.max_pdu else "PDUs of any length"
        return StepState.OK, f"accepted by {who}; takes {limit}"

    def _hung_up(self, error: FindtuiError) -> bool:
        """Whether the peer closed on a plain request without a word."""
        return self._peer.tls is None and isinstance(error, AssociationLost)

    def _untrusted(self, error: FindtuiError) -> TLSSession | None:
        """The session with a peer that may only lack this side's trust; None where it did not answer at all."""
        return None if isinstance(error, PeerTimeout) else self._encrypted()

    def _encrypted(self) -> TLSSession | None:
        """What comes of TLS with this peer where nothing is verified: for telling only, and nothing is sent in it."""
        tls = self._peer.tls or TLSSettings()
        bare = TLSSettings(
            profile=tls.profile, extra_suites=tls.extra_suites, server_name=tls.server_name, verify_peer=False
        )
        other = Association(self._peer._replace(tls=bare), self._waiter)
        try:
            with other.explaining():
                other.connect()
                other.secure()
        except FindtuiError:
            return None
        finally:
            other.abort()
        return other.tls

    def _echo(self) -> tuple[StepState, str]:
        if self._accepted is None or self._accepted.results[0].transfer_syntax is None:
            return StepState.SKIPPED, "the peer does not take it; queries may work all the same"
        return StepState.OK, f"answered in {send_echo(self._association, 1) * 1000:.0f} ms"

    def _models(self) -> Iterator[ProbeStep]:
        for model in MODELS.values():
            if self._accepted is None:
                yield ProbeStep(model.name, StepState.SKIPPED)
                continue
            results = [result for result in self._accepted.results if result.context.abstract_syntax == model.uid]
            taken = [TRANSFER_SYNTAXES[result.transfer_syntax].name for result in results if result.transfer_syntax]
            if taken:
                yield ProbeStep(model.name, StepState.OK, text=self._of_syntaxes(taken))
            else:
                result = results[0].result
                text = "not supported" if result == NOT_SUPPORTED else explain.context_result(result)
                yield ProbeStep(model.name, StepState.FAILED, text=text, remedy=self._other_models())

    def _of_syntaxes(self, taken: list[str]) -> str:
        """The transfer syntaxes that a model is taken in, in short where there is nothing special about them."""
        if len(taken) == len(TRANSFER_SYNTAXES):
            return "in every transfer syntax"
        results = self._accepted.results if self._accepted is not None else ()
        known = {result.transfer_syntax for result in results if result.context.abstract_syntax != VERIFICATION}
        return "in all that it knows" if len(taken) == len(known - {None}) > 1 else ", ".join(taken)

    def _other_models(self) -> str:
        """What to do where a model is not taken."""
        taken = self._models_taken()
        names = [model.name for model in MODELS.values() if model.uid in taken]
        if not names:
            return "Ask its administrator for a server that answers queries: this one takes no information model"
        return f"Choose one that it takes with --model: {', '.join(names)}"

    def _transfer_syntaxes(self) -> Iterator[ProbeStep]:
        for syntax in TRANSFER_SYNTAXES.values():
            if self._accepted is None:
                yield ProbeStep(syntax.name, StepState.SKIPPED)
                continue
            names = [
                model.name
                for model in MODELS.values()
                for result in self._accepted.results
                if result.context.abstract_syntax == model.uid and result.transfer_syntax == syntax.uid
            ]
            if names:
                every = len(names) == len(self._models_taken()) > 1
                yield ProbeStep(
                    syntax.name, StepState.OK, text="for every model that it supports" if every else ", ".join(names)
                )
            else:
                yield ProbeStep(syntax.name, StepState.FAILED, text="for no information model")

    def _models_taken(self) -> set[str]:
        results = self._accepted.results if self._accepted is not None else ()
        return {result.context.abstract_syntax for result in results if result.transfer_syntax} - {VERIFICATION}


def _described(tls: TLSSession) -> str:
    own = tls.chain[0]
    return f"{own.subject}, valid until {own.not_after}, SHA-256 {own.fingerprint}"


def _contexts() -> tuple[Proposed, ...]:
    """Verification, and each model in each transfer syntax, in a presentation context of its own."""
    pairs = [(model.uid, syntax.uid) for model in MODELS.values() for syntax in TRANSFER_SYNTAXES.values()]
    return (
        Proposed(1, VERIFICATION, (IMPLICIT_LITTLE.uid,)),
        *(Proposed(number * 2 + 3, model, (syntax,)) for number, (model, syntax) in enumerate(pairs)),
    )
