"""Handshakes with servers that agree, disagree, are not whom they should be, or speak no TLS."""

from __future__ import annotations

import socket
import ssl
import struct
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from findtui.errors import NetworkError, TLSHandshakeFailed, TLSSetupError
from findtui.net.control import Control
from findtui.net.tls.handshake import connect_tls, explain_ssl_error
from findtui.net.tls.refusals import not_tls
from findtui.net.tls.settings import Profile, Revocation, TLSSettings
from findtui.net.transport import Deadline, Expired, Waiter
from tests.net_tls import weak
from tests.net_tls.authority import PEM, Authority, Identity
from tests.net_tls.conftest import Server
from tests.net_tls.peers import (
    GREETING,
    PATIENCE,
    connected,
    findscu,
    greeted,
    listening,
    peer_at,
    received,
    tls_server,
)

ANYBODY = TLSSettings(verify_peer=False)
UNTRUSTED = "Association Request Failed: 000b:0886 TLS error: certificate verify failed"


@pytest.fixture
def trusting(trusted: Path) -> TLSSettings:
    """Trusts the root and nobody else."""
    return TLSSettings(authority_files=(trusted,))


@pytest.fixture
def with_certificate(trusting: TLSSettings, client_identity: Identity, tmp_path: Path) -> TLSSettings:
    """Trusts the root, and has a certificate of it."""
    key, certificate = client_identity.write(tmp_path, "client")
    return replace(trusting, key_file=key, certificate_file=certificate)


def refused(port: int, settings: TLSSettings, acse: float = PATIENCE) -> TLSHandshakeFailed:
    """The error of a handshake that fails, at the latest on the first read."""
    refusal = None
    try:
        with connected(port, settings, acse) as (transport, _):
            received(transport)
    except TLSHandshakeFailed as error:
        refusal = error
    except ssl.SSLError as error:
        refusal = explain_ssl_error(error, settings, peer_at(port, settings))
    assert refusal is not None
    assert refusal.remedy
    assert str(port) in refusal.message
    return refusal


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_trusted_peer_is_spoken_to(
    version: ssl.TLSVersion, server_context: Server, trusting: TLSSettings, server_identity: Identity, root: Authority
) -> None:
    with tls_server(server_context(newest=version)) as served:
        session = greeted(served.port, trusting)

    assert session.version == ("TLSv1.2" if version is ssl.TLSVersion.TLSv1_2 else "TLSv1.3")
    assert session.suite.startswith("TLS_ECDHE_ECDSA_WITH_AES_" if session.version == "TLSv1.2" else "TLS_AES_256_GCM")
    assert [certificate.der for certificate in session.chain] == [server_identity.der, root.der]
    assert session.chain[0].subject == "CN=peer"
    assert session.chain[0].issuer == "CN=Test Root"
    assert session.warnings == ()


@pytest.mark.parametrize(
    ("profile", "newest", "suite"),
    [
        (Profile.BCP195_RFC8996, "TLSv1.3", "TLS_AES_256_GCM_SHA384"),
        (Profile.BCP195_RFC8996_MODIFIED, "TLSv1.3", "TLS_AES_256_GCM_SHA384"),
        (Profile.BCP195_NON_DOWNGRADING, "TLSv1.3", "TLS_AES_256_GCM_SHA384"),
        (Profile.BCP195, "TLSv1.3", "TLS_AES_256_GCM_SHA384"),
        (Profile.BCP195_EXTENDED, "TLSv1.2", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
        (Profile.AES, "TLSv1.2", "TLS_RSA_WITH_AES_128_CBC_SHA"),
        (Profile.NULL, "TLSv1.2", "TLS_RSA_WITH_NULL_SHA"),
    ],
)
def test_every_profile_agrees_with_a_server_that_takes_all(
    profile: Profile, newest: str, suite: str, server_context: Server, trusting: TLSSettings, rsa_identity: Identity
) -> None:
    context = server_context(rsa_identity)
    context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
    with tls_server(context) as served:
        session = greeted(served.port, replace(trusting, profile=profile))

    assert (session.version, session.suite) == (newest, suite)


@pytest.fixture(scope="session")
def rsa_identity(root: Authority) -> Identity:
    return root.issue("rsa", key=rsa.generate_private_key(65537, 2048))


def test_the_ccm_suites_of_the_modified_profile_are_spoken(server_context: Server, trusting: TLSSettings) -> None:
    context = server_context(ciphers="ECDHE-ECDSA-AES128-CCM8:@SECLEVEL=0", newest=ssl.TLSVersion.TLSv1_2)
    with tls_server(context) as served:
        session = greeted(served.port, replace(trusting, profile=Profile.BCP195_RFC8996_MODIFIED))

    assert session.suite == "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_an_old_server_needs_a_retired_profile(
    version: ssl.TLSVersion, server_context: Server, trusting: TLSSettings, rsa_identity: Identity
) -> None:
    with tls_server(server_context(rsa_identity, oldest=version, newest=version)) as served:
        assert greeted(served.port, replace(trusting, profile=Profile.AES)).version in ("TLSv1", "TLSv1.1")
        error = refused(served.port, trusting)

    assert "refused TLS" in error.message
    assert "another one may fit" in error.remedy


def test_no_common_suite_is_told(server_context: Server, trusting: TLSSettings) -> None:
    context = server_context(ciphers="ECDHE-ECDSA-CAMELLIA256-SHA384:@SECLEVEL=0", newest=ssl.TLSVersion.TLSv1_2)
    with tls_server(context) as served:
        error = refused(served.port, trusting)

    assert "none of the ciphersuites" in error.message
    assert error.dcmtk == "Association Request Failed: 000b:0c10 TLS error: sslv3 alert handshake failure"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_server_that_wants_a_certificate_gets_it(
    version: ssl.TLSVersion, server_context: Server, with_certificate: TLSSettings, root: Authority
) -> None:
    with tls_server(server_context(client_root=root, newest=version)) as served:
        greeted(served.port, with_certificate)

    assert served.errors == []


@pytest.mark.parametrize(
    ("version", "dcmtk"), [(ssl.TLSVersion.TLSv1_2, "000b:0c10"), (ssl.TLSVersion.TLSv1_3, "000b:0c5c")]
)
def test_a_server_that_wants_a_certificate_and_gets_none_is_told_apart(
    version: ssl.TLSVersion, dcmtk: str, server_context: Server, trusting: TLSSettings, root: Authority
) -> None:
    with tls_server(server_context(client_root=root, newest=version)) as served:
        error = refused(served.port, trusting)

    assert "client certificate" in error.message
    assert "--enable-tls" in error.remedy
    assert dcmtk in error.dcmtk


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_server_that_does_not_trust_us_is_told_apart(
    version: ssl.TLSVersion, server_context: Server, with_certificate: TLSSettings
) -> None:
    with tls_server(server_context(client_root=Authority("Theirs"), newest=version)) as served:
        error = refused(served.port, with_certificate)

    assert "does not trust this side's certificate" in error.message
    assert "added to those that the peer trusts" in error.remedy


def test_a_chain_over_an_authority_in_between_is_sent_and_taken(
    server_context: Server, trusting: TLSSettings, root: Authority, tmp_path: Path
) -> None:
    below = Authority("Below", above=root)
    key, certificate = below.issue("client").write(tmp_path, "client")
    settings = replace(trusting, key_file=key, certificate_file=certificate)
    with tls_server(server_context(below.issue(), client_root=root)) as served:
        session = greeted(served.port, settings)

    assert [one.subject for one in session.chain] == ["CN=peer", "CN=Below", "CN=Test Root"]


def test_an_untrusted_peer_is_described(server_context: Server, trusting: TLSSettings) -> None:
    stranger = Authority("Stranger").issue("unknown")
    with tls_server(server_context(stranger)) as served:
        error = refused(served.port, trusting)

    assert "is not trusted" in error.message
    assert "subject CN=unknown, issuer CN=Stranger" in error.message
    assert stranger.certificate.not_valid_after_utc.isoformat() in error.message
    assert "--add-cert-file" in error.remedy
    assert error.dcmtk == UNTRUSTED


def test_a_self_signed_peer_can_be_trusted_or_pinned(server_context: Server, tmp_path: Path) -> None:
    authority = Authority("Alone")
    alone = Identity(authority.certificate, authority.key)
    path = tmp_path / "alone.pem"
    path.write_bytes(alone.pem)
    (tmp_path / "other.pem").write_bytes(Authority("Other").pem)
    with tls_server(server_context(alone)) as served:
        error = refused(served.port, TLSSettings(authority_files=(tmp_path / "other.pem",)))
        session = greeted(served.port, TLSSettings(authority_files=(path,)))
        pinned = greeted(served.port, TLSSettings(fingerprint=session.chain[0].fingerprint.upper()))

    assert "signed by itself" in error.message
    assert "--pin-fingerprint" in error.remedy
    assert pinned.chain == session.chain


def test_only_an_authority_below_the_root_is_not_enough(
    server_context: Server, root: Authority, tmp_path: Path
) -> None:
    below = Authority("Below", above=root)
    path = tmp_path / "below.pem"
    path.write_bytes(below.pem)
    with tls_server(server_context(below.issue())) as served:
        assert "is not trusted" in refused(served.port, TLSSettings(authority_files=(path,))).message


@pytest.mark.parametrize(("starts", "ends", "words"), [(-20, -1, "has expired"), (2, 20, "is not valid yet")])
def test_a_peer_out_of_its_time_is_refused(
    starts: float, ends: float, words: str, server_context: Server, trusting: TLSSettings, root: Authority
) -> None:
    identity = root.issue(starts=starts, ends=ends)
    with tls_server(server_context(identity)) as served:
        error = refused(served.port, trusting)
        greeted(served.port, ANYBODY)
        pinned = refused(served.port, TLSSettings(fingerprint=greeted(served.port, ANYBODY).chain[0].fingerprint))

    assert words in error.message
    assert identity.certificate.not_valid_after_utc.isoformat() in error.message
    assert "has expired, or is not valid yet" in pinned.message


def test_a_peer_whose_certificate_ends_soon_is_told(
    server_context: Server, trusting: TLSSettings, root: Authority
) -> None:
    with tls_server(server_context(root.issue("late", ends=29.5))) as served:
        (warning,) = greeted(served.port, trusting).warnings

    assert "CN=late" in warning
    assert "29 days" in warning


@pytest.mark.parametrize("how", [Revocation.LEAF, Revocation.CHAIN])
def test_a_revoked_peer_is_refused(
    how: Revocation, server_context: Server, trusting: TLSSettings, root: Authority, tmp_path: Path
) -> None:
    identity, path = root.issue(), tmp_path / "list.crl"
    settings = replace(trusting, revocation_files=(path,), revocation=how)
    with tls_server(server_context(identity)) as served:
        path.write_bytes(root.revoke().public_bytes(PEM))
        greeted(served.port, settings)
        path.write_bytes(root.revoke(identity.certificate).public_bytes(PEM))
        error = refused(served.port, settings)

    assert "has been revoked" in error.message
    assert "subject CN=peer" in error.message


def test_only_the_whole_chain_finds_a_revoked_authority(
    server_context: Server, trusting: TLSSettings, root: Authority, tmp_path: Path
) -> None:
    below, path = Authority("Below", above=root), tmp_path / "lists.crl"
    path.write_bytes(root.revoke(below.certificate).public_bytes(PEM) + below.revoke().public_bytes(PEM))
    settings = replace(trusting, revocation_files=(path,), revocation=Revocation.LEAF)
    with tls_server(server_context(below.issue())) as served:
        greeted(served.port, settings)
        error = refused(served.port, replace(settings, revocation=Revocation.CHAIN))

    assert "has been revoked" in error.message


@pytest.mark.parametrize("made_by", ["somebody else", "long ago"])
def test_a_list_that_does_not_serve_refuses(
    made_by: str, server_context: Server, trusting: TLSSettings, root: Authority, tmp_path: Path
) -> None:
    path = tmp_path / "list.crl"
    revocations = root.revoke(ends=-1) if made_by == "long ago" else Authority("Other").revoke()
    path.write_bytes(revocations.public_bytes(PEM))
    with tls_server(server_context()) as served:
        error = refused(served.port, replace(trusting, revocation_files=(path,)))

    assert "cannot be looked up" in error.message


@pytest.mark.parametrize(
    ("host", "fits"),
    [
        ("localhost", True), ("LOCALHOST.", True), ("127.0.0.1", True),
        ("pacs.example", False), ("127.0.0.2", False), ("", False),
    ],
)  # fmt: skip
def test_the_host_name_is_checked_where_it_is_asked_for(
    host: str, fits: bool, server_context: Server, trusting: TLSSettings
) -> None:
    settings = replace(trusting, verify_hostname=host)
    with tls_server(server_context()) as served:
        if fits:
            greeted(served.port, settings)
        else:
            assert f"is not for {host}" in refused(served.port, settings).message


def test_without_verification_no_name_is_looked_at(server_context: Server) -> None:
    with tls_server(server_context()) as served:
        session = greeted(served.port, replace(ANYBODY, verify_hostname="elsewhere"))

    assert len(session.chain) == 1


@pytest.mark.parametrize("verify_peer", [True, False])
def test_another_certificate_than_the_pinned_one_is_refused(
    verify_peer: bool, server_context: Server, trusting: TLSSettings, server_identity: Identity
) -> None:
    with tls_server(server_context()) as served:
        error = refused(served.port, replace(trusting, verify_peer=verify_peer, fingerprint="00" * 32))

    assert "is not the pinned one" in error.message
    assert "0" * 64 in error.message


def test_nothing_is_verified_where_nobody_asks(server_context: Server) -> None:
    with tls_server(server_context(Authority("Stranger").issue(ends=-1))) as served:
        assert greeted(served.port, ANYBODY).chain[0].issuer == "CN=Stranger"


@pytest.mark.parametrize("profile", [Profile.BCP195_RFC8996, Profile.BCP195_RFC8996_MODIFIED])
def test_the_current_profiles_refuse_short_rsa_keys(
    profile: Profile, server_context: Server, trusting: TLSSettings, root: Authority
) -> None:
    short = root.issue("short", key=rsa.generate_private_key(65537, 1024))
    with tls_server(server_context(short)) as served:
        error = refused(served.port, replace(trusting, profile=profile))
        retired = greeted(served.port, replace(trusting, profile=Profile.BCP195_NON_DOWNGRADING))

    assert "1024 bits" in error.message
    assert "1024 bits" in retired.warnings[0]


@pytest.fixture
def weak_server(tmp_path: Path) -> Callable[[bytes], tuple[ssl.SSLContext, TLSSettings]]:
    """A server with a weak certificate of its own making, and who trusts it."""

    def make(pem: bytes) -> tuple[ssl.SSLContext, TLSSettings]:
        path = tmp_path / "weak.pem"
        path.write_bytes(pem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.load_cert_chain(path)
        return context, TLSSettings(authority_files=(path,))

    return make


def test_signatures_with_sha1_are_refused_or_told(
    weak_server: Callable[[bytes], tuple[ssl.SSLContext, TLSSettings]],
) -> None:
    context, settings = weak_server(weak.SHA1)
    with tls_server(context) as served:
        error = refused(served.port, replace(settings, profile=Profile.BCP195_RFC8996_MODIFIED))
        (warning,) = greeted(served.port, replace(settings, profile=Profile.BCP195_NON_DOWNGRADING)).warnings

    assert "signed with SHA1" in error.message
    assert "signed with SHA1" in warning


def test_signatures_with_md5_are_always_refused(
    weak_server: Callable[[bytes], tuple[ssl.SSLContext, TLSSettings]],
) -> None:
    context, settings = weak_server(weak.MD5)
    with tls_server(context) as served:
        for profile in (Profile.BCP195, Profile.BCP195_RFC8996, Profile.BCP195_RFC8996_MODIFIED):
            assert "MD5" in refused(served.port, replace(settings, profile=profile)).message


ABORT = struct.pack(">BxI4x", 7, 4)


@pytest.mark.parametrize(
    ("answer", "words", "dcmtk"),
    [
        (ABORT, "no TLS with", "000b:090b TLS error: wrong version number"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "no TLS with", "000b:090b"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "no TLS with", "000b:090b"),
        (bytes(64), "no TLS with", "000b:090b"),
        (b"", "closed the connection instead of answering", "000b:0926 TLS error: unexpected eof while reading"),
        (b"\x16\x03\x03", "closed the connection", "000b:0926"),
        (b"\x16\x03\x03\xff\xff" + b"x" * 99, "no TLS with", ""),
        (b"\x15\x03\x03\x00\x02\x02\x46", "none of the TLS versions", "000b:0c2e"),
        (b"\x15\x03\x03\x00\x02\x02\x70", "server name", "000b:0c58"),
        (b"\x15\x03\x03\x00\x02\x02\x78", "DICOM under TLS", "000b:0c60"),
        (b"\x15\x03\x03\x00\x02\x02\x63", "TLS", ""),
    ],
)
@pytest.mark.parametrize("first", [False, True])
def test_peers_that_speak_no_tls_or_refuse_it_are_told_apart(
    first: bool, answer: bytes, words: str, dcmtk: str
) -> None:
    def speak(connection: socket.socket) -> None:
        if not first:
            connection.recv(4096)
        connection.sendall(answer)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(4096):
            pass

    with listening(speak) as port:
        error = refused(port, ANYBODY)

    assert words in error.message
    assert dcmtk in error.dcmtk


def test_a_peer_that_answers_at_once_is_told_apart_every_time() -> None:
    """OpenSSL reads in the call that sends the ClientHello: an answer may be there by then."""

    def speak(connection: socket.socket) -> None:
        connection.setblocking(False)
        while True:
            with suppress(BlockingIOError):
                connection.recv(4096)
                break
        connection.setblocking(True)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        while connection.recv(4096):
            pass

    for _ in range(40):
        with listening(speak) as port:
            assert "speaks HTTP" in refused(port, ANYBODY).message


@pytest.mark.parametrize(
    ("opening", "words"),
    [
        (ABORT, "unencrypted DICOM"),
        (b"\x03", "unencrypted DICOM"),
        (b"HTTP/1.1", "HTTP"),
        (b"SSH-2.0-", "SSH"),
        (b"220 mail", "FTP or SMTP"),
        (b"\xff", "no TLS"),
        (b"\x16\x01", "no TLS"),
    ],
)
def test_the_first_bytes_tell_who_answers(opening: bytes, words: str) -> None:
    error = not_tls(opening, "pacs:104")

    assert error is not None
    assert words in error.message
    assert error.remedy


@pytest.mark.parametrize("opening", [b"\x16", b"\x15\x03\x01", b"\x16\x03\x03\x00\x7a\x02"])
def test_tls_is_known_by_its_first_bytes(opening: bytes) -> None:
    assert not_tls(opening, "pacs:104") is None


def test_a_reset_is_told() -> None:
    def reset(connection: socket.socket) -> None:
        connection.recv(1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with listening(reset) as port:
        assert "closed the connection" in refused(port, ANYBODY).message


def waiting(over: threading.Event) -> None:
    assert over.wait(PATIENCE)


def test_a_silent_server_does_not_hold_us() -> None:
    over = threading.Event()
    with listening(lambda connection: waiting(over)) as port:
        error = refused(port, ANYBODY, acse=1)
        over.set()

    assert "did not answer the TLS request" in error.message
    assert "000b:000b" in error.dcmtk


def test_a_dripping_server_does_not_hold_us() -> None:
    over = threading.Event()

    def drip(connection: socket.socket) -> None:
        for byte in b"\x16\x03\x03\x40\x00" + bytes(4000):
            if over.wait(0.01):
                return
            connection.sendall(bytes([byte]))

    with listening(drip) as port:
        error = refused(port, ANYBODY, acse=2)
        over.set()

    assert "did not finish the TLS handshake" in error.message


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_what_comes_with_the_end_of_the_handshake_is_not_left_lying(
    version: ssl.TLSVersion, server_context: Server
) -> None:
    def greet(connection: socket.socket) -> None:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        server = server_context(oldest=version, newest=version).wrap_bio(incoming, outgoing, server_side=True)
        while True:
            incoming.write(connection.recv(65536))
            try:
                server.do_handshake()
                break
            except ssl.SSLWantReadError:
                connection.sendall(outgoing.read())
        server.write(GREETING)
        connection.sendall(outgoing.read())
        while connection.recv(65536):
            continue

    with listening(greet) as port, connected(port, ANYBODY) as (transport, _):
        assert received(transport) == GREETING


def test_the_end_of_the_whole_run_is_left_to_the_run() -> None:
    over = threading.Event()
    control = Control()

    with listening(lambda connection: waiting(over)) as port, control.attached() as alarm:
        sock = socket.create_connection(("127.0.0.1", port))
        waits = Waiter(control, alarm, Deadline.after(0.3, "--total-timeout"))
        with pytest.raises(Expired, match="--total-timeout"):
            connect_tls(sock, waits, peer_at(port, ANYBODY), Deadline())
        assert sock.fileno() == -1
        over.set()


def test_nothing_is_sent_where_something_is_missing(tmp_path: Path) -> None:
    came: list[bytes] = []
    over = threading.Event()

    def take(connection: socket.socket) -> None:
        came.append(connection.recv(1))
        over.set()

    with listening(take) as port:
        with (
            pytest.raises(TLSSetupError),
            connected(port, TLSSettings(authority_files=(tmp_path / "none",))),
        ):
            raise AssertionError("it went on without them")
        assert over.wait(PATIENCE)

    assert came == [b""]


@pytest.mark.parametrize("reason", ["TLSV1_ALERT_SOMETHING_NEW", "BAD_EXTENSION", ""])
def test_what_nobody_foresaw_is_still_an_error_of_the_network(reason: str) -> None:
    error = ssl.SSLError(1, "what it says")
    error.reason = reason
    explained = explain_ssl_error(error, ANYBODY)

    assert isinstance(explained, NetworkError)
    assert ("refused TLS" in explained.message) == ("ALERT" in reason)
    assert explained.dcmtk == ""


@pytest.mark.interop
@pytest.mark.parametrize("trust", [True, False])
def test_findscu_says_the_same_of_an_untrusted_server(
    trust: bool, server_context: Server, trusted: Path, tmp_path: Path, rsa_identity: Identity
) -> None:
    path = tmp_path / "ca.pem"
    path.write_bytes(trusted.read_bytes() if trust else Authority("Other").pem)
    with tls_server(server_context(rsa_identity)) as served:
        command = [findscu(), "+tla", "+cf", str(path), "-ta", "5", "-k", "0010,0010", "127.0.0.1", str(served.port)]
        ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        settings = TLSSettings(authority_files=(path,))
        if trust:
            assert greeted(served.port, settings).chain
        else:
            assert "verify failed" in refused(served.port, settings).dcmtk

    assert ("certificate verify failed" in ran.stderr) == (not trust)
