"""Key, certificate, authorities, revocation lists and seeds: all of it there before anybody is connected to."""

from __future__ import annotations

import io
import os
import ssl
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat

from findtui.errors import TLSSetupError
from findtui.net.tls import context, files, identity
from findtui.net.tls.settings import Password, Profile, Revocation, TLSSettings
from tests.net_tls.authority import DER, PEM, TRADITIONAL, Authority, Identity
from tests.net_tls.peers import peer_at, ready

ANYBODY = TLSSettings(verify_peer=False)


def own(identity: Identity, directory: Path, settings: TLSSettings = ANYBODY) -> TLSSettings:
    key, certificate = identity.write(directory, "own")
    return replace(settings, key_file=key, certificate_file=certificate)


def refusal(settings: TLSSettings) -> TLSSetupError:
    with pytest.raises(TLSSetupError) as raised:
        ready(settings)
    assert raised.value.remedy
    return raised.value


@pytest.mark.parametrize("form", [TRADITIONAL, PrivateFormat.PKCS8])
@pytest.mark.parametrize("encoding", [PEM, DER])
def test_every_form_of_key_is_read(
    form: PrivateFormat, encoding: Encoding, client_identity: Identity, tmp_path: Path
) -> None:
    settings = replace(own(client_identity, tmp_path), der=encoding is DER)
    (tmp_path / "own.key").write_bytes(client_identity.key_bytes(encoding=encoding, form=form))
    if encoding is DER:
        (tmp_path / "own.pem").write_bytes(client_identity.der)

    assert ready(settings).warnings == ready(ANYBODY).warnings


def test_parameters_before_the_key_and_certificates_beside_it_are_no_hindrance(
    client_identity: Identity, tmp_path: Path
) -> None:
    settings = own(client_identity, tmp_path)
    parameters = b"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
    both = parameters + client_identity.pem + client_identity.key_bytes(form=TRADITIONAL)
    (tmp_path / "own.key").write_bytes(both)

    assert ready(replace(settings, certificate_file=tmp_path / "own.key")).context.get_ciphers()


@pytest.mark.parametrize("encoding", [PEM, DER])
def test_an_encrypted_key_takes_its_password(encoding: Encoding, client_identity: Identity, tmp_path: Path) -> None:
    settings = replace(own(client_identity, tmp_path), der=encoding is DER, password="päss")
    (tmp_path / "own.key").write_bytes(client_identity.key_bytes("päss".encode(), encoding))
    if encoding is DER:
        (tmp_path / "own.pem").write_bytes(client_identity.der)

    assert ready(settings).context.get_ciphers()
    for wrong in ("other", Password.EMPTY, "x" * 3000):
        error = refusal(replace(settings, password=wrong))
        assert "password is wrong" in error.message
        assert error.dcmtk == f"F: 000b:0004 Unable to load private TLS key from '{tmp_path / 'own.key'}'"
        assert "x" * 3000 not in str(error)


def test_the_password_is_asked_for_once_and_only_where_it_is_needed(client_identity: Identity, tmp_path: Path) -> None:
    settings = own(client_identity, tmp_path)
    asked: list[str] = []

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return "secret"

    context.prepare(settings, peer_at(104, settings), ask)
    assert asked == []
    (tmp_path / "own.key").write_bytes(client_identity.key_bytes(b"secret"))
    context.prepare(settings, peer_at(104, settings), ask)
    assert asked == ["Enter PEM pass phrase:"]


def test_whoever_asks_may_give_up(client_identity: Identity, tmp_path: Path) -> None:
    settings = own(client_identity, tmp_path)
    (tmp_path / "own.key").write_bytes(client_identity.key_bytes(b"secret"))

    def ask(prompt: str) -> str:
        raise TLSSetupError("nobody there")

    with pytest.raises(TLSSetupError, match="nobody there"):
        context.prepare(settings, peer_at(104, settings), ask)


def test_without_a_terminal_the_password_comes_from_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_terminal(path: Path, *args: object, **options: object) -> None:
        raise OSError(6, "No such device or address")

    monkeypatch.setattr(Path, "open", no_terminal)
    monkeypatch.setattr("sys.stdin", io.StringIO("secret\r\n"))

    assert identity.ask_on_terminal("?") == "secret"
    with pytest.raises(TLSSetupError, match="no terminal"):
        identity.ask_on_terminal("?")


@pytest.mark.parametrize("pipe", [False, True])
def test_a_key_is_never_in_a_file_of_ours(
    pipe: bool, client_identity: Identity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(own(client_identity, tmp_path), der=True)
    (tmp_path / "own.key").write_bytes(client_identity.key_bytes(encoding=DER))
    (tmp_path / "own.pem").write_bytes(client_identity.der)
    seen: list[str] = []
    load = ssl.SSLContext.load_cert_chain

    def spy(self: ssl.SSLContext, certfile: str, keyfile: str, password: object) -> None:
        seen.extend((certfile, keyfile))
        for path in (certfile, keyfile):
            found = Path(path).stat()
            assert stat.S_ISFIFO(found.st_mode) or found.st_nlink == 0
        load(self, certfile, keyfile, password)  # type: ignore[arg-type]

    if pipe:
        monkeypatch.delattr(os, "memfd_create", raising=False)
    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", spy)
    ready(settings)

    assert len(seen) == 2
    assert not any(Path(path).exists() for path in seen)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["own.key", "own.pem"]


@pytest.mark.parametrize("pipe", [False, True])
@pytest.mark.parametrize("size", [0, 1, 70_000, 3_000_000])
def test_a_path_gives_all_of_it_however_much_it_is(size: int, pipe: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if pipe:
        monkeypatch.delattr(os, "memfd_create", raising=False)
    data = os.urandom(size)
    with files.at_path(data) as path:
        assert Path(path).read_bytes() == data
    with files.at_path(data):
        pass


@pytest.mark.parametrize(
    ("broken", "content", "dcmtk", "words"),
    [
        ("key", None, "F: 000b:0004", "cannot be read: No such file"),
        ("key", b"", "F: 000b:0004", "no PEM private key"),
        ("key", b"\x30\x82\x01\x00", "F: 000b:0004", "no PEM private key"),
        ("key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "F: 000b:0004", "cannot be used"),
        ("pem", None, "F: 000b:0005", "cannot be read: No such file"),
        ("pem", b"", "F: 000b:0005", "no PEM certificate"),
        ("pem", b"-----BEGIN CERTIFICATE-----\nAAA\n-----END CERTIFICATE-----\n", "F: 000b:0005", "damaged"),
        ("pem", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "F: 000b:0005", "can be read"),
    ],
)
def test_broken_own_files_stop_it(
    broken: str, content: bytes | None, dcmtk: str, words: str, client_identity: Identity, tmp_path: Path
) -> None:
    settings = own(client_identity, tmp_path)
    path = tmp_path / f"own.{broken}"
    path.unlink()
    if content is not None:
        path.write_bytes(content)

    error = refusal(settings)

    assert words in error.message
    assert str(path) in error.message
    assert error.dcmtk.startswith(dcmtk)


def test_pem_where_der_is_said_is_told_apart(client_identity: Identity, tmp_path: Path) -> None:
    settings = replace(own(client_identity, tmp_path), der=True)

    assert "leave out --der-keys" in refusal(settings).remedy
    (tmp_path / "own.pem").write_bytes(client_identity.der)
    assert "leave out --der-keys" in refusal(settings).remedy


def test_half_of_an_identity_is_refused(client_identity: Identity, tmp_path: Path) -> None:
    assert "go together" in refusal(replace(own(client_identity, tmp_path), key_file=None)).message


@pytest.mark.parametrize("other", [ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)])
def test_a_key_that_does_not_fit_is_refused(
    other: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, client_identity: Identity, tmp_path: Path
) -> None:
    settings = own(client_identity, tmp_path)
    (tmp_path / "own.key").write_bytes(Identity(client_identity.certificate, other).key_bytes())

    error = refusal(settings)

    assert "does not fit" in error.message
    assert error.dcmtk.startswith("F: 000b:0006 Private key")


def test_own_certificates_out_of_their_time_are_refused(root: Authority, tmp_path: Path) -> None:
    assert "expired at" in refusal(own(root.issue(ends=-1), tmp_path)).message
    assert "not valid before" in refusal(own(root.issue(starts=2), tmp_path)).message


def test_an_own_certificate_that_ends_soon_is_told(root: Authority, tmp_path: Path) -> None:
    assert any("ends in 9 days" in text for text in ready(own(root.issue("mine", ends=9.5), tmp_path)).warnings)
    assert any("less than a day" in text for text in ready(own(root.issue(ends=0.5), tmp_path)).warnings)
    assert not any("ends" in text for text in ready(own(root.issue(ends=31), tmp_path)).warnings)


def test_the_profiles_judge_own_keys(root: Authority, tmp_path: Path) -> None:
    short = own(root.issue(key=rsa.generate_private_key(65537, 1024)), tmp_path)
    assert any("1024 bits" in text for text in ready(short).warnings)
    error = refusal(replace(short, profile=Profile.BCP195_RFC8996_MODIFIED))
    assert "1024 bits" in error.message
    assert error.dcmtk.startswith("F: 000b:0005")


def test_dsa_keys_leave_tls_1_3_out_or_are_refused(root: Authority, tmp_path: Path) -> None:
    settings = own(root.issue(key=dsa.generate_private_key(2048)), tmp_path)

    assert "DSA" in refusal(settings).message
    prepared = ready(replace(settings, profile=Profile.BCP195_NON_DOWNGRADING))
    assert prepared.context.maximum_version is ssl.TLSVersion.TLSv1_2
    assert any("DSA" in text for text in prepared.warnings)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "No such file"),
        (b"", "holds no PEM certificate"),
        (b"\x30\x03\x02\x01\x00", "holds no PEM certificate"),
        (b"-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----\n", "damaged"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "holds no certificate that can be read"),
    ],
)
def test_an_authority_file_that_is_none_stops_it(content: bytes | None, words: str, tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)

    error = refusal(TLSSettings(authority_files=(path,)))

    assert words in error.message
    assert error.dcmtk == f"unable to load certificate file '{path}'"


def test_an_authority_that_is_asked_for_is_needed_even_where_nobody_is_verified(tmp_path: Path) -> None:
    assert "No such file" in refusal(replace(ANYBODY, authority_files=(tmp_path / "none",))).message


def test_a_directory_is_no_authority_file(tmp_path: Path) -> None:
    assert "Is a directory" in refusal(TLSSettings(authority_files=(tmp_path,))).message


def test_nobody_to_trust_stops_it() -> None:
    error = refusal(TLSSettings())

    assert "no authority was given" in error.message
    assert error.dcmtk_exit_status == 2
    assert "--system-ca" in error.remedy


def test_authorities_add_up(root: Authority, tmp_path: Path) -> None:
    others = [Authority(f"Other {number}") for number in range(3)]
    (tmp_path / "two.pem").write_bytes(b"a remark\n" + root.pem + others[0].pem + root.pem)
    plain = tmp_path / "plain"
    plain.mkdir()
    (plain / "a.crt").write_bytes(others[1].pem)
    (plain / "b").write_bytes(others[2].pem)
    (plain / "README").write_text("no certificate\n")
    (plain / ".hidden").write_bytes(b"neither")
    (plain / "more").mkdir()

    prepared = ready(TLSSettings(authority_files=(tmp_path / "two.pem",), authority_directories=(plain,)))

    assert prepared.context.cert_store_stats()["x509_ca"] == 4
    assert prepared.verifies
    assert [text for text in prepared.warnings if "README" in text] == list(prepared.warnings)


def test_der_authorities_come_from_files_and_directories(root: Authority, tmp_path: Path) -> None:
    (tmp_path / "root.der").write_bytes(root.der)
    directory = tmp_path / "directory"
    directory.mkdir()
    (directory / "other.cer").write_bytes(Authority("Other").der)
    (directory / "list.crl").write_bytes(root.revoke().public_bytes(DER))
    (directory / "junk").write_bytes(b"junk")

    prepared = ready(
        TLSSettings(authority_files=(tmp_path / "root.der",), authority_directories=(directory,), der=True)
    )

    assert prepared.context.cert_store_stats() == {"x509": 2, "crl": 1, "x509_ca": 2}
    assert "junk" in prepared.warnings[0]


def test_in_a_hashed_directory_only_hashed_names_count(root: Authority, tmp_path: Path) -> None:
    (tmp_path / "0a1b2c3d.0").write_bytes(root.pem)
    (tmp_path / "0a1b2c3d.r0").write_bytes(root.revoke().public_bytes(PEM))
    (tmp_path / "not-linked.pem").write_bytes(Authority("Other").pem)

    stats = ready(TLSSettings(authority_directories=(tmp_path,))).context.cert_store_stats()

    assert (stats["x509_ca"], stats["crl"]) == (1, 1)
    (tmp_path / "ffffffff.0").symlink_to("gone.pem")
    assert "ffffffff.0" in refusal(TLSSettings(authority_directories=(tmp_path,))).message
    (tmp_path / "ffffffff.0").unlink()
    (tmp_path / "ffffffff.0").write_text("no certificate")
    assert "ffffffff.0" in refusal(TLSSettings(authority_directories=(tmp_path,))).message


@pytest.mark.parametrize("exists", [True, False])
def test_an_empty_or_missing_directory_stops_it(exists: bool, tmp_path: Path) -> None:
    path = tmp_path / "cas"
    if exists:
        path.mkdir()

    error = refusal(TLSSettings(authority_directories=(path,)))

    assert ("holds no PEM certificate" if exists else "No such file") in error.message
    assert error.dcmtk == f"unable to load certificates from directory '{path}'"


@pytest.mark.parametrize(
    ("content", "der", "words"),
    [
        (None, False, "No such file"),
        (b"", False, "holds no PEM revocation list"),
        (b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n", False, "no revocation list that can be read"),
        (b"junk", True, "no revocation list that can be read"),
    ],
)
def test_a_revocation_list_that_is_none_stops_it(
    content: bytes | None, der: bool, words: str, root: Authority, tmp_path: Path
) -> None:
    path, trusted = tmp_path / "crl", tmp_path / "root"
    trusted.write_bytes(root.der if der else root.pem)
    if content is not None:
        path.write_bytes(content)

    error = refusal(TLSSettings(authority_files=(trusted,), revocation_files=(path,), der=der))

    assert words in error.message
    assert error.dcmtk == f"unable to load CRL file '{path}'"


@pytest.mark.parametrize(
    ("how", "flag"),
    [
        (Revocation.NONE, ssl.VERIFY_CRL_CHECK_LEAF),
        (Revocation.LEAF, ssl.VERIFY_CRL_CHECK_LEAF),
        (Revocation.CHAIN, ssl.VERIFY_CRL_CHECK_CHAIN),
    ],
)
def test_lists_switch_the_look_up_on(
    how: Revocation, flag: ssl.VerifyFlags, root: Authority, trusted: Path, tmp_path: Path
) -> None:
    lists = (tmp_path / "a.crl", tmp_path / "b.crl")
    lists[0].write_bytes(root.revoke().public_bytes(PEM) + Authority("Other").revoke().public_bytes(PEM))
    lists[1].write_bytes(Authority("Third").revoke().public_bytes(PEM))

    prepared = ready(TLSSettings(authority_files=(trusted,), revocation_files=lists, revocation=how))

    assert prepared.context.verify_flags & ssl.VERIFY_CRL_CHECK_CHAIN == flag
    assert prepared.context.cert_store_stats()["crl"] == 3


def test_a_look_up_without_a_list_stops_it(trusted: Path) -> None:
    settings = TLSSettings(authority_files=(trusted,), revocation=Revocation.CHAIN)

    assert "no revocation list was given" in refusal(settings).message


def test_lists_beside_authorities_count(root: Authority, tmp_path: Path) -> None:
    path = tmp_path / "both.pem"
    path.write_bytes(root.pem + root.revoke().public_bytes(PEM))

    assert ready(TLSSettings(authority_files=(path,), revocation=Revocation.LEAF)).verifies


def test_a_pin_alone_needs_no_authority_unless_revocation_is_asked_for(root: Authority, tmp_path: Path) -> None:
    path = tmp_path / "list.crl"
    path.write_bytes(root.revoke().public_bytes(PEM))
    pinned = TLSSettings(fingerprint="ab" * 32)

    assert not ready(pinned).verifies
    assert "no authority" in refusal(replace(pinned, revocation_files=(path,))).message


@pytest.mark.parametrize("pin", ["", "ab", "zz" * 32, "ab" * 20])
def test_a_pin_that_is_no_fingerprint_is_refused(pin: str) -> None:
    assert "SHA-256" in refusal(TLSSettings(fingerprint=pin)).message


def test_the_system_store_is_used_where_it_is_there(
    trusted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    assert ready(TLSSettings(system_authorities=True)).verifies

    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none"))
    assert "no store" in refusal(TLSSettings(system_authorities=True)).message


def test_what_is_given_up_is_said() -> None:
    assert "not verified" in ready(ANYBODY).warnings[0]
    assert "pinned" in ready(replace(ANYBODY, fingerprint="AB:" * 31 + "AB")).warnings[0]
    assert any("encrypted" in text for text in ready(replace(ANYBODY, profile=Profile.NULL)).warnings)


def test_a_seed_is_read_and_written_back_for_nobody_else(tmp_path: Path) -> None:
    seed = tmp_path / "seed"
    seed.write_bytes(b"x" * 5000)
    seed.chmod(0o644)

    ready(replace(ANYBODY, seed_file=seed, write_seed_file=seed))

    assert len(seed.read_bytes()) == 1024
    assert seed.read_bytes() != b"x" * 1024
    assert stat.S_IMODE(seed.stat().st_mode) == 0o600
    ready(replace(ANYBODY, seed_file=seed, write_seed_file=tmp_path / "new"))
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o600


def test_seeds_that_are_not_there_or_cannot_be_written_stop_it(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()

    assert "No such file" in refusal(replace(ANYBODY, seed_file=tmp_path / "none")).message
    assert "is empty" in refusal(replace(ANYBODY, seed_file=tmp_path / "empty")).message
    for target in (tmp_path / "no" / "where", tmp_path, Path(os.devnull)):
        assert "cannot be written" in refusal(replace(ANYBODY, write_seed_file=target)).message


def test_secrets_do_not_show() -> None:
    settings = TLSSettings(verify_peer=False, password="hunter2")

    assert "hunter2" not in repr(settings) + repr(ready(settings)) + str(peer_at(104, settings))
