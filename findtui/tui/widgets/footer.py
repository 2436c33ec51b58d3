"""The line of keys at the bottom of a screen."""

from __future__ import annotations

from textual.widgets import Footer


class KeyFooter(Footer):
    """Textual's footer, for an application that stays open all day.

    It makes its keys anew whenever an action comes or goes. Each key watches `compact`, and watchers of keys that are
    gone are let go only when that changes; a worklist that is watched would keep twenty keys for every run.
    """

    def __init__(self) -> None:
        super().__init__(compact=True, show_command_palette=False)

    async def recompose(self) -> None:
        """Make the keys anew, and let go of those before."""
        await super().recompose()
        self.mutate_reactive(Footer.compact)
