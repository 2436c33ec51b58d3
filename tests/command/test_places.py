"""Every option that concerns a query or a peer has its place in the application, both ways."""

from __future__ import annotations

import shlex
from dataclasses import replace

import pytest

from findtui.command.command_line import from_command_line, to_words
from findtui.command.option import Option
from findtui.command.options import BY_NAME, every_option
from findtui.dicom.models import MODELS
from findtui.net.tls.settings import Password
from findtui.store.fields import FIELDS, PAGES, Value
from findtui.store.profiles import Profile
from findtui.tui.deeds.opening import asking
from findtui.tui.question import Question

CONCERNED = [
    option for option in every_option() if option.concerns in ("query", "peer", "tls") and not option.exclusive
]
TLS: dict[str, Value] = {"tls.enabled": True, "tls.authorities": ("/etc/ca.pem",)}
OWN: dict[str, Value] = TLS | {"tls.key": "/etc/key.pem", "tls.certificate": "/etc/certificate.pem"}
PLACES: dict[str, dict[str, Value]] = {
    "--key": {"keys": ("PatientName=M*", "RequestedProcedureCodeSequence[1].CodeValue=a\\b'c\"d")},
    "--worklist": {"model": "worklist"},
    "--patient": {"model": "patient"},
    "--study": {"model": "study"},
    "--psonly": {"model": "psonly"},
    "--model": {"model": "ups-pull"},
    "--ipv4": {"ip": "ipv4"},
    "--ipv6": {"ip": "ipv6"},
    "--ip-auto": {"ip": "auto"},
    "--aetitle": {"calling_ae_title": "CT 1"},
    "--call": {"called_ae_title": "-PACS"},
    "--enable-new-vr": {"new_vrs": True},
    "--disable-new-vr": {"new_vrs": False},
    "--propose-uncompr": {"transfer_syntaxes": "uncompressed"},
    "--propose-little": {"transfer_syntaxes": "little"},
    "--propose-big": {"transfer_syntaxes": "big"},
    "--propose-deflated": {"transfer_syntaxes": "deflated"},
    "--propose-implicit": {"transfer_syntaxes": "implicit"},
    "--compression-level": {"transfer_syntaxes": "deflated", "compression_level": 0},
    "--timeout": {"timeouts.connect": 100_000},
    "--socket-timeout": {"timeouts.socket": 0},
    "--acse-timeout": {"timeouts.acse": 7},
    "--dimse-timeout": {"timeouts.dimse": 2**31 - 1},
    "--total-timeout": {"timeouts.total": 90},
    "--cancel-grace": {"timeouts.cancel_grace": 0},
    "--max-pdu": {"max_pdu": 131072},
    "--repeat": {"repeat": 3},
    "--abort": {"abort": True},
    "--cancel": {"cancel_after": 5},
    "--charset": {"character_set": "ISO 2022 IR 6\\ISO 2022 IR 87"},
    "--disable-tls": {"tls.enabled": False},
    "--enable-tls": OWN,
    "--anonymous-tls": TLS,
    "--std-passwd": OWN | {"tls.password": "ask"},
    "--use-passwd": OWN | {"tls.password": "ask"},
    "--null-passwd": OWN | {"tls.password": "empty"},
    "--pem-keys": OWN | {"tls.der": False},
    "--der-keys": OWN | {"tls.der": True},
    "--add-cert-file": TLS | {"tls.authorities": ("/etc/a.pem", "/etc/b c.pem")},
    "--add-cert-dir": TLS | {"tls.authority_directories": ("/etc/a", "/etc/b")},
    "--add-crl-file": TLS | {"tls.revocation_files": ("/etc/a.crl", "/etc/b.crl"), "tls.revocation": "leaf"},
    "--enable-crl-vfy": TLS | {"tls.revocation": "leaf"},
    "--enable-crl-all": TLS | {"tls.revocation": "chain"},
    "--profile-8996": TLS | {"tls.profile": "bcp195-rfc8996"},
    "--profile-8996-mod": TLS | {"tls.profile": "bcp195-rfc8996-modified"},
    "--profile-bcp195-nd": TLS | {"tls.profile": "bcp195-non-downgrading"},
    "--profile-bcp195": TLS | {"tls.profile": "bcp195"},
    "--profile-bcp195-ex": TLS | {"tls.profile": "bcp195-extended"},
    "--profile-basic": TLS | {"tls.profile": "basic"},
    "--profile-aes": TLS | {"tls.profile": "aes"},
    "--profile-null": TLS | {"tls.profile": "null"},
    "--cipher": TLS | {"tls.suites": ("TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_RSA_WITH_AES_256_CBC_SHA")},
    "--no-sni": TLS | {"tls.server_name": ""},
    "--request-sni": TLS | {"tls.server_name": "pacs.example"},
    "--seed": TLS | {"tls.seed": "/etc/seed"},
    "--write-seed": TLS | {"tls.seed": "/etc/seed", "tls.write_seed": "/etc/seed"},
    "--write-seed-file": TLS | {"tls.seed": "/etc/seed", "tls.write_seed": "/etc/other"},
    "--require-peer-cert": TLS | {"tls.verify_peer": True},
    "--ignore-peer-cert": TLS | {"tls.verify_peer": False},
    "--system-ca": TLS | {"tls.system_authorities": True},
    "--verify-hostname": TLS | {"tls.verify_hostname": True},
    "--verify-hostname-as": TLS | {"tls.hostname": "pacs.example"},
    "--pin-fingerprint": TLS | {"tls.fingerprint": "0f" * 32},
}
DEFAULTS = {option.long for option in CONCERNED if option.is_default and option.long != "--worklist"}
# A password is never written down.
SECRET = {"--std-passwd", "--use-passwd"}


def test_no_option_is_forgotten() -> None:
    assert set(PLACES) == {option.long for option in CONCERNED}
    assert {field.page for field in FIELDS} == set(PAGES)


@pytest.mark.parametrize("option", CONCERNED, ids=lambda option: option.long)
def test_what_the_application_says_stands_in_the_command(option: Option) -> None:
    profile = Profile.of({"name": "PACS", "host": "pacs", "keys": ("PatientID",), **PLACES[option.long]})
    assert {key for key, field in ((row.key, row) for row in FIELDS) if option.long in field.options} & {
        *PLACES[option.long]
    }
    peer, query = profile.peer(), Question.of_profile(profile).query()
    words = to_words(peer, query)
    if option.long in DEFAULTS | SECRET:
        assert not {option.long, option.short} & set(words) - {""}
    else:
        assert {option.long, option.short} & set(words) - {""}
    assert from_command_line(shlex.join(["findscu", *words]))[:2] == (peer, query)


@pytest.mark.parametrize("option", CONCERNED, ids=lambda option: option.long)
def test_what_stands_in_a_command_the_application_says(option: Option) -> None:
    words = ["-k", "PatientID", *example(option), "pacs", "11112"]
    peer, query, _ = from_command_line(shlex.join(words))
    profile = asking(Profile.of_peer("PACS", peer), Question.of_query(query))
    if peer.tls is not None and isinstance(peer.tls.password, str):
        peer = peer._replace(tls=replace(peer.tls, password=Password.ASK))
    assert profile.peer() == peer
    assert Question.of_profile(profile).query() == query


def test_a_query_without_keys_stays_one() -> None:
    peer, query, _ = from_command_line("findscu -W -k '' pacs 104")
    profile = asking(Profile.of_peer("PACS", peer), Question.of_query(query))
    assert Question.of_profile(profile).query() == query


def example(option: Option) -> list[str]:
    """The option as it may stand in a command, with those that it needs."""
    needed = [name for group in option.needs for name in example(BY_NAME[group[0]])]
    values = {
        "--key": ["PatientName=M*"],
        "--model": [list(MODELS)[-1]],
        "--charset": ["ISO_IR 100"],
        "--cipher": ["TLS_RSA_WITH_AES_128_CBC_SHA"],
        "--pin-fingerprint": ["0F:" * 31 + "0F"],
        "--enable-tls": ["/etc/key.pem", "/etc/certificate.pem"],
        "--compression-level": ["9"],
    }
    return [
        *needed,
        option.long,
        *values.get(option.long, ["5000"] if option.number else ["/etc/x"] * len(option.values)),
    ]
