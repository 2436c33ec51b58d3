"""Saved peers: what can be said about one, and the TOML file that keeps them.

The file is an array of tables, in the order in which they are shown::

    [[profile]]
    name = "PACS Nord"
    host = "pacs-nord"
    called_ae_title = "PACSN"
    model = "study"
    keys = ["QueryRetrieveLevel=STUDY", "PatientName"]

    [profile.tls]
    enabled = true
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from findtui.dicom.models import MODELS, InformationModel
from findtui.errors import SettingsError
from findtui.net.peer import Peer, Timeouts
from findtui.net.tls.settings import Password, TLSSettings
from findtui.store import toml
from findtui.store.entries import EntryStore
from findtui.store.fields import (
    BY_KEY,
    FIELDS,
    IP_VERSIONS,
    PROPOSALS,
    REVOCATIONS,
    TLS_PROFILES,
    Field,
    Kind,
    Value,
    default_path,
    expanded,
)
from findtui.store.files import change, read_text, stamp

if TYPE_CHECKING:
    from tomlkit import TOMLDocument
    from tomlkit.items import AoT, Table

TABLE = "profile"


@dataclass(frozen=True, slots=True)
class Profile:
    """A saved peer.

    Attributes:
        values: what was said, by the key of its field; what is not in here is at its default.
    """

    values: Mapping[str, Value]

    @classmethod
    def make(cls, **values: Value) -> Profile:
        """From values, with `__` for the dot of a key: `make(name="PACS", host="pacs", tls__enabled=True)`."""
        return cls.of({key.replace("__", "."): value for key, value in values.items()})

    @classmethod
    def of(cls, values: Mapping[str, Value]) -> Profile:
        """From values by key; those that say no more than the default are left out.

        Raises:
            SettingsError: a key that is unknown, or a value that does not fit, naming it.
        """
        for key, value in values.items():
            if key not in BY_KEY:
                raise SettingsError(f"{key} is no part of a profile")
            if problem := BY_KEY[key].problem(value):
                raise SettingsError(f"{BY_KEY[key].text} ({key}) {problem}")
        return cls(MappingProxyType({key: value for key, value in values.items() if value != BY_KEY[key].default}))

    def __getitem__(self, key: str) -> Value:
        return self.values.get(key, BY_KEY[key].default)

    def text(self, key: str) -> str:
        """The value of a field that holds a text."""
        value = self[key]
        if not isinstance(value, str):
            raise TypeError(f"{key} holds no text")
        return value

    def number(self, key: str) -> int:
        """The value of a field that holds a whole number."""
        value = self[key]
        if not isinstance(value, int):
            raise TypeError(f"{key} holds no whole number")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """The value of a field that holds a list."""
        value = self[key]
        if not isinstance(value, tuple):
            raise TypeError(f"{key} holds no list")
        return value

    @property
    def name(self) -> str:
        """How the user calls the peer."""
        return self.text("name")

    @property
    def model(self) -> InformationModel:
        """What is asked when the peer is opened."""
        return MODELS[self.text("model")]

    def having(self, **values: Value) -> Profile:
        """A copy with other values, written as for `make`."""
        return self.of({**self.values, **{key.replace("__", "."): value for key, value in values.items()}})

    def peer(self) -> Peer:
        """Whom to ask and how. A key's password is left to be asked for."""
        return Peer(
            host=self.text("host"),
            port=self.number("port"),
            calling_ae_title=self.text("calling_ae_title"),
            called_ae_title=self.text("called_ae_title"),
            ip_version=IP_VERSIONS[self.text("ip")],
            proposal=PROPOSALS[self.text("transfer_syntaxes")],
            compression_level=self.number("compression_level"),
            max_pdu=self.number("max_pdu"),
            timeouts=self._timeouts(),
            abort=bool(self["abort"]),
            tls=self._tls() if self["tls.enabled"] else None,
        )

    def _timeouts(self) -> Timeouts:
        def seconds(name: str) -> float | None:
            value = self[f"timeouts.{name}"]
            return float(value) if isinstance(value, int | float) and value else None

        return Timeouts(
            connect=seconds("connect"),
            socket=seconds("socket"),
            acse=seconds("acse"),
            dimse=seconds("dimse"),
            total=seconds("total"),
            cancel_grace=seconds("cancel_grace") or 0.0,
        )

    def _tls(self) -> TLSSettings:
        def paths(key: str) -> tuple[Path, ...]:
            return tuple(map(expanded, self.texts(key)))

        hostname = self.text("tls.hostname") or self.text("host")
        return TLSSettings(
            key_file=default_path(self.text("tls.key")),
            certificate_file=default_path(self.text("tls.certificate")),
            password=Password.EMPTY if self["tls.password"] == "empty" else Password.ASK,
            der=bool(self["tls.der"]),
            authority_files=paths("tls.authorities"),
            authority_directories=paths("tls.authority_directories"),
            system_authorities=bool(self["tls.system_authorities"]),
            revocation_files=paths("tls.revocation_files"),
            revocation=REVOCATIONS[self.text("tls.revocation")],
            profile=TLS_PROFILES[self.text("tls.profile")],
            extra_suites=self.texts("tls.suites"),
            server_name=self.text("tls.server_name") or None,
            verify_peer=bool(self["tls.verify_peer"]),
            verify_hostname=hostname if self["tls.verify_hostname"] and self["tls.verify_peer"] else None,
            fingerprint=self.text("tls.fingerprint") or None,
            seed_file=default_path(self.text("tls.seed")),
            write_seed_file=default_path(self.text("tls.write_seed")),
        )

    @classmethod
    def of_peer(cls, name: str, peer: Peer) -> Profile:
        """A profile that says what a peer says; a password in it is not kept."""
        values: dict[str, Value] = {
            "name": name,
            "host": peer.host,
            "port": peer.port,
            "calling_ae_title": peer.calling_ae_title,
            "called_ae_title": peer.called_ae_title,
            "ip": _word(IP_VERSIONS, peer.ip_version),
            "transfer_syntaxes": _word(PROPOSALS, peer.proposal),
            "compression_level": peer.compression_level,
            "max_pdu": peer.max_pdu,
            "abort": peer.abort,
        }
        for timeout in ("connect", "socket", "acse", "dimse", "total", "cancel_grace"):
            values[f"timeouts.{timeout}"] = getattr(peer.timeouts, timeout) or 0
        if peer.tls is not None:
            values |= _tls_values(peer.tls, peer.host)
        return cls.of(values)


def _word(words: Mapping[str, object], value: object) -> str:
    return next(word for word, meaning in words.items() if meaning is value)


def _tls_values(tls: TLSSettings, host: str) -> dict[str, Value]:
    def texts(paths: Iterable[Path]) -> tuple[str, ...]:
        return tuple(map(str, paths))

    def text(path: Path | None) -> str:
        return "" if path is None else str(path)

    return {
        "tls.enabled": True,
        "tls.profile": _word(TLS_PROFILES, tls.profile),
        "tls.suites": tls.extra_suites,
        "tls.key": text(tls.key_file),
        "tls.certificate": text(tls.certificate_file),
        "tls.password": "empty" if tls.password is Password.EMPTY else "ask",
        "tls.der": tls.der,
        "tls.authorities": texts(tls.authority_files),
        "tls.authority_directories": texts(tls.authority_directories),
        "tls.system_authorities": tls.system_authorities,
        "tls.revocation_files": texts(tls.revocation_files),
        "tls.revocation": tls.revocation.value,
        "tls.verify_peer": tls.verify_peer,
        "tls.verify_hostname": tls.verify_hostname is not None,
        "tls.hostname": "" if tls.verify_hostname in (None, host) else str(tls.verify_hostname),
        "tls.fingerprint": tls.fingerprint or "",
        "tls.server_name": tls.server_name or "",
        "tls.seed": text(tls.seed_file),
        "tls.write_seed": text(tls.write_seed_file),
    }


class ProfileStore(EntryStore):
    """The file of profiles."""

    table = TABLE

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._read = stamp(None)

    @property
    def changed(self) -> bool:
        """Whether the file is another one than was loaded last: somebody edited it, or another findtui."""
        return self._read != stamp(self.path)

    def load(self) -> list[Profile]:
        """All profiles, in the file's order.

        Raises:
            SettingsError: the file cannot be read or says something impossible, with its line and the reason.
        """
        self._read = stamp(self.path)
        text = read_text(self.path)
        return _profiles_of(toml.parse(text, self.path), text, self.path)

    def save(self, profile: Profile, *, replacing: Profile | None = None) -> None:
        """Add a profile, or write what differs from the one that it replaces.

        Raises:
            SettingsError: the name is taken by another profile, the one to replace is gone, or the file is broken
                or cannot be written.
        """

        def alter(entries: AoT) -> None:
            names = [str(entry.get("name", "")) for entry in entries]
            if profile.name in names and (replacing is None or replacing.name != profile.name):
                raise SettingsError(
                    f"a profile named {profile.name!r} exists already", remedy="Choose another name, or edit that one."
                )
            if replacing is None:
                entries.append(_table_of(profile))
                return
            if replacing.name not in names:
                raise SettingsError(
                    f"the profile {replacing.name!r} was removed meanwhile", remedy="Save it under a new name."
                )
            _write(entries[names.index(replacing.name)], profile, replacing)

        self._change(alter)

    def export_to(self, path: Path, names: Iterable[str]) -> int:
        """Write some profiles to a new file, to give to somebody else; says how many.

        Raises:
            SettingsError: the target exists already or cannot be written, or this file is broken.
        """
        import tomlkit

        chosen = set(names)
        document = tomlkit.document()
        document.add(tomlkit.comment("Peers saved by findtui. Passwords of keys are never part of it."))
        entries = tomlkit.aot()
        for profile in self.load():
            if profile.name in chosen:
                entries.append(_table_of(profile))
        document.append(TABLE, entries)

        def write(text: str) -> str:
            if text or path.exists():
                raise SettingsError(f"{path} exists already", remedy="Choose another name; it was left as it is.")
            return tomlkit.dumps(document)

        change(path, write)
        return len(entries)

    def import_from(self, path: Path) -> list[str]:
        """Add the profiles of another file; one whose name is taken gets a number. Returns the names given.

        Raises:
            SettingsError: there is no such file, one of the two is broken, or this one cannot be written.
        """
        # Unlike pathlib's, this one takes a name that no file can have for one of no file.
        if not os.path.isfile(path):  # noqa: PTH113
            raise SettingsError(f"there is no file {path}")
        others = ProfileStore(path).load()
        given: list[str] = []

        def alter(entries: AoT) -> None:
            names = {str(entry.get("name", "")) for entry in entries}
            for profile in others:
                name = free_name(profile.name, names)
                names.add(name)
                given.append(name)
                entries.append(_table_of(profile.having(name=name)))

        self._change(alter)
        return given

    def _names(self, text: str) -> list[str]:
        return [profile.name for profile in _profiles_of(toml.parse(text, self.path), text, self.path)]

    def _change(self, alter: Callable[[AoT], None]) -> None:
        """Alter the array of profiles on disk; a file that is broken is refused before that."""
        import tomlkit

        def rewrite(text: str) -> str:
            document = toml.parse(text, self.path)
            _profiles_of(document, text, self.path)
            if TABLE not in document:
                document.append(TABLE, tomlkit.aot())
            alter(document[TABLE])
            changed = tomlkit.dumps(document) if text else tomlkit.dumps(document).lstrip("\n")
            # What was written must read back: a mistake here must not cost anybody their file.
            _profiles_of(toml.parse(changed, self.path), changed, self.path)
            return changed

        change(self.path, rewrite)


def free_name(name: str, taken: Iterable[str]) -> str:
    """The name itself, or the first of `name 2`, `name 3`, … that is not taken."""
    names = set(taken)
    number, candidate = 2, name
    while candidate in names:
        candidate, number = f"{name} {number}", number + 1
    return candidate


def _profiles_of(document: TOMLDocument, text: str, path: Path) -> list[Profile]:
    unwrapped: dict[str, Any] = document.unwrap()
    entries = unwrapped.pop(TABLE, [])
    if unwrapped:
        key = next(iter(unwrapped))
        raise toml.broken(
            path, toml.line_of(text, "", None, key), f"{key!r} is unknown; a profile starts with [[profile]]"
        )
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise toml.broken(
            path, toml.line_of(text, TABLE, None, ""), "a profile starts with [[profile]], in two brackets"
        )
    profiles: list[Profile] = []
    names: set[str] = set()
    for index, entry in enumerate(entries):
        profiles.append(_profile_of(entry, index, text, path))
        name = profiles[-1].name
        if name in names:
            raise toml.broken(path, toml.line_of(text, TABLE, index, "name"), f"the name {name!r} is given twice")
        names.add(name)
    return profiles


def _profile_of(entry: Mapping[str, Any], index: int, text: str, path: Path) -> Profile:
    values: dict[str, Value] = {}
    for key, value in _flat(entry):
        table, _, last = f"{TABLE}.{key}".rpartition(".")
        line = toml.line_of(text, table, index, last)
        field = BY_KEY.get(key)
        if field is None:
            raise toml.broken(path, line, f"{key!r} is no part of a profile")
        if problem := field.problem(value):
            raise toml.broken(path, line, f"{key} {problem}")
        values[key] = tuple(value) if isinstance(value, list) else value
    for key in ("name", "host"):
        if key not in values:
            raise toml.broken(path, toml.line_of(text, TABLE, index, ""), f"the profile lacks its {key}")
    return Profile.of(values)


def _flat(entry: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, Any]]:
    for key, value in entry.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _table_of(profile: Profile) -> Table:
    import tomlkit

    table = tomlkit.table()
    _write(table, profile, Profile({}))
    return table


def _write(table: MutableMapping[str, Any], profile: Profile, before: Profile) -> None:
    """Write what differs between two profiles; what goes back to its default is taken out."""
    import tomlkit

    for field in FIELDS:
        if profile[field.key] == before[field.key]:
            continue
        place: MutableMapping[str, Any] = table
        section, _, key = field.key.rpartition(".")
        if section:
            if section not in place:
                place[section] = tomlkit.table()
            place = place[section]
        if field.key in profile.values:
            place[key] = _item_of(field, profile[field.key])
        else:
            place.pop(key, None)


def _item_of(field: Field, value: Value) -> object:
    import tomlkit

    if isinstance(value, tuple):
        array = tomlkit.array()
        array.extend(value)
        return array.multiline(len(value) > 1)
    return value if field.kind is not Kind.SECONDS or value != int(value) else int(value)
