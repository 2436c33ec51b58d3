"""What can be said about a peer, one declared row each.

The profile file, its checks, the form in the application and the table in the documentation are made from these
rows, and a test holds them beside the command line's own table of options.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Final

from findtui.dicom.models import MODELS, WORKLIST
from findtui.net.peer import IPVersion, Peer, Proposal, Timeouts
from findtui.net.tls.settings import Profile as TLSProfile
from findtui.net.tls.settings import Revocation, TLSSettings

Value = str | int | float | bool | tuple[str, ...]
"""What a field holds: as TOML writes it."""

NO_KEYS: Final = ("",)
"""Of a profile: its query has no key. Without any keys it has those that its model is opened with."""


class Kind(Enum):
    """How a field is written and asked for."""

    TEXT = "text"
    INTEGER = "integer"
    SECONDS = "seconds"
    SWITCH = "switch"
    CHOICE = "choice"
    FILE = "file"
    LIST = "list"
    FILES = "files"
    DIRECTORIES = "directories"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that can be said about a peer.

    Attributes:
        key: dotted name in the profile file.
        page: of the form it stands on.
        text: its label.
        kind: how it is written.
        default: where nothing is said; for SECONDS 0 is without end.
        help: one line.
        options: of findscu's command line that say the same, long forms.
        choices: words that may be chosen, each with its text.
        minimum, maximum: of a number, both allowed.
    """

    key: str
    page: str
    text: str
    kind: Kind
    default: Value
    help: str = ""
    options: tuple[str, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)
    minimum: float = 0
    maximum: float = 2**31 - 1

    def problem(self, value: object) -> str:
        """What is wrong with a value, in words; empty where nothing is."""
        match self.kind:
            case Kind.SWITCH:
                return "" if isinstance(value, bool) else "must be true or false"
            case Kind.INTEGER | Kind.SECONDS:
                return self._problem_of_number(value)
            case Kind.LIST | Kind.FILES | Kind.DIRECTORIES:
                fits = isinstance(value, list | tuple) and all(isinstance(part, str) for part in value)
                return "" if fits else "must be a list of texts"
        if not isinstance(value, str):
            return "must be a text"
        if self.kind is Kind.CHOICE and value not in self.choices:
            return f"must be one of {', '.join(self.choices)}"
        if self.key in AE_TITLES:
            return problem_of_ae_title(value)
        if self.key in REQUIRED and not value.strip():
            return "must not be empty"
        return ""

    def _problem_of_number(self, value: object) -> str:
        numbers = (int, float) if self.kind is Kind.SECONDS else (int,)
        if isinstance(value, bool) or not isinstance(value, numbers):
            return "must be a number" if self.kind is Kind.SECONDS else "must be a whole number"
        if not self.minimum <= value <= self.maximum:
            return f"must be between {self.minimum:g} and {self.maximum:.15g}"
        return ""


def problem_of_ae_title(value: str) -> str:
    """What is wrong with an application entity title (PS3.5 section 6.2, VR AE); empty where nothing is."""
    if not value.strip():
        return "must not be empty or blank"
    if len(value) > 16:
        return f"is {len(value)} characters long; an AE title has at most 16"
    wrong = next((character for character in value if not " " <= character <= "~" or character == "\\"), None)
    return f"must not contain {wrong!r}" if wrong is not None else ""


AE_TITLES: Final = ("calling_ae_title", "called_ae_title")
REQUIRED: Final = ("name", "host")

_PEER = Peer("", 104)
_TIMEOUTS = Timeouts()
_TLS = TLSSettings()

IP_VERSIONS: Final = {"ipv4": IPVersion.V4, "ipv6": IPVersion.V6, "auto": IPVersion.AUTO}
PROPOSALS: Final = {proposal.name.lower(): proposal for proposal in Proposal}
TLS_PROFILES: Final = {profile.name.lower().replace("_", "-"): profile for profile in TLSProfile}
REVOCATIONS: Final = {revocation.value: revocation for revocation in Revocation}

PEER, ASSOCIATION, TLS, QUERY = "Peer", "Association", "TLS", "Query"
PAGES: Final = (PEER, ASSOCIATION, TLS, QUERY)


def _seconds(key: str, text: str, default: float | None, help_text: str, option: str) -> Field:
    return Field(f"timeouts.{key}", ASSOCIATION, text, Kind.SECONDS, default or 0, help_text, (option,))


FIELDS: Final = (
    Field("name", PEER, "Name", Kind.TEXT, "", "how it is called here"),
    Field("host", PEER, "Host", Kind.TEXT, "", "name or address"),
    Field("port", PEER, "Port", Kind.INTEGER, 104, "of the DICOM service", minimum=1, maximum=65535),
    Field("called_ae_title", PEER, "Called AE title", Kind.TEXT, _PEER.called_ae_title, "the peer's name", ("--call",)),
    Field(
        "calling_ae_title",
        PEER,
        "Calling AE title",
        Kind.TEXT,
        _PEER.calling_ae_title,
        "the name under which you ask",
        ("--aetitle",),
    ),
    Field(
        "ip",
        PEER,
        "Internet protocol",
        Kind.CHOICE,
        "ipv4",
        "for looking up the host's name",
        tuple(version.value for version in IPVersion),
        {"ipv4": "IPv4", "ipv6": "IPv6", "auto": "whichever the name has"},
    ),
    Field(
        "transfer_syntaxes",
        ASSOCIATION,
        "Transfer syntaxes",
        Kind.CHOICE,
        "uncompressed",
        "proposed, in this order",
        tuple(proposal.value for proposal in Proposal),
        {
            "uncompressed": "explicit VR, then implicit",
            "little": "explicit little endian first",
            "big": "explicit big endian first",
            "deflated": "deflated first",
            "implicit": "implicit VR only",
        },
    ),
    Field(
        "compression_level",
        ASSOCIATION,
        "Compression level",
        Kind.INTEGER,
        _PEER.compression_level,
        "0 to 9, for what is sent deflated",
        ("--compression-level",),
        maximum=9,
    ),
    Field(
        "max_pdu",
        ASSOCIATION,
        "Longest PDU",
        Kind.INTEGER,
        _PEER.max_pdu,
        "in bytes, that is received",
        ("--max-pdu",),
        minimum=4096,
        maximum=131072,
    ),
    Field("abort", ASSOCIATION, "Abort at the end", Kind.SWITCH, False, "instead of a release", ("--abort",)),
    _seconds("connect", "Time to connect", _TIMEOUTS.connect, "seconds; 0 leaves it to the system", "--timeout"),
    _seconds("socket", "Time for the socket", _TIMEOUTS.socket, "seconds for one read; 0 no end", "--socket-timeout"),
    _seconds("acse", "Time to associate", _TIMEOUTS.acse, "seconds, also to release; 0 no end", "--acse-timeout"),
    _seconds("dimse", "Time for an answer", _TIMEOUTS.dimse, "seconds for a message; 0 no end", "--dimse-timeout"),
    _seconds("total", "Time for everything", _TIMEOUTS.total, "seconds for a whole run; 0 no end", "--total-timeout"),
    _seconds(
        "cancel_grace", "Time after a cancel", _TIMEOUTS.cancel_grace, "seconds before the abort", "--cancel-grace"
    ),
    Field(
        "tls.enabled",
        TLS,
        "Encrypt (TLS)",
        Kind.SWITCH,
        False,
        "what follows counts only then",
        ("--enable-tls", "--anonymous-tls", "--disable-tls"),
    ),
    Field(
        "tls.profile",
        TLS,
        "Security profile",
        Kind.CHOICE,
        "bcp195-rfc8996",
        "versions and suites that are offered",
        tuple(profile.value for profile in TLSProfile),
        {
            "bcp195-rfc8996": "BCP 195, RFC 8996 (recommended)",
            "bcp195-rfc8996-modified": "BCP 195, RFC 8996, modified",
            "bcp195-non-downgrading": "BCP 195, not downgrading (retired)",
            "bcp195": "BCP 195 (retired)",
            "bcp195-extended": "BCP 195, extended (retired)",
            "basic": "Basic (retired)",
            "aes": "AES (retired)",
            "null": "authenticated, not encrypted (retired)",
        },
    ),
    Field("tls.suites", TLS, "More cipher suites", Kind.LIST, (), "IANA names, by commas", ("--cipher",)),
    Field("tls.key", TLS, "Your private key", Kind.FILE, "", "for a peer that asks who you are", ("--enable-tls",)),
    Field("tls.certificate", TLS, "Your certificate", Kind.FILE, "", "belongs to the key", ("--enable-tls",)),
    Field(
        "tls.password",
        TLS,
        "The key's password",
        Kind.CHOICE,
        "ask",
        "never written to a file",
        ("--std-passwd", "--use-passwd", "--null-passwd"),
        {"ask": "ask when it is needed", "keyring": "keep in the system keyring", "empty": "is empty"},
    ),
    Field("tls.der", TLS, "Files are DER", Kind.SWITCH, False, "and not PEM", ("--pem-keys", "--der-keys")),
    Field("tls.authorities", TLS, "Trusted certificates", Kind.FILES, (), "files, by commas", ("--add-cert-file",)),
    Field(
        "tls.authority_directories", TLS, "Directories of them", Kind.DIRECTORIES, (), "by commas", ("--add-cert-dir",)
    ),
    Field("tls.system_authorities", TLS, "Trust the system's", Kind.SWITCH, False, "authorities too", ("--system-ca",)),
    Field("tls.revocation_files", TLS, "Revocation lists", Kind.FILES, (), "files, by commas", ("--add-crl-file",)),
    Field(
        "tls.revocation",
        TLS,
        "Check against them",
        Kind.CHOICE,
        "none",
        "whether it was revoked",
        ("--enable-crl-vfy", "--enable-crl-all"),
        {"none": "nothing", "leaf": "the peer's certificate", "chain": "its whole chain"},
    ),
    Field(
        "tls.verify_peer",
        TLS,
        "Verify the peer",
        Kind.SWITCH,
        True,
        "accept only certificates you trust",
        ("--require-peer-cert", "--ignore-peer-cert"),
    ),
    Field(
        "tls.verify_hostname",
        TLS,
        "Verify its name",
        Kind.SWITCH,
        True,
        "the certificate must be the host's",
        ("--verify-hostname",),
    ),
    Field("tls.hostname", TLS, "Name in it", Kind.TEXT, "", "where it is not the host's", ("--verify-hostname-as",)),
    Field(
        "tls.fingerprint",
        TLS,
        "Pinned fingerprint",
        Kind.TEXT,
        "",
        "SHA-256 of its certificate",
        ("--pin-fingerprint",),
    ),
    Field(
        "tls.server_name",
        TLS,
        "Server name sent",
        Kind.TEXT,
        "",
        "SNI; empty sends none",
        ("--request-sni", "--no-sni"),
    ),
    Field("tls.seed", TLS, "Random seed", Kind.FILE, "", "file read for the generator", ("--seed",)),
    Field(
        "tls.write_seed",
        TLS,
        "Write the seed to",
        Kind.FILE,
        "",
        "file written at the end",
        ("--write-seed", "--write-seed-file"),
    ),
    Field(
        "model",
        QUERY,
        "Information model",
        Kind.CHOICE,
        WORKLIST.id,
        "what is asked when the peer is opened",
        (*(model.option for model in MODELS.values() if model.option), "--model"),
        {model.id: model.name for model in MODELS.values()},
    ),
    Field("keys", QUERY, "Keys", Kind.LIST, (), "as findscu's -k writes them", ("--key",)),
    Field("files", QUERY, "Query files", Kind.FILES, (), "DICOM files under the keys, by commas"),
    Field(
        "character_set",
        QUERY,
        "Character set asked in",
        Kind.TEXT,
        "",
        "empty: UTF-8 where a key needs one",
        ("--charset",),
    ),
    Field(
        "fallback_character_set",
        QUERY,
        "Character set assumed",
        Kind.TEXT,
        "",
        "for answers that declare none",
        ("--fallback-charset",),
    ),
    Field(
        "new_vrs",
        QUERY,
        "VRs after 1993",
        Kind.SWITCH,
        True,
        "UN, UT and the like, else as OB",
        ("--enable-new-vr", "--disable-new-vr"),
    ),
    Field("repeat", QUERY, "Ask so many times", Kind.INTEGER, 1, "on one association", ("--repeat",), minimum=1),
    Field("cancel_after", QUERY, "Cancel after", Kind.INTEGER, 0, "responses; 0 never", ("--cancel",)),
)

BY_KEY: Final = {row.key: row for row in FIELDS}

SETTINGS: Final = {
    "--anonymous-tls": "yes",
    "--disable-tls": "no",
    "--der-keys": "yes",
    "--pem-keys": "no",
    "--null-passwd": "is empty",
    "--system-ca": "yes",
    "--require-peer-cert": "yes",
    "--ignore-peer-cert": "no",
    "--verify-hostname": "yes",
    "--no-sni": "empty",
    "--abort": "yes",
    "--enable-new-vr": "yes",
    "--disable-new-vr": "no",
}
"""What an option without a value of its own puts into its field, as the form says it."""


def expanded(text: str) -> Path:
    """A path as people write it, with `~` for a home directory; one that nobody has stays as it is."""
    return Path(os.path.expanduser(text))  # noqa: PTH111 - pathlib's raises where there is no such user


def default_path(text: str) -> Path | None:
    """A file field's value as a path; None where it is empty."""
    return expanded(text) if text else None
