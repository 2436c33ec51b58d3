"""What the profiles ask of certificates and of added suites, beyond what OpenSSL checks (PS3.15 annex B, RFC 9325)."""

from __future__ import annotations

from collections.abc import Iterator

from cryptography import x509

from findtui.net.tls.certificates import Strength, strength
from findtui.net.tls.settings import Profile
from findtui.net.tls.suites import OFFERS, has_sha1_mac, is_unencrypted, key_exchange

_CURRENT = (Profile.BCP195_RFC8996, Profile.BCP195_RFC8996_MODIFIED)
_CLOSED = (Profile.BCP195_RFC8996_MODIFIED, Profile.BCP195_EXTENDED)


class Forbidden(Exception):
    """A profile does not allow it; the text says what and why, as the end of a sentence."""


def judge_suite(suite: str, profile: Profile) -> Iterator[str]:
    """Whether a profile lets a suite be added.

    Args:
        suite: one of `suites.SUITES`.
        profile: to which it is added.

    Yields:
        Warnings about it.

    Raises:
        Forbidden: it does not.
    """
    title = OFFERS[profile].title
    if profile in _CLOSED:
        raise Forbidden(f'the profile "{title}" takes no further ciphersuites')
    if profile is Profile.NULL:
        return
    if is_unencrypted(suite):
        raise Forbidden(f'{suite} does not encrypt, and the profile "{title}" stands for encryption')
    current = profile is Profile.BCP195_RFC8996
    document = "RFC 9325" if current else "RFC 7525"
    if current and has_sha1_mac(suite):
        raise Forbidden(f'{suite} relies on SHA-1, which the profile "{title}" rules out')
    exchange = key_exchange(suite)
    if exchange == "RSA":
        yield f"{suite} has no forward secrecy (RSA key transport); {document} advises against it"
    if current and exchange.startswith("DHE"):
        yield f"{suite} uses finite-field Diffie-Hellman; {document} advises against it"
    if current and "_CBC_" in suite:
        yield f"{suite} uses CBC, which is only safe where the peer knows encrypt-then-MAC too ({document})"


def judge_own(certificate: x509.Certificate, profile: Profile) -> Iterator[str]:
    """Whether a profile lets this side use a certificate.

    Yields:
        Warnings about it, as ends of a sentence that begins with whose certificate it is.

    Raises:
        Forbidden: it does not.
        ValueError: its key cannot be read.
    """
    worth = strength(certificate)
    if worth.kind == "DSA":
        if profile in _CURRENT:
            raise Forbidden("has a DSA key, which TLS 1.3 does not know, and so this profile does not take it")
        yield "has a DSA key, which TLS 1.3 does not know: only older versions are offered"
    yield from _judge(worth, profile, refuse_short_rsa=profile is Profile.BCP195_RFC8996_MODIFIED)


def judge_peer(certificate: x509.Certificate, profile: Profile) -> Iterator[str]:
    """Whether a profile lets the peer's chain hold a certificate; as `judge_own`."""
    yield from _judge(strength(certificate), profile, refuse_short_rsa=profile in _CURRENT)


def _judge(worth: Strength, profile: Profile, *, refuse_short_rsa: bool) -> Iterator[str]:
    if worth.broken:
        raise Forbidden(f"is signed with {worth.hash_name}, with which anybody can forge signatures")
    strict = profile is Profile.BCP195_RFC8996_MODIFIED
    if worth.kind == "RSA" and worth.bits < 2048:
        text = f"has an RSA key of {worth.bits} bits, and 2048 are the least that RFC 9325 allows"
        if refuse_short_rsa:
            raise Forbidden(text)
        yield text
    if worth.kind == "EC" and worth.bits < (256 if strict else 224):
        text = f"has an EC key of {worth.bits} bits"
        if strict:
            raise Forbidden(f"{text}, and the profile asks for 256")
        yield f"{text}, and 224 are the least that RFC 9325 allows"
    if worth.weak:
        text = f"is signed with {worth.hash_name}, which is weaker than SHA-256"
        if strict:
            raise Forbidden(text)
        yield text
