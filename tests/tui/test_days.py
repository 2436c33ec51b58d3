"""Two days, key by key: a radiographer's and an administrator's."""

from __future__ import annotations

import dataclasses
from functools import partial
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from findtui.demo.behaviour import Behaviour
from findtui.demo.hospital import Hospital
from findtui.demo.server import DemoServer
from findtui.store.paths import Paths
from findtui.store.profiles import ProfileStore
from findtui.tui.app import FindtuiApp
from findtui.tui.results import Change
from tests.tui.conftest import MOMENT, complete, main, save_demo, shown, state, until


async def type_text(pilot: Pilot[None], text: str) -> None:
    """Type a text, key by key."""
    for character in text:
        await pilot.press("space" if character == " " else character)


def _is_at(pilot: Pilot[None], depth: int) -> bool:
    return len(main(pilot).session.levels) == depth


async def dialog(pilot: Pilot[None], selector: str) -> None:
    """Wait for a dialog that has a widget."""
    await until(pilot, lambda: pilot.app.screen.query(selector), selector)


async def test_a_radiographers_day(paths: Paths) -> None:
    hospital = Hospital(MOMENT.date())
    with DemoServer(hospital=hospital) as server:
        save_demo(paths, server)
        app = FindtuiApp(paths, profile="Demo Hospital", run=True)
        async with app.run_test(size=(80, 24)) as pilot:
            await complete(pilot)
            steps = len(shown(pilot).store)

            # Filter by room.
            await pilot.press("slash")
            await type_text(pilot, "room=ct01")
            await until(pilot, lambda: len(shown(pilot).store.view) < steps, "the filter")
            store = shown(pilot).store
            assert {
                store.response(row).to_dataset().ScheduledProcedureStepSequence[0].ScheduledStationName
                for row in store.view
            } == {"CT01"}
            await pilot.press("enter", "down")

            # Open a patient, and come back.
            response = main(pilot).response
            assert response is not None
            await pilot.press("enter")
            await until(pilot, lambda: app.focused is main(pilot).detail_panel.identifier, "the identifier")
            tree = main(pilot).detail_panel.identifier
            assert tree is not None
            tree.go_to("AccessionNumber")
            await pilot.press("y")
            accession = str(response.to_dataset().AccessionNumber)
            await until(pilot, lambda: app.clipboard == accession, "the accession number")
            await pilot.press("escape", "escape")
            await until(pilot, lambda: app.focused is main(pilot).results_panel.grid, "the results")

            # See a new order appear in the watch; the cursor stays on its response.
            await pilot.press("w")
            await until(pilot, lambda: not main(pilot).running, "the first run of the watch")
            hospital.worklist.add_order()
            await pilot.press("r")
            await until(pilot, lambda: len(shown(pilot).store) == steps + 1, "the new order")
            await until(pilot, lambda: Change.NEW in shown(pilot).store.changes.values(), "its mark")
            response = main(pilot).response
            assert response is not None
            assert str(response.to_dataset().AccessionNumber) == accession
            await pilot.press("u")
            await until(pilot, lambda: not shown(pilot).store.changes, "no mark")
            await pilot.press("w")
            assert not main(pilot).watching


async def test_an_administrators_hour(
    paths: Paths, server: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = FindtuiApp(paths)
    async with app.run_test(size=(160, 50)) as pilot:
        # A new peer, from the first start.
        await until(pilot, lambda: len(app.screen_stack) > 2, "the first start")
        await pilot.press("a")
        await dialog(pilot, "#field-name")
        for field, text in (
            ("name", "PACS"),
            ("host", "127.0.0.1"),
            ("port", str(server.port)),
            ("called-ae-title", "DEMO"),
        ):
            app.screen.query_one(f"#field-{field}", Input).focus()
            await pilot.pause()
            await type_text(pilot, text)
        # Test it before it is saved.
        await pilot.press("ctrl+t")
        await until(pilot, lambda: getattr(app.screen, "finished", False), "the test")
        await pilot.press("escape", "ctrl+s")
        await until(pilot, lambda: len(app.screen_stack) == 2, "the form to close")
        assert [profile.name for profile in ProfileStore(paths.profiles).load()] == ["PACS"]

        # Drill down to instances.
        await pilot.press("M")
        await dialog(pilot, "#narrow")
        await type_text(pilot, "study root study")
        await pilot.press("enter")
        await until(pilot, lambda: main(pilot).question.level == "STUDY", "the model")
        await pilot.press("r")
        await complete(pilot)
        await pilot.press("3")
        for depth, level in ((2, "SERIES"), (3, "IMAGE")):
            await until(pilot, lambda: main(pilot).response is not None and not main(pilot).running, "a selection")
            await pilot.press("enter")
            await until(pilot, partial(_is_at, pilot, depth), level)
            await complete(pilot)
            assert shown(pilot).question.level == level
            assert len(shown(pilot).store) > 0
        await pilot.press("backspace")
        await until(pilot, lambda: shown(pilot).question.level == "SERIES", "the series again")
        assert state(pilot).startswith("● complete")

        # Query with a nested key.
        await pilot.press("2", "a")
        await type_text(pilot, "RequestAttributesSequence[0].RequestedProcedureID=")
        await type_text(pilot, "X*")
        await pilot.press("enter")
        await until(
            pilot,
            lambda: "RequestAttributesSequence[0].RequestedProcedureID=X*" in main(pilot).question.keys,
            "the nested key",
        )

        # Save the query, and copy it as a command.
        await pilot.press("ctrl+s")
        await dialog(pilot, "#narrow")
        await pilot.press("enter")
        await dialog(pilot, ".question")
        await type_text(pilot, "mine")
        await pilot.press("enter")
        await until(pilot, lambda: [row.name for row in app.own_templates()] == ["mine"], "the template")
        await pilot.press("3", "Y")
        await until(pilot, lambda: app.clipboard.startswith("findtui findscu -S"), "the command")
        assert "-k 'RequestAttributesSequence[0].RequestedProcedureID=X*'" in app.clipboard

        # Cancel, and see why a peer refused.
        server.behaviour = Behaviour(large=3_000, delay=0.01)
        await pilot.press("1", "enter")
        await until(pilot, lambda: main(pilot).running and len(shown(pilot).store) > 0, "responses")
        await pilot.press("c")
        await until(pilot, lambda: state(pilot).startswith("▲ cancelled"), "the end")
        kept = len(shown(pilot).store)
        assert f"{kept:,} kept" in state(pilot)
        server.behaviour = dataclasses.replace(Behaviour(), rejection="called-ae-title")
        await pilot.press("r")
        await until(pilot, lambda: "refresh failed: called AE title DEMO not recognised" in state(pilot), "the refusal")
