"""What is proposed in an association and what becomes of it; apart from `negotiation`, which is slow to import."""

from __future__ import annotations

from typing import Final, NamedTuple

from findtui import __version__

APPLICATION_CONTEXT: Final = "1.2.840.10008.3.1.1.1"
IMPLEMENTATION_CLASS_UID: Final = "2.25.173288544200771175285462925738842220536"
"""Made of a UUID (PS3.5 section B.2); says which implementation this is."""

IMPLEMENTATION_VERSION_NAME: Final = f"FINDTUI_{''.join(part for part in __version__ if part.isdigit())}"[:16]


class Proposed(NamedTuple):
    """A presentation context that is asked for.

    Attributes:
        id: odd, 1 to 255.
        abstract_syntax: SOP class UID.
        transfer_syntaxes: UIDs in the order in which they are proposed.
    """

    id: int
    abstract_syntax: str
    transfer_syntaxes: tuple[str, ...]


class Result(NamedTuple):
    """What became of a proposed presentation context (PS3.8 table 9-18).

    Attributes:
        context: as it was proposed.
        result: 0 accepted, 1 user rejection, 2 no reason, 3 abstract syntax, 4 transfer syntaxes not supported; None
            where the peer did not mention it.
        transfer_syntax: UID, where it was accepted.
    """

    context: Proposed
    result: int | None
    transfer_syntax: str | None = None


class Accepted(NamedTuple):
    """An A-ASSOCIATE-AC.

    Attributes:
        results: one for each proposed context, in order.
        max_pdu: the largest PDU that the peer receives, in bytes; 0 is no limit.
        implementation_class_uid, implementation_version_name: of the peer; empty where it does not say.
        remarks: what was wrong with the answer but could be ignored, in words.
    """

    results: tuple[Result, ...]
    max_pdu: int
    implementation_class_uid: str = ""
    implementation_version_name: str = ""
    remarks: tuple[str, ...] = ()
