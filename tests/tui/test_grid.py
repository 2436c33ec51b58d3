"""The grid of responses, with its keys pressed and its pictures taken."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot

from findtui.dicom.models import WORKLIST
from findtui.dicom.response import Response
from findtui.tui.results import Column, ResultStore, default_columns
from findtui.tui.widgets.cells import clip, fit, fit_marked, spans
from findtui.tui.widgets.columns import Wish, arrange
from findtui.tui.widgets.grid import ResultGrid
from tests.tui.conftest import MOMENT
from tests.tui.identifiers import response, store_of, until, worklist

Steps = Callable[[Pilot[None]], Awaitable[None]]


class GridApp(App[None]):
    """Nothing but a grid, and what it told."""

    def __init__(self, store: ResultStore) -> None:
        super().__init__()
        self.store = store
        self.told: list[Message] = []

    def compose(self) -> ComposeResult:
        yield ResultGrid(self.store)

    def on_mount(self) -> None:
        self.query_one(ResultGrid).focus()

    def on_result_grid_highlighted(self, event: ResultGrid.Highlighted) -> None:
        self.told.append(event)

    def on_result_grid_opened(self, event: ResultGrid.Opened) -> None:
        self.told.append(event)

    def on_result_grid_marks_changed(self, event: ResultGrid.MarksChanged) -> None:
        self.told.append(event)

    def on_result_grid_header_selected(self, event: ResultGrid.HeaderSelected) -> None:
        self.told.append(event)


@asynccontextmanager
async def running(
    store: ResultStore, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Pilot[None], ResultGrid, GridApp]]:
    """A grid on a screen."""
    app = GridApp(store)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield pilot, app.query_one(ResultGrid), app


def lines(grid: ResultGrid) -> list[str]:
    """What stands on the screen."""
    return [grid.render_line(y).text for y in range(grid.size.height)]


def title_at(grid: ResultGrid) -> str:
    """The column that the cursor is on."""
    return grid.store.columns[grid.cursor_column].title


async def test_rows_stand_below_their_titles_with_wide_characters_aligned() -> None:
    async with running(store_of(5)) as (_, grid, _app):
        head, *rows = lines(grid)
        assert [word for word in head.split() if word != "›"][:4] == ["Time", "Patient", "ID", "Born"]
        for row in rows[:5]:
            before = row[: row.index("P000")]
            assert cell_len(before) == cell_len(head[: head.index("ID")])
        assert rows[0].startswith("▸")
        assert "山田 太郎" in rows[2]
        assert all(cell_len(line) == 79 for line in lines(grid)), "the scrollbar has its place, needed or not"


async def test_keys_move_the_cursor_and_it_is_told_of() -> None:
    async with running(store_of(100)) as (pilot, grid, app):
        await pilot.press("down", "j", "up")
        assert grid.row == 1
        await pilot.press("pagedown")
        assert grid.row == 23
        await pilot.press("end")
        assert grid.row == 99
        assert lines(grid)[-1].startswith("▸")
        await pilot.press("k", "home")
        assert grid.row == 0
        await pilot.pause()
        rows = [event.row for event in app.told if isinstance(event, ResultGrid.Highlighted)]
        assert rows == [0, 1, 2, 1, 23, 99, 98, 0]


async def test_columns_beyond_the_edge_come_with_the_cursor() -> None:
    async with running(store_of(5)) as (pilot, grid, _):
        assert "Step ID" not in lines(grid)[0]
        assert lines(grid)[0].rstrip().endswith("›")
        while title_at(grid) != "Step ID":
            await pilot.press("right")
        assert "Step ID" in lines(grid)[0]
        assert lines(grid)[0].startswith("‹")
        assert grid.value == "SPS000000"
        while title_at(grid) != "Date":
            await pilot.press("left")
        assert not lines(grid)[0].startswith("‹")


async def test_a_column_that_says_nothing_is_left_out_where_space_is_short() -> None:
    async with running(store_of(5)) as (pilot, grid, _):
        assert "Date" not in lines(grid)[0]
        await pilot.press("left")
        assert title_at(grid) == "Date"
        assert "2026-11-22" in lines(grid)[1]
        await pilot.resize_terminal(220, 24)
        await until(pilot, lambda: "Date" in lines(grid)[0])


@pytest.mark.parametrize(
    ("width", "shown"), [(8, "Time ▲  "), (6, "Time ▲"), (5, "Time▲"), (4, "Ti…▲"), (2, "…▲"), (1, "▲")]
)
def test_the_sort_mark_stands_where_not_all_of_the_title_does(width: int, shown: str) -> None:
    assert fit_marked("Time", "▲", width) == shown
    assert fit_marked("Time", "▲", width, right=True) == shown.strip().rjust(width)


async def test_sorting_keeps_the_cursor_on_its_response() -> None:
    async with running(store_of(5)) as (pilot, grid, _):
        await pilot.press("down")
        assert grid.row == 1
        patient = [column.title for column in grid.store.columns].index("Patient")
        grid.sort(patient, reverse=True)
        await pilot.pause()
        assert grid.row == 1
        assert "Patient ▼" in lines(grid)[0]
        assert next(line for line in lines(grid) if "Papadopoulos" in line).startswith("▸")


async def test_a_filter_marks_what_it_found() -> None:
    async with running(store_of(5)) as (pilot, grid, _):
        grid.filter("garcia")
        await pilot.pause()
        assert grid.line_count == 1
        assert (grid.response, grid.value) == (grid.store.response(4), "09:10")
        styles = {segment.text: segment.style for segment in grid.render_line(1)}
        assert styles["García"] is not None
        assert styles["García"].underline
        grid.filter("nobody")
        await pilot.pause()
        assert not lines(grid)[1].strip()
        assert [grid.response, grid.value] == [None, ""]


async def test_seeking_and_marking() -> None:
    async with running(store_of(50)) as (pilot, grid, app):
        assert grid.seek("garcia")
        assert grid.seek("garcia")
        assert grid.row == 9
        assert grid.seek("garcia", backwards=True)
        assert grid.row == 4
        assert not grid.seek("nobody")
        grid.toggle_mark()
        await pilot.pause()
        assert lines(grid)[5].startswith("▸ ●")
        grid.mark_shown()
        assert len(grid.store.marked) == 50
        await pilot.pause()
        assert sum(isinstance(event, ResultGrid.MarksChanged) for event in app.told) == 2


async def test_the_mouse_selects_opens_sorts_and_scrolls() -> None:
    async with running(store_of(100)) as (pilot, grid, app):
        await pilot.click(grid, offset=(12, 3))
        assert (grid.row, title_at(grid)) == (2, "Patient")
        await pilot.click(grid, offset=(12, 4), times=2)
        await pilot.pause()
        assert ResultGrid.Opened(3) in app.told
        await pilot.click(grid, offset=(12, 0))
        await pilot.click(grid, offset=(12, 0))
        assert (grid.store.sort_column, grid.store.sort_reverse) == (grid.cursor_column, True)
        assert ResultGrid.HeaderSelected(grid.cursor_column) in app.told
        before = grid.row
        await pilot._post_mouse_events([_wheel()], grid, offset=(10, 10))
        await until(pilot, lambda: grid.scroll_offset.y > 0)
        assert grid.row == before


def _wheel() -> type:
    from textual.events import MouseScrollDown

    return MouseScrollDown


async def test_the_first_response_stays_under_a_cursor_that_nobody_moved() -> None:
    store = ResultStore(default_columns(WORKLIST))
    async with running(store) as (pilot, grid, app):
        assert not lines(grid)[1].strip()
        grid.sort(1)
        store.append([worklist(3)])
        grid.refresh_rows()
        store.append([worklist(0)])
        grid.refresh_rows()
        await pilot.pause()
        assert grid.row == 1
        assert [event.row for event in app.told if isinstance(event, ResultGrid.Highlighted)][-1] == 1


async def test_a_cursor_that_was_moved_stays_on_its_response_and_on_its_line() -> None:
    store = ResultStore(default_columns(WORKLIST))
    store.append([response(n, f"PatientName=N{n:03}", f"StudyInstanceUID=1.{n}") for n in range(100, 200)])
    async with running(store) as (pilot, grid, _):
        grid.sort(2)
        await pilot.press("pagedown", "pagedown", "up")
        row, line = grid.row, grid.cursor - grid.scroll_offset.y
        store.append([response(n, f"PatientName=N{n:03}", f"StudyInstanceUID=1.{n}") for n in range(40)])
        grid.refresh_rows()
        await pilot.pause()
        assert (grid.row, grid.cursor - grid.scroll_offset.y) == (row, line)


async def test_the_cursor_finds_its_response_in_the_next_run() -> None:
    async with running(store_of(20)) as (pilot, grid, _):
        await pilot.press(*["down"] * 7)
        after = grid.store.successor()
        grid.show(after)
        await pilot.pause()
        assert not lines(grid)[1].strip()
        after.append([worklist(number) for number in (15, 16)])
        grid.refresh_rows()
        after.append([worklist(number) for number in (3, 7, 8)])
        grid.refresh_rows()
        await pilot.pause()
        assert grid.store.cell(grid.row or 0, 9) == "ACC000007"


async def test_the_cursor_finds_its_response_when_the_same_store_is_filled_again() -> None:
    async with running(store_of(20)) as (pilot, grid, _):
        await pilot.press(*["down"] * 7)
        grid.store.clear()
        grid.refresh_rows()
        grid.store.append([worklist(number) for number in (3, 8, 7)])
        grid.refresh_rows()
        await pilot.pause()
        assert grid.row == 2
        assert lines(grid)[3].startswith("▸")


async def test_a_response_that_came_first_keeps_the_cursor_when_a_refresh_puts_others_before_it() -> None:
    async with running(store_of(3)) as (pilot, grid, _):
        after = grid.store.successor()
        after.append([worklist(number) for number in (9, 8, 0)])
        grid.show(after, after.compare(grid.store, MOMENT))
        await pilot.pause()
        assert grid.row == 2


async def test_what_changed_is_marked_and_the_marks_can_be_taken_away() -> None:
    before = store_of(3)
    async with running(before) as (pilot, grid, _):
        after = before.successor()
        after.append([worklist(0), worklist(1, "PatientComments=x"), worklist(8)])
        diff = after.compare(before, MOMENT)
        grid.show(after, diff)
        await pilot.pause()
        assert [line[1] for line in lines(grid)[1:5]] == [" ", "~", "-", "+"], "what is gone stays where it stood"
        grid.show(after, diff)
        assert after.total == 4
        grid.show(after)
        await pilot.pause()
        assert [line[1] for line in lines(grid)[1:5]] == [" "] * 4


async def test_cells_are_read_on_while_the_application_idles() -> None:
    store = ResultStore(default_columns(WORKLIST))
    async with running(store) as (pilot, grid, _):
        store.append([worklist(number) for number in range(1500)])
        grid.refresh_rows()
        store.raw = True
        grid.refresh_cells()
        assert "081500" in lines(grid)[1]
        await until(pilot, lambda: store.complete)
        grid.filter("acc001499")
        await pilot.pause()
        assert grid.line_count == 1


async def test_masked_and_other_columns() -> None:
    async with running(store_of(5)) as (pilot, grid, _):
        grid.store.set_columns((Column.of("PatientName", "Patient"), Column.of("Modality")))
        grid.refresh_cells()
        await pilot.pause()
        assert lines(grid)[0].split() == ["Patient", "Modality"]
        assert "Müller, Jörg" in lines(grid)[1]


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (12, 3), (40, 10), (200, 60)])
async def test_it_can_be_resized_to_anything(size: tuple[int, int]) -> None:
    async with running(store_of(30)) as (pilot, grid, _):
        await pilot.press("end")
        await pilot.resize_terminal(*size)
        await until(pilot, lambda: pilot.app.screen.size == size)
        await pilot.pause()
        assert all(cell_len(line) == grid.line_width for line in lines(grid))
        assert size[1] < 2 or grid.cursor in grid.in_sight


async def test_nothing_that_a_peer_sends_acts_on_the_screen() -> None:
    evil = "\x1b]52;c;aGk=\x07[red]x[/]\u202egnp"
    store = ResultStore((Column.of("PatientName", "Patient"), Column.of("PatientComments", "Comments")))
    store.append([response(1, f"PatientName={evil}", f"PatientComments=[/b] {evil}\x9b31m")])
    async with running(store, (160, 10)) as (_, grid, _app):
        text = "".join(lines(grid))
        assert text.isprintable()
        assert "\\x1b]52;c;aGk\\x07" in text.replace("=", "")
        assert "[red]x[/]\\u202egnp" in text
        assert "[/b]" in text


@given(
    st.lists(st.builds(Wish, st.integers(1, 40), st.integers(1, 20), st.integers(1, 40), st.booleans()), max_size=12),
    st.integers(0, 11),
    st.integers(0, 120),
)
def test_columns_never_overlap_nor_reach_beyond_the_line(wishes: list[Wish], first: int, width: int) -> None:
    slots, more = arrange(wishes, first, 4, width)
    for one, other in pairwise(slots):
        assert one.left + one.width < other.left
        assert one.column < other.column
    assert all(slot.width >= 1 for slot in slots)
    if width > 4:
        assert all(slot.left + slot.width <= width for slot in slots)
    if not more:
        wanted = {index for index in range(first, len(wishes)) if not wishes[index].spare}
        assert wanted <= {slot.column for slot in slots} or not slots


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf")), max_size=30), st.integers(0, 20))
def test_fitted_text_is_exactly_as_wide(text: str, width: int) -> None:
    assert cell_len(fit(text, width)) == width
    assert cell_len(clip(text, width)) <= width


def test_uids_are_cut_in_the_middle_and_found_words_are_where_they_stand() -> None:
    assert clip("1.2.826.0.1.99999.7.3", 12, middle=True) == "1.2.…999.7.3"
    assert list(spans("Müller, Jörg", ["mul", "jorg"])) == [(0, 3), (8, 12)]
    assert list(spans("aaa", ["aa"])) == [(0, 2)]
    assert list(spans("Straße… x", ["ss", "x"])) == [(4, 5), (8, 9)]


async def test_a_response_that_does_not_come_again_is_looked_for_once_in_each_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = store_of(3)
    app = GridApp(store)
    async with app.run_test(size=(80, 24)) as pilot:
        grid = app.query_one(ResultGrid)
        await pilot.press("down")
        after = ResultStore(store.columns)
        grid.show(after)
        looked_at: list[int] = []
        identity = after._table.identity

        def counted(response: Response) -> int:
            looked_at.append(response.number)
            return identity(response)

        monkeypatch.setattr(after._table, "identity", counted)
        for start in range(10, 2010, 500):
            after.append([worklist(number) for number in range(start, start + 500)])
            grid.refresh_rows()
        assert len(looked_at) == len(set(looked_at))
        after.append([worklist(1)])
        grid.refresh_rows()
        assert grid.row == 2000
