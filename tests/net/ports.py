"""Ports for programs that cannot be told to take any port that is free."""

from __future__ import annotations

import secrets
import socket

LOWEST, HIGHEST = 15_000, 32_000
"""Below what systems hand out by themselves, as to the other tests that run meanwhile (RFC 6335, and Linux's range)."""


def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    while True:
        port = LOWEST + secrets.randbelow(HIGHEST - LOWEST)
        with socket.socket() as probe:
            try:
                probe.bind(("", port))
            except OSError:
                continue
        return port
