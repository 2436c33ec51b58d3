"""Whether a certificate is for a host, with OpenSSL's own check as the oracle (RFC 9525)."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from findtui.net.tls.certificates import UNREADABLE, describe, end_warning, load, matches_host, strength
from tests.net_tls import weak
from tests.net_tls.authority import Authority, Identity

LABEL = st.sampled_from(["pacs", "a", "b", "xn--pcs-ula", "*", "PACS", "p*", "12"])
NAME = st.lists(LABEL, min_size=1, max_size=4).map(".".join)
HOST = st.one_of(NAME.filter(lambda name: "*" not in name), st.sampled_from(["127.0.0.1", "192.0.2.1", "::1"]))


def openssl_takes(identity: Identity, root: Authority, host: str, directory: Path) -> bool:
    """Whether a handshake with OpenSSL's host name check goes well."""
    key, certificate = identity.write(directory, "oracle")
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    server.load_cert_chain(certificate, key)
    client.load_verify_locations(cadata=root.der)
    client.hostname_checks_common_name = False
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = (
        client.wrap_bio(to_client, to_server, server_hostname=host),
        server.wrap_bio(to_server, to_client, server_side=True),
    )
    for _ in range(4):
        for side in sides:
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLCertVerificationError:
                return False
    assert sides[0].version()
    return True


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.one_of(NAME, st.sampled_from(["127.0.0.1", "::1"])), max_size=3), host=HOST)
def test_a_host_is_judged_as_openssl_judges_it(
    names: list[str], host: str, root: Authority, client_identity: Identity, tmp_path: Path
) -> None:
    identity = root.issue("host", key=client_identity.key, names=tuple(names))

    ours = matches_host(identity.certificate, host)

    if ours != openssl_takes(identity, root, host, tmp_path):
        # OpenSSL also takes wildcards within a label, which RFC 9525 has given up.
        assert not ours
        assert any("*" in name and not name.startswith("*.") for name in names)


@pytest.mark.parametrize(
    ("name", "host", "fits"),
    [
        ("*.hospital.example", "pacs.hospital.example", True),
        ("*.hospital.example", "a.pacs.hospital.example", False),
        ("*.hospital.example", "hospital.example", False),
        ("*.example", "hospital.example", False),
        ("*", "pacs", False),
        ("p*.hospital.example", "pacs.hospital.example", False),
        ("xn--mnchen-3ya.example", "münchen.example", True),
        ("PACS.example.", "pacs.EXAMPLE", True),
        ("pacs.example", "", False),
        ("pacs.example", "pacs..example", False),
        ("pacs.example", "ü" * 70, False),
        ("10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1", "10.0.0.2", False),
        ("fe80::1", "FE80:0::1", True),
    ],
)
def test_names_that_fit_and_that_do_not(name: str, host: str, fits: bool, root: Authority) -> None:
    assert matches_host(root.issue(names=(name,)).certificate, host) is fits


def test_a_common_name_is_no_host_name(root: Authority) -> None:
    assert not matches_host(root.issue("pacs.example", names=()).certificate, "pacs.example")


@given(junk=st.binary(max_size=300))
def test_junk_is_described_and_never_raises(junk: bytes) -> None:
    assert describe(junk).subject == UNREADABLE
    assert len(describe(junk).fingerprint) == 64


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_certificate_is_described_or_refused_but_breaks_nothing(
    data: st.DataObject, server_identity: Identity
) -> None:
    der = bytearray(server_identity.der)
    for _ in range(data.draw(st.integers(1, 4))):
        der[data.draw(st.integers(0, len(der) - 1))] = data.draw(st.integers(0, 255))

    described = describe(bytes(der))

    assert described.der == bytes(der)
    assert all(character.isprintable() for character in described.subject + described.issuer)
    try:
        certificate = load(bytes(der))
        strength(certificate)
        end_warning("it", certificate)
    except ValueError:
        return
    matches_host(certificate, "localhost")


def test_names_cannot_act_on_a_terminal() -> None:
    evil = Authority("\x1b]0;owned\x07\u202e\n")

    assert describe(evil.der).subject.isprintable()


def test_the_strength_of_a_certificate_is_read(server_identity: Identity) -> None:
    worth = strength(server_identity.certificate)
    broken = strength(load(ssl.PEM_cert_to_DER_cert(weak.MD5.decode().partition("-----BEGIN PRIVATE")[0])))

    assert (worth.kind, worth.bits, worth.hash_name, worth.weak) == ("EC", 256, "SHA256", False)
    assert (broken.kind, broken.bits, broken.broken) == ("RSA", 1024, True)
