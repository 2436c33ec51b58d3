"""The sub-commands of `findtui`. `findtui findscu` does not come by here: it keeps DCMTK's grammar."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn, Protocol

from findtui.cli import console, overview
from findtui.errors import FindtuiError, UsageError


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
    arguments, unknown = _parser().parse_known_args(words)
    if unknown:
        arguments.parser.error(f"unrecognized arguments: {' '.join(unknown)}")
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
        case "findscu":
            raise UsageError("findscu is the first word after findtui", remedy="Its own options follow it")
        case "completion":
            from findtui.cli.completion import script

            console.output().write(script(arguments.shell))
            return 0
        case _:
            return application(profile=arguments.profile, run=arguments.run)


def _ask_demo() -> int:
    from findtui.cli.demo import ask

    return ask()


class _Command(argparse.ArgumentParser):
    """Ends with the same status as findscu where the command line is wrong."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(UsageError.exit_status, f"{self.prog}: error: {message}\n")


class _Program(_Command):
    """Prints the overview for help."""

    def format_help(self) -> str:
        return overview.HELP


def _parser() -> argparse.ArgumentParser:
    parser = _Program(prog="findtui")
    parser.add_argument("--version", action="version", version=overview.VERSION.strip())
    parser.add_argument("--profile", metavar="NAME")
    parser.add_argument("--run", action="store_true")
    commands = parser.add_subparsers(dest="subcommand", metavar="COMMAND", parser_class=_Command)
    # It never comes by here, but belongs to the commands that an error lists.
    commands.add_parser("findscu", add_help=False, prefix_chars="\0").add_argument("words", nargs="*")
    opened = commands.add_parser("open", help="open the application on a findscu command line")
    opened.add_argument("command_line", metavar="COMMAND", help='such as "findscu -W -k PatientName host 104"')
    opened.add_argument("--run", action="store_true", help="ask the query at once", default=argparse.SUPPRESS)
    demo = commands.add_parser("demo", help="open the application on a demo server full of made-up patients")
    demo.add_argument("--print", action="store_true", help="ask the demo server for today's worklist and print it")
    _add_scp(commands)
    completion = commands.add_parser("completion", help="print a completion script for your shell")
    completion.add_argument("shell", choices=("bash", "zsh", "fish"))
    for each in (parser, *commands.choices.values()):
        each.set_defaults(parser=each)
    return parser


def _add_scp(commands: argparse._SubParsersAction[_Command]) -> None:
    scp = commands.add_parser("scp", help="run the demo server for anyone to query")
    scp.set_defaults(subcommand="scp")
    # The server's options are of its own making and cost time to load, so only its own command line gets them.
    if "scp" in sys.argv[1:2]:
        from findtui.demo.main import add_arguments

        add_arguments(scp)
