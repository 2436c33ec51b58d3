"""Peers as a person has them: added, changed, tested, moved, deleted, taken along; every key pressed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.widgets import DirectoryTree, Input, OptionList, Select, Static, TabbedContent, TextArea

from findtui.command.options import every_option
from findtui.demo.server import DemoServer
from findtui.dicom.models import WORKLIST
from findtui.store.fields import FIELDS
from findtui.store.paths import Paths
from findtui.store.profiles import ProfileStore
from findtui.store.templates import Template, TemplateStore
from findtui.tui.app import FindtuiApp
from findtui.tui.screens.ask import AskScreen, ConfirmScreen
from findtui.tui.screens.files import FileScreen
from findtui.tui.screens.first_start import FirstStart
from findtui.tui.screens.form import join_list, split_list
from findtui.tui.screens.paste import PasteScreen
from findtui.tui.screens.profile_editor import ProfileEditor
from tests.tui.conftest import complete, main, save_demo, shown, state, until
from tests.tui.forms import closed, edited, fill, opened, probed, ready, said, told
from tests.tui.test_tls import PASSWORD, Encrypted, encrypted  # noqa: F401 - a fixture

# The first start.


async def test_the_ways_to_begin_stay_when_the_first_dialog_is_closed(paths: Paths) -> None:
    app = FindtuiApp(paths)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, FirstStart)
        await pilot.press("escape")
        await closed(pilot)
        listing = main(pilot).peers_panel.query_one(OptionList)
        assert [str(option.prompt).strip() for option in listing.options] == [
            "add a peer",
            "demo hospital",
            "paste a command",
        ]
        await until(pilot, lambda: app.focused is listing, "the list to have the keys")
        await pilot.press("enter")
        await opened(pilot, ProfileEditor)
        await pilot.press("escape")
        await closed(pilot)
        await pilot.press("P")
        await opened(pilot, PasteScreen)


async def test_the_demo_of_the_first_start_brings_todays_worklist(paths: Paths) -> None:
    app = FindtuiApp(paths)
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            await opened(pilot, FirstStart)
            await pilot.press("d")
            await complete(pilot)
            assert state(pilot).startswith("● complete")
            assert len(shown(pilot).store) > 0
        assert not paths.profiles.exists(), "the demo is no peer of the user's"
    finally:
        app.stop_demo()


async def test_the_demo_asks_for_todays_worklist_without_a_key(paths: Paths) -> None:
    app = FindtuiApp(paths, demo=True)
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            await complete(pilot)
            assert "ScheduledProcedureStepStartDate=today" in " ".join(main(pilot).question.keys)
            grid = main(pilot).results_panel.grid
            assert grid is not None
            await until(pilot, lambda: grid.region.height > 3 and len(shown(pilot).store) > 0, "rows on the screen")
            name = str(shown(pilot).store.response(0).to_dataset().PatientName.family_name)
            await until(pilot, lambda: name in app.export_screenshot(), "the first patient on the screen")
    finally:
        app.stop_demo()


# The form.


async def test_what_is_wrong_is_said_where_it_is(paths: Paths, server: DemoServer) -> None:
    save_demo(paths, server)
    app = FindtuiApp(paths)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await edited(pilot)
        assert said(pilot, ".problem") == ""
        await fill(pilot, "port", "70000")
        await until(pilot, lambda: said(pilot, ".problem") == "✖ must be between 1 and 65535", "the reason")
        # Elsewhere it is not repeated, but the mark stays beside the field.
        await pilot.press("tab")
        await until(pilot, lambda: said(pilot, ".problem") == "", "the next field")
        notes = [str(note.content) for note in app.screen.query(".note.-problem").results(Static) if note.region]
        assert notes == ["✖"]
        # Saving goes to it, from another page, too.
        await pilot.press("f6", "f6")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.focused is app.screen.query_one("#field-port"), "the field to have the keys")
        assert app.screen.query_one(TabbedContent).active == "page-peer"
        assert said(pilot, ".problem") == "✖ must be between 1 and 65535"
        await pilot.resize_terminal(160, 50)
        await until(
            pilot,
            lambda: (
                "✖ must be between 1 and 65535"
                in [str(n.content) for n in app.screen.query(".note.-problem").results(Static)]
            ),
            "the sentence beside the field",
        )
        await fill(pilot, "port", "9" * 5000)
        await until(pilot, lambda: said(pilot, ".problem") == "✖ must be between 1 and 65535", "the reason")
        await fill(pilot, "port", "104")
        await fill(pilot, "tls-fingerprint", "AB:CD")
        await until(pilot, lambda: said(pilot, ".problem") == "✖ must have 64 hexadecimal digits", "the reason")
        await fill(pilot, "tls-fingerprint", "ab" * 32)
        await fill(pilot, "tls-authorities", "/no/such.pem")
        await until(pilot, lambda: said(pilot, ".problem") == "▲ there is no file /no/such.pem", "the reason")
        await fill(pilot, "fallback-character-set", "EBCDIC")
        await until(pilot, lambda: said(pilot, ".problem").startswith("✖ EBCDIC is no defined term"), "the reason")
        await fill(pilot, "fallback-character-set", "ISO_IR 100")
        await fill(pilot, "calling-ae-title", "A\\B")
        await until(pilot, lambda: "must not contain" in said(pilot, ".problem"), "the reason")
        await fill(pilot, "calling-ae-title", "ME")
        await pilot.press("ctrl+s")
        await closed(pilot)
    saved = ProfileStore(paths.profiles).load()[0]
    assert (saved["port"], saved["calling_ae_title"], saved["tls.authorities"]) == (104, "ME", ("/no/such.pem",))


async def test_up_and_down_go_from_field_to_field(paths: Paths, server: DemoServer) -> None:
    save_demo(paths, server)
    app = FindtuiApp(paths, profile="Demo Hospital")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("1", "a")
        await opened(pilot, ProfileEditor)

        async def on(field: str) -> None:
            await until(pilot, lambda: app.focused is app.screen.query_one(f"#field-{field}"), field)

        await on("name")
        for field in ("host", "port", "called-ae-title", "calling-ae-title", "ip", "name"):
            await pilot.press("down")
            await on(field)
        await pilot.press("up")
        await on("ip")
        protocol = app.screen.query_one("#field-ip", Select)
        before = protocol.value
        await pilot.press("enter")
        await until(pilot, lambda: protocol.expanded, "the list")
        await pilot.press("down", "enter")
        await until(pilot, lambda: not protocol.expanded and protocol.value != before, "the choice")
        await on("ip")
        await pilot.press("up")
        await on("calling-ae-title")


async def test_every_hint_fits_beside_its_field(paths: Paths, server: DemoServer) -> None:
    save_demo(paths, server)
    app = FindtuiApp(paths)
    async with app.run_test(size=(160, 50)) as pilot:
        await ready(pilot)
        await edited(pilot)
        for page in range(4):
            await until(pilot, lambda: any(note.region for note in app.screen.query(".note")), f"page {page}")
            for note in app.screen.query(".note").results(Static):
                if note.region:
                    assert len(str(note.content)) <= note.content_size.width, str(note.content)
            await pilot.press("f6")
            await pilot.pause()


def test_every_option_about_a_peer_or_its_query_has_a_field_or_stands_elsewhere_in_the_application() -> None:
    elsewhere = {"--list-ciphers", "--list-profiles"}  # Lists that are printed.
    fields = {option for field in FIELDS for option in field.options}
    missing = {
        option.long
        for option in every_option()
        if option.concerns in ("peer", "tls", "query") and not option.exclusive and option.long not in fields
    }
    assert missing - elsewhere == set()


@given(st.lists(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1)))
def test_lists_keep_their_commas(parts: list[str]) -> None:
    assert list(split_list(join_list(parts))) == parts


def test_lists_are_taken_as_people_type_them() -> None:
    assert split_list(' /a.pem,/b.pem , "/c, d.pem",, ') == ("/a.pem", "/b.pem", "/c, d.pem")


async def test_a_file_is_chosen_by_keys(paths: Paths, server: DemoServer, tmp_path: Path) -> None:
    folder = tmp_path / "keys and more"
    folder.mkdir()
    (folder / "ca.pem").write_text("x")
    (folder / ".hidden.pem").write_text("x")
    save_demo(paths, server, tls__authorities=(str(folder / "other.pem"),))
    app = FindtuiApp(paths)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await edited(pilot)
        await pilot.press("f3")
        assert isinstance(app.screen, ProfileEditor), "a name is no file"
        await pilot.press("f6", "f6")
        app.screen.query_one("#field-tls-authorities").focus()
        await pilot.pause()
        await pilot.press("f3")
        await opened(pilot, FileScreen)
        tree = app.screen.query_one(DirectoryTree)
        await until(pilot, lambda: [str(node.label) for node in tree.root.children] == ["ca.pem"], "the files")
        await pilot.press("down", "enter")
        await opened(pilot, ProfileEditor)
        await until(
            pilot,
            lambda: app.screen.query_one("#field-tls-authorities", Input).value.endswith(f"{folder}/ca.pem"),
            "the file in the field",
        )
        await pilot.press("escape")
        await opened(pilot, ConfirmScreen)
        await pilot.press("escape")
        await opened(pilot, ProfileEditor)
        await pilot.press("escape")
        await opened(pilot, ConfirmScreen)
        await pilot.press("enter")
        await closed(pilot)
    assert ProfileStore(paths.profiles).load()[0]["tls.authorities"] == (str(folder / "other.pem"),)


async def test_a_path_that_is_typed_is_gone_into_or_told_wrong(
    paths: Paths, server: DemoServer, tmp_path: Path
) -> None:
    (tmp_path / "sub" / "deeper").mkdir(parents=True)
    save_demo(paths, server)
    app = FindtuiApp(paths)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("1", "I")
        await opened(pilot, FileScreen)
        line, tree = app.screen.query_one("#path", Input), app.screen.query_one(DirectoryTree)
        for text, reason in (
            (str(tmp_path / "absent.toml"), "there is no file"),
            ("~no-such-user/x", "~no-such-user/x"),
            ("a\0b", "a\\x00b"),
        ):
            line.focus()
            await until(pilot, lambda: line.has_focus, "the line to have the keys")
            line.value = text
            await pilot.press("enter")
            await until(pilot, lambda reason=reason: reason in said(pilot, ".problem"), reason)  # type: ignore[misc]
        line.value = str(tmp_path / "sub")
        await pilot.press("enter")
        await until(pilot, lambda: Path(tree.path) == tmp_path / "sub" and tree.has_focus, "the directory")
        assert said(pilot, ".problem") == ""
        await pilot.press("backspace")
        await until(pilot, lambda: Path(tree.path) == tmp_path.resolve(), "the directory above")


async def test_what_was_asked_stays_when_the_peer_is_changed(paths: Paths, server: DemoServer) -> None:
    save_demo(paths, server)
    app = FindtuiApp(paths, profile="Demo Hospital", run=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await complete(pilot)
        before, asked = len(shown(pilot).store), main(pilot).question
        await edited(pilot)
        await fill(pilot, "name", "Renamed")
        await fill(pilot, "calling-ae-title", "ROOM1")
        await pilot.press("ctrl+s")
        await closed(pilot)
        peer = main(pilot).session.peer
        assert peer is not None
        assert peer.calling_ae_title == "ROOM1"
        assert (len(shown(pilot).store), main(pilot).question) == (before, asked)
        await until(pilot, lambda: main(pilot).peers_panel.profile is not None, "the cursor")
        assert main(pilot).peers_panel.profile.name == "Renamed"  # type: ignore[union-attr]
        # What it is opened with is another matter.
        await pilot.press("f2")
        await opened(pilot, ProfileEditor)
        app.screen.query_one("#field-model", Select).value = "study"
        await pilot.pause()
        await pilot.press("ctrl+s")
        await closed(pilot)
        assert main(pilot).question.model.id == "study"
    again = FindtuiApp(paths)
    async with again.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert main(pilot).session.name == "Renamed", "the last peer is opened under its new name"


async def test_a_query_that_has_no_key_on_purpose_keeps_none(paths: Paths, server: DemoServer) -> None:
    save_demo(paths, server, model="study", keys=("",))
    store = ProfileStore(paths.profiles)
    app = FindtuiApp(paths, profile="Demo Hospital")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        assert main(pilot).question.keys == ()
        await edited(pilot)
        await fill(pilot, "name", "Renamed")
        await pilot.press("ctrl+s")
        await closed(pilot)
        assert [(row.name, row["keys"]) for row in store.load()] == [("Renamed", ("",))]
        await edited(pilot)
        app.screen.query_one("#field-keys", TextArea).text = "PatientName"
        await pilot.press("ctrl+s")
        await closed(pilot)
        assert store.load()[0]["keys"] == ("PatientName",)
        # Here nothing says that there are to be none: the model has its own.
        await edited(pilot)
        app.screen.query_one("#field-keys", TextArea).text = ""
        await pilot.press("ctrl+s")
        await closed(pilot)
        assert store.load()[0]["keys"] == ()


async def test_a_pasted_peer_keeps_its_query_and_can_be_tested_saved_and_forgotten(
    paths: Paths, server: DemoServer
) -> None:
    command = f"findscu -S -k QueryRetrieveLevel=STUDY -k PatientName=M* -aec DEMO 127.0.0.1 {server.port}"
    app = FindtuiApp(paths, command=command)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        name = f"127.0.0.1:{server.port}"
        await pilot.press("1", "t")
        await probed(pilot)
        assert said(pilot, "#verdict") == "● all that this peer is asked for works"
        # From the test to the form.
        await pilot.press("f2")
        await opened(pilot, ProfileEditor)
        await fill(pilot, "name", "PACS")
        await pilot.press("ctrl+s")
        await closed(pilot)
        saved = ProfileStore(paths.profiles).load()[0]
        assert (saved.name, saved.model.id) == ("PACS", "study")
        assert saved.texts("keys") == ("QueryRetrieveLevel=STUDY", "PatientName=M*")
        assert [profile.name for profile in app.profiles] == ["PACS"], "it is not there twice"
        assert main(pilot).session.name == "PACS"
        await main(pilot).open_command(command)
        assert [profile.name for profile in app.profiles] == ["PACS", name]
        await pilot.press("1", "end", "delete")
        await opened(pilot, ConfirmScreen)
        assert name in said(pilot, ".question")
        await pilot.press("enter")
        await until(pilot, lambda: [profile.name for profile in app.profiles] == ["PACS"], "it to be gone")


async def test_peers_move_past_what_is_shown(paths: Paths, server: DemoServer) -> None:
    for name in ("CT one", "MR", "US", "CT two"):
        save_demo(paths, server, name=name)
    app = FindtuiApp(paths, profile="CT one")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("1", "slash", *"ct", "enter")
        await until(pilot, lambda: main(pilot).peers_panel.shown == ["CT one", "CT two"], "the filter")
        await pilot.press("1", "home", "ctrl+down")
        store = ProfileStore(paths.profiles)
        await until(
            pilot, lambda: [row.name for row in store.load()] == ["MR", "US", "CT two", "CT one"], "the new order"
        )
        assert main(pilot).peers_panel.profile.name == "CT one"  # type: ignore[union-attr]


async def test_saved_queries_move_past_what_is_shown(paths: Paths, server: DemoServer) -> None:
    save_demo(paths, server)
    store = TemplateStore(paths.templates)
    for name in ("CT one", "MR", "CT two"):
        store.save(Template(name, WORKLIST, ("PatientName",)))

    def names() -> list[str]:
        return [row.name for row in store.load()]

    app = FindtuiApp(paths, profile="Demo Hospital")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        panel = main(pilot).peers_panel
        await pilot.press("1", "end", "ctrl+up")
        await until(pilot, lambda: names() == ["CT one", "CT two", "MR"], "the new order")
        assert panel.shown_templates == names()
        assert panel.template is not None
        assert panel.template.name == "CT two"
        # Above the first of them there are the peers, which it is none of.
        await pilot.press("ctrl+up", "ctrl+up", "ctrl+up")
        await until(pilot, lambda: names() == ["CT two", "CT one", "MR"], "the new order")
        await pilot.press("slash", *"m", "enter")
        await until(pilot, lambda: panel.shown_templates == ["MR"], "the filter")
        await pilot.press("1", "end", "ctrl+up", "ctrl+down")
        assert names() == ["CT two", "CT one", "MR"]


async def test_a_saved_query_is_duplicated_under_a_name_of_its_own(paths: Paths, server: DemoServer) -> None:
    save_demo(paths, server)
    store = TemplateStore(paths.templates)
    store.save(Template("CT today", WORKLIST, ("PatientName", "PatientID=P1"), repeat=2))
    app = FindtuiApp(paths, profile="Demo Hospital")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("1", "end", "D")
        await until(pilot, lambda: isinstance(app.screen, AskScreen), "the dialog")
        line = app.screen.query_one(Input)
        assert line.value == "CT today 2"
        line.value = "CT today"
        await pilot.press("enter")
        await until(pilot, lambda: "already" in said(pilot, ".problem"), "the reason")
        line.value = "CT tomorrow"
        await pilot.press("enter")
        await until(pilot, lambda: len(store.load()) == 2, "the second query")
        first, second = store.load()
        assert (first.name, second.name) == ("CT today", "CT tomorrow")
        assert replace(second, name=first.name) == first
        panel = main(pilot).peers_panel
        await until(pilot, lambda: panel.template is not None and panel.template.name == "CT tomorrow", "the cursor")


async def test_peers_are_exported_and_imported(
    paths: Paths, server: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    save_demo(paths, server)
    (home / "findtui-peers.toml").write_text("mine")
    (home / "broken.toml").write_text('[[profile]]\nname = "A"\nhost = "h"\nport = "x"\n')
    app = FindtuiApp(paths)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("1", "X")
        await opened(pilot, AskScreen)
        await pilot.press("enter")
        await until(pilot, lambda: "exists already" in said(pilot, ".problem"), "the reason, in place")
        line = app.screen.query_one(Input)
        line.value = str(home / "absent" / "p.toml")
        await until(pilot, lambda: "there is no directory" in said(pilot, ".problem"), "the reason, in place")
        line.value = str(home / "ours.toml")
        await pilot.pause()
        await pilot.press("enter")
        await closed(pilot)
        await until(pilot, lambda: (home / "ours.toml").exists(), "the file")
        await until(pilot, lambda: f"Wrote 1 peer to {home / 'ours.toml'}" in told(pilot), "what was written where")
        for file, what in (("ours.toml", "Added Demo Hospital 2"), ("broken.toml", "line 4: port must be")):
            await pilot.press("I")
            await opened(pilot, FileScreen)
            line = app.screen.query_one("#path", Input)
            line.focus()
            await pilot.pause()
            line.value = str(home / file)
            await pilot.press("enter")
            await closed(pilot)
            await until(pilot, lambda what=what: what in told(pilot), what)  # type: ignore[misc]
    assert [row.name for row in ProfileStore(paths.profiles).load()] == ["Demo Hospital", "Demo Hospital 2"]
    assert (home / "findtui-peers.toml").read_text() == "mine"


async def test_what_was_done_to_the_file_elsewhere_is_seen_on_coming_back(paths: Paths, server: DemoServer) -> None:
    save_demo(paths, server)
    whole = paths.profiles.read_text()
    app = FindtuiApp(paths)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        panel = main(pilot).peers_panel
        save_demo(paths, server, name="From elsewhere")
        await pilot.press("1")
        await until(pilot, lambda: panel.shown == ["Demo Hospital", "From elsewhere"], "the other one")
        await pilot.press("3")
        paths.profiles.write_text(f"{whole}\n[[profile]]\nname = 7\n")
        await pilot.press("1")
        await until(pilot, lambda: "name must be a text" in str(said(pilot, "#peers-empty")), "the reason")
        await pilot.press("3")
        paths.profiles.write_text(f"# mine\n{whole}")
        await pilot.press("1")
        await until(pilot, lambda: panel.shown == ["Demo Hospital"], "the mended file")
        assert not panel.query_one("#peers-empty").display
    assert paths.profiles.read_text() == f"# mine\n{whole}"


async def test_peers_are_found_by_name_host_and_title(paths: Paths, server: DemoServer) -> None:
    save_demo(paths, server, name="One", host="pacs-nord")
    save_demo(paths, server, name="Two", host="other", called_ae_title="NORD2")
    save_demo(paths, server, name="Three", host="third")
    app = FindtuiApp(paths)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("1", "slash", *"nord")
        await until(pilot, lambda: main(pilot).peers_panel.shown == ["One", "Two"], "both")
        await pilot.press("escape")
        await until(pilot, lambda: len(main(pilot).peers_panel.shown) == 3, "all")
