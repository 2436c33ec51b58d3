"""The file of profiles: what people wrote stays, what is broken is named, and nothing is lost."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from findtui.errors import SettingsError
from findtui.net.peer import IPVersion, Proposal
from findtui.net.tls.settings import Password, Revocation
from findtui.store.fields import BY_KEY, FIELDS, Field, Kind, Value
from findtui.store.profiles import Profile, ProfileStore


@pytest.fixture
def store(tmp_path: Path) -> ProfileStore:
    return ProfileStore(tmp_path / "config" / "profiles.toml")


def pacs(name: str = "PACS", **values: Value) -> Profile:
    return Profile.make(**{"name": name, "host": "pacs", **values})


def names(store: ProfileStore) -> list[str]:
    return [profile.name for profile in store.load()]


def test_no_file_is_no_profiles(store: ProfileStore) -> None:
    assert store.load() == []
    assert not store.path.exists()


def test_saved_profiles_are_private_and_read_back(store: ProfileStore) -> None:
    profile = pacs(
        port=11112, tls__enabled=True, tls__suites=("A", "B"), timeouts__connect=2.5, keys=("PatientName=M*",)
    )
    store.save(profile)
    assert store.load() == [profile]
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700


def test_comments_order_and_unrelated_layout_stay(store: ProfileStore) -> None:
    store.path.parent.mkdir(parents=True)
    store.path.write_text(
        '# my peers\n\n[[profile]]  # the old one\nhost = "a" # by cable\nname = "A"\nport = 0x68\n\n'
        '[[profile]]\nname = "B"\nhost = "b"\n'
    )
    first, second = store.load()
    store.save(first.having(called_ae_title="NEW"), replacing=first)
    store.save(second.having(port=4242), replacing=second)
    text = store.path.read_text()
    assert text.startswith('# my peers\n\n[[profile]]  # the old one\nhost = "a" # by cable\nname = "A"\nport = 0x68\n')
    assert 'called_ae_title = "NEW"' in text
    assert "port = 4242" in text


def test_what_goes_back_to_its_default_is_taken_out(store: ProfileStore) -> None:
    profile = pacs(port=4242, tls__enabled=True)
    store.save(profile)
    store.save(pacs(), replacing=profile)
    assert "4242" not in store.path.read_text()
    assert store.load() == [pacs()]


def test_two_instances_keep_what_each_of_them_changed(store: ProfileStore) -> None:
    store.save(pacs())
    ours, theirs = store.load()[0], ProfileStore(store.path).load()[0]
    store.save(ours.having(port=1), replacing=ours)
    ProfileStore(store.path).save(theirs.having(max_pdu=32768), replacing=theirs)
    ProfileStore(store.path).save(pacs("Other"))
    assert store.load()[0].values == {"name": "PACS", "host": "pacs", "port": 1, "max_pdu": 32768}
    assert names(store) == ["PACS", "Other"]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ('[[profile]]\nname = "A"\nhost = "h"\nport = "x"\n', 4, "port must be a whole number"),
        ('[[profile]]\nname = "A"\nhost = "h"\nport = 70000\n', 4, "port must be between 1 and 65535"),
        ('[[profile]]\nname = "A"\n', 1, "lacks its host"),
        ('[[profile]]\nname = "A"\nhost = "h"\n\n[[profile]]\nhost = "h"\nname = "A"\n', 7, "given twice"),
        ('[[profile]]\nname = "A"\nhost = "h"\n[profile.tls]\n\nkeyfile = "x"\n', 6, "'tls.keyfile' is no part"),
        ('[[profile]]\nname = "A"\nhost = "h"\ncalled_ae_title = "12345678901234567"\n', 4, "17 characters"),
        ('[[profile]]\nname = "A"\nhost = "h"\nmodel = "studies"\n', 4, "must be one of worklist"),
        ('[profile]\nname = "A"\n', 1, "two brackets"),
        ("peer = 1\n", 1, "'peer' is unknown"),
        ('[[profile]]\nname = "A\n', 2, "no closing quote"),
    ],
)
def test_a_broken_file_is_named_with_line_and_never_overwritten(
    store: ProfileStore, text: str, line: int, reason: str
) -> None:
    store.path.parent.mkdir(parents=True)
    store.path.write_text(text)
    for attempt in (store.load, lambda: store.save(pacs("new")), lambda: store.delete("A"), lambda: store.move("A", 1)):
        with pytest.raises(SettingsError) as caught:
            attempt()
        assert f"{store.path}, line {line}: " in caught.value.message
        assert reason in caught.value.message
    assert store.path.read_text() == text


def test_bytes_that_are_no_text_are_named(store: ProfileStore) -> None:
    store.path.parent.mkdir(parents=True)
    store.path.write_bytes(b"# mine\n# caf\xe9\n")
    with pytest.raises(SettingsError, match="line 2: byte E9 is not UTF-8"):
        store.save(pacs())
    assert store.path.read_bytes() == b"# mine\n# caf\xe9\n"


def test_a_name_that_is_taken_is_refused(store: ProfileStore) -> None:
    store.save(pacs())
    with pytest.raises(SettingsError, match="exists already"):
        store.save(pacs(port=1))
    other = pacs("Other")
    store.save(other)
    with pytest.raises(SettingsError, match="exists already"):
        store.save(pacs(port=2), replacing=other)
    assert names(store) == ["PACS", "Other"]


def test_a_profile_that_was_deleted_meanwhile_is_not_lost_silently(store: ProfileStore) -> None:
    store.save(pacs())
    store.delete("PACS")
    with pytest.raises(SettingsError, match="removed meanwhile"):
        store.save(pacs(port=1), replacing=pacs())


def test_move_keeps_every_profile(store: ProfileStore) -> None:
    for name in "ABC":
        store.save(pacs(name))
    store.move("C", -1)
    assert names(store) == ["A", "C", "B"]
    store.move("A", -5)
    store.move("A", 99)
    assert names(store) == ["C", "B", "A"]
    store.move("absent", 1)
    store.delete("B")
    store.delete("B")
    assert names(store) == ["C", "A"]


LAID_OUT = """# All of them.

# by day
[[profile]]
name = "A"
host = "a" # on the roof

  [profile.tls]
  enabled = true
# by night
[[profile]]
name = "B"
host = "b"
# and no more of B


[[ profile ]]
name = "C"
host = "c"
# the end"""


def test_what_is_moved_takes_its_comments_along(store: ProfileStore) -> None:
    store.path.parent.mkdir(parents=True)
    store.path.write_text(LAID_OUT)
    store.move("B", -1)
    assert store.path.read_text() == (
        '# All of them.\n\n# by night\n[[profile]]\nname = "B"\nhost = "b"\n# and no more of B\n'
        '# by day\n[[profile]]\nname = "A"\nhost = "a" # on the roof\n\n  [profile.tls]\n  enabled = true\n\n\n'
        '[[ profile ]]\nname = "C"\nhost = "c"\n# the end\n'
    )
    store.path.write_text(LAID_OUT)
    store.delete("A")
    assert store.path.read_text() == (
        '# All of them.\n\n# by night\n[[profile]]\nname = "B"\nhost = "b"\n# and no more of B\n'
        '[[ profile ]]\nname = "C"\nhost = "c"\n# the end\n'
    )
    store.delete("B")
    store.delete("C")
    assert store.path.read_text() == "# All of them.\n\n"
    assert store.load() == []


@given(st.sampled_from("ABC"), st.integers(-3, 3))
def test_moving_changes_the_order_alone(name: str, offset: int) -> None:
    order, place = list("ABC"), "ABC".index(name)
    order.insert(max(0, min(place + offset, 2)), order.pop(place))
    with tempfile.TemporaryDirectory() as directory:
        store = ProfileStore(Path(directory, "profiles.toml"))
        store.path.write_text(LAID_OUT)
        before = {profile.name: profile for profile in store.load()}
        store.move(name, offset)
        assert store.load() == [before[name] for name in order]
        assert sorted(filter(None, store.path.read_text().splitlines())) == sorted(filter(None, LAID_OUT.splitlines()))


@pytest.mark.parametrize(
    "text",
    [
        'profile = [{name = "A", host = "a"}, {name = "B", host = "b"}]\n',
        '[[profile]]\nname = "A"\nhost = "a"\nkeys = ["""\n[[profile]]\n"""]\n[[profile]]\nname = "B"\nhost = "b"\n',
        '[[profile]]\nname = "A"\nhost = "a"\nkeys = ["""x\n# """]\n[[profile]]\nname = "B"\nhost = "b"\n',
    ],
)
def test_a_file_that_cannot_be_put_in_order_is_left_alone(store: ProfileStore, text: str) -> None:
    store.path.parent.mkdir(parents=True)
    store.path.write_text(text)
    with pytest.raises(SettingsError, match=r"starts with \[\[profile\]\] on a line of its own"):
        store.move("A", 1)
    assert store.path.read_text() == text


def test_export_and_import(store: ProfileStore, tmp_path: Path) -> None:
    store.save(pacs("A", port=1))
    store.save(pacs("B", tls__enabled=True))
    target = tmp_path / "given.toml"
    assert store.export_to(target, ["B"]) == 1
    with pytest.raises(SettingsError, match="exists already"):
        store.export_to(target, ["A"])
    assert store.import_from(target) == ["B 2"]
    assert names(store) == ["A", "B", "B 2"]
    assert store.load()[2]["tls.enabled"] is True
    with pytest.raises(SettingsError, match="there is no file"):
        store.import_from(tmp_path / "absent.toml")


def test_a_read_only_directory_is_an_error_in_words(store: ProfileStore) -> None:
    store.path.parent.parent.joinpath("config").write_text("a file in the way")
    with pytest.raises(SettingsError, match="cannot write"):
        store.save(pacs())


def test_a_link_is_followed(store: ProfileStore, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.toml"
    real.write_text("# kept elsewhere\n")
    store.path.parent.mkdir(parents=True)
    store.path.symlink_to(real)
    store.save(pacs())
    assert store.path.is_symlink()
    assert real.read_text().startswith("# kept elsewhere\n")


def test_a_process_that_is_killed_while_it_writes_harms_nothing(store: ProfileStore) -> None:
    store.save(pacs("first"))
    code = f"""
from pathlib import Path
from findtui.store.profiles import Profile, ProfileStore
store = ProfileStore(Path({str(store.path)!r}))
print("go", flush=True)
number = 0
while True:
    number += 1
    store.save(Profile.make(name=f"peer {{number}}", host="h"))
    store.delete(f"peer {{number - 1}}")
"""
    for _ in range(3):
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        while len(store.load()) < 2:
            pass
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert names(store)[0] == "first"
        for name in names(store)[1:]:
            store.delete(name)
    store.save(pacs("after"))
    assert names(store) == ["first", "after"]
    assert not list(store.path.parent.glob(".*.new"))


def test_peer_says_what_the_profile_says() -> None:
    profile = pacs(
        port=4242,
        calling_ae_title="ME",
        called_ae_title="YOU",
        ip="ipv6",
        transfer_syntaxes="deflated",
        compression_level=9,
        max_pdu=65536,
        abort=True,
        timeouts__socket=0,
        timeouts__dimse=7,
        tls__enabled=True,
        tls__key="~/key.pem",
        tls__certificate="/c.pem",
        tls__password="empty",
        tls__authorities=("/ca.pem",),
        tls__revocation="chain",
        tls__hostname="other",
    )
    peer = profile.peer()
    assert (peer.port, peer.calling_ae_title, peer.called_ae_title) == (4242, "ME", "YOU")
    assert (peer.ip_version, peer.proposal, peer.compression_level) == (IPVersion.V6, Proposal.DEFLATED, 9)
    assert (peer.max_pdu, peer.abort, peer.timeouts.socket, peer.timeouts.dimse) == (65536, True, None, 7.0)
    assert peer.tls is not None
    assert peer.tls.key_file == Path.home() / "key.pem"
    assert (peer.tls.password, peer.tls.revocation, peer.tls.verify_hostname) == (
        Password.EMPTY,
        Revocation.CHAIN,
        "other",
    )


def test_new_profiles_check_the_host_name_and_plain_ones_are_plain() -> None:
    assert pacs().peer().tls is None
    tls = pacs(tls__enabled=True).peer().tls
    assert tls is not None
    assert tls.verify_hostname == "pacs"


def a_value(field: Field) -> st.SearchStrategy[Value]:
    match field.kind:
        case Kind.SWITCH:
            return st.booleans()
        case Kind.INTEGER:
            return st.integers(int(field.minimum), int(min(field.maximum, 10**6)))
        case Kind.SECONDS:
            return st.one_of(st.integers(0, 86400), st.floats(0.25, 1000).map(lambda number: round(number, 2)))
        case Kind.CHOICE:
            return st.sampled_from(sorted(field.choices))
        case Kind.LIST | Kind.FILES | Kind.DIRECTORIES:
            return st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["C"])), max_size=3).map(tuple)
    if field.key.endswith("ae_title"):
        return st.text(st.sampled_from("ABCxyz09_ -"), min_size=1, max_size=16).filter(str.strip)
    return st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1).filter(str.strip)


@given(st.fixed_dictionaries({}, optional={field.key: a_value(field) for field in FIELDS}))
def test_every_field_is_written_and_read_back(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, Value]
) -> None:
    store = ProfileStore(tmp_path_factory.mktemp("profiles") / "profiles.toml")
    profile = Profile.of({"name": "n", "host": "h", **values})
    store.save(profile)
    assert store.load() == [profile]


@given(st.fixed_dictionaries({}, optional={field.key: a_value(field) for field in FIELDS if field.page != "Query"}))
def test_a_peer_becomes_the_profile_that_it_came_from(values: dict[str, Value]) -> None:
    peer = Profile.of({"host": "h", **values, "name": "n"}).peer()
    assert Profile.of_peer("n", peer).peer() == peer or (peer.tls is not None and "~" in repr(values))


def test_every_field_says_what_it_is() -> None:
    assert len(BY_KEY) == len(FIELDS)
    for field in FIELDS:
        assert field.problem(list(field.default) if isinstance(field.default, tuple) else field.default) == "" or (
            field.key in ("name", "host")
        )


def test_every_option_about_a_peer_or_a_query_has_its_field() -> None:
    from findtui.command.options import every_option

    told = {option for field in FIELDS for option in field.options}
    asked = {
        option.long for option in every_option() if option.concerns in ("peer", "query", "tls") and not option.exclusive
    }
    assert asked - told == set()
    assert told - {option.long for option in every_option()} == set()


def test_the_example_is_one() -> None:
    profiles = ProfileStore(Path(__file__).parents[2] / "config" / "profiles.toml").load()
    assert len(profiles) == 2
    for profile in profiles:
        assert profile.peer().host


def test_the_documentation_tells_of_every_field() -> None:
    text = (Path(__file__).parents[2] / "docs" / "application.md").read_text(encoding="utf-8")
    for field in FIELDS:
        assert f"| `{field.key}` | {field.text}" in text
        for option in field.options:
            assert f"`{option}`" in text


@pytest.mark.parametrize("name", ["~no-such-user/ca.pem", "~0", "~"])
def test_a_home_directory_that_nobody_has_is_a_name_like_any_other(name: str) -> None:
    profile = pacs(tls__enabled=True, tls__authorities=(name,), tls__key=name)
    tls = profile.peer().tls
    assert tls is not None
    assert tls.authority_files == (tls.key_file,)
    assert str(tls.key_file) == (name if name != "~" else str(Path.home()))
