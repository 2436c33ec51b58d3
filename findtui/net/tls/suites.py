"""Ciphersuites and what the profiles of PS3.15 annex B offer of them.

Names are IANA's. What a suite is made of is read from its name, as TLS 1.2 and older versions build them:
`TLS_<key exchange>_WITH_<cipher>_<hash>`.
"""

from __future__ import annotations

from dataclasses import dataclass
from ssl import TLSVersion
from typing import Final

from findtui.net.tls.settings import Profile

NULL_SUITE: Final = "TLS_RSA_WITH_NULL_SHA"
TRIPLE_DES_SUITE: Final = "TLS_RSA_WITH_3DES_EDE_CBC_SHA"
_AES_128_CBC: Final = "TLS_RSA_WITH_AES_128_CBC_SHA"

SUITES: Final = (
    NULL_SUITE,
    TRIPLE_DES_SUITE,
    _AES_128_CBC,
    "TLS_RSA_WITH_CAMELLIA_128_CBC_SHA",
    "TLS_RSA_WITH_AES_128_CBC_SHA256",
    "TLS_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDH_RSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA256",
    "TLS_ECDH_RSA_WITH_AES_128_CBC_SHA256",
    "TLS_ECDH_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDH_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_RSA_WITH_CAMELLIA_256_CBC_SHA",
    "TLS_RSA_WITH_AES_256_CBC_SHA",
    "TLS_RSA_WITH_AES_256_CBC_SHA256",
    "TLS_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDH_ECDSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDH_RSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDH_ECDSA_WITH_AES_256_CBC_SHA384",
    "TLS_ECDH_RSA_WITH_AES_256_CBC_SHA384",
    "TLS_ECDH_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDH_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_DHE_DSS_WITH_AES_128_CBC_SHA",
    "TLS_DHE_DSS_WITH_CAMELLIA_128_CBC_SHA",
    "TLS_DHE_RSA_WITH_AES_128_CBC_SHA",
    "TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA",
    "TLS_DHE_DSS_WITH_AES_128_CBC_SHA256",
    "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256",
    "TLS_DHE_DSS_WITH_AES_128_GCM_SHA256",
    "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CCM",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_DHE_DSS_WITH_AES_256_CBC_SHA",
    "TLS_DHE_RSA_WITH_AES_256_CBC_SHA",
    "TLS_DHE_DSS_WITH_CAMELLIA_256_CBC_SHA",
    "TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA",
    "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_DHE_DSS_WITH_AES_256_CBC_SHA256",
    "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256",
    "TLS_DHE_DSS_WITH_AES_256_GCM_SHA384",
    "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CCM",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
)
"""The suites of TLS 1.2 and older that `--cipher` knows, from weak to strong, as findscu lists them."""

_TLS_1_3: Final = ("TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256")
_DOWNGRADE_SAFE: Final = (
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",
)


@dataclass(frozen=True, slots=True)
class Offer:
    """What a profile says in the ClientHello.

    Attributes:
        title: the profile's name.
        retired: whether DICOM has withdrawn the profile.
        oldest, newest: versions of TLS.
        suites: for TLS 1.2 and older, in the order of the wire.
        suites_1_3: for TLS 1.3, in the order of the wire; empty where the profile ends before.
        optional: offered behind the others where the library has them.
        security_level: OpenSSL's. 0 leaves every judgement to the profile's own rules. 1 also keeps SHA-1 out of
            signatures, which RFC 9325 forbids.
        strong_signatures: whether signatures with less than SHA-256 are kept out of the handshake by a list of our own.
    """

    title: str
    retired: bool
    oldest: TLSVersion
    newest: TLSVersion
    suites: tuple[str, ...]
    suites_1_3: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    security_level: int = 0
    strong_signatures: bool = False


OFFERS: Final = {
    Profile.BCP195_RFC8996: Offer(
        "BCP 195 RFC 8996 TLS Profile",
        False,
        TLSVersion.TLSv1_2,
        TLSVersion.TLSv1_3,
        (
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        ),
        _TLS_1_3,
        security_level=1,
    ),
    Profile.BCP195_RFC8996_MODIFIED: Offer(
        "Modified BCP 195 RFC 8996 TLS Profile",
        False,
        TLSVersion.TLSv1_2,
        TLSVersion.TLSv1_3,
        (
            "TLS_ECDHE_ECDSA_WITH_AES_128_CCM",
            "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_CCM",
            "TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        ),
        (*_TLS_1_3, "TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_8_SHA256"),
        # Newer OpenSSL counts CCM_8 as 64 bits, which no other level lets through.
        security_level=0,
        strong_signatures=True,
    ),
    Profile.BCP195_NON_DOWNGRADING: Offer(
        "Non-downgrading BCP 195 TLS Profile",
        True,
        TLSVersion.TLSv1_2,
        TLSVersion.TLSv1_3,
        _DOWNGRADE_SAFE,
        _TLS_1_3,
    ),
    Profile.BCP195: Offer(
        "BCP 195 TLS Profile",
        True,
        TLSVersion.TLSv1,
        TLSVersion.TLSv1_3,
        (*_DOWNGRADE_SAFE, _AES_128_CBC),
        _TLS_1_3,
        optional=(TRIPLE_DES_SUITE,),
    ),
    Profile.BCP195_EXTENDED: Offer(
        "Extended BCP 195 TLS Profile",
        True,
        TLSVersion.TLSv1_2,
        TLSVersion.TLSv1_2,
        (
            *_DOWNGRADE_SAFE,
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        ),
    ),
    Profile.BASIC: Offer(
        "Basic TLS Secure Transport Connection Profile",
        True,
        TLSVersion.TLSv1,
        TLSVersion.TLSv1_2,
        (TRIPLE_DES_SUITE,),
    ),
    Profile.AES: Offer(
        "AES TLS Secure Transport Connection Profile",
        True,
        TLSVersion.TLSv1,
        TLSVersion.TLSv1_2,
        (_AES_128_CBC,),
        optional=(TRIPLE_DES_SUITE,),
    ),
    Profile.NULL: Offer(
        "Authenticated unencrypted communication",
        True,
        TLSVersion.TLSv1,
        TLSVersion.TLSv1_2,
        (NULL_SUITE,),
    ),
}
"""Every profile, in the order in which findscu lists them."""


def key_exchange(suite: str) -> str:
    """Such as "RSA" or "ECDHE_ECDSA"."""
    return suite.removeprefix("TLS_").partition("_WITH_")[0]


def is_unencrypted(suite: str) -> bool:
    """Whether what it carries can be read by everybody on the way."""
    return "_WITH_NULL_" in suite


def has_sha1_mac(suite: str) -> bool:
    """Whether messages are authenticated with SHA-1."""
    return suite.endswith("_SHA")


_ABBREVIATIONS: Final = (
    ("CHACHA20_POLY1305_SHA256", "CHACHA20_POLY1305"),
    ("3DES_EDE_CBC_SHA", "DES_CBC3_SHA"),
    ("_CBC_SHA", "_SHA"),
    ("AES_", "AES"),
    ("CAMELLIA_", "CAMELLIA"),
    ("CCM_8", "CCM8"),
    ("_", "-"),
)


def openssl_name(suite: str) -> str:
    """What OpenSSL calls a suite of TLS 1.2 or older, such as "ECDHE-RSA-AES128-GCM-SHA256"."""
    exchange, _, name = suite.removeprefix("TLS_").partition("_WITH_")
    if exchange != "RSA":
        name = f"{exchange}_{name}"
    for long, short in _ABBREVIATIONS:
        name = name.replace(long, short)
    return name


_BY_OPENSSL_NAME: Final = {openssl_name(suite): suite for suite in SUITES}


def iana_name(openssl: str) -> str:
    """The IANA name of what OpenSSL calls so; TLS 1.3 suites have one name only."""
    return _BY_OPENSSL_NAME.get(openssl, openssl)
