"""A throw-away certification authority, for trying TLS without owning one."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

# RSA, because some of the older profiles know nothing else.
_KEY_BITS: Final = 2048
# More than the month before its end in which findtui warns of a certificate.
_DAYS: Final = 60


@dataclass(frozen=True, slots=True)
class Credentials:
    """A private key and its certificate."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    def key_pem(self) -> bytes:
        """The key, not encrypted."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def certificate_pem(self) -> bytes:
        """The certificate."""
        return self.certificate.public_bytes(Encoding.PEM)


class Authority:
    """Issues certificates that are good for a week; what signs them is never written anywhere."""

    def __init__(self) -> None:
        key = rsa.generate_private_key(65537, _KEY_BITS)
        name = _name("findtui throw-away authority")
        usage = _key_usage(signs_certificates=True)
        certificate = (
            _builder(name, name, key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .sign(key, SHA256())
        )
        self.credentials = Credentials(key, certificate)

    def issue(self, common_name: str, hosts: tuple[str, ...] = ()) -> Credentials:
        """A key and certificate for a server or client.

        Args:
            common_name: of the subject.
            hosts: names and addresses that the certificate is for.
        """
        key = rsa.generate_private_key(65537, _KEY_BITS)
        signer = self.credentials
        usages = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        builder = (
            _builder(_name(common_name), signer.certificate.subject, key)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.key.public_key()), critical=False)
        )
        if hosts:
            builder = builder.add_extension(
                x509.SubjectAlternativeName([_host(host) for host in hosts]), critical=False
            )
        return Credentials(key, builder.sign(signer.key, SHA256()))


def server_context(
    authority: Authority, hosts: tuple[str, ...], directory: Path, *, wants_client: bool
) -> ssl.SSLContext:
    """TLS 1.2 and 1.3 with a certificate of the authority's.

    Args:
        authority: that issues it, and that clients' certificates must come from.
        hosts: names and addresses under which the server is reached.
        directory: where the key lies while it is loaded.
        wants_client: refuse clients without a certificate.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    credentials = authority.issue("findtui demo server", hosts)
    combined = directory / "server.pem"
    try:
        write_private(combined, credentials.key_pem() + credentials.certificate_pem())
        context.load_cert_chain(combined)
    finally:
        combined.unlink(missing_ok=True)
    if wants_client:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=authority.credentials.certificate_pem().decode("ascii"))
    return context


def write_private(path: Path, content: bytes) -> None:
    """Write a file, new or anew, that only its owner can read."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "findtui demo"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _builder(subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # A clock that is a little behind is no reason to refuse.
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=_DAYS))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=not signs_certificates,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
