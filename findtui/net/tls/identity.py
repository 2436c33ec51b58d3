"""This side's key and certificate, for peers that want to know with whom they speak."""

from __future__ import annotations

import getpass
import ssl
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from findtui.dicom.visible import visible
from findtui.errors import TLSSetupError
from findtui.net.tls import certificates, files, rules
from findtui.net.tls.settings import Password, TLSSettings

_PROMPT = "Enter PEM pass phrase:"


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate that may be used, and where its key is.

    Attributes:
        key_file, certificate_file: as they were given.
        chain: own certificate first, behind it those that lead to its authority.
        is_dsa: whether its key is a DSA key, which TLS 1.3 does not know.
        warnings: what the user should know, one sentence each.
    """

    key_file: Path
    certificate_file: Path
    chain: tuple[x509.Certificate, ...]
    is_dsa: bool
    warnings: tuple[str, ...]


def ask_on_terminal(prompt: str) -> str:
    """Ask for a password on the controlling terminal, without echo; read a line of stdin where there is none.

    Raises:
        TLSSetupError: nobody is there to answer.
    """
    try:
        with Path("/dev/tty").open("rb+", buffering=0):
            return getpass.getpass(prompt)
    except OSError:
        answer = sys.stdin.readline()
    except EOFError:
        answer = ""
    if not answer:
        raise TLSSetupError(
            "the private key is encrypted, and there is no terminal to ask for its password",
            remedy="Run it in a terminal, or give the password on stdin or with --use-passwd",
        )
    return answer.rstrip("\r\n")


def read(settings: TLSSettings) -> Identity | None:
    """The certificate of this side; None where there is to be none.

    Raises:
        TLSSetupError: it cannot be read, is out of its time, or is not for the profile.
    """
    path, key_path = settings.certificate_file, settings.key_file
    if path is None and key_path is None:
        return None
    if path is None or key_path is None:
        raise TLSSetupError(
            "a private key and a certificate go together, and one of them is missing", remedy="Give both, or neither"
        )
    chain = files.own_certificates(path, settings.der)
    warnings: list[str] = []
    try:
        for certificate in chain:
            _check_dates(path, certificate, warnings)
        remarks = rules.judge_own(chain[0], settings.profile)
        warnings += [f"the certificate in {path} {remark}" for remark in remarks]
        is_dsa = certificates.strength(chain[0]).kind == "DSA"
    except (rules.Forbidden, ValueError) as error:
        what = str(error) if isinstance(error, rules.Forbidden) else f"cannot be read: {error}"
        raise TLSSetupError(
            f"the certificate in {path} {what}",
            remedy="Ask its authority for one with an RSA key of 2048 bits or more, or an EC key of 256, and SHA-256",
            dcmtk=f"F: 000b:0005 Unable to load certificate from '{visible(str(path))}'",
        ) from error
    return Identity(key_path, path, tuple(chain), is_dsa, tuple(warnings))


def _check_dates(path: Path, certificate: x509.Certificate, warnings: list[str]) -> None:
    now = datetime.now(UTC)
    which = f"the certificate {certificates.describe(certificate.public_bytes(Encoding.DER)).subject} in {path}"
    if certificate.not_valid_after_utc < now:
        raise TLSSetupError(
            f"{which} expired at {certificate.not_valid_after_utc.isoformat()}", remedy="Renew it with its authority"
        )
    if certificate.not_valid_before_utc > now:
        raise TLSSetupError(
            f"{which} is not valid before {certificate.not_valid_before_utc.isoformat()}",
            remedy="Wait until then, or set this computer's clock",
        )
    if warning := certificates.end_warning(which, certificate):
        warnings.append(warning)


def load(context: ssl.SSLContext, identity: Identity, settings: TLSSettings, ask: Callable[[str], str]) -> None:
    """Give a context the key and certificates of this side.

    Args:
        context: of a client.
        identity: which `read` returned.
        settings: from which it was read.
        ask: gives the password where the key is encrypted and the settings say that it is asked for.

    Raises:
        TLSSetupError: the key cannot be read, decrypted, or used with the certificate.
    """
    asked = False

    def password() -> str:
        nonlocal asked
        asked = True
        match settings.password:
            case Password.ASK:
                return ask(_PROMPT)
            case Password.EMPTY:
                return ""
            case text:
                return text

    key = files.own_key(identity.key_file, settings.der)
    pem = b"".join(certificate.public_bytes(Encoding.PEM) for certificate in identity.chain)
    try:
        with files.at_path(pem) as certificate_path, files.at_path(key) as key_path:
            context.load_cert_chain(certificate_path, key_path, password)
    except (OSError, ValueError) as error:
        raise _unusable(error, identity, asked) from error


def _unusable(error: Exception, identity: Identity, asked: bool) -> TLSSetupError:
    """The error for a key and a certificate that the library does not take, after the certificate could be read."""
    key_path, path = identity.key_file, identity.certificate_file
    reason = (error.reason if isinstance(error, ssl.SSLError) else None) or str(error)
    dcmtk = f"F: 000b:0004 Unable to load private TLS key from '{visible(str(key_path))}'"
    # A key of another kind than the certificate's finds no certificate of its own kind.
    if reason in ("KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH", "NO_CERTIFICATE_ASSIGNED"):
        return TLSSetupError(
            f"the private key {key_path} does not fit the certificate {path}",
            remedy="Give the key that the certificate was made for",
            dcmtk=f"F: 000b:0006 Private key '{visible(str(key_path))}' and certificate '{visible(str(path))}' "
            "do not match",
        )
    if asked:
        return TLSSetupError(
            f"the private key {key_path} cannot be decrypted: the password is wrong, or the file is damaged",
            remedy="Give the password that the key was encrypted with",
            dcmtk=dcmtk,
        )
    return TLSSetupError(
        f"the private key {key_path} cannot be used with the certificate {path}: {_in_words(reason)}",
        remedy="Give another key and certificate, or choose another profile",
        dcmtk=dcmtk,
    )


def _in_words(reason: str) -> str:
    return reason.lower().replace("_", " ") if reason.isupper() else reason
