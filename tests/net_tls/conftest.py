"""An authority, a server's and a client's identity for the whole session, and contexts of servers."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.net_tls.authority import Authority, Identity

Server = Callable[..., ssl.SSLContext]


@pytest.fixture(scope="session")
def root() -> Authority:
    return Authority()


@pytest.fixture(scope="session")
def server_identity(root: Authority) -> Identity:
    return root.issue()


@pytest.fixture(scope="session")
def client_identity(root: Authority) -> Identity:
    return root.issue("client")


@pytest.fixture(scope="session")
def server_context(tmp_path_factory: pytest.TempPathFactory, root: Authority, server_identity: Identity) -> Server:
    """Makes contexts of servers: `identity`, `client_root`, `ciphers` and `versions` as a test wants them."""
    directory = tmp_path_factory.mktemp("server")

    def make(
        identity: Identity = server_identity,
        *,
        client_root: Authority | None = None,
        ciphers: str = "ALL:eNULL:@SECLEVEL=0",
        oldest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2,
        newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
    ) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version, context.maximum_version = oldest, newest
        context.set_ciphers(ciphers)
        key, certificate = identity.write(directory, f"{identity.certificate.serial_number}")
        context.load_cert_chain(certificate, key)
        if client_root is not None:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(cadata=client_root.der)
        return context

    return make


@pytest.fixture
def trusted(tmp_path: Path, root: Authority) -> Path:
    """The root's certificate in a PEM file."""
    path = tmp_path / "root.pem"
    path.write_bytes(root.pem)
    return path
