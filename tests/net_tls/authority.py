"""Certification authorities made on the fly, for tests. Keys are elliptic ones unless a test asks for others."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.x509.oid import NameOID

PEM = serialization.Encoding.PEM
DER = serialization.Encoding.DER
PKCS8 = serialization.PrivateFormat.PKCS8
TRADITIONAL = serialization.PrivateFormat.TraditionalOpenSSL

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | dsa.DSAPrivateKey


@dataclass(frozen=True)
class Identity:
    """A certificate with its key, and the authorities between it and a root."""

    certificate: x509.Certificate
    key: Key
    between: tuple[x509.Certificate, ...] = ()

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(DER)

    @property
    def pem(self) -> bytes:
        return b"".join(one.public_bytes(PEM) for one in (self.certificate, *self.between))

    def key_bytes(
        self,
        password: bytes | None = None,
        encoding: serialization.Encoding = PEM,
        form: serialization.PrivateFormat = PKCS8,
    ) -> bytes:
        encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
        return self.key.private_bytes(encoding, form, encryption)

    def write(self, directory: Path, name: str) -> tuple[Path, Path]:
        """Key and certificate in PEM files."""
        key, certificate = directory / f"{name}.key", directory / f"{name}.pem"
        key.write_bytes(self.key_bytes())
        certificate.write_bytes(self.pem)
        return key, certificate


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


@dataclass
class Authority:
    """A root, or an authority below another one."""

    name: str = "Test Root"
    above: Authority | None = None
    key: Key = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def __post_init__(self) -> None:
        self.certificate = (self.above or self)._sign(self.name, self.key, 0, -10, 3650)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(PEM)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(DER)

    def _sign(
        self, name: str, key: Key, path_length: int | None, starts: float, ends: float, names: tuple[str, ...] = ()
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        is_authority = path_length is not None
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(_name(self.name))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + timedelta(days=starts))
            .not_valid_after(now + timedelta(days=ends))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        )
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(list(map(_general, names))), critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def issue(
        self,
        name: str = "peer",
        *,
        key: Key | None = None,
        starts: float = -5,
        ends: float = 365,
        names: tuple[str, ...] = ("localhost", "127.0.0.1"),
    ) -> Identity:
        """A certificate for somebody.

        Args:
            name: its common name.
            key: made here where it is left out.
            starts, ends: days from now.
            names: subject alternative names; addresses become such.
        """
        key = key or ec.generate_private_key(ec.SECP256R1())
        between = (self.certificate,) if self.above else ()
        return Identity(self._sign(name, key, None, starts, ends, names), key, between)

    def revoke(
        self, *revoked: x509.Certificate, starts: float = -5, ends: float = 30
    ) -> x509.CertificateRevocationList:
        """A revocation list of this authority."""
        now = datetime.now(UTC)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(_name(self.name))
            .last_update(now + timedelta(days=starts))
            .next_update(now + timedelta(days=ends))
        )
        for certificate in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(certificate.serial_number).revocation_date(now)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self.key, hashes.SHA256())
