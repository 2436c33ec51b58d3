"""Settings, keymap, templates, history and passwords."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringError, PasswordDeleteError

from findtui.dicom.models import MODELS, WORKLIST, attributes
from findtui.errors import SettingsError
from findtui.store import secrets
from findtui.store.history import LIMIT, History, Run
from findtui.store.profiles import Profile, ProfileStore
from findtui.store.settings import Settings, SettingsStore, having_columns
from findtui.store.templates import Template, TemplateStore, opening_keys, return_keys, shipped


@pytest.fixture
def settings(tmp_path: Path) -> SettingsStore:
    return SettingsStore(tmp_path / "settings.toml", tmp_path / "keymap.toml")


def test_settings_come_back_and_comments_stay(settings: SettingsStore) -> None:
    settings.path.write_text('# how I like it\ntheme = "findtui-light" # at daylight\n')
    before = settings.load()
    assert before == Settings(theme="findtui-light")
    after = having_columns(replace(before, mask=True), "study.SERIES", ("Modality", "SeriesNumber"))
    settings.save(before, after)
    assert settings.load() == after
    assert settings.path.read_text().startswith('# how I like it\ntheme = "findtui-light" # at daylight\n')
    settings.save(after, having_columns(after, "study.SERIES", ()))
    assert settings.load().columns == {}


def test_two_instances_change_different_settings(settings: SettingsStore) -> None:
    settings.save(Settings(), Settings(mask=True))
    settings.save(Settings(), Settings(watch_interval=5))
    assert settings.load() == Settings(mask=True, watch_interval=5)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("compact = 1\n", "line 1: compact must be true or false"),
        ("\nwatch_interval = 1\n", "line 2: watch_interval must be a number of seconds"),
        ("colour = 1\n", "line 1: colour is unknown"),
        ("[columns]\nworklist = 5\n", "columns must give a list"),
    ],
)
def test_settings_that_make_no_sense_are_named(settings: SettingsStore, text: str, reason: str) -> None:
    settings.path.write_text(text)
    with pytest.raises(SettingsError) as caught:
        settings.load()
    assert reason in caught.value.message


def test_all_faults_of_the_settings_are_told_and_nothing_is_written_over_them(settings: SettingsStore) -> None:
    text = "[widths]\nPatientName = 0\n"
    settings.path.write_text("mask = 1\ntheme = 5\n" + text)
    for attempt in (settings.load, lambda: settings.save(Settings(), Settings(raw=True))):
        with pytest.raises(SettingsError) as caught:
            attempt()
        assert caught.value.message.splitlines() == [
            f"{settings.path}: 3 faults",
            "line 1: mask must be true or false",
            "line 2: theme must be a text",
            "line 3: widths must give a number of cells between 1 and 1000 for each path",
        ]
    assert settings.path.read_text() == "mask = 1\ntheme = 5\n" + text


def test_keymap(settings: SettingsStore) -> None:
    assert settings.load_keymap({"run"}) == ({}, [])
    settings.keymap.write_text('[keys]\nrun = "f5,ctrl+r"\n')
    assert settings.load_keymap({"run"}) == ({"run": "f5,ctrl+r"}, [])


def test_all_faults_of_a_keymap_are_told_and_its_other_keys_hold(settings: SettingsStore) -> None:
    settings.keymap.write_text('[keys]\n\nfly = "f"\nrun = 5\nmask = "m"\n')
    keys, faults = settings.load_keymap({"run", "mask"})
    assert keys == {"mask": "m"}
    error = settings.keymap_error([*faults, ("mask", "m is worn out")])
    assert error.message.splitlines() == [
        f"{settings.keymap}: 3 faults",
        "line 3: there is no action 'fly'",
        'line 4: run needs a text such as "r" or "ctrl+r,f5"',
        "line 5: m is worn out",
    ]
    assert settings.keymap_error(faults[:1]).message == f"{settings.keymap}, line 3: there is no action 'fly'"


def test_a_keymap_full_of_faults_does_not_fill_the_screen(settings: SettingsStore) -> None:
    names = [f"fly{number}{'y' * 10_000}" for number in range(1000)]
    settings.keymap.write_text("[keys]\n" + "".join(f'{name} = "f"\n' for name in names))
    _, faults = settings.load_keymap({"run"})
    message = settings.keymap_error(faults).message
    assert message.splitlines()[-1] == "and 994 more"
    assert len(message) < 4000


@pytest.mark.parametrize("text", ['run = "r"\n', "keys = 5\n", '[[keys]]\nrun = "r"\n', "keys = []\n"])
def test_keys_that_stand_elsewhere_are_named(settings: SettingsStore, text: str) -> None:
    settings.keymap.write_text(text)
    with pytest.raises(SettingsError, match=r"keymap\.toml, line 1: keys stand below a line of its own, \[keys\]"):
        settings.load_keymap({"run"})


TORN = "the file ends in the middle of a name or a value"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ('theme = "findtui-', 1, TORN),
        ("mask = true\nwatch_interval = ", 2, TORN),
        ("mask = true\n\ntheme", 3, TORN),
        ("[columns]\nworklist = [\n", 2, TORN),
        ("[colum", 1, TORN),
        ('theme = "findtui-\nmask = true\n', 1, "a text has no closing quote"),
        ("mask = true\n\0\0\0\0", 2, "there are NUL bytes"),
        ('theme = "find\0tui"\n', 1, "there are NUL bytes"),
        ("\0" * 4096, 1, "there are NUL bytes"),
        ('theme = "a\x1bb"\n', 1, r"a control character must be written as \u001b"),
        ('export_directory = "C:\\images"\n', 1, "a backslash in a text is written twice"),
        ("\ntheme = findtui-dark\n", 2, "'theme = findtui-dark' is not understood: a line is a name, = and a value"),
        ("mask: true\n", 1, "'mask: true' is not understood"),
        ("mask = true\nmask = true\n", 2, "'mask' is given twice"),
        ("a = " + "x" * 10_000, 1, "…' is not understood"),
    ],
)
def test_what_is_no_toml_is_told_in_words_and_never_overwritten(
    tmp_path: Path, text: str, line: int, reason: str
) -> None:
    path = tmp_path / "any.toml"
    settings, templates, profiles = SettingsStore(path, path), TemplateStore(path), ProfileStore(path)
    path.write_text(text)
    attempts: tuple[Callable[[], object], ...] = (
        settings.load,
        lambda: settings.load_keymap({"run"}),
        templates.load,
        profiles.load,
        lambda: settings.save(Settings(), Settings(raw=True)),
        lambda: templates.save(Template("new", WORKLIST, ())),
        lambda: templates.delete("new"),
        lambda: templates.move("new", 1),
        lambda: profiles.save(Profile.make(name="new", host="pacs")),
        lambda: profiles.delete("new"),
        lambda: profiles.move("new", 1),
    )
    for attempt in attempts:
        with pytest.raises(SettingsError) as caught:
            attempt()
        assert f"{path}, line {line}: " in caught.value.message
        assert reason in caught.value.message
        assert len(caught.value.message) < 300 + len(str(path))
        assert "findtui leaves the file as it is" in caught.value.remedy
    assert path.read_text() == text


def test_the_mark_that_some_editors_put_before_a_text_is_no_part_of_it(settings: SettingsStore) -> None:
    settings.path.write_bytes(b"\xef\xbb\xbfmask = true\n")
    assert settings.load() == Settings(mask=True)


def test_shipped_templates_ask_for_all_that_the_standard_lists() -> None:
    templates = shipped()
    for model in MODELS.values():
        for level in model.levels or ("",):
            paths = {row.path for row in attributes(model, level or None)}
            if not paths:
                continue
            fits = [
                row
                for row in templates
                if row.model is model and (not level or f"QueryRetrieveLevel={level}" in row.keys)
            ]
            assert fits, (model.id, level)
            assert {key.partition("=")[0] for key in fits[0].keys} == paths
    assert any(key.endswith("StartDate=today") for key in templates[0].keys)


def test_every_model_that_the_standard_has_a_table_for_has_a_template() -> None:
    names = [template.name for template in shipped()]
    assert len(set(names)) == len(names)
    assert {"Hanging protocol", "Color palette", "Generic implant template", "Implant assembly template"} < set(names)
    assert {"Implant template group", "Defined procedure protocol", "Protocol approval"} < set(names)
    assert {"Product characteristics", "Substance approval", "Relevant patient information"} < set(names)


@pytest.mark.parametrize(
    ("model", "identifier"), [("relevant-patient", "9007"), ("breast-imaging", "9000"), ("cardiac", "3802")]
)
def test_relevant_information_is_asked_with_the_root_template_of_its_model(model: str, identifier: str) -> None:
    keys = opening_keys(MODELS[model])
    assert keys[-2:] == (
        "ContentTemplateSequence[0].MappingResource=DCMR",
        f"ContentTemplateSequence[0].TemplateIdentifier={identifier}",
    )
    # A report in an archive may follow any template.
    assert "ContentTemplateSequence[0].TemplateIdentifier" in return_keys(MODELS["study"], "IMAGE")


def test_opening_keys_ask_for_today() -> None:
    keys = opening_keys(WORKLIST)
    assert "ScheduledProcedureStepSequence[0].ScheduledProcedureStepStartDate=today" in keys
    assert "QueryRetrieveLevel=STUDY" in opening_keys(MODELS["study"])


def test_own_templates_are_kept(tmp_path: Path) -> None:
    store = TemplateStore(tmp_path / "templates.toml")
    assert store.load() == []
    mine = Template("mine", MODELS["study"], ("QueryRetrieveLevel=STUDY", "StudyDate=today-7..today"))
    store.save(mine)
    store.save(Template("other", WORKLIST, ()))
    store.save(replace(mine, keys=("PatientName=M*",)))
    assert store.load() == [replace(mine, keys=("PatientName=M*",)), Template("other", WORKLIST, ())]
    whole = replace(
        mine, files=("/a.dcm",), character_set="ISO_IR 100", repeat=2, cancel_after=3, new_vrs=False, keys=()
    )
    store.save(whole)
    assert store.load()[0] == whole
    store.save(mine)
    assert store.load()[0] == mine
    store.delete("mine")
    store.delete("mine")
    assert [row.name for row in store.load()] == ["other"]
    with pytest.raises(SettingsError):
        Template(" ", WORKLIST, ())


def test_own_templates_are_moved(tmp_path: Path) -> None:
    store = TemplateStore(tmp_path / "templates.toml")
    for name in "ABC":
        store.save(Template(name, WORKLIST, ("PatientName", "PatientID=1")))
    store.move("C", -1)
    assert [row.name for row in store.load()] == ["A", "C", "B"]
    store.move("A", 99)
    store.move("absent", 1)
    assert [row.name for row in store.load()] == ["C", "B", "A"]
    assert store.load()[2] == Template("A", WORKLIST, ("PatientName", "PatientID=1"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[[template]]\nmodel = "x"\nname = "a"\n', "line 2: model must be one of"),
        ("[[template]]\n", "line 1: the template lacks its name"),
        ('[[template]]\nname = "a"\nmodel = []\n', "line 3: model must be one of"),
        ('[[template]]\nname = "a"\nkeys = 5\n', "line 3: keys must be a list"),
        ('[[template]]\nname = "a"\nhost = "x"\n', "line 3: 'host' is no part"),
        ('[[template]]\nname = "a"\nrepeat = 0\n', "line 3: repeat must be between 1"),
        ('[[template]]\nname = "a"\nfiles = "x"\n', "line 3: files must be a list"),
        ("templates = 1\n", "templates start with [[template]]"),
        ("template = [5]\n", "templates start with [[template]]"),
        ('[[template]]\nname = "a"\n[[template]]\nname = "a"\n', "line 4: the name 'a' is given twice"),
    ],
)
def test_broken_templates_are_named_and_left_alone(tmp_path: Path, text: str, reason: str) -> None:
    store = TemplateStore(tmp_path / "templates.toml")
    store.path.write_text(text)
    with pytest.raises(SettingsError) as caught:
        store.save(Template("new", WORKLIST, ()))
    assert reason in caught.value.message
    assert store.path.read_text() == text


def a_run(number: int) -> Run:
    return Run(
        f"2026-11-22T09:41:{number % 60:02d}+01:00", "PACS", "study", (f"StudyID={number}",), "", "complete", 3, 0.2, ""
    )


def test_history_is_private_bounded_and_newest_first(tmp_path: Path) -> None:
    history = History(tmp_path / "state" / "history.jsonl")
    assert history.load() == []
    history.add(a_run(1))
    lines = history.path.read_text().splitlines()
    history.path.write_text(
        "\n".join(
            lines * 1 + [json.dumps(json.loads(lines[0]) | {"keys": [f"StudyID={n}"]}) for n in range(2, LIMIT + 20)]
        )
    )
    history.add(a_run(0))
    runs = history.load()
    assert len(runs) == LIMIT
    assert runs[0] == a_run(0)
    assert stat.S_IMODE(history.path.stat().st_mode) == 0o600


def test_the_same_question_is_remembered_once(tmp_path: Path) -> None:
    history = History(tmp_path / "history.jsonl")
    history.add(a_run(1))
    history.add(a_run(2))
    history.add(replace(a_run(1), received=9))
    assert [run.received for run in history.load()] == [9, 3]


def test_lines_that_are_no_run_are_passed_over(tmp_path: Path) -> None:
    history = History(tmp_path / "history.jsonl")
    history.add(a_run(1))
    torn = history.path.read_text()[:40]
    history.path.write_text(history.path.read_text() + 'nonsense\n[]\n{"when": 5}\n' + torn)
    assert history.load() == [a_run(1)]
    history.clear()
    history.clear()
    assert history.load() == []


class Ring(KeyringBackend):
    """A keyring in memory."""

    priority = 1

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringError("locked")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.locked:
            raise KeyringError("locked")
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.kept:
            raise PasswordDeleteError("none")
        del self.kept[service, username]


@pytest.fixture
def ring() -> Iterator[Ring]:
    before, ring = keyring.get_keyring(), Ring()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


def test_passwords_are_kept_in_the_keyring(ring: Ring) -> None:
    key = Path("/keys/own.pem")
    assert secrets.password_of(key) is None
    secrets.keep_password(key, "s3cret")
    assert secrets.password_of(key) == "s3cret"
    secrets.forget_password(key)
    secrets.forget_password(key)
    assert ring.kept == {}
    ring.locked = True
    with pytest.raises(SettingsError, match="keyring cannot be used"):
        secrets.password_of(key)
    with pytest.raises(SettingsError, match="keyring cannot be used"):
        secrets.keep_password(key, "x")


def test_encrypted_keys_are_told_from_plain_ones(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    for encoding in (form.Encoding.PEM, form.Encoding.DER):
        for locked in (True, False):
            algorithm = form.BestAvailableEncryption(b"x") if locked else form.NoEncryption()
            path = tmp_path / f"{encoding!r}-{locked}".rpartition(".")[2]
            path.write_bytes(key.private_bytes(encoding, form.PrivateFormat.PKCS8, algorithm))
            assert secrets.is_encrypted(path) is locked
    assert secrets.is_encrypted(tmp_path / "absent") is False
    (tmp_path / "nonsense").write_bytes(b"\x30\x01")
    assert secrets.is_encrypted(tmp_path / "nonsense") is False


def test_the_right_password_is_told_from_a_wrong_one(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    keys = tuple[ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, form.Encoding, form.PrivateFormat, bytes]
    kinds: tuple[keys, ...] = (
        (ec.generate_private_key(ec.SECP256R1()), form.Encoding.PEM, form.PrivateFormat.PKCS8, b""),
        (ec.generate_private_key(ec.SECP256R1()), form.Encoding.DER, form.PrivateFormat.PKCS8, b""),
        (rsa.generate_private_key(65537, 2048), form.Encoding.PEM, form.PrivateFormat.TraditionalOpenSSL, b""),
        # A file with a certificate in front of the key.
        (
            ec.generate_private_key(ec.SECP256R1()),
            form.Encoding.PEM,
            form.PrivateFormat.PKCS8,
            b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        ),
    )
    for number, (key, encoding, layout, before) in enumerate(kinds):
        path = tmp_path / f"{number}.key"
        path.write_bytes(before + key.private_bytes(encoding, layout, form.BestAvailableEncryption(b"s3cr\xc3\xa9t")))
        assert secrets.is_encrypted(path)
        assert secrets.opens(path, "s3crét")
        assert not secrets.opens(path, "another")


def test_a_wrong_password_that_happens_to_decipher_into_something_is_wrong(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric import ec

    key, path = ec.generate_private_key(ec.SECP256R1()), tmp_path / "own.key"
    locked = form.BestAvailableEncryption(b"right")
    path.write_bytes(key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, locked))
    assert [number for number in range(1000) if secrets.opens(path, f"wrong {number}")] == []
    assert secrets.opens(path, "right")


def test_a_key_that_cannot_be_judged_is_left_to_tls(tmp_path: Path) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n")
    assert secrets.opens(broken, "x")
    assert secrets.opens(tmp_path / "absent.pem", "x")
