"""Why a handshake failed, in words, with the side that said no and what can be done (RFC 8446 section 6)."""

from __future__ import annotations

import re
import ssl
from typing import TYPE_CHECKING, Final, NamedTuple

from findtui.errors import TLSHandshakeFailed
from findtui.net.tls import certificates
from findtui.net.tls.suites import OFFERS

if TYPE_CHECKING:
    from findtui.net.tls.settings import PeerCertificate, TLSSettings


class _Why(NamedTuple):
    """`code` is OpenSSL's number of the reason, which DCMTK prints; `{profile}` in a remedy is filled in."""

    code: int
    words: str
    remedy: str


_NO_COMMON: Final = (
    'Look up in its settings which it takes; this side offered the profile "{profile}": another one may fit'
)
_NO_COMMON_SUITE: Final = f"{_NO_COMMON}, and --cipher adds suites"
_OWN_CERTIFICATE: Final = (
    "Have the certificate's authority added to those that the peer trusts, or give another certificate with "
    "--enable-tls"
)
_NEEDS_CERTIFICATE: Final = "Give key and certificate with --enable-tls"

_PLAIN_REMEDY: Final = "Connect without TLS (--disable-tls), or give the port on which it speaks TLS"

_BY_PEER: Final = {
    "SSLV3_ALERT_HANDSHAKE_FAILURE": _Why(
        1040, "it takes none of the ciphersuites that were offered, or wants a client certificate", _NO_COMMON_SUITE
    ),
    "TLSV1_ALERT_PROTOCOL_VERSION": _Why(1070, "it takes none of the TLS versions that were offered", _NO_COMMON),
    "TLSV1_ALERT_INSUFFICIENT_SECURITY": _Why(1071, "what was offered is too weak for it", _NO_COMMON_SUITE),
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": _Why(1116, "it wants a client certificate and got none", _NEEDS_CERTIFICATE),
    "SSLV3_ALERT_BAD_CERTIFICATE": _Why(1042, "it does not take this side's certificate", _OWN_CERTIFICATE),
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE": _Why(
        1043, "it does not take this kind of certificate", "Give one that is made for clients, with --enable-tls"
    ),
    "SSLV3_ALERT_CERTIFICATE_REVOKED": _Why(
        1044, "this side's certificate has been revoked", "Get a new one and give it with --enable-tls"
    ),
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": _Why(
        1045,
        "this side's certificate has expired, or is not valid yet, by the peer's clock",
        "Renew it, or have the peer's clock set",
    ),
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": _Why(1046, "it does not take this side's certificate", _OWN_CERTIFICATE),
    "TLSV1_ALERT_UNKNOWN_CA": _Why(1048, "it does not trust this side's certificate", _OWN_CERTIFICATE),
    "TLSV1_ALERT_ACCESS_DENIED": _Why(1049, "it denied access to this side's certificate", _OWN_CERTIFICATE),
    "TLSV1_ALERT_DECRYPT_ERROR": _Why(
        1051, "it could not verify a signature of this side", "Give another key and certificate with --enable-tls"
    ),
    "TLSV1_UNRECOGNIZED_NAME": _Why(
        1112, "it does not know the server name that was asked for", "Change --request-sni, or say --no-sni"
    ),
    "TLSV1_ALERT_UNRECOGNIZED_NAME": _Why(
        1112, "it does not know the server name that was asked for", "Change --request-sni, or say --no-sni"
    ),
    "TLSV1_ALERT_NO_APPLICATION_PROTOCOL": _Why(
        1120, "it does not speak DICOM under TLS (it refused the protocol name dicom)", "Give its DICOM port"
    ),
    "TLSV1_ALERT_INTERNAL_ERROR": _Why(1080, "it met an error of its own", "Look into the peer's log"),
}
_BY_US: Final = {
    "UNSUPPORTED_PROTOCOL": _Why(258, "it answered with a TLS version that was not offered", _NO_COMMON),
    "WRONG_SSL_VERSION": _Why(266, "it answered with a TLS version that was not offered", _NO_COMMON),
    "WRONG_CIPHER_RETURNED": _Why(261, "it chose a ciphersuite that was not offered", _NO_COMMON_SUITE),
    "UNSAFE_LEGACY_RENEGOTIATION_DISABLED": _Why(
        338, "it lacks secure renegotiation (RFC 5746)", "Have the peer's TLS library brought up to date"
    ),
    "DH_KEY_TOO_SMALL": _Why(394, "its Diffie-Hellman parameters are too small", "Have it use 2048 bits or more"),
    "WRONG_VERSION_NUMBER": _Why(267, "its answer is no TLS", _PLAIN_REMEDY),
    "UNEXPECTED_EOF_WHILE_READING": _Why(
        294,
        "it closed the connection in the middle of the handshake",
        "It may want no TLS, may not know this host, or may refuse what was offered: look into its log",
    ),
}
_WRONG_VERSION: Final = "000b:090b TLS error: wrong version number"
_STRANGERS: Final = (
    (b"HTTP/", "it speaks HTTP, neither TLS nor DICOM", "Give the DICOM port, not the web server's"),
    (b"SSH-", "it speaks SSH, neither TLS nor DICOM", "Give the DICOM port"),
    (b"220", "it speaks FTP or SMTP, neither TLS nor DICOM", "Give the DICOM port"),
)
_TLS_RECORDS: Final = range(0x14, 0x19)
_PDUS: Final = range(1, 8)


def _condition(code: int, reason: str) -> str:
    text = reason.lower().replace("_", " ")
    return f"Association Request Failed: 000b:{0x800 + code:04x} TLS error: {text}"


def _name(error: ssl.SSLError) -> str:
    """OpenSSL's name of the reason, from its words where Python does not know the name."""
    if error.reason:
        return error.reason
    words = re.search(r"\] (?:\w+: )?(.+?)(?: \(_ssl\.c:\d+\))?$", str(error))
    return words[1].upper().replace(" ", "_") if words else ""


def said(error: ssl.SSLError) -> str:
    """What OpenSSL said, in small letters."""
    return _name(error).lower().replace("_", " ") or error.strerror or str(error)


def explain_ssl_error(error: ssl.SSLError, settings: TLSSettings, peer: object = "the peer") -> TLSHandshakeFailed:
    """The error for what OpenSSL said in a handshake, or on a read after it.

    In TLS 1.3 a peer looks at the client's certificate after the client's handshake is over, so that its refusal comes
    with the first read.

    Args:
        error: from the handshake, `recv` or `send`.
        settings: with which the connection was made.
        peer: how it is named.
    """
    name = _name(error)
    profile = OFFERS[settings.profile].title
    for table, who in ((_BY_PEER, f"{peer} refused TLS"), (_BY_US, f"no TLS with {peer}")):
        if why := table.get(name):
            remedy = why.remedy.format(profile=profile)
            if table is _BY_PEER and name == "SSLV3_ALERT_HANDSHAKE_FAILURE" and settings.certificate_file is None:
                remedy = f"{remedy}; where it wants a certificate, give key and certificate with --enable-tls"
            return TLSHandshakeFailed(f"{who}: {why.words}", remedy=remedy, dcmtk=_condition(why.code, name))
    who = f"{peer} refused TLS" if "ALERT" in name else f"no TLS with {peer}"
    return TLSHandshakeFailed(
        f"{who}: {said(error)}", remedy=f'Look into the peer\'s log; this side offered the profile "{profile}"'
    )


def untrusted(words: str, remedy: str, chain: list[PeerCertificate], peer: object) -> TLSHandshakeFailed:
    """The error for a certificate of the peer that is not what it should be.

    Args:
        words: what is wrong with it, as the end of a sentence.
        remedy: what can be done.
        chain: the certificate, and perhaps others behind it; empty where there was none.
        peer: how it is named.
    """
    about = f" ({certificates.sentence(chain[0])})" if chain else ""
    return TLSHandshakeFailed(
        f"the certificate of {peer} {words}{about}",
        remedy=remedy,
        dcmtk=_condition(134, "certificate verify failed"),
    )


def not_verified(code: int, text: str, chain: list[PeerCertificate], peer: object) -> TLSHandshakeFailed:
    """The error for a certificate of the peer that OpenSSL did not verify.

    Args:
        code: X509_V_ERR_*.
        text: OpenSSL's words for it.
        chain: what the peer sent, as far as it could be read.
        peer: how it is named.
    """
    words, remedy = _verification(code, text)
    return untrusted(words, remedy, chain, peer)


def _verification(code: int, text: str) -> tuple[str, str]:
    match code:
        case 9:
            return "is not valid yet", "Set this computer's clock, or wait until the certificate is valid"
        case 10:
            return "or that of its authority has expired", "Have the peer's certificate renewed, or set the clock"
        case 23:
            return "or that of its authority has been revoked", "Do not trust this peer; have its certificate replaced"
        case 3:
            return (
                "cannot be looked up: the revocation list of its authority is missing",
                "Add that list with --add-crl-file; --enable-crl-all needs one of every authority of the chain",
            )
        case 11 | 12:
            return (
                "cannot be looked up: the revocation list of its authority is not valid at this time",
                "Get a new list from the authority",
            )
        case 18:
            return (
                "is not trusted: it is signed by itself",
                "Make sure that it is the right peer; then pin it with --pin-fingerprint, or trust it with "
                "--add-cert-file",
            )
        case 66 | 67 | 68:
            return (
                f"is too weak: {text}",
                "Have it replaced by one with a key of 2048 bits and SHA-256; a retired profile may take it until then",
            )
    return (
        f"is not trusted: {text}",
        "Make sure that it is the right peer; then add the certificate of its authority with --add-cert-file",
    )


def not_tls(opening: bytes, peer: object) -> TLSHandshakeFailed | None:
    """The error for a peer whose first bytes are no TLS; None where they are."""
    if opening and opening[0] in _TLS_RECORDS and opening[1:2] in (b"", b"\x03"):
        return None
    is_dicom = opening[:1] != b"" and opening[0] in _PDUS
    words = "it answered with unencrypted DICOM" if is_dicom else "its answer is no TLS"
    remedy = _PLAIN_REMEDY
    for beginning, stranger, advice in _STRANGERS:
        if opening.startswith(beginning):
            words, remedy = stranger, advice
    return TLSHandshakeFailed(
        f"no TLS with {peer}: {words}", remedy=remedy, dcmtk=f"Association Request Failed: {_WRONG_VERSION}"
    )


def closed(peer: object, reason: str) -> TLSHandshakeFailed:
    """The error for a connection that was reset, or closed before the first byte."""
    return TLSHandshakeFailed(
        f"no TLS with {peer}: it closed the connection instead of answering{f' ({reason})' if reason else ''}",
        remedy="It may speak no TLS on this port, or may not know this host: look into its log",
        dcmtk=_condition(294, "unexpected eof while reading")
        if not reason
        else "Association Request Failed: 000b:0017 OpenSSL I/O error (SSL_ERROR_SYSCALL)",
    )


def timed_out(peer: object, seconds: float, answered: bool) -> TLSHandshakeFailed:
    """The error for a handshake that did not end in time."""
    what = "did not finish the TLS handshake" if answered else "did not answer the TLS request"
    return TLSHandshakeFailed(
        f"{peer} {what} within {seconds:.0f} s",
        remedy="It may speak no TLS on this port (--disable-tls), or be busy (raise --acse-timeout)",
        dcmtk="Association Request Failed: 000b:000b TLS read operation did not complete (SSL_ERROR_WANT_READ)",
    )
