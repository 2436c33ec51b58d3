"""The sub-commands of `findtui`. `findtui findscu` does not come by here: it keeps DCMTK's grammar."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Final, Protocol

from findtui import __version__
from findtui.cli import console
from findtui.errors import FindtuiError

_EPILOG: Final = """\
findtui findscu --help lists the options of the headless findscu.
Its exit status: 0 success, 1 usage, 2 network, 4 the peer reported a failure, 5 output, 130 interrupted.
"""


class Application(Protocol):
    """Starts the interactive application and returns its exit status."""

    def __call__(
        self, *, profile: str | None = None, run: bool = False, command: str | None = None, demo: bool = False
    ) -> int:
        """Open a profile, a pasted command line, the demo server, or what was open last."""
        ...


def main(words: Sequence[str], application: Application) -> int:
    """Run a sub-command.

    Args:
        words: the command line, without the program's name.
        application: opened by `findtui`, `findtui open` and `findtui demo`.

    Returns:
        The exit status.
    """
    arguments = _parser().parse_args(words)
    try:
        return _dispatch(arguments, application)
    except FindtuiError as error:
        from findtui.dicom.visible import visible

        console.errors().write(f"findtui: {visible(str(error))}\n")
        return error.exit_status
    except KeyboardInterrupt:
        return 130


def _dispatch(arguments: argparse.Namespace, application: Application) -> int:
    match arguments.subcommand:
        case "open":
            return application(command=arguments.command_line, run=arguments.run)
        case "demo":
            return _ask_demo() if arguments.print else application(demo=True)
        case "scp":
            from findtui.demo.main import run

            return run(arguments)
        case "completion":
            from findtui.cli.completion import script

            console.output().write(script(arguments.shell))
            return 0
        case _:
            return application(profile=arguments.profile, run=arguments.run)


def _ask_demo() -> int:
    from findtui.cli.demo import ask

    return ask()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="findtui",
        description="Ask DICOM servers questions with C-FIND. Without a command the application opens.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"findtui {__version__}")
    parser.add_argument("--profile", metavar="NAME", help="open the application on this saved peer")
    parser.add_argument("--run", action="store_true", help="ask the query at once")
    commands = parser.add_subparsers(dest="subcommand", metavar="COMMAND")
    commands.add_parser("findscu", help="ask headless, as DCMTK's findscu does", add_help=False)
    opened = commands.add_parser("open", help="open the application on a findscu command line")
    opened.add_argument("command_line", metavar="COMMAND", help='such as "findscu -W -k PatientName host 104"')
    opened.add_argument("--run", action="store_true", help="ask the query at once", default=argparse.SUPPRESS)
    demo = commands.add_parser("demo", help="open the application on a demo server full of made-up patients")
    demo.add_argument("--print", action="store_true", help="ask the demo server for today's worklist and print it")
    _add_scp(commands)
    completion = commands.add_parser("completion", help="print a completion script for your shell")
    completion.add_argument("shell", choices=("bash", "zsh", "fish"))
    return parser


def _add_scp(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    scp = commands.add_parser("scp", help="run the demo server for anyone to query")
    scp.set_defaults(subcommand="scp")
    import sys

    # The server's options are of its own making and cost time to load, so only its own command line gets them.
    if "scp" in sys.argv[1:2]:
        from findtui.demo.main import add_arguments

        add_arguments(scp)
