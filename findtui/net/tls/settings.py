"""What is asked of TLS, and what a live connection has of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path


class Profile(Enum):
    """Secure transport connection profiles (PS3.15 annex B); the value is findscu's long option."""

    BCP195_RFC8996 = "--profile-8996"
    BCP195_RFC8996_MODIFIED = "--profile-8996-mod"
    BCP195_NON_DOWNGRADING = "--profile-bcp195-nd"
    BCP195 = "--profile-bcp195"
    BCP195_EXTENDED = "--profile-bcp195-ex"
    BASIC = "--profile-basic"
    AES = "--profile-aes"
    NULL = "--profile-null"


class Revocation(Enum):
    """How far certificates are looked up in revocation lists."""

    NONE = "none"
    LEAF = "leaf"
    CHAIN = "chain"


class Password(Enum):
    """Where the private key's password comes from, unless it is given as text."""

    ASK = "ask"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class TLSSettings:
    """Everything that can be said about TLS to one peer.

    Attributes:
        key_file, certificate_file: of this side; both or neither (`+tls`, `+tla`).
        password: of the key: asked for, empty, or the text itself. Never printed, logged or stored.
        der: whether all files are DER and not PEM.
        authority_files, authority_directories: trusted certificates.
        system_authorities: trust the system's store too.
        revocation_files: certificate revocation lists.
        revocation: what is checked against them.
        profile: versions and suites that are offered.
        extra_suites: IANA names added to the profile's, in the order in which they go on the wire.
        server_name: server name indication; None sends none.
        verify_peer: refuse a peer whose certificate does not verify.
        verify_hostname: the name that the peer's certificate must have; None does not look.
        fingerprint: SHA-256 of the peer's certificate as hex digits, when pinned; None does not look.
        seed_file, write_seed_file: for the random generator (`+rs`, `+ws`, `+wf`).
    """

    key_file: Path | None = None
    certificate_file: Path | None = None
    password: Password | str = Password.ASK
    der: bool = False
    authority_files: tuple[Path, ...] = ()
    authority_directories: tuple[Path, ...] = ()
    system_authorities: bool = False
    revocation_files: tuple[Path, ...] = ()
    revocation: Revocation = Revocation.NONE
    profile: Profile = Profile.BCP195_RFC8996
    extra_suites: tuple[str, ...] = ()
    server_name: str | None = None
    verify_peer: bool = True
    verify_hostname: str | None = None
    fingerprint: str | None = None
    seed_file: Path | None = None
    write_seed_file: Path | None = None

    def __repr__(self) -> str:
        return f"<TLSSettings {self.profile.value}>"


@dataclass(frozen=True, slots=True)
class PeerCertificate:
    """One certificate of the peer's chain, as far as people look at it.

    Attributes:
        subject, issuer: names as RFC 4514 writes them.
        not_before, not_after: ISO dates with time, UTC.
        fingerprint: SHA-256 as hex digits.
        der: the certificate itself.
    """

    subject: str
    issuer: str
    not_before: str
    not_after: str
    fingerprint: str
    der: bytes


@dataclass(frozen=True, slots=True)
class TLSSession:
    """What a live connection agreed on.

    Attributes:
        version: such as "TLSv1.3".
        suite: IANA name.
        chain: the peer's certificates, its own first.
        warnings: what the user should know of them, one sentence each.
    """

    version: str
    suite: str
    chain: tuple[PeerCertificate, ...] = ()
    warnings: tuple[str, ...] = ()
