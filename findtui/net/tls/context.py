"""From what is asked of TLS to a context that offers and demands just that, before anybody is connected to."""

from __future__ import annotations

import ipaddress
import re
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from findtui.dicom.visible import visible
from findtui.errors import TLSSetupError
from findtui.net.tls import files, identity, library, rules, seed
from findtui.net.tls.identity import Identity, ask_on_terminal
from findtui.net.tls.settings import Profile, Revocation, TLSSettings
from findtui.net.tls.suites import OFFERS, SUITES

if TYPE_CHECKING:
    from findtui.net.peer import Peer

_UNTRUSTED = "Association Request Failed: 000b:0886 TLS error: certificate verify failed"


@dataclass(frozen=True, slots=True)
class PreparedContext:
    """All that a connection needs, and nothing that can still be missing.

    Attributes:
        context: with profile, key, certificates and authorities.
        settings: from which it was made.
        verifies: whether the peer's certificate is checked against authorities.
        warnings: what the user should know, one sentence each.
    """

    context: ssl.SSLContext
    settings: TLSSettings
    verifies: bool
    warnings: tuple[str, ...]


def prepare(settings: TLSSettings, peer: Peer, ask: Callable[[str], str] = ask_on_terminal) -> PreparedContext:
    """Find out whether everything that is asked for can be had, before anything is sent.

    Args:
        settings: what is asked for.
        peer: with whom TLS will be spoken; it is only named.
        ask: gives the key's password; called with a prompt, and only where the key is encrypted and the settings say
            that it is asked for.

    Raises:
        TLSSetupError: something cannot be had.
    """
    warnings: list[str] = []
    _check_fingerprint(settings)
    if settings.seed_file is not None:
        seed.use(settings.seed_file)
    if settings.write_seed_file is not None:
        seed.write(settings.write_seed_file)
    own = identity.read(settings)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    # Whom a session was made with is judged once.
    context.options |= ssl.OP_NO_RENEGOTIATION
    _offer(context, settings, own, warnings)
    verifies = _trust(context, settings, peer, warnings)
    _check_server_name(context, settings.server_name)
    context.verify_mode = ssl.CERT_REQUIRED if verifies else ssl.CERT_NONE
    if own is not None:
        # Last, as it may ask for a password.
        identity.load(context, own, settings, ask)
        warnings += own.warnings
    warnings += _what_is_given_up(settings, peer)
    return PreparedContext(context, settings, verifies, tuple(warnings))


def _check_fingerprint(settings: TLSSettings) -> None:
    pin = settings.fingerprint
    if pin is not None and not re.fullmatch("[0-9a-fA-F]{64}", pin.replace(":", "")):
        raise TLSSetupError(
            f"the pinned fingerprint {pin} is no SHA-256: that has 64 hexadecimal digits",
            remedy="`openssl x509 -noout -fingerprint -sha256` prints it",
        )


def _offer(context: ssl.SSLContext, settings: TLSSettings, own: Identity | None, warnings: list[str]) -> None:
    offer = OFFERS[settings.profile]
    extra = [suite for suite in settings.extra_suites if _take(suite, settings.profile, warnings)]
    optional = [suite for suite in offer.optional if suite in library.available_suites()]
    # TLS 1.3 knows no DSA: with such a certificate it could only be agreed on and then fail.
    dsa = own is not None and own.is_dsa
    newest = min(offer.newest, ssl.TLSVersion.TLSv1_2) if dsa else offer.newest
    try:
        library.offer_versions(context, offer.oldest, newest)
        library.offer_suites(
            context,
            (*offer.suites, *optional, *extra),
            () if dsa else offer.suites_1_3,
            offer.security_level,
            offer.strong_signatures,
        )
    except library.Unsupported as error:
        raise TLSSetupError(
            f'the profile "{offer.title}" cannot be offered: {ssl.OPENSSL_VERSION} under this Python has no {error}',
            remedy=f"Choose another profile, such as {Profile.BCP195_RFC8996.value}",
        ) from error
    context.set_alpn_protocols(["dicom"])


def _take(suite: str, profile: Profile, warnings: list[str]) -> bool:
    if suite not in SUITES or suite not in library.available_suites():
        what = "is not known" if suite not in SUITES else f"is not in {ssl.OPENSSL_VERSION} under this Python"
        raise TLSSetupError(
            f"the ciphersuite {suite} {what}",
            remedy="--list-ciphers lists those that can be added; those of TLS 1.3 come with the profile",
            dcmtk=f"F: 000b:0003 Unknown or invalid ciphersuite: {visible(suite)}",
        )
    try:
        warnings += rules.judge_suite(suite, profile)
    except rules.Forbidden as error:
        raise TLSSetupError(
            f"the ciphersuite {suite} cannot be added: {error}",
            remedy="Leave it out, or choose another profile",
            dcmtk="F: 000b:000a Ciphersuite not allowed in current DICOM security profile",
        ) from error
    return True


def _trust(context: ssl.SSLContext, settings: TLSSettings, peer: Peer, warnings: list[str]) -> bool:
    """Give the context its authorities; whether the peer is checked against them."""
    trust = files.Trust()
    for path in settings.authority_files:
        files.add_authority_file(trust, path, settings.der)
    for path in settings.authority_directories:
        files.add_authority_directory(trust, path, settings.der)
    for path in settings.revocation_files:
        files.add_revocation_file(trust, path, settings.der)
    try:
        files.load_trust(context, trust)
    except OSError as error:
        raise TLSSetupError(f"the trusted certificates cannot be loaded: {error}") from error
    if settings.system_authorities:
        _load_system_store(context)
    checks_revocation = _check_revocation(context, settings, bool(trust.revocation_lists))
    warnings += trust.remarks
    has_authorities = bool(trust.authorities) or settings.system_authorities
    # A pinned certificate needs no authority; but who has revoked it, only an authority's list can tell.
    if settings.verify_peer and not has_authorities and (settings.fingerprint is None or checks_revocation):
        raise TLSSetupError(
            f"no certificate of {peer} could be trusted: no authority was given",
            remedy="Add its authority with --add-cert-file or --add-cert-dir, trust the system's with --system-ca, "
            "pin its certificate with --pin-fingerprint, or give up checking with --ignore-peer-cert",
            dcmtk=_UNTRUSTED,
            dcmtk_exit_status=2,
        )
    return settings.verify_peer and has_authorities


def _load_system_store(context: ssl.SSLContext) -> None:
    paths = ssl.get_default_verify_paths()
    directory = Path(paths.capath) if paths.capath else None
    if not paths.cafile and not (directory and any(directory.iterdir())):
        raise TLSSetupError(
            "this system has no store of trusted certificates that its TLS library knows of",
            remedy=f"Install it (ca-certificates), or name it in {paths.openssl_cafile_env} or "
            f"{paths.openssl_capath_env}",
        )
    context.load_default_certs()


def _check_revocation(context: ssl.SSLContext, settings: TLSSettings, has_lists: bool) -> bool:
    """Make the context look certificates up in revocation lists; whether that was asked for."""
    how = settings.revocation
    if how is Revocation.NONE and settings.revocation_files:
        how = Revocation.LEAF
    if how is Revocation.NONE:
        return False
    if not has_lists:
        raise TLSSetupError(
            "revocation is to be checked, and no revocation list was given",
            remedy="Add the authority's list with --add-crl-file",
            dcmtk=_UNTRUSTED,
            dcmtk_exit_status=2,
        )
    flag = ssl.VERIFY_CRL_CHECK_LEAF if how is Revocation.LEAF else ssl.VERIFY_CRL_CHECK_CHAIN
    context.verify_flags |= flag
    return True


def _check_server_name(context: ssl.SSLContext, name: str | None) -> None:
    if name is None:
        return
    problem = ""
    try:
        ipaddress.ip_address(name)
        problem = "is an address, and server name indication carries names only (RFC 6066 section 3)"
    except ValueError:
        try:
            context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname=name)
        except (ssl.SSLError, ValueError):
            problem = "is no host name"
    if problem:
        raise TLSSetupError(
            f"the server name {name!r} {problem}", remedy="Give a host name with --request-sni, or say --no-sni"
        )


def _what_is_given_up(settings: TLSSettings, peer: Peer) -> Iterator[str]:
    if not settings.verify_peer and settings.fingerprint is None:
        yield (
            f"the certificate of {peer} is not verified: neither authority, dates, revocation nor name are looked at, "
            "and whoever sits on the way can read and change everything"
        )
    elif not settings.verify_peer:
        yield f"the certificate of {peer} is only compared with the pinned one: its dates and name are not looked at"
    if settings.profile is Profile.NULL:
        yield f"nothing sent to {peer} is encrypted: whoever sits on the way can read everything"
