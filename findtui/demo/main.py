"""`findtui scp`: the demo server on its own, for anyone to query."""

from __future__ import annotations

import argparse
import shlex
import signal
import sys
import time
import warnings
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from findtui.demo.behaviour import REJECTIONS, Behaviour
from findtui.dicom.models import PATIENT_ROOT, PATIENT_STUDY_ONLY, STUDY_ROOT, WORKLIST
from findtui.errors import UsageError

if TYPE_CHECKING:
    import ssl

    from findtui.demo.server import DemoServer
    from findtui.dicom.models import InformationModel

_SPOKEN: Final = (WORKLIST, PATIENT_ROOT, STUDY_ROOT, PATIENT_STUDY_ONLY)
_OUT_OF_RESOURCES: Final = 0xA700
_AUTHORITY, _CLIENT_KEY, _CLIENT_CERTIFICATE = "authority.pem", "client-key.pem", "client.pem"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `findtui scp`."""
    parser.description = "Run a DICOM server with a made-up hospital: a modality worklist and a query/retrieve archive."
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: %(default)s, this machine only)"
    )
    parser.add_argument(
        "--port", type=_port, default=11112, help="port to listen on, 0 for a free one (default: %(default)s)"
    )
    parser.add_argument(
        "--aetitle", type=_ae_title, default="DEMO", help="AE title of the server (default: %(default)s)"
    )
    parser.add_argument(
        "--models",
        type=_models,
        default=_SPOKEN,
        metavar="MODEL,…",
        help=f"information models it speaks, out of {', '.join(model.id for model in _SPOKEN)} (default: all)",
    )
    parser.add_argument(
        "--live",
        type=_seconds,
        nargs="?",
        const=60.0,
        metavar="SECONDS",
        help="let something happen on the worklist every so often (default: 60)",
    )
    parser.add_argument("--quiet", action="store_true", help="do not print what peers ask")
    _add_behaviour(parser.add_argument_group("behaviour, to see how it looks"))
    tls = parser.add_argument_group("TLS")
    tls.add_argument("--tls", action="store_true", help="speak TLS, with a throw-away authority made for this run")
    tls.add_argument(
        "--tls-client",
        action="store_true",
        help="refuse clients without a certificate of the authority (implies --tls)",
    )
    tls.add_argument(
        "--tls-directory",
        type=Path,
        metavar="DIRECTORY",
        help="existing directory for the authority's and the client's files (default: a temporary one)",
    )


def _add_behaviour(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--slow", type=_seconds, default=0.0, metavar="SECONDS", help="wait before each response")
    group.add_argument(
        "--large",
        type=_count,
        nargs="?",
        const=100_000,
        metavar="N",
        help="send N responses, made from those that match (default: 100000)",
    )
    group.add_argument(
        "--limited", type=_count, metavar="N", help="send at most N responses, then 0xA700, out of resources"
    )
    group.add_argument(
        "--failing",
        type=_status,
        nargs="?",
        const=_OUT_OF_RESOURCES,
        metavar="STATUS",
        help="answer every query with a failure status (default: 0xA700)",
    )
    group.add_argument("--silent", action="store_true", help="accept queries and never answer them")
    group.add_argument("--reject", choices=tuple(REJECTIONS), help="reject every association for this reason")
    group.add_argument("--abort-after", type=_count, metavar="N", help="abort the association after N responses")


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C or SIGTERM.

    Returns:
        The exit status, 0.

    Raises:
        UsageError: the address cannot be listened on, or the directory for the certificates cannot be written.
    """
    previous = signal.signal(signal.SIGTERM, signal.default_int_handler)
    printer = _Printer()
    try:
        with ExitStack() as stack:
            # What pydicom thinks of a peer's values is for the peer's people.
            stack.enter_context(warnings.catch_warnings(action="ignore"))
            directory, context = _tls(args, stack)
            server = _start(args, context, printer)
            stack.callback(server.stop)
            printer.say(_greeting(args, server.port, directory))
            while True:
                time.sleep(3600)
    except KeyboardInterrupt:
        printer.say("stopped")
    finally:
        signal.signal(signal.SIGTERM, previous)
    return 0


def _start(args: argparse.Namespace, context: ssl.SSLContext | None, printer: _Printer) -> DemoServer:
    from findtui.demo.server import DemoServer

    server = DemoServer(
        args.port,
        args.host,
        ae_title=args.aetitle,
        behaviour=_behaviour(args),
        models=args.models,
        tls=context,
        happenings_every=args.live,
        log=_ignore if args.quiet else printer.report,
    )
    try:
        server.start()
    except OSError as error:
        raise UsageError(
            f"cannot listen on {args.host}:{args.port}: {error.strerror or error}",
            remedy="Choose another --port or --host; --port 0 takes a free one",
        ) from error
    return server


def _behaviour(args: argparse.Namespace) -> Behaviour:
    return Behaviour(
        delay=args.slow,
        large=args.large,
        limit=args.limited,
        failure=args.failing,
        silent=args.silent,
        rejection=args.reject,
        abort_after=args.abort_after,
    )


def _tls(args: argparse.Namespace, stack: ExitStack) -> tuple[Path | None, ssl.SSLContext | None]:
    """The directory with what clients need, gone at the end unless it was named, and how the server speaks TLS."""
    if not (args.tls or args.tls_client or args.tls_directory):
        return None, None
    from tempfile import TemporaryDirectory

    from findtui.demo.certificates import Authority, server_context, write_private

    directory = args.tls_directory
    if directory is None:
        directory = Path(stack.enter_context(TemporaryDirectory(prefix="findtui-scp-")))
    authority = Authority()
    client = authority.issue("findtui demo client")
    hosts = tuple(dict.fromkeys(("localhost", "127.0.0.1", "::1", args.host)))
    try:
        context = server_context(authority, hosts, directory, wants_client=args.tls_client)
        (directory / _AUTHORITY).write_bytes(authority.credentials.certificate_pem())
        write_private(directory / _CLIENT_KEY, client.key_pem())
        (directory / _CLIENT_CERTIFICATE).write_bytes(client.certificate_pem())
    except OSError as error:
        raise UsageError(
            f"cannot write the certificates to {directory}: {error.strerror or error}",
            remedy="Choose another --tls-directory, or none",
        ) from error
    return directory, context


def _greeting(args: argparse.Namespace, port: int, directory: Path | None) -> str:
    start = ["findtui", "findscu"]
    if directory is not None and args.tls_client:
        start += ["+tls", str(directory / _CLIENT_KEY), str(directory / _CLIENT_CERTIFICATE)]
    elif directory is not None:
        start += ["+tla"]
    if ":" in args.host:
        start += ["-i6"]
    if directory is not None:
        start += ["+cf", str(directory / _AUTHORITY)]
    day = "ScheduledProcedureStepSequence[0].ScheduledProcedureStepStartDate"
    examples = {
        WORKLIST: ["-W", "-k", "PatientName", "-k", f"{day}={datetime.now():%Y%m%d}"],
        PATIENT_ROOT: ["-P", "-k", "QueryRetrieveLevel=PATIENT", "-k", "PatientName=*", "-k", "PatientID"],
        STUDY_ROOT: ["-S", "-k", "QueryRetrieveLevel=STUDY", "-k", "PatientName=M*", "-k", "StudyInstanceUID"],
        PATIENT_STUDY_ONLY: ["-O", "-k", "QueryRetrieveLevel=PATIENT", "-k", "PatientName=*"],
    }
    address = ["localhost" if args.host in ("0.0.0.0", "127.0.0.1", "") else args.host, str(port)]  # noqa: S104
    lines = [f"{args.aetitle} listens on {args.host}, port {port}{', with TLS' if directory else ''}. Try:", ""]
    lines += [f"  {shlex.join([*start, *examples[model], *address])}" for model in args.models]
    lines += ["", "Ctrl-C ends it."]
    return "\n".join(lines)


class _Printer:
    """Prints lines from several threads; does so no more when nobody reads them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._is_read = True

    def report(self, text: str) -> None:
        """Print what just happened, with the time."""
        from findtui.dicom.visible import visible

        self.say(f"{datetime.now():%H:%M:%S} {visible(text)}")

    def say(self, text: str) -> None:
        """Print lines as they are, in the terminal's encoding."""
        encoding = sys.stdout.encoding or "utf-8"
        with self._lock:
            try:
                if self._is_read:
                    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
                    sys.stdout.flush()
            except OSError:
                # A closed pipe must not look like a failure to the peer whose query is being answered.
                self._is_read = False


def _ignore(text: str) -> None:
    """Nobody wants to know."""


def _port(text: str) -> int:
    return _whole(text, 0, 65535)


def _count(text: str) -> int:
    return _whole(text, 0, 10_000_000)


def _whole(text: str, least: int, most: int) -> int:
    number = int(text) if text.isascii() and text.isdigit() else -1
    if not least <= number <= most:
        raise argparse.ArgumentTypeError(f"'{text}' is no whole number from {least} to {most}")
    return number


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"'{text}' is no number of seconds from 0 to 86400")
    return seconds


def _status(text: str) -> int:
    try:
        status = int(text, 16)
    except ValueError:
        status = 0
    if status >> 12 in (0xA, 0xC) or status >> 8 in (0x01, 0x02):
        return status
    raise argparse.ArgumentTypeError(f"'{text}' is no failure status: use 0xA700, 0xA900, 0xC000 to 0xCFFF or 0x0122")


def _ae_title(text: str) -> str:
    if len(text.strip()) > 0 and len(text) <= 16 and text.isascii() and text.isprintable() and "\\" not in text:
        return text
    raise argparse.ArgumentTypeError(f"'{text}' is no AE title: 1 to 16 characters of ASCII, without a backslash")


def _models(text: str) -> tuple[InformationModel, ...]:
    chosen = []
    for name in text.split(","):
        model = next((model for model in _SPOKEN if model.id == name.strip()), None)
        if model is None:
            known = ", ".join(model.id for model in _SPOKEN)
            raise argparse.ArgumentTypeError(f"'{name}' is none of {known}")
        chosen.append(model)
    return tuple(chosen)
