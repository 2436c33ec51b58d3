"""What the TLS library under Python can do, and the doors to what `ssl` does not show.

Private names of CPython are used here and nowhere else. Where one of them is missing, or this is a Python that nobody
has looked at, the public way is taken, or the caller is told that it cannot be had.
"""

from __future__ import annotations

import ctypes
import ssl
import sys
import warnings
from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from findtui.net.tls.suites import SUITES, iana_name, openssl_name

_SET_SIGNATURE_ALGORITHMS: Final = 98
"""SSL_CTRL_SET_SIGALGS_LIST of OpenSSL's ssl.h."""
_STRONG_SIGNATURES: Final = (
    "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:RSA-PSS+SHA256:RSA-PSS+SHA384:RSA-PSS+SHA512:"
    "RSA+SHA256:RSA+SHA384:RSA+SHA512"
)
_KNOWN_LAYOUT: Final = ((3, 11), (3, 14))
"""First and last CPython whose `SSLContext` is known to begin with its `SSL_CTX *`."""


class Unsupported(Exception):
    """The library, or Python's view of it, cannot do this."""


@cache
def available_suites() -> frozenset[str]:
    """The suites of TLS 1.2 and older that the library has, as IANA names."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers("ALL:eNULL:@SECLEVEL=0")
    return frozenset(iana_name(cipher["name"]) for cipher in context.get_ciphers()) & frozenset(SUITES)


def offer_versions(context: ssl.SSLContext, oldest: ssl.TLSVersion, newest: ssl.TLSVersion) -> None:
    """Offer these versions, whatever the system's own configuration says.

    Raises:
        Unsupported: the library was built without one of them.
    """
    with warnings.catch_warnings():
        # Python warns of versions before 1.2, on stderr; whoever chose a retired profile chose them.
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            context.minimum_version = oldest
            context.maximum_version = newest
        except ValueError as error:
            raise Unsupported(f"{oldest.name} to {newest.name}") from error


def offer_suites(
    context: ssl.SSLContext,
    suites: Iterable[str],
    suites_1_3: tuple[str, ...],
    security_level: int,
    strong_signatures: bool,
) -> None:
    """Offer exactly these suites in this order, and look afterwards whether the library took them.

    Args:
        context: of a client.
        suites: of TLS 1.2 and older, as IANA names.
        suites_1_3: of TLS 1.3; empty where that version is not offered.
        security_level: OpenSSL's.
        strong_signatures: take SHA-1 and SHA-224 out of the signature algorithms.

    Raises:
        Unsupported: not all of it can be had; says what.
    """
    wanted = tuple(dict.fromkeys(suites))
    if missing := [suite for suite in wanted if suite not in available_suites()]:
        raise Unsupported(", ".join(missing))
    context.set_ciphers(":".join((*map(openssl_name, wanted), f"@SECLEVEL={security_level}")))
    if suites_1_3 and _suites_1_3(context) != suites_1_3:
        _set_suites_1_3(context, suites_1_3)
    if strong_signatures:
        _set_signature_algorithms(context)
    if _suites(context) != wanted or (suites_1_3 and _suites_1_3(context) != suites_1_3):
        raise Unsupported("the suites of the profile in their order")


def _suites(context: ssl.SSLContext) -> tuple[str, ...]:
    return tuple(iana_name(cipher["name"]) for cipher in context.get_ciphers() if cipher["protocol"] != "TLSv1.3")


def _suites_1_3(context: ssl.SSLContext) -> tuple[str, ...]:
    return tuple(cipher["name"] for cipher in context.get_ciphers() if cipher["protocol"] == "TLSv1.3")


def _set_suites_1_3(context: ssl.SSLContext, suites: tuple[str, ...]) -> None:
    text = ":".join(suites)
    public = getattr(context, "set_ciphersuites", None)
    if public is not None:
        try:
            public(text)
        except ssl.SSLError as error:
            raise Unsupported(", ".join(suites)) from error
        return
    library, pointer = _openssl_context(context)
    if library.SSL_CTX_set_ciphersuites(pointer, text.encode()) != 1:
        raise Unsupported(", ".join(suites))


def _set_signature_algorithms(context: ssl.SSLContext) -> None:
    public = getattr(context, "set_server_sigalgs", None)
    if public is not None:
        public(_STRONG_SIGNATURES)
        return
    library, pointer = _openssl_context(context)
    accepted = library.SSL_CTX_ctrl(
        pointer, ctypes.c_int(_SET_SIGNATURE_ALGORITHMS), ctypes.c_long(0), _STRONG_SIGNATURES.encode()
    )
    if accepted != 1:
        raise Unsupported("signature algorithms with SHA-256 and better")


def _openssl_context(context: ssl.SSLContext) -> tuple[ctypes.PyDLL, ctypes.c_void_p]:
    """The very library that Python's `ssl` uses, and the `SSL_CTX` inside a context.

    `ssl` shows neither. The functions are found through `_ssl` itself, so no second copy of OpenSSL can be meant, and a
    Python that has OpenSSL built in does not show them. The context's object begins with the pointer in every CPython
    up to the last one looked at; any other Python is turned away before the pointer is read.
    """
    first, last = _KNOWN_LAYOUT
    if sys.implementation.name != "cpython" or not first <= sys.version_info[:2] <= last:
        raise Unsupported("this Python's ssl module has no way to it")
    import _ssl

    try:
        library = ctypes.PyDLL(_ssl.__file__)
        setters = (library.SSL_CTX_set_ciphersuites, library.SSL_CTX_ctrl)
    except (AttributeError, OSError) as error:
        raise Unsupported("this Python's ssl module hides its TLS library") from error
    for setter in setters:
        setter.restype = ctypes.c_int
    return library, ctypes.c_void_p.from_address(id(context) + object.__basicsize__)


def verified_chain(tls: ssl.SSLObject) -> list[bytes]:
    """The chain from the peer's certificate to the authority that it was trusted for, as DER."""
    return _chain(tls, "get_verified_chain")


def sent_chain(tls: ssl.SSLObject) -> list[bytes]:
    """What the peer sent, its own certificate first, as DER; also after a handshake that failed on it."""
    return _chain(tls, "get_unverified_chain")


def _chain(tls: ssl.SSLObject, name: str) -> list[bytes]:
    public = getattr(tls, name, None)
    if public is not None:
        return list(public())
    import _ssl

    inner: Any = getattr(tls, "_sslobj", None)
    if hasattr(inner, name):
        return [certificate.public_bytes(_ssl.ENCODING_DER) for certificate in getattr(inner, name)() or ()]
    try:
        own = tls.getpeercert(binary_form=True)
    except ValueError:
        return []
    return [] if own is None else [own]
