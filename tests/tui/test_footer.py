"""The footer of an application that stays open all day."""

from __future__ import annotations

import gc

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.widgets._footer import FooterKey

from findtui.tui.widgets.footer import KeyFooter


class FooterApp(App[None]):
    """Nothing but a footer."""

    BINDINGS = [Binding("a", "bell", "ring"), Binding("b", "bell", "ring again")]  # noqa: RUF012 - as Textual has it

    def compose(self) -> ComposeResult:
        yield KeyFooter()


def living_keys() -> int:
    gc.collect()
    return sum(type(thing) is FooterKey for thing in gc.get_objects())


async def test_keys_that_are_gone_are_let_go() -> None:
    async with FooterApp().run_test() as pilot:
        footer = pilot.app.query_one(KeyFooter)

        async def make_anew() -> None:
            made = list(footer.query(FooterKey))
            footer.call_later(footer.recompose)
            await pilot.pause()
            assert not set(made) & set(footer.query(FooterKey))

        await make_anew()
        before = living_keys()
        for _ in range(20):
            await make_anew()
        assert before > 0
        assert living_keys() <= 2 * before
