"""C-ECHO: is somebody there who speaks DICOM (PS3.4 annex A, PS3.7 section 9.1.5)?"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from findtui.dicom import transfer
from findtui.errors import QueryFailed
from findtui.net import commands, explain, failures
from findtui.net.association import Association
from findtui.net.contexts import Proposed
from findtui.net.control import Control
from findtui.net.faults import Closed, Malformed
from findtui.net.peer import Peer
from findtui.net.session import session

VERIFICATION: Final = "1.2.840.10008.1.1"
CONTEXT_ID: Final = 1


@dataclass(frozen=True, slots=True)
class EchoResult:
    """An answered C-ECHO.

    Attributes:
        elapsed: seconds from the request to the answer.
        association: seconds from the connection attempt to the accept.
        implementation: what the peer calls itself; empty where it does not say.
    """

    elapsed: float
    association: float
    implementation: str = ""


def echo(peer: Peer, control: Control | None = None) -> EchoResult:
    """Ask a peer for an echo on an association of its own.

    Args:
        peer: whom to ask.
        control: stops it from another thread.

    Raises:
        NetworkError: no association, or it was lost.
        QueryFailed: the peer answered with another status than success.
        Interrupted: the control was used.
    """
    began = time.monotonic()
    with session(peer, control) as (association, _):
        accepted = association.request((Proposed(CONTEXT_ID, VERIFICATION, (transfer.IMPLICIT_LITTLE.uid,)),))
        established = time.monotonic() - began
        if accepted.results[0].transfer_syntax is None:
            raise failures.no_context(peer, "verification", accepted.results[0].result, accepted.remarks)
        association.limit_pdvs(accepted.max_pdu)
        elapsed = send_echo(association, CONTEXT_ID)
        association.release()
    return EchoResult(elapsed, established, accepted.implementation_version_name)


def send_echo(association: Association, context_id: int) -> float:
    """Ask for an echo on an association that there is.

    Returns:
        Seconds to the answer.

    Raises:
        QueryFailed: the status of the answer is not success.
        Fault, Expired, OSError, Stopped: as of the association.
    """
    message_id = association.next_message_id
    association.next_message_id += 1
    began = time.monotonic()
    association.send_message(context_id, commands.echo_request(VERIFICATION, message_id))
    for part in association.parts():
        if part is None:
            continue
        answered_in, command, data = part
        if answered_in != context_id or not command:
            raise Malformed("something other than an answer to C-ECHO", "0006:0211 DIMSE: Unexpected Response")
        answer = commands.read_answer(data, commands.C_ECHO_RQ, message_id)
        if answer.status != explain.SUCCESS:
            raise QueryFailed(
                f"{association.peer} answered C-ECHO with status 0x{answer.status:04X}, "
                f"{explain.status(answer.status).meaning}",
                remedy="Look into the peer's log",
            )
        return time.monotonic() - began
    raise Closed
