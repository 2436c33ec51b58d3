"""Certificates as people and profiles look at them: names, dates, keys and hashes (RFC 5280).

What a peer sends is untrusted: whatever cannot be read becomes a word that says so, never an exception.
"""

from __future__ import annotations

import hashlib
import ipaddress
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa

from findtui.dicom.visible import visible
from findtui.net.tls.settings import PeerCertificate

SOON: Final = timedelta(days=30)
"""A certificate that ends within this time is worth a warning."""
UNREADABLE: Final = "(unreadable)"
_BROKEN_HASHES: Final = {
    "1.2.840.113549.1.1.2": "MD2",
    "1.2.840.113549.1.1.3": "MD4",
    "1.2.840.113549.1.1.4": "MD5",
    "1.3.14.3.2.3": "MD5",
}


@dataclass(frozen=True, slots=True)
class Strength:
    """What a certificate's key and signature are worth.

    Attributes:
        kind: of the key: "RSA", "EC", "DSA", or empty for others.
        bits: of the key; 0 for others.
        hash_name: of the signature, such as "SHA256"; empty where the signature has none of its own (EdDSA).
        broken: whether that hash is MD2, MD4 or MD5, with which signatures can be forged.
        weak: whether it is weaker than SHA-256.
    """

    kind: str
    bits: int
    hash_name: str
    broken: bool
    weak: bool


@contextmanager
def _reading() -> Iterator[None]:
    """Reads something of a certificate: makes whatever cryptography raises on broken ones a ValueError."""
    with warnings.catch_warnings():
        # cryptography warns on stderr of what it will refuse in later releases; there a program's screen may be.
        warnings.simplefilter("ignore")
        try:
            yield
        except (UnsupportedAlgorithm, x509.ExtensionNotFound):
            raise
        except Exception as error:
            raise ValueError(str(error)) from error


def load(der: bytes) -> x509.Certificate:
    """Read a certificate.

    Raises:
        ValueError: it is none, or breaks its standard.
    """
    with _reading():
        return x509.load_der_x509_certificate(der)


def describe(der: bytes) -> PeerCertificate:
    """A certificate in words; what cannot be read of it says so."""
    fingerprint = hashlib.sha256(der).hexdigest()
    try:
        certificate = load(der)
    except ValueError:
        return PeerCertificate(UNREADABLE, UNREADABLE, UNREADABLE, UNREADABLE, fingerprint, der)
    return PeerCertificate(
        _readable(lambda: visible(certificate.subject.rfc4514_string())),
        _readable(lambda: visible(certificate.issuer.rfc4514_string())),
        _readable(lambda: certificate.not_valid_before_utc.isoformat()),
        _readable(lambda: certificate.not_valid_after_utc.isoformat()),
        fingerprint,
        der,
    )


def _readable(read: Callable[[], str]) -> str:
    try:
        with _reading():
            return read()
    except ValueError:
        return UNREADABLE


def sentence(certificate: PeerCertificate) -> str:
    """Subject, issuer and dates, for the middle of an error."""
    return (
        f"subject {certificate.subject}, issuer {certificate.issuer}, "
        f"valid from {certificate.not_before} to {certificate.not_after}"
    )


def strength(certificate: x509.Certificate) -> Strength:
    """What key and signature are worth.

    Raises:
        ValueError: the key cannot be read.
    """
    kind, bits = _key(certificate)
    with _reading():
        signature = certificate.signature_algorithm_oid.dotted_string
    if broken := _BROKEN_HASHES.get(signature, ""):
        return Strength(kind, bits, broken, True, True)
    try:
        with _reading():
            algorithm = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return Strength(kind, bits, signature, False, True)
    if algorithm is None:
        return Strength(kind, bits, "", False, False)
    return Strength(kind, bits, algorithm.name.upper(), False, algorithm.digest_size < 32)


def _key(certificate: x509.Certificate) -> tuple[str, int]:
    try:
        with _reading():
            key = certificate.public_key()
    except UnsupportedAlgorithm:
        return "", 0
    match key:
        case rsa.RSAPublicKey():
            return "RSA", key.key_size
        case ec.EllipticCurvePublicKey():
            return "EC", key.key_size
        case dsa.DSAPublicKey():
            return "DSA", key.key_size
    return "", 0


def is_valid(certificate: x509.Certificate) -> bool:
    """Whether its time has come and not passed; raises ValueError where its dates cannot be read."""
    with _reading():
        return certificate.not_valid_before_utc <= datetime.now(UTC) <= certificate.not_valid_after_utc


def end_warning(whose: str, certificate: x509.Certificate) -> str:
    """A warning where the certificate ends within `SOON`; empty where it does not.

    Args:
        whose: how the certificate is called in the sentence.
        certificate: which is still valid.

    Raises:
        ValueError: its dates cannot be read.
    """
    with _reading():
        end = certificate.not_valid_after_utc
    left = end - datetime.now(UTC)
    if left > SOON:
        return ""
    days = max(left.days, 0)
    when = "in less than a day" if days == 0 else f"in {days} day{'s' if days > 1 else ''}"
    return f"{whose} ends {when}, at {end.isoformat()}: renew it"


def matches_host(certificate: x509.Certificate, host: str) -> bool:
    """Whether a certificate is for a host (RFC 9525 section 6.3).

    Only subject alternative names count. A wildcard stands for the whole left-most label.

    Args:
        certificate: of the peer.
        host: name or IP address.
    """
    try:
        with _reading():
            names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
            addresses, host_names = names.get_values_for_type(x509.IPAddress), names.get_values_for_type(x509.DNSName)
    except (x509.ExtensionNotFound, ValueError):
        return False
    try:
        return ipaddress.ip_address(host) in addresses
    except ValueError:
        wanted = _labels(host)
    return any(_matches_name(_labels(name), wanted) for name in host_names)


def _labels(name: str) -> list[str]:
    try:
        ascii_name = name.encode("ascii" if name.isascii() else "idna").decode("ascii")
    except UnicodeError:
        return []
    return ascii_name.lower().removesuffix(".").split(".")


def _matches_name(pattern: list[str], wanted: list[str]) -> bool:
    if not wanted or "" in wanted:
        return False
    if pattern[:1] == ["*"]:
        return len(pattern) > 2 and pattern[1:] == wanted[1:]
    return pattern == wanted
