"""What `--list-profiles` and `--list-ciphers` print behind their header."""

from __future__ import annotations

import ssl

from findtui.net.tls import library
from findtui.net.tls.settings import Profile
from findtui.net.tls.suites import OFFERS, SUITES


def can_offer(profile: Profile) -> bool:
    """Whether the TLS library can do all that a profile says."""
    offer = OFFERS[profile]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        library.offer_suites(context, offer.suites, offer.suites_1_3, offer.security_level, offer.strong_signatures)
        library.offer_versions(context, offer.oldest, offer.newest)
    except library.Unsupported:
        return False
    return True


def profiles() -> list[str]:
    """The profiles that can be offered, one a line."""
    return [_line(profile) for profile in OFFERS if can_offer(profile)]


def _line(profile: Profile) -> str:
    offer = OFFERS[profile]
    remark = " (retired)" if offer.retired else " (default)" if profile is Profile.BCP195_RFC8996 else ""
    return f"- {offer.title}{remark}"


def ciphers() -> list[str]:
    """The ciphersuites that `--cipher` can add, one a line."""
    return [f"  {suite}" for suite in SUITES if suite in library.available_suites()]
