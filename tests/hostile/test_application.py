"""The application against every peer that misbehaves: it stays, says what happened, and keeps what came."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from textual.pilot import Pilot

from findtui.store.paths import Paths
from tests.hostile.application import ask, command, ended, problems, running, screen, unwell, wait_for_end
from tests.hostile.behaviour import Behaviour, answering
from tests.hostile.catalogue import BEHAVIOURS
from tests.hostile.identifying import pending
from tests.hostile.injecting import DECLARED, IDENTIFIERS, RESPONSES
from tests.net import pdus
from tests.net.scripted import Conversation, ScriptedServer
from tests.soak.measures import Measures
from tests.tui.conftest import shown, state, until

GROUPS = 4
AT_ONCE = 6
"""Applications side by side in one test: most of their time they wait for a peer."""
MOST_GROWTH_MIB = 300.0
"""Six applications hold their largest answers at once, and Python gives little back."""
GOOD = Behaviour("", "a good one", answering(pdus.pending(), pdus.final()), frozenset((0,)), 1, (), ())


@pytest.fixture(autouse=True)
def calm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")


def paths(directory: Path, name: str = "") -> Paths:
    """Directories for settings and state that nobody used before."""
    return Paths(directory / f"config{name}", directory / f"state{name}")


def named(*names: str) -> list[Behaviour]:
    """These behaviours."""
    by_name = {str(behaviour): behaviour for behaviour in BEHAVIOURS}
    return [by_name[name] for name in names]


async def asked_of_all(behaviours: Sequence[Behaviour], where: Paths) -> list[str]:
    """One application that asks them one after the other, and a good one in the end; what is wrong, in words."""
    async with running(where) as pilot:
        return [problem for behaviour in (*behaviours, GOOD) for problem in await problems(pilot, behaviour)]


@pytest.mark.parametrize("group", range(GROUPS))
async def test_it_says_what_happened_and_keeps_what_came(group: int, tmp_path: Path) -> None:
    warm_up = named("answering: puts two whole responses into one PDU", "encryption: answers as it should")
    assert not await asked_of_all(warm_up, paths(tmp_path))
    before, threads = Measures.now(), set(threading.enumerate())
    mine = BEHAVIOURS[group::GROUPS]
    some = await asyncio.gather(
        *(asked_of_all(mine[index::AT_ONCE], paths(tmp_path, str(index))) for index in range(AT_ONCE))
    )
    found = [problem for each in some for problem in each]
    found += [f"thread {thread.name} is left" for thread in threading.enumerate() if thread not in threads
              and not thread.name.startswith("asyncio")]  # fmt: skip
    after = Measures.now()
    if after.files > before.files:
        found.append(f"{after.files - before.files} open files are left")
    if after.resident_mib > before.resident_mib + MOST_GROWTH_MIB:
        found.append(f"memory grew from {before.resident_mib:.0f} to {after.resident_mib:.0f} MiB")
    assert not found, "\n".join(found)


async def test_a_refresh_that_fails_costs_nothing_and_the_next_one_is_as_good_as_ever(tmp_path: Path) -> None:
    bad = named(
        "connection: closes without reading",
        "connection: resets before it accepts",
        "negotiation: rejects permanently, source 1, reason 3",
        "negotiation: accepts without a context",
        "answering: aborts after a response",
        "answering: fails: out of resources",
        "endings: closes on the release",
        "identifiers: garbage",
    )
    scripts = iter([GOOD.script, *(script for behaviour in bad for script in (behaviour.script, GOOD.script))])

    def script(conversation: Conversation) -> None:
        next(scripts)(conversation)

    with ScriptedServer(script) as server:
        async with running(paths(tmp_path)) as pilot:
            await screen(pilot).open_command(command(server.port), run=True)
            assert await wait_for_end(pilot)
            for behaviour in bad:
                await again(pilot)
                assert state(pilot)[0] in "●▲✖◷", str(behaviour)
                assert len(shown(pilot).store), "a refresh that failed cost the old list"
                await again(pilot)
                assert state(pilot) == "● complete 1", str(behaviour)
            assert not unwell(pilot)


async def again(pilot: Pilot[None]) -> None:
    """Ask again, and wait for the end."""
    outcome = shown(pilot).state.outcome
    await pilot.press("r")
    await until(pilot, lambda: ended(pilot) and shown(pilot).state.outcome is not outcome, "the end of another query")


async def test_text_that_wants_to_act_is_only_shown(tmp_path: Path) -> None:
    broken = pdus.final(0xA900, extra={0x00000902: b"\x1b]0;owned\x07[/b][@click=app.quit]x "})
    with ScriptedServer(answering(*RESPONSES, *map(pending, DECLARED), broken)) as server:
        async with running(paths(tmp_path), (160, 50)) as pilot:
            assert await ask(pilot, server.port)
            assert len(shown(pilot).store) == len(RESPONSES) + len(DECLARED)
            await pilot.press("3", "home")
            for _ in range(len(IDENTIFIERS)):
                await pilot.press("down")
                await pilot.pause()
                assert not unwell(pilot)
            screen(pilot).findtui.settings_changed(raw=True)
            await pilot.press("m", "home", "4", "down", "down", "down", "5", "end")
            await pilot.pause()
            assert not unwell(pilot)
