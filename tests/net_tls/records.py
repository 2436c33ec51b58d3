"""Records of TLS 1.3 made by hand, for what no library would send (RFC 8446 sections 4.6.1, 5.2, 5.3 and 7.3)."""

from __future__ import annotations

import struct
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

ALERT = 21
HANDSHAKE = 22
APPLICATION_DATA = 23
TICKET = 4


class Records:
    """Seals what a server says after its handshake.

    Args:
        suite: OpenSSL's name of the agreed one, of AES.
        key_log: the server's, in NSS format, with this session as its last.
    """

    def __init__(self, suite: str, key_log: Path) -> None:
        lines = [line.split() for line in key_log.read_text("ascii").splitlines()]
        secret = bytes.fromhex([line[2] for line in lines if line[0] == "SERVER_TRAFFIC_SECRET_0"][-1])
        self._hash = hashes.SHA384() if suite.endswith("SHA384") else hashes.SHA256()
        self._aead = AESGCM(self._expand(secret, b"key", 32 if "256_GCM" in suite else 16))
        self._iv = int.from_bytes(self._expand(secret, b"iv", 12))
        self._count = 0

    def _expand(self, secret: bytes, label: bytes, length: int) -> bytes:
        label = b"tls13 " + label
        return HKDFExpand(self._hash, length, struct.pack(">HB", length, len(label)) + label + b"\0").derive(secret)

    def skip(self) -> None:
        """Leave out the number of a record that somebody else has sealed."""
        self._count += 1

    def seal(self, kind: int, data: bytes) -> bytes:
        """The next record."""
        plain = data + bytes((kind,))
        head = struct.pack(">BHH", APPLICATION_DATA, 0x0303, len(plain) + 16)
        nonce = (self._iv ^ self._count).to_bytes(12)
        self.skip()
        return head + self._aead.encrypt(nonce, plain, head)


def ticket(number: int) -> bytes:
    """A NewSessionTicket, as small as they get."""
    body = struct.pack(">LLBBHxH", 0, 0, 1, number % 256, 1, 0)
    return bytes((TICKET,)) + len(body).to_bytes(3) + body
