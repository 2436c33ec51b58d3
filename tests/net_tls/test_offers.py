"""What the ClientHello offers: versions, suites in their order, server name, protocol."""

from __future__ import annotations

import ssl
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from findtui.errors import TLSHandshakeFailed, TLSSetupError
from findtui.net.tls import library, listing
from findtui.net.tls.settings import Profile, TLSSettings
from findtui.net.tls.suites import OFFERS, SUITES, iana_name, openssl_name
from tests.net_tls.peers import ClientHello, connected, findscu, listening, parse_hello, read_record, ready

TLS_1_3 = (0x1302, 0x1303, 0x1301)
OLD = (0x0303, 0x0302, 0x0301)
OFFERED = {
    Profile.BCP195_RFC8996: ((0x0304, 0x0303), (*TLS_1_3, 0xC02F, 0xC02B, 0xC030, 0xC02C)),
    Profile.BCP195_RFC8996_MODIFIED: (
        (0x0304, 0x0303),
        (*TLS_1_3, 0x1304, 0x1305, 0xC0AC, 0xC0AE, 0xC02F, 0xC02B, 0xCCA8, 0xCCA9, 0xC0AD, 0xC0AF, 0xC030, 0xC02C),
    ),
    Profile.BCP195_NON_DOWNGRADING: ((0x0304, 0x0303), (*TLS_1_3, 0xC02F, 0x009E, 0xC030, 0x009F)),
    Profile.BCP195: ((0x0304, *OLD), (*TLS_1_3, 0xC02F, 0x009E, 0xC030, 0x009F, 0x002F)),
    # Without TLS 1.3 only the newest version is named; older ones are implied.
    Profile.BCP195_EXTENDED: ((0x0303,), (0xC02F, 0x009E, 0xC030, 0x009F, 0xC02C, 0xC02B)),
    Profile.AES: ((0x0303,), (0x002F,)),
    Profile.NULL: ((0x0303,), (0x0002,)),
}
"""Versions and suites by number (IANA's TLS parameters), 3DES left out."""
TRIPLE_DES = 0x000A

ANYBODY = TLSSettings(verify_peer=False)


def hello(settings: TLSSettings) -> ClientHello:
    """What a listener gets that never answers."""
    records: list[bytes] = []
    with (
        listening(lambda connection: records.append(read_record(connection))) as port,
        pytest.raises(TLSHandshakeFailed, match="closed the connection"),
        connected(port, settings),
    ):
        raise AssertionError("nobody answers")
    return parse_hello(records[0])


@pytest.mark.parametrize("profile", OFFERED)
def test_a_profile_offers_what_it_lists_and_in_that_order(profile: Profile) -> None:
    versions, suites = OFFERED[profile]

    came = hello(replace(ANYBODY, profile=profile))

    assert came.versions == versions
    assert tuple(suite for suite in came.suites if suite != TRIPLE_DES) == suites
    assert (TRIPLE_DES in came.suites) == (
        profile in (Profile.AES, Profile.BCP195) and "TLS_RSA_WITH_3DES_EDE_CBC_SHA" in library.available_suites()
    )
    assert came.server_name is None
    assert came.protocols == ("dicom",)


@pytest.mark.parametrize("profile", [Profile.BCP195_RFC8996, Profile.BCP195_RFC8996_MODIFIED])
def test_the_current_profiles_keep_sha1_out_of_signatures(profile: Profile) -> None:
    algorithms = hello(replace(ANYBODY, profile=profile)).signature_algorithms

    assert algorithms
    assert not [algorithm for algorithm in algorithms if algorithm >> 8 in (1, 2)]


def test_the_oldest_version_of_a_profile_is_the_oldest_that_is_taken() -> None:
    for profile, offer in OFFERS.items():
        if profile is not Profile.BASIC or listing.can_offer(profile):
            context = ready(replace(ANYBODY, profile=profile)).context
            assert (context.minimum_version, context.maximum_version) == (offer.oldest, offer.newest)


def test_a_profile_that_the_library_lacks_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    have = library.available_suites() - {"TLS_RSA_WITH_3DES_EDE_CBC_SHA"}
    monkeypatch.setattr(library, "available_suites", lambda: have)

    with pytest.raises(TLSSetupError, match=r"Basic TLS.*TLS_RSA_WITH_3DES_EDE_CBC_SHA") as raised:
        ready(replace(ANYBODY, profile=Profile.BASIC))

    assert "--profile-8996" in raised.value.remedy
    assert not any("Basic" in line for line in listing.profiles())


def test_without_a_way_to_the_suites_of_tls_1_3_the_modified_profile_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(library, "_KNOWN_LAYOUT", ((3, 1), (3, 1)))
    monkeypatch.delattr(ssl.SSLContext, "set_ciphersuites", raising=False)

    with pytest.raises(TLSSetupError, match="Modified BCP 195"):
        ready(replace(ANYBODY, profile=Profile.BCP195_RFC8996_MODIFIED))

    assert not any("Modified" in line for line in listing.profiles())
    assert ready(ANYBODY).context.get_ciphers()


def test_what_the_system_takes_away_is_not_silently_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssl.SSLContext, "get_ciphers", lambda context: [])

    with pytest.raises(TLSSetupError, match="in their order"):
        ready(ANYBODY)


def test_added_suites_come_behind_those_of_the_profile_in_their_order() -> None:
    added = ("TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256")

    prepared = ready(replace(ANYBODY, extra_suites=added))

    assert hello(prepared.settings).suites == (*OFFERED[Profile.BCP195_RFC8996][1], 0x009F, 0x009E)
    assert sum("Diffie-Hellman" in warning for warning in prepared.warnings) == 2


def test_a_suite_of_the_profile_that_is_added_again_stays_where_it_is() -> None:
    again = replace(ANYBODY, extra_suites=("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",))

    assert hello(again).suites == OFFERED[Profile.BCP195_RFC8996][1]


@pytest.mark.parametrize(
    ("profile", "suite", "words"),
    [
        (Profile.BCP195_RFC8996, "TLS_RSA_WITH_NULL_SHA", "does not encrypt"),
        (Profile.BCP195_RFC8996, "TLS_RSA_WITH_AES_128_CBC_SHA", "SHA-1"),
        (Profile.BCP195_RFC8996_MODIFIED, "TLS_RSA_WITH_AES_128_GCM_SHA256", "no further"),
        (Profile.BCP195_EXTENDED, "TLS_RSA_WITH_AES_128_GCM_SHA256", "no further"),
        (Profile.AES, "TLS_RSA_WITH_NULL_SHA", "does not encrypt"),
    ],
)
def test_a_profile_says_which_suites_it_does_not_take(profile: Profile, suite: str, words: str) -> None:
    with pytest.raises(TLSSetupError, match=words) as raised:
        ready(replace(ANYBODY, profile=profile, extra_suites=(suite,)))

    assert raised.value.dcmtk == "F: 000b:000a Ciphersuite not allowed in current DICOM security profile"


@pytest.mark.parametrize(
    ("profile", "suite", "words"),
    [
        (Profile.BCP195_RFC8996, "TLS_RSA_WITH_AES_128_CBC_SHA256", ("forward secrecy", "CBC")),
        (Profile.BCP195_NON_DOWNGRADING, "TLS_RSA_WITH_AES_128_CBC_SHA256", ("forward secrecy",)),
        (Profile.NULL, "TLS_RSA_WITH_AES_128_CBC_SHA", ("is encrypted",)),
    ],
)
def test_a_doubtful_suite_is_taken_with_a_warning(profile: Profile, suite: str, words: tuple[str, ...]) -> None:
    warnings = ready(replace(ANYBODY, profile=profile, extra_suites=(suite,))).warnings

    assert all(any(word in warning for warning in warnings) for word in words)


@pytest.mark.parametrize("suite", ["TLS_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "nope", ""])
def test_unknown_suites_are_refused(suite: str) -> None:
    with pytest.raises(TLSSetupError, match="not known") as raised:
        ready(replace(ANYBODY, extra_suites=(suite,)))

    assert raised.value.dcmtk == f"F: 000b:0003 Unknown or invalid ciphersuite: {suite}"


def test_a_suite_that_the_library_lacks_is_refused() -> None:
    lacking = [suite for suite in SUITES if suite not in library.available_suites()]
    assert lacking, "static ECDH has left OpenSSL long ago"

    with pytest.raises(TLSSetupError, match="OpenSSL"):
        ready(replace(ANYBODY, extra_suites=(lacking[-1],)))


def test_the_server_name_is_asked_for_where_the_user_asks_for_it() -> None:
    assert hello(replace(ANYBODY, server_name="pacs.example")).server_name == "pacs.example"


def test_the_name_to_verify_is_not_sent(trusted: Path) -> None:
    settings = TLSSettings(authority_files=(trusted,), verify_hostname="pacs.example")

    assert hello(settings).server_name is None


@pytest.mark.parametrize("name", ["192.0.2.1", "::1", "", ".pacs", "p" * 300])
def test_what_cannot_go_out_as_a_server_name_is_refused(name: str) -> None:
    with pytest.raises(TLSSetupError, match="server name"):
        ready(replace(ANYBODY, server_name=name))


def test_every_suite_of_openssl_goes_by_one_name_only() -> None:
    assert len({openssl_name(suite) for suite in SUITES}) == len(SUITES)
    assert all(iana_name(openssl_name(suite)) == suite for suite in SUITES)
    assert iana_name("TLS_AES_128_GCM_SHA256") == "TLS_AES_128_GCM_SHA256"


def test_the_default_profile_is_listed_first() -> None:
    lines = listing.profiles()

    assert lines[0] == "- BCP 195 RFC 8996 TLS Profile (default)"
    assert "- Modified BCP 195 RFC 8996 TLS Profile" in lines
    assert all(line.endswith(" (retired)") for line in lines[2:])


@pytest.mark.interop
def test_findscu_lists_the_same_suites() -> None:
    printed = subprocess.run([findscu(), "+cc"], capture_output=True, text=True, check=True).stdout
    theirs = [line for line in printed.splitlines() if line.startswith("  TLS_")]

    # Which suites there are depends on the two TLS libraries, and their order on DCMTK's release; the names do not.
    assert len(theirs) > 20
    assert set(theirs) <= {f"  {suite}" for suite in SUITES}
    assert set(listing.ciphers()) <= {f"  {suite}" for suite in SUITES}


@pytest.mark.interop
@pytest.mark.parametrize(
    ("profile", "option"),
    [
        (Profile.BCP195_NON_DOWNGRADING, "+py"),
        (Profile.BCP195, "+px"),
        (Profile.BCP195_EXTENDED, "+pz"),
        (Profile.AES, "+pa"),
        (Profile.NULL, "+pn"),
    ],
)
def test_findscu_offers_the_same(profile: Profile, option: str) -> None:
    records: list[bytes] = []
    with listening(lambda connection: records.append(read_record(connection))) as port:
        command = [findscu(), "+tla", option, "-ic", "-ta", "5", "-k", "0010,0010", "127.0.0.1", str(port)]
        subprocess.run(command, capture_output=True, check=False, timeout=60)
    theirs, ours = parse_hello(records[0]), hello(replace(ANYBODY, profile=profile))

    assert (ours.suites, ours.versions, ours.server_name) == (theirs.suites, theirs.versions, theirs.server_name)
