"""TCP connections: names looked up, addresses tried in turn, and nothing that waits without end."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import select
import socket
import threading
from collections.abc import Callable
from typing import Any

from findtui.dicom.visible import visible
from findtui.errors import ConnectionFailed
from findtui.net.peer import IPVersion, Peer
from findtui.net.transport import Deadline, Expired, Waiter

_FAMILIES = {
    IPVersion.V4: socket.AF_INET,
    IPVersion.V6: socket.AF_INET6,
    IPVersion.AUTO: socket.AF_UNSPEC,
}

Address = tuple[int, tuple[Any, ...]]
"""Family and socket address."""


def connect(peer: Peer, waiter: Waiter, warn: Callable[[str, str], None]) -> socket.socket:
    """Connect to a peer.

    Args:
        peer: whom to, and within which time.
        waiter: of the run.
        warn: called with words, and with DCMTK's, about an environment variable that makes no sense.

    Raises:
        ConnectionFailed: no connection.
        Expired, Stopped: as `Waiter.wait`; the connection's own deadline is a ConnectionFailed.
    """
    deadline = Deadline.after(peer.timeouts.connect, "--timeout")
    failure: OSError | None = None
    try:
        for family, address in look_up(peer, waiter, deadline):
            try:
                return _prepared(_connect(family, address, waiter, deadline), warn)
            except OSError as error:
                failure = error
    except Expired as expired:
        if expired.deadline is not deadline:
            raise
        raise ConnectionFailed(
            f"{peer} did not take the connection within {deadline.timeout:g} s",
            remedy="Make sure that host and port are right and that no firewall is in between, or raise --timeout",
            dcmtk="Association Request Failed: 0006:031c TCP Initialization Error: "
            f"{os.strerror(errno.EINPROGRESS)} (Timeout)",
        ) from None
    raise _refused(peer, failure)


def _refused(peer: Peer, failure: OSError | None) -> ConnectionFailed:
    number = failure.errno if failure is not None and failure.errno is not None else errno.EADDRNOTAVAIL
    reason = os.strerror(number)
    match number:
        case errno.ECONNREFUSED:
            remedy = "Make sure that the peer is running and that the port is right"
        case errno.ENETUNREACH | errno.EHOSTUNREACH | errno.ETIMEDOUT:
            remedy = "Make sure that the host is right, that it is up, and that no firewall is in between"
        case _:
            remedy = "Make sure that host and port are right"
    return ConnectionFailed(
        f"no connection to {peer}: {reason}",
        remedy=remedy,
        dcmtk=f"Association Request Failed: 0006:031c TCP Initialization Error: {reason}",
    )


def look_up(peer: Peer, waiter: Waiter, deadline: Deadline) -> list[Address]:
    """Addresses to try, in order.

    An IPv4 address is taken as such whatever the IP version, as DCMTK does.

    Raises:
        ConnectionFailed: there is no such host.
        Expired, Stopped: as `Waiter.wait`.
    """
    if not 0 < peer.port < 65536:
        raise ConnectionFailed(f"{peer} was not asked: {peer.port} is no port", remedy="Give a port from 1 to 65535")
    family = _FAMILIES[peer.ip_version]
    with contextlib.suppress(OSError, ValueError):
        return [(socket.AF_INET, (socket.inet_ntoa(socket.inet_aton(peer.host)), peer.port))]
    answers: list[Address] = []
    failures: list[Exception] = []
    if ":" in peer.host:
        _resolve(peer, family, socket.AI_NUMERICHOST, answers, failures)
    else:
        _resolve_aside(peer, family, answers, failures, waiter, deadline)
    if not answers:
        reason = f" ({failures[0].strerror})" if failures and isinstance(failures[0], OSError) else ""
        version = {IPVersion.V4: "an IPv4 ", IPVersion.V6: "an IPv6 ", IPVersion.AUTO: "an "}[peer.ip_version]
        raise ConnectionFailed(
            f"{peer.host or 'an empty name'} is no host that {version}address is known of{reason}",
            remedy="Make sure that the name is right, or choose another IP version (-i4, -i6, -i0)",
            dcmtk=f"Association Request Failed: 0006:0320 Attempt to connect to unknown host: {visible(peer.host)}",
        )
    return answers


def _resolve(peer: Peer, family: int, flags: int, answers: list[Address], failures: list[Exception]) -> None:
    try:
        found = socket.getaddrinfo(peer.host, peer.port, family, socket.SOCK_STREAM, flags=flags)
    except (OSError, ValueError, OverflowError) as error:
        failures.append(error)
    else:
        answers.extend((answer[0], answer[4]) for answer in found)


def _resolve_aside(
    peer: Peer,
    family: int,
    answers: list[Address],
    failures: list[Exception],
    waiter: Waiter,
    deadline: Deadline,
) -> None:
    """Look a name up in a thread: the resolver can be neither interrupted nor given a deadline."""
    here, there = socket.socketpair()

    def resolve() -> None:
        with there:
            _resolve(peer, family, 0, answers, failures)

    with here:
        thread = threading.Thread(target=resolve, name="findtui look-up", daemon=True)
        thread.start()
        while not waiter.wait(here, select.POLLIN, deadline):
            pass
    thread.join()


def _connect(family: int, address: tuple[Any, ...], waiter: Waiter, deadline: Deadline) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        number = sock.connect_ex(address)
        if number == errno.EINPROGRESS:
            while not waiter.wait(sock, select.POLLOUT, deadline):
                pass
            number = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if number:
            raise OSError(number, os.strerror(number))
    except BaseException:
        sock.close()
        raise
    return sock


def _prepared(sock: socket.socket, warn: Callable[[str, str], None]) -> socket.socket:
    """Apply DCMTK's environment variables.

    Small PDUs go out at once unless TCP_NODELAY=0 asks for Nagle's algorithm, which DCMTK leaves on.
    """
    no_delay = _number("TCP_NODELAY", warn)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1 if no_delay is None else int(no_delay != 0))
    length = _number("TCP_BUFFER_LENGTH", warn)
    if length is not None and length > 0:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, min(length, 2**31 - 1))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, min(length, 2**31 - 1))
    return sock


def _number(variable: str, warn: Callable[[str, str], None]) -> int | None:
    """An environment variable as scanf's %d reads it."""
    value = os.environ.get(variable)
    if value is None:
        return None
    match = re.match(r"\s*[+-]?\d+", value)
    if match is None:
        warn(
            f"environment variable {variable}={value} is no number and was ignored",
            f"DULFSM: cannot parse environment variable {variable}={value}",
        )
        return None
    return int(match[0])
