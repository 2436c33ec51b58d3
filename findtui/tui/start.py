"""How the command line starts the application."""

from __future__ import annotations

import gc
import sys

from findtui.errors import UsageError


def run(*, profile: str | None = None, run: bool = False, command: str | None = None, demo: bool = False) -> int:
    """Open the application and stay in it until its user leaves.

    Args:
        profile: name of the saved peer to open; the last one where none is given.
        run: ask its query at once.
        command: a findscu command line to open instead.
        demo: start a server on this machine and ask it for today's worklist.

    Returns:
        The exit status: 0 when the user left it, else the one that says how it ended.

    Raises:
        UsageError: there is no terminal to be on.
    """
    # Textual reads keys from the one and draws on the other; stdout may go where it likes.
    if not all(stream is not None and stream.isatty() for stream in (sys.__stdin__, sys.__stderr__)):
        raise UsageError(
            "the application needs a terminal to show itself and to read keys from",
            remedy="Run it in one, or ask with `findtui findscu`, which needs none",
        )
    rest()
    from findtui.tui.app import FindtuiApp

    app = FindtuiApp(profile=profile or "", run=run, command=command or "", demo=demo, loaded=resume)
    try:
        app.run()
    finally:
        gc.enable()
        app.stop_demo()
    return app.return_code or 0


def rest() -> None:
    """Let the garbage collector rest until all is loaded.

    What is loaded stays; to look through it again and again takes a sixth of the time to the first paint.
    """
    gc.disable()


def resume() -> None:
    """Collect garbage again, but without what is loaded: each look through that would hold up the screen.

    Responses come in tens of thousands and stay: a look through the newest of them after every 700 finds nothing.
    """
    gc.freeze()
    gc.set_threshold(10_000, *gc.get_threshold()[1:])
    gc.enable()
