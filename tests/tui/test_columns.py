"""Columns and order of the results, by the keys."""

from __future__ import annotations

from collections.abc import Iterator

from textual.pilot import Pilot
from textual.widgets import OptionList

from findtui.demo.server import DemoServer
from findtui.dicom.query import Query
from findtui.dicom.transfer import EXPLICIT_LITTLE
from findtui.net.control import Control
from findtui.net.events import End, Event, Finished, Matches, Negotiated, Outcome, Requesting
from findtui.net.peer import Peer
from findtui.store.paths import Paths
from findtui.store.profiles import Profile, ProfileStore
from findtui.store.settings import SettingsStore
from findtui.tui.app import FindtuiApp
from findtui.tui.widgets.grid import ResultGrid
from tests.tui.conftest import complete, main, save_demo, shown, until
from tests.tui.identifiers import STEP, response


def lone(peer: Peer, query: Query, control: Control) -> Iterator[Event]:
    """An answer of one response that has little to say."""
    yield Requesting(peer)
    yield Negotiated(EXPLICIT_LITTLE, 0, 0, 0.01)
    yield Matches([response(1, "PatientName=A family name^Given", "AccessionNumber=ACC1")])
    yield Finished(Outcome(End.SUCCESS, 1, 0, 0.2))


async def opened(pilot: Pilot[None]) -> OptionList:
    """The choice of columns, once it is there."""
    await pilot.press("o")
    await until(pilot, lambda: pilot.app.screen.query("#narrow"), "the columns")
    return pilot.app.screen.query_one(OptionList)


async def done(pilot: Pilot[None]) -> None:
    """Take what was chosen."""
    await pilot.press("ctrl+s")
    await until(pilot, lambda: pilot.app.screen is main(pilot), "the dialog to close")


def listed(listing: OptionList) -> list[str]:
    """What is offered."""
    return [str(option.prompt) for option in listing.options]


def titles(pilot: Pilot[None]) -> list[str]:
    """The columns, from left to right."""
    return [column.title for column in shown(pilot).store.columns]


def grid_of(pilot: Pilot[None]) -> ResultGrid:
    """The grid of the results."""
    grid = main(pilot).results_panel.grid
    assert grid is not None
    return grid


async def test_columns_are_chosen_by_title_or_path_and_moved(paths: Paths, server: DemoServer) -> None:
    save_demo(paths, server)
    app = FindtuiApp(paths, profile="Demo Hospital", run=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        usual = titles(pilot)
        listing = await opened(pilot)
        assert listed(listing)[7] == "● Room                 ScheduledProcedu…pSequence.ScheduledStationName"
        assert sum(line.startswith(("● Room ", "○ Scheduled Station Name ")) for line in listed(listing)) == 1
        # Away with one, and another one to the left.
        await pilot.press(*"born", "enter")
        await pilot.press(*["backspace"] * 4, *"room", "ctrl+up", "ctrl+up")
        # A path that no list has, though a listed one holds the word.
        await pilot.press(*["backspace"] * 4, *"Modality")
        assert listed(listing)[-1].startswith("+ Modality ")
        await pilot.press("end", "up", "down", *["down"] * len(listing.options), "enter")
        assert listed(listing)[-1].startswith(("● Modality", "● Mod"))
        await done(pilot)
        assert titles(pilot)[-1] == "Modality"
        assert "Born" not in titles(pilot)
        assert titles(pilot).index("Room") == usual.index("Room") - 3
    kept = SettingsStore(paths.settings, paths.keymap).load().columns["worklist"]
    assert kept[-1] == "Modality"


async def test_why_a_chosen_column_is_not_in_sight_is_told(paths: Paths, server: DemoServer) -> None:
    keys = ("PatientName", "PatientID", "AccessionNumber", "RequestedProcedureDescription", f"{STEP}Modality=CT")
    save_demo(paths, server, model="worklist", keys=keys)
    app = FindtuiApp(paths, profile="Demo Hospital", run=True)
    async with app.run_test(size=(36, 24)) as pilot:
        await complete(pilot)
        listing = await opened(pilot)

        def line(title: str) -> str:
            return next(line for line in listed(listing) if line.startswith(f"● {title} "))

        assert line("Born").endswith("  left out: all empty")
        assert line("Mod").endswith("  left out: all alike")
        assert line("Accession").endswith("  left out: no room")
        assert "left out" not in line("Patient")
        await pilot.press(*"born", "enter")
        assert listed(listing)[0].startswith("○ Born")
        assert "left out" not in listed(listing)[0]


async def test_of_one_response_the_empty_columns_make_room(paths: Paths) -> None:
    app = FindtuiApp(paths, profile="Ward", run=True, find=lone)
    ProfileStore(paths.profiles).save(Profile.make(name="Ward", host="127.0.0.1", port=104))
    async with app.run_test(size=(50, 24)) as pilot:
        await complete(pilot)
        await until(pilot, lambda: grid_of(pilot).left_out.get("PatientBirthDate") == "all empty", "the columns")
        drawn = grid_of(pilot).render_line(1).text
        assert "A family name, Given" in drawn
        assert "ACC1" in drawn


async def test_a_path_that_names_nothing_says_why(paths: Paths, server: DemoServer) -> None:
    save_demo(paths, server)
    app = FindtuiApp(paths, profile="Demo Hospital", run=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        listing = await opened(pilot)
        await pilot.press(*"PatientNomen")
        assert not listing.options
        assert "PatientNomen" in str(app.screen.query_one(".problem").render())
        await pilot.press("enter", "ctrl+r")
        await until(pilot, lambda: app.screen is main(pilot), "the dialog to close")


async def test_sorting_goes_by_the_column_under_the_cursor_and_back_to_the_arrival(
    paths: Paths, server: DemoServer
) -> None:
    save_demo(paths, server)
    app = FindtuiApp(paths, profile="Demo Hospital", run=True)
    async with app.run_test(size=(120, 30)) as pilot:
        await complete(pilot)
        store, grid = shown(pilot).store, grid_of(pilot)
        arrival = list(store.view)
        column = titles(pilot).index("Patient")
        await pilot.press(*["right"] * (column - grid.cursor_column), "s")
        assert (store.sort_column, store.sort_reverse) == (column, False)
        assert main(pilot).results_panel.head.aside.plain.endswith("by Patient ▲")
        await pilot.press("S")
        assert store.sort_reverse
        await pilot.press("s")
        assert (store.sort_column, list(store.view)) == (None, arrival)
        await pilot.press("right", "S")
        assert (store.sort_column, store.sort_reverse) == (column + 1, True)


async def test_a_column_keeps_the_width_that_it_is_given(paths: Paths, server: DemoServer) -> None:
    save_demo(paths, server)
    app = FindtuiApp(paths, profile="Demo Hospital", run=True)
    async with app.run_test(size=(120, 30)) as pilot:
        await complete(pilot)
        grid = grid_of(pilot)
        column = titles(pilot).index("Patient")
        await pilot.press(*["right"] * (column - grid.cursor_column))

        def width() -> int:
            return next(slot.width for slot in grid._slots if slot.column == column)

        before = width()
        await pilot.press("less_than_sign", "less_than_sign", "less_than_sign", "greater_than_sign")
        assert width() == before - 2
        await pilot.press("r")
        await until(pilot, lambda: not main(pilot).running, "the answer")
        assert width() == before - 2
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: main(pilot).size == (80, 24), "the new size")
        await pilot.pause()
        assert width() == before - 2
    # Also at the next start, until the columns are as they were at first.
    app = FindtuiApp(paths, profile="Demo Hospital", run=True)
    async with app.run_test(size=(120, 30)) as pilot:
        await complete(pilot)
        grid = grid_of(pilot)
        assert width() == before - 2
        await opened(pilot)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.screen is main(pilot) and not app.settings.widths, "the columns as at first")
        assert width() == before
    assert not SettingsStore(paths.settings, paths.keymap).load().widths


async def test_next_and_previous_say_where_there_is_nothing(paths: Paths, server: DemoServer) -> None:
    save_demo(paths, server)
    app = FindtuiApp(paths, profile="Demo Hospital", run=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        await pilot.press("n")
        await until(pilot, lambda: [note for note in app._notifications if "f does" in note.message], "how to look")
        await pilot.press("f")
        await until(pilot, lambda: app.screen is not main(pilot), "the dialog")
        await pilot.press(*"ct01", "enter")
        await until(pilot, lambda: app.screen is main(pilot), "the place")
        first = grid_of(pilot).cursor
        await pilot.press("n")
        assert grid_of(pilot).cursor > first
        await pilot.press("N")
        assert grid_of(pilot).cursor == first


async def test_a_filter_that_hides_everything_says_so(paths: Paths, server: DemoServer) -> None:
    save_demo(paths, server)
    app = FindtuiApp(paths, profile="Demo Hospital", run=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        grid = grid_of(pilot)

        def text() -> str:
            return "\n".join(grid.render_line(y).text for y in range(grid.size.height))

        await pilot.press("slash", *"room=xyz", "enter")
        await until(pilot, lambda: "Room=xyz" in text(), "the filter's words")
        assert "/ Room=xyz: 0 of " in main(pilot).results_panel.head.aside.plain
        assert f"The filter Room=xyz hides all {len(shown(pilot).store)} responses." in text()
        assert "Esc takes the filter away." in text()
        await pilot.press("escape")
        await until(pilot, lambda: grid.line_count == len(shown(pilot).store), "all responses")
        assert "hides" not in text()


async def test_titles_over_nothing_have_air_between_them(paths: Paths, server: DemoServer) -> None:
    save_demo(paths, server, keys=("PatientName=NOBODY*",))
    app = FindtuiApp(paths, profile="Demo Hospital", run=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await complete(pilot)
        grid = grid_of(pilot)
        widths = {grid.store.columns[slot.column].title: slot.width for slot in grid._slots}
        assert widths["Patient"] > len("Patient")
        assert widths["Born"] > len("Born")
