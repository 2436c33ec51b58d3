"""How the command line starts the application."""

from __future__ import annotations


def run(*, profile: str | None = None, run: bool = False, command: str | None = None, demo: bool = False) -> int:
    """Open the application and stay in it until its user leaves.

    Args:
        profile: name of the saved peer to open; the last one where none is given.
        run: ask its query at once.
        command: a findscu command line to open instead.
        demo: start a server on this machine and ask it for today's worklist.

    Returns:
        The exit status: 0 when the user left it, else Textual's.
    """
    from findtui.tui.app import FindtuiApp

    app = FindtuiApp(profile=profile or "", run=run, command=command or "", demo=demo)
    try:
        app.run()
    finally:
        app.stop_demo()
    return app.return_code or 0
