"""Everything that can end or stall a conversation, in every place of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.hostile.behaviour import add
from tests.net import pdus
from tests.net.scripted import Conversation

GOOD = pdus.pending()
DONE = pdus.final()
COMMAND = pdus.p_data(pdus.pdv(pdus.find_response(0xFF00), command=True))
IDENTIFIER = pdus.p_data(pdus.pdv(pdus.identifier(), command=False))
ACCEPT = pdus.associate()


@dataclass(frozen=True)
class Place:
    """A moment of a conversation.

    Attributes:
        phase: the one of the behaviours there.
        name: when, in words.
        lead: plays what comes before.
        rest: what would be sent next.
        kept: how many whole responses have been sent.
        statuses: exit statuses that tell the truth about a peer that goes wrong there.
        arguments: more options for the query.
    """

    phase: str
    name: str
    lead: Callable[[Conversation], object]
    rest: bytes
    kept: int = 0
    statuses: tuple[int, ...] = (2,)
    arguments: tuple[str, ...] = ()


def _sent(*messages: bytes) -> Callable[[Conversation], None]:
    def lead(conversation: Conversation) -> None:
        conversation.query()
        conversation.send(*messages)

    return lead


def _half_accept(conversation: Conversation) -> None:
    conversation.read_pdu()
    conversation.send(ACCEPT[:80])


def _released(conversation: Conversation) -> None:
    _sent(GOOD, DONE)(conversation)
    conversation.read_pdu()


def _cancelled(conversation: Conversation) -> None:
    _sent(GOOD, GOOD)(conversation)
    conversation.read_pdu()


PLACES = (
    Place("connection", "before it accepts", Conversation.read_pdu, ACCEPT),
    Place("connection", "in the middle of its accept", _half_accept, ACCEPT[80:]),
    Place("negotiation", "when it has accepted", Conversation.accept, GOOD + DONE),
    Place("answering", "when it has the query", Conversation.query, GOOD + DONE),
    Place("answering", "between command and identifier", _sent(GOOD, COMMAND), IDENTIFIER + DONE, 1),
    Place("answering", "in the middle of a command", _sent(GOOD, COMMAND[:40]), COMMAND[40:] + IDENTIFIER, 1),
    Place("answering", "in the middle of an identifier", _sent(GOOD, COMMAND, IDENTIFIER[:20]), IDENTIFIER[20:], 1),
    Place("answering", "between responses", _sent(GOOD, GOOD), GOOD + DONE, 2),
    Place("answering", "in the middle of the final answer", _sent(GOOD, DONE[:9]), DONE[9:], 1),
    Place("endings", "on the cancel", _cancelled, pdus.final(0xFE00), 2, (0, 2), ("--cancel", "2")),
    Place("endings", "on the release", _released, pdus.release_rp(), 1, (0, 2)),
)


def _stays(conversation: Conversation, data: bytes) -> None:
    conversation.send(data)
    conversation.until_closed()


ACTIONS: dict[str, Callable[[Conversation, bytes], object]] = {
    "is silent": lambda conversation, rest: conversation.silence(),
    "closes": lambda conversation, rest: None,
    "resets": lambda conversation, rest: conversation.reset(),
    "aborts": lambda conversation, rest: _stays(conversation, pdus.abort(2, 6)),
    "aborts and closes": lambda conversation, rest: conversation.send(pdus.abort(0, 0)),
    "asks for release": lambda conversation, rest: _stays(conversation, pdus.release_rq()),
    "sends garbage": lambda conversation, rest: _stays(conversation, bytes(range(255, 100, -1))),
    "drips the rest": lambda conversation, rest: conversation.drip(rest, 0.3),
}


def _register(action: str, act: Callable[[Conversation, bytes], object], place: Place) -> None:
    def script(conversation: Conversation) -> None:
        place.lead(conversation)
        act(conversation, place.rest)

    add(
        place.phase,
        f"{action} {place.name}",
        script,
        status=place.statuses,
        kept=place.kept,
        arguments=("--total-timeout", "6", *place.arguments),
    )


for _place in PLACES:
    for _action, _act in ACTIONS.items():
        _register(_action, _act, _place)
