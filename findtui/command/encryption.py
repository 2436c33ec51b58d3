"""From arguments to TLSSettings."""

from __future__ import annotations

from pathlib import Path

from findtui.command.arguments import Arguments
from findtui.command.grammar import usage_error
from findtui.net.tls.settings import Password, Profile, Revocation, TLSSettings


def make_tls(arguments: Arguments) -> TLSSettings:
    """How these arguments want the connection encrypted."""
    own = arguments.values["tls"] if arguments.chosen["tls"] == "--enable-tls" else ()
    seed = arguments.text("seed_file")
    written = arguments.chosen.get("write_seed_file")
    return TLSSettings(
        key_file=Path(own[0]) if own else None,
        certificate_file=Path(own[1]) if own else None,
        password=_password(arguments),
        der=arguments.has("--der-keys"),
        authority_files=_paths(arguments, "authority_files"),
        authority_directories=_paths(arguments, "authority_directories"),
        system_authorities="system_authorities" in arguments.chosen,
        revocation_files=_paths(arguments, "revocation_files"),
        revocation=_revocation(arguments),
        profile=Profile(arguments.chosen.get("profile", Profile.BCP195_RFC8996.value)),
        extra_suites=arguments.lists.get("extra_suites", ()),
        server_name=arguments.text("server_name"),
        verify_peer=not arguments.has("--ignore-peer-cert"),
        verify_hostname=_hostname(arguments),
        fingerprint=_fingerprint(arguments),
        seed_file=Path(seed) if seed is not None else None,
        write_seed_file=_written_seed(seed, written, arguments),
    )


def _paths(arguments: Arguments, field: str) -> tuple[Path, ...]:
    return tuple(Path(name) for name in arguments.lists.get(field, ()))


def _password(arguments: Arguments) -> Password | str:
    match arguments.chosen.get("password"):
        case "--use-passwd":
            return arguments.text("password") or Password.EMPTY
        case "--null-passwd":
            return Password.EMPTY
        case _:
            return Password.ASK


def _revocation(arguments: Arguments) -> Revocation:
    match arguments.chosen.get("revocation"):
        case "--enable-crl-vfy":
            return Revocation.LEAF
        case "--enable-crl-all":
            return Revocation.CHAIN
        case _:
            return Revocation.LEAF if arguments.lists.get("revocation_files") else Revocation.NONE


def _hostname(arguments: Arguments) -> str | None:
    if arguments.has("--verify-hostname"):
        return arguments.host
    return arguments.text("verify_hostname")


def _fingerprint(arguments: Arguments) -> str | None:
    text = arguments.text("fingerprint")
    if text is None:
        return None
    digits = text.removeprefix("sha256:").removeprefix("SHA256:").replace(":", "").replace(" ", "").lower()
    if len(digits) != 64 or not set(digits) <= set("0123456789abcdef"):
        raise usage_error(
            f"Invalid value for option --pin-fingerprint ({text})",
            "It is the SHA-256 of the peer's certificate in 64 hexadecimal digits, as"
            " `openssl x509 -noout -fingerprint -sha256` prints it",
        )
    return digits


def _written_seed(seed: str | None, written: str | None, arguments: Arguments) -> Path | None:
    if written is None or seed is None:
        return None
    return Path(seed if written == "--write-seed" else arguments.values["write_seed_file"][0])
