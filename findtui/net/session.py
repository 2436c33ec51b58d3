"""An association for a short errand, with a beginning and an end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from findtui.errors import Interrupted
from findtui.net.association import Association
from findtui.net.control import Control
from findtui.net.peer import Peer
from findtui.net.transport import Deadline, Stopped, Waiter


@contextmanager
def session(peer: Peer, control: Control | None = None) -> Iterator[tuple[Association, Waiter]]:
    """An association that is yet to be requested, and what it waits with.

    Whatever is left of it in the end is aborted.

    Args:
        peer: whom to talk to.
        control: stops it from another thread.

    Raises:
        NetworkError: for every fault inside.
        Interrupted: the control was used.
    """
    control = control or Control()
    total = Deadline.after(peer.timeouts.total, "--total-timeout")
    with control.attached() as alarm:
        waiter = Waiter(control, alarm, total)
        association = Association(peer, waiter, "echo")
        try:
            with association.explaining():
                yield association, waiter
        except Stopped:
            raise Interrupted(f"stopped while talking to {peer}") from None
        finally:
            association.abort()
