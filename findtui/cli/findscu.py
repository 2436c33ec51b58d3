"""`findtui findscu`: what is answered without asking anybody, and errors in the words.

Only what `--help` needs is imported here; `run` is loaded when there is a peer to ask.
"""

from __future__ import annotations

from findtui.cli import console
from findtui.command.grammar import check_parameters, parse
from findtui.command.help import header, usage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from findtui.command.grammar import Line
    from findtui.errors import UsageError


def main(words: Sequence[str], program: str = "findscu", *, alone: bool = False) -> int:
    """Run findscu.

    Args:
        words: the command line, without the program's name.
        program: its name, as `--arguments` prints it.
        alone: whether this process does nothing else: it leaves out what a query does not need, and ends with it.

    Returns:
        The exit status.
    """
    try:
        return _main(words, program, alone)
    except KeyboardInterrupt:
        return 130


def _main(words: Sequence[str], program: str, alone: bool) -> int:
    try:
        line = parse(words)
        if not line.words:
            return _print(usage())
        if line.exclusive():
            return _answer(line)
        check_parameters(line)
    except _usage_error() as error:
        refuse(error)
        return error.exit_status
    if alone:
        from findtui.net import lean

        lean.prepare()
    from findtui.cli.run import run

    status = run(line, program)
    if alone:
        _end(status)
    return status


def _end(status: int) -> None:
    """End the process without having the interpreter take itself apart, which takes 4 ms.

    All that is registered for the end is done. Returns where a thread has to be waited for, or a stream cannot be
    flushed, which the interpreter tells and has a status for.
    """
    import atexit
    import os
    import sys
    import threading

    if threading.active_count() > 1:
        return
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        return
    os._exit(status)


def refuse(error: UsageError) -> None:
    """Say what is wrong with the command line as findscu says it, and what to do about it."""
    from findtui.dicom.visible import visible

    text = f"{header()}error: {visible(error.message)}\n"
    if error.remedy:
        text += f"{visible(error.remedy)}\n"
    console.errors().write(text)


def _usage_error() -> type[UsageError]:
    # An except clause is evaluated when something was raised, so the error tree is loaded only then.
    from findtui.errors import UsageError

    return UsageError


def _print(text: str) -> int:
    console.output().write(text)
    return 0


def _answer(line: Line) -> int:
    if line.exclusive("--help"):
        return _print(usage())
    if line.exclusive("--version"):
        return _print(version())
    from findtui.net.tls.listing import ciphers, profiles

    if line.exclusive("--list-ciphers"):
        return _print(_listing("\nSupported TLS ciphersuites are:", ciphers()))
    return _print(_listing(f"{_library()}\n\nSupported TLS Secure Transport Connection Profiles are:", profiles()))


def version() -> str:
    """What `--version` prints: this program, this machine, and the libraries that do the work."""
    import sys

    libraries = "".join(f"- {library}\n" for library in _libraries())
    return f"{header()}\n{_host()}Python: {sys.version.split()[0]}\n\nExternal libraries used:\n{libraries}"


def _host() -> str:
    import os
    import sys

    system = os.uname()
    encoding = sys.stdout.encoding or "unknown"
    return f"Host type: {system.machine}-{system.sysname}\nCharacter encoding: {encoding.upper()}\n"


def _libraries() -> list[str]:
    import zlib

    found = [f"ZLIB, Version {zlib.ZLIB_RUNTIME_VERSION}"]
    for name in ("pydicom", "pynetdicom", "cryptography"):
        number = _installed(name)
        if number:
            found.append(f"{name}, Version {number}")
    return found


def _installed(name: str) -> str:
    """The version of an installed distribution, from the name of its directory: asking for it takes far longer."""
    import os
    import sys

    for directory in sys.path:
        try:
            entries = os.listdir(directory or ".")  # noqa: PTH208 - pathlib costs more than all of this
        except OSError:
            continue
        for entry in entries:
            if entry.startswith(f"{name}-") and entry.endswith(".dist-info"):
                return entry[len(name) + 1 : -len(".dist-info")]
    return ""


def _library() -> str:
    import ssl

    return f"Cryptographic algorithms implemented by: {ssl.OPENSSL_VERSION}"


def _listing(title: str, lines: Sequence[str]) -> str:
    listed = "".join(f"{text}\n" for text in lines)
    return f"{header()}\n{_host()}{title}\n{listed}"
