"""Peer and Query as a findscu command line, and back: what the application copies and pastes."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from findtui.command.arguments import Arguments, interpret
from findtui.command.build import Output, make_output, make_peer, make_query, model_words
from findtui.command.grammar import check_parameters, is_option, parse, usage_error
from findtui.command.options import BY_NAME
from findtui.command.shell import arguments_of
from findtui.dicom.query import Query
from findtui.net.peer import IPVersion, Peer, Proposal
from findtui.net.tls.settings import Password, Profile, Revocation, TLSSettings

if TYPE_CHECKING:
    from collections.abc import Iterator


def to_command_line(
    peer: Peer, query: Query, *, fallback_character_set: str = "", program: str = "findtui findscu"
) -> str:
    """A shell command that does on the wire what this peer and query do.

    Passwords are left out: the command asks for them. What is at its default is left out as well.

    Args:
        peer: whom to ask and how.
        query: what to ask.
        fallback_character_set: of responses that declare none; empty for none.
        program: what the command starts with.

    Raises:
        UsageError: a value that the grammar has no words for.
    """
    return shlex.join([*program.split(), *to_words(peer, query, fallback_character_set)])


def to_words(peer: Peer, query: Query, fallback_character_set: str = "") -> list[str]:
    """The words of that command, without the program's name.

    Raises:
        UsageError: a value that the grammar has no words for.
    """
    words = [*_query_words(query), *_peer_words(peer)]
    if peer.tls is not None:
        words += _tls_words(peer.tls, peer)
    if fallback_character_set:
        words += ["--fallback-charset", fallback_character_set]
    if is_option(peer.host):
        raise usage_error(f"the host '{peer.host}' cannot stand in a command line", "It looks like an option there")
    words += [peer.host, str(peer.port), *map(_file_word, query.files)]
    for word in words:
        if len(word) > 1 and word[0] == "@":
            raise usage_error(
                f"'{word}' cannot stand in a command line", "What begins with @ names a command file there"
            )
    return words


def _file_word(path: Path) -> str:
    # A name that looks like an option or a command file is one for the grammar, which knows no escape.
    text = str(path)
    return text if text[:1] not in ("+", "-", "@") else f"./{text}"


def _query_words(query: Query) -> Iterator[str]:
    yield from model_words(query.model)
    for key in query.keys:
        yield from ("-k", str(key))
    if not query.keys and not query.files:
        yield from ("-k", "")
    if query.character_set is not None:
        yield from ("--charset", query.character_set)
    if not query.new_vrs:
        yield "--disable-new-vr"
    if query.repeat != 1:
        yield from ("--repeat", str(query.repeat))
    if query.cancel_after:
        yield from ("--cancel", str(query.cancel_after))


def _peer_words(peer: Peer) -> Iterator[str]:
    plain = Peer(peer.host, peer.port)
    yield from ("-aet", peer.calling_ae_title, "-aec", peer.called_ae_title)
    if peer.ip_version is not IPVersion.V4:
        yield peer.ip_version.value
    if peer.proposal is not Proposal.UNCOMPRESSED:
        yield peer.proposal.value
    if peer.proposal is Proposal.DEFLATED and peer.compression_level != plain.compression_level:
        yield from ("--compression-level", str(peer.compression_level))
    times = peer.timeouts
    for name, seconds, default in (
        ("--timeout", times.connect, plain.timeouts.connect),
        ("--socket-timeout", times.socket, plain.timeouts.socket),
        ("--acse-timeout", times.acse, plain.timeouts.acse),
        ("--dimse-timeout", times.dimse, plain.timeouts.dimse),
        ("--total-timeout", times.total, plain.timeouts.total),
        ("--cancel-grace", times.cancel_grace, plain.timeouts.cancel_grace),
    ):
        if seconds != default:
            yield from (name, _seconds(seconds, BY_NAME[name].number is not None and name != "--socket-timeout"))
    if peer.max_pdu != plain.max_pdu:
        yield from ("--max-pdu", str(peer.max_pdu))
    if peer.abort:
        yield "--abort"


_ENDLESS: Final = 2**31 - 1


def _seconds(seconds: float | None, positive: bool) -> str:
    """Whole seconds, as findscu takes them: never less than what was meant."""
    if seconds is None:
        return str(_ENDLESS) if positive else "0"
    return str(max(1, -int(-seconds // 1))) if seconds else "0"


def _tls_words(tls: TLSSettings, peer: Peer) -> Iterator[str]:
    if tls.key_file is not None and tls.certificate_file is not None:
        yield from ("+tls", _file_word(tls.key_file), _file_word(tls.certificate_file))
        if tls.password is Password.EMPTY:
            yield "--null-passwd"
    else:
        yield "+tla"
    if tls.der:
        yield "--der-keys"
    # findscu takes these from right to left.
    for name, values in (
        ("--add-cert-file", tls.authority_files),
        ("--add-cert-dir", tls.authority_directories),
        ("--add-crl-file", tls.revocation_files),
        ("--cipher", tls.extra_suites),
    ):
        for value in reversed(values):
            yield from (name, _file_word(value) if isinstance(value, Path) else str(value))
    match tls.revocation:
        case Revocation.LEAF if not tls.revocation_files:
            yield "--enable-crl-vfy"
        case Revocation.CHAIN:
            yield "--enable-crl-all"
    if tls.profile is not Profile.BCP195_RFC8996:
        yield tls.profile.value
    if tls.server_name is not None:
        yield from ("--request-sni", tls.server_name)
    if not tls.verify_peer:
        yield "--ignore-peer-cert"
    if tls.system_authorities:
        yield "--system-ca"
    if tls.verify_hostname == peer.host:
        yield "--verify-hostname"
    elif tls.verify_hostname is not None:
        yield from ("--verify-hostname-as", tls.verify_hostname)
    if tls.fingerprint is not None:
        yield from ("--pin-fingerprint", tls.fingerprint)
    yield from _seed_words(tls)


def _seed_words(tls: TLSSettings) -> Iterator[str]:
    if tls.seed_file is None:
        return
    yield from ("--seed", _file_word(tls.seed_file))
    if tls.write_seed_file == tls.seed_file:
        yield "--write-seed"
    elif tls.write_seed_file is not None:
        yield from ("--write-seed-file", _file_word(tls.write_seed_file))


def from_command_line(text: str) -> tuple[Peer, Query, Output]:
    """Peer, query and output of a findscu command line that someone pasted.

    Takes `findscu …`, `findtui findscu …` with any path before the name and a prompt before that, or the arguments
    alone; lines ended with a backslash go on in the next. Files that it names are looked for where findtui was started;
    their paths come back whole, so that they stay the same files.

    Raises:
        UsageError: it is no findscu command line, or findscu would refuse it.
        QueryError: a key that cannot be read.
        OutputError: a directory for a file that is to take all responses.
    """
    line = parse(arguments_of(text))
    check_parameters(line)
    arguments: Arguments = interpret(line)
    peer, query = make_peer(arguments), make_query(arguments)
    peer = peer._replace(tls=peer.tls and _absolute(peer.tls))
    query = query._replace(files=tuple(path.absolute() for path in query.files))
    return peer, query, make_output(arguments)


def left_out(text: str) -> tuple[str, ...]:
    """Options of a command line that say nothing of peer or query: of the log, of files for responses and the like.

    Raises:
        UsageError: it is no findscu command line.
    """
    options = (option for option, _ in parse(arguments_of(text)).options)
    kept = ("query", "peer", "tls")
    ignored = (row.long for row in options if row.concerns not in kept and row.field != "fallback_character_set")
    return tuple(dict.fromkeys(ignored))


def _absolute(tls: TLSSettings) -> TLSSettings:
    def absolute(path: Path | None) -> Path | None:
        return path and path.absolute()

    return replace(
        tls,
        key_file=absolute(tls.key_file),
        certificate_file=absolute(tls.certificate_file),
        authority_files=tuple(path.absolute() for path in tls.authority_files),
        authority_directories=tuple(path.absolute() for path in tls.authority_directories),
        revocation_files=tuple(path.absolute() for path in tls.revocation_files),
        seed_file=absolute(tls.seed_file),
        write_seed_file=absolute(tls.write_seed_file),
    )
