"""`findtui` and `python -m findtui`.

This is where the front ends meet: headless gets the application handed in and knows nothing of it.
"""

from __future__ import annotations

import sys

INTERRUPTED = 130


def main() -> int:
    """Run the command line and return its exit status."""
    if None in (sys.stdin, sys.stdout, sys.stderr):
        from findtui.cli.console import open_standard_streams

        open_standard_streams()
    try:
        status = _run(sys.argv[1:])
    except KeyboardInterrupt:
        # Before, or after, whoever handles it properly.
        status = INTERRUPTED
    except Exception as error:
        from findtui.cli.crash import report

        return report(error)
    if status == INTERRUPTED:
        # Of an interrupt that meets source in a string, as which named tuples are made, Python remembers that nobody
        # handled it, and `python -m` then ends by the signal and not with this status. Another string clears that.
        eval("None")  # noqa: S307 - a constant
    return status


def _run(words: list[str]) -> int:
    if words[:1] == ["findscu"]:
        from findtui.cli.findscu import main as findscu

        return findscu(words[1:], f"{sys.argv[0]} findscu", alone=True)
    if len(words) == 1 and words[0] in ("-h", "--help", "--version"):
        from findtui.cli import console, overview

        console.output().write(overview.VERSION if words[0] == "--version" else overview.HELP)
        return 0
    from findtui.cli.main import main as run

    return run(words, _application)


def _application(
    *, profile: str | None = None, run: bool = False, command: str | None = None, demo: bool = False
) -> int:
    from findtui.tui.start import run as start

    return start(profile=profile, run=run, command=command, demo=demo)


if __name__ == "__main__":
    raise SystemExit(main())
