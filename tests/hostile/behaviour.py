"""What a misbehaving peer is, and what is expected of a query to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.net.scripted import Conversation, Script


@dataclass(frozen=True)
class Behaviour:
    """One way in which a peer can misbehave.

    Attributes:
        phase: connection, negotiation, answering, identifiers or endings.
        name: what the peer does, in a few words.
        script: plays the peer.
        statuses: exit statuses of which one must come: several only where the standard leaves it open.
        kept: how many whole responses arrive and must be shown.
        says: words that must be in what is printed, in small letters.
        arguments: more options for the query.
    """

    phase: str
    name: str
    script: Script
    statuses: frozenset[int]
    kept: int
    says: tuple[str, ...]
    arguments: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.phase}: {self.name}"


BEHAVIOURS: list[Behaviour] = []


def behaviour(
    phase: str,
    name: str,
    *,
    status: int | tuple[int, ...] = 2,
    kept: int = 0,
    says: str | tuple[str, ...] = (),
    arguments: tuple[str, ...] = (),
) -> Callable[[Script], Script]:
    """Register a script as a behaviour."""

    def register(script: Script) -> Script:
        add(phase, name, script, status=status, kept=kept, says=says, arguments=arguments)
        return script

    return register


def add(
    phase: str,
    name: str,
    script: Script,
    *,
    status: int | tuple[int, ...] = 2,
    kept: int = 0,
    says: str | tuple[str, ...] = (),
    arguments: tuple[str, ...] = (),
) -> None:
    """Register a behaviour."""
    statuses = frozenset((status,) if isinstance(status, int) else status)
    words = (says,) if isinstance(says, str) else says
    BEHAVIOURS.append(Behaviour(phase, name, script, statuses, kept, words, arguments))


def answering(*messages: bytes, release: bool = True) -> Script:
    """A script that accepts, reads the query, sends these bytes, and ends as it should."""

    def script(conversation: Conversation) -> None:
        conversation.query()
        conversation.send(*messages)
        if release:
            conversation.end()

    return script


def accepting(answer: bytes) -> Script:
    """A script whose answer to the association request is given; a query that comes all the same is answered."""

    def script(conversation: Conversation) -> None:
        from tests.net import pdus

        conversation.accept(answer)
        kind, _ = conversation.read_pdu()
        if kind != pdus.P_DATA:
            return
        conversation.read_pdu()
        conversation.send(pdus.pending(), pdus.final())
        conversation.end()

    return script
