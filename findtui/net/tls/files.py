"""Keys, certificates and revocation lists out of files, PEM (RFC 7468) or DER, into an `ssl` context.

Python's `ssl` takes some of these from paths only. What has to be converted is handed over in memory, so that
nothing is ever left on a disk.
"""

from __future__ import annotations

import base64
import contextlib
import os
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from findtui.dicom.visible import visible
from findtui.errors import TLSSetupError
from findtui.net.tls import certificates

_CERTIFICATE: Final = ("CERTIFICATE", "X509 CERTIFICATE")
_REVOCATION_LIST: Final = ("X509 CRL",)
_BLOCK: Final = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----.+?-----END \1-----", re.DOTALL)
_HASHED: Final = re.compile(r"[0-9a-f]{8}\.r?[0-9]+")
_LARGEST: Final = 64 * 1024 * 1024
_PEM_REMEDY: Final = "Give a PEM file, or say --der-keys where all files are DER"
_DER_REMEDY: Final = "Give a DER file, or leave out --der-keys where all files are PEM"


@dataclass(slots=True)
class Trust:
    """What the peer's certificate is checked against.

    Attributes:
        authorities: certificates, as DER.
        revocation_lists: as PEM.
        remarks: on what was left out.
    """

    authorities: list[bytes] = field(default_factory=list)
    revocation_lists: list[bytes] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def read(path: Path, what: str) -> bytes:
    """A file's bytes.

    Raises:
        TLSSetupError: it cannot be read, or is too large to be `what`.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise TLSSetupError(
            f"the {what} {path} cannot be read: {error.strerror}", remedy="Make sure that it is there and readable"
        ) from error
    if len(data) > _LARGEST:
        raise TLSSetupError(f"the {what} {path} is larger than {_LARGEST >> 20} MiB", remedy=f"Give a {what}")
    return data


@contextmanager
def at_path(data: bytes) -> Iterator[str]:
    """A path from which the data can be read once, from its beginning to its end. It leads to memory or to a pipe."""
    # A pipe would do everywhere, but it cannot seek, and then `ssl` says "Illegal seek" whatever the matter is.
    with _in_memory(data) if hasattr(os, "memfd_create") else _through_pipe(data) as descriptor:
        yield f"/dev/fd/{descriptor}"


@contextmanager
def _in_memory(data: bytes) -> Iterator[int]:
    with open(os.memfd_create("findtui"), "wb") as file:  # noqa: PTH123
        file.write(data)
        file.flush()
        yield file.fileno()


@contextmanager
def _through_pipe(data: bytes) -> Iterator[int]:
    reading, writing = os.pipe()

    def feed() -> None:
        # The reader may have seen enough, or may never have opened the path.
        with contextlib.suppress(BrokenPipeError), open(writing, "wb", buffering=0) as pipe:  # noqa: PTH123
            rest = memoryview(data)
            while rest:
                rest = rest[pipe.write(rest) :]

    thread = threading.Thread(target=feed, name="findtui key")
    thread.start()
    try:
        yield reading
    finally:
        os.close(reading)
        thread.join()


def blocks(data: bytes, labels: tuple[str, ...]) -> list[bytes]:
    """The PEM blocks with one of these labels, in their order."""
    return [match[0] for match in _BLOCK.finditer(data) if match[1].decode("ascii") in labels]


def _der_certificates(path: Path, data: bytes, der: bool, what: str) -> list[bytes]:
    """The certificates in a file, at least one, as DER, none of them parsed yet."""
    if der:
        if _BLOCK.search(data):
            raise TLSSetupError(f"the {what} {path} is PEM, not DER", remedy=_DER_REMEDY)
        return [data]
    try:
        found = [_to_der(block) for block in blocks(data, _CERTIFICATE)]
    except ValueError as error:
        raise TLSSetupError(f"the {what} {path} is damaged: {error}", remedy="Get it anew from its maker") from error
    if not found:
        raise TLSSetupError(f"the {what} {path} holds no PEM certificate", remedy=_PEM_REMEDY)
    return found


def _to_der(block: bytes) -> bytes:
    text = block.decode("ascii").replace("X509 CERTIFICATE", "CERTIFICATE")
    return ssl.PEM_cert_to_DER_cert(text)


def own_certificates(path: Path, der: bool) -> list[x509.Certificate]:
    """The certificate of this side, and behind it those that lead to its authority.

    Raises:
        TLSSetupError: unreadable, or no certificate.
    """
    what = "certificate file"
    try:
        encoded = _der_certificates(path, read(path, what), der, what)
        return [certificates.load(one) for one in encoded]
    except ValueError as error:
        raise TLSSetupError(
            f"the {what} {path} holds no certificate that can be read: {error}",
            remedy=_DER_REMEDY if der else "Get it anew from its maker",
            dcmtk=_dcmtk_certificate(path),
        ) from error
    except TLSSetupError as error:
        error.dcmtk = _dcmtk_certificate(path)
        raise


def _dcmtk_certificate(path: Path) -> str:
    return f"F: 000b:0005 Unable to load certificate from '{path}'"


def own_key(path: Path, der: bool) -> bytes:
    """The private key of this side, as PEM; still encrypted where it was.

    Raises:
        TLSSetupError: unreadable, or no private key.
    """
    try:
        data = read(path, "private key file")
        return _der_key(path, data) if der else _pem_key(path, data)
    except TLSSetupError as error:
        error.dcmtk = f"F: 000b:0004 Unable to load private TLS key from '{visible(str(path))}'"
        raise


def _pem_key(path: Path, data: bytes) -> bytes:
    if not any(match[1].endswith(b"PRIVATE KEY") for match in _BLOCK.finditer(data)):
        raise TLSSetupError(f"the private key file {path} holds no PEM private key", remedy=_PEM_REMEDY)
    return data


def _der_key(path: Path, data: bytes) -> bytes:
    try:
        key = serialization.load_der_private_key(data, None)
    except TypeError:
        return _pem(b"ENCRYPTED PRIVATE KEY", data)
    except (ValueError, UnsupportedAlgorithm) as error:
        remedy = _DER_REMEDY if _BLOCK.search(data) else "Give a private key in DER (PKCS#8, PKCS#1 or SEC 1)"
        raise TLSSetupError(f"the private key file {path} holds no DER private key", remedy=remedy) from error
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _pem(label: bytes, der: bytes) -> bytes:
    return b"-----BEGIN %b-----\n%b-----END %b-----\n" % (label, base64.encodebytes(der), label)


def add_authority_file(trust: Trust, path: Path, der: bool) -> None:
    """Add the certificates of a file, and the revocation lists that stand beside them.

    Raises:
        TLSSetupError: unreadable, damaged, or without a certificate.
    """
    what = "authority file"
    try:
        data = read(path, what)
        trust.authorities += [_sound(path, one, what, der) for one in _der_certificates(path, data, der, what)]
        trust.revocation_lists += [] if der else blocks(data, _REVOCATION_LIST)
    except TLSSetupError as error:
        error.dcmtk = f"unable to load certificate file '{visible(str(path))}'"
        raise


def _sound(path: Path, der: bytes, what: str, is_der: bool) -> bytes:
    """The certificate, after OpenSSL itself has read it: it takes some that stricter readers refuse."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=der)
    except ssl.SSLError as error:
        remedy = _DER_REMEDY if is_der else "Get it anew from its maker"
        raise TLSSetupError(f"the {what} {path} holds no certificate that can be read", remedy=remedy) from error
    return der


def add_revocation_file(trust: Trust, path: Path, der: bool) -> None:
    """Add the revocation lists of a file.

    Raises:
        TLSSetupError: unreadable, damaged, or without a list.
    """
    what = "revocation list"
    try:
        data = read(path, what)
        found = [_pem(b"X509 CRL", data)] if der else blocks(data, _REVOCATION_LIST)
        if not found:
            raise TLSSetupError(f"the file {path} holds no PEM revocation list", remedy=_PEM_REMEDY)
        if not all(map(_is_revocation_list, found)):
            remedy = _DER_REMEDY if der else "Get it anew from the authority"
            raise TLSSetupError(f"the file {path} holds no {what} that can be read", remedy=remedy)
        trust.revocation_lists += found
    except TLSSetupError as error:
        error.dcmtk = f"unable to load CRL file '{visible(str(path))}'"
        raise


def _is_revocation_list(pem: bytes) -> bool:
    try:
        with at_path(pem) as path:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except ssl.SSLError:
        return False
    return True


def add_authority_directory(trust: Trust, path: Path, der: bool) -> None:
    """Add the certificates and revocation lists of a directory.

    Where there are names that `openssl rehash` makes, those count and no others; else every file.

    Raises:
        TLSSetupError: the directory or a file in it is unreadable, or there is no certificate.
    """
    try:
        found = sorted(entry for entry in path.iterdir() if not entry.name.startswith(".") and not entry.is_dir())
    except OSError as error:
        raise _directory_error(path, f"cannot be read: {error.strerror}") from error
    hashed = [entry for entry in found if _HASHED.fullmatch(entry.name)]
    before = len(trust.authorities)
    for entry in hashed or found:
        if not _add_entry(trust, entry, der):
            if hashed:
                raise _directory_error(path, f"has {entry.name} in it, which holds no certificate that can be read")
            trust.remarks.append(f"{entry} holds neither a certificate nor a revocation list, and was left out")
    if len(trust.authorities) == before:
        raise _directory_error(path, f"holds no {'DER' if der else 'PEM'} certificate")


def _directory_error(path: Path, problem: str) -> TLSSetupError:
    return TLSSetupError(
        f"the authority directory {path} {problem}",
        remedy="Put the trusted certificates there, one a file; --der-keys says that they are DER",
        dcmtk=f"unable to load certificates from directory '{visible(str(path))}'",
    )


def _add_entry(trust: Trust, entry: Path, der: bool) -> bool:
    data = read(entry, "file")
    if der:
        try:
            trust.authorities.append(_sound(entry, data, "file", der))
        except TLSSetupError:
            pem = _pem(b"X509 CRL", data)
            if not _is_revocation_list(pem):
                return False
            trust.revocation_lists.append(pem)
        return True
    lists = blocks(data, _REVOCATION_LIST)
    found = blocks(data, _CERTIFICATE)
    if found:
        trust.authorities += [_sound(entry, one, "file", der) for one in _der_certificates(entry, data, der, "file")]
    trust.revocation_lists += lists
    return bool(found or lists)


def load_trust(context: ssl.SSLContext, trust: Trust) -> None:
    """Give a context the authorities and revocation lists.

    Raises:
        ssl.SSLError: OpenSSL refuses one of them.
    """
    if trust.authorities:
        context.load_verify_locations(cadata=b"".join(trust.authorities))
    if trust.revocation_lists:
        with at_path(b"\n".join(trust.revocation_lists)) as path:
            context.load_verify_locations(path)
