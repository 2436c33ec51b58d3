"""How much of a peer's word is believed: every bound on what is read, in one place."""

from __future__ import annotations

from typing import NamedTuple


class Limits(NamedTuple):
    """Bounds on what a peer may send; what goes beyond one is a ProtocolViolation or an unreadable response.

    Attributes:
        associate_pdu_length: longest A-ASSOCIATE-AC, -RJ, A-RELEASE or A-ABORT PDU taken, in bytes.
        data_pdu_length: longest P-DATA-TF PDU taken, in bytes, whatever was negotiated.
        message_length: longest identifier put together from fragments, in bytes, as it comes over the wire.
        command_length: longest command set put together from fragments, in bytes.
        inflated_length: longest identifier after inflating, in bytes.
        depth: how deep sequences may be nested.
        elements: how many elements one identifier may have, nested ones included.
        items: how many sequence items one identifier may have, nested ones included.
        path_item: highest item number that a key path may name.
    """

    associate_pdu_length: int = 128 * 1024
    data_pdu_length: int = 128 * 1024
    message_length: int = 8 * 1024 * 1024
    command_length: int = 64 * 1024
    inflated_length: int = 32 * 1024 * 1024
    depth: int = 64
    elements: int = 20_000
    items: int = 10_000
    path_item: int = 999


LIMITS = Limits()
