"""`--log-config`: a log4cplus properties file, as DCMTK reads it, into Python's loggers and handlers.

What is wrong with single settings is said on standard error in log4cplus' words and the run goes on, as with DCMTK. A
log that would leave this machine (socket and UDP appenders, syslog on another host) is refused: it holds patient data.
"""

from __future__ import annotations

import logging
import os
import platform
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final, NoReturn

from findtui.cli import console
from findtui.cli.logfiles import (
    DEFAULT_SCHEDULE,
    DEFAULT_SIZE,
    LEAST_SIZE,
    LogFile,
    ScheduledLogFile,
    SizedLogFile,
    is_schedule,
)
from findtui.cli.loglayout import Complain, PatternLayout, SimpleLayout, TTCCLayout
from findtui.cli.logsystem import ConsoleHandler, SystemLog, facility
from findtui.command.grammar import usage_error
from findtui.export.narrative import RESPONSES, Level, Line

_PREFIX: Final = "log4cplus."
_NAMESPACE: Final = "log4cplus::"
_LENGTH: Final = 1024 * 1024
_EXPANSIONS: Final = 1000
_DEPTH: Final = 8


class ConfiguredLog:
    """The log that a configuration file describes."""

    def __init__(self, manager: logging.Manager, complain: Complain, handlers: Iterable[logging.Handler]) -> None:
        self._manager = manager
        self._complain = complain
        self._handlers = tuple(handlers)
        self._homeless = False

    def _logger(self, name: str) -> logging.Logger:
        return self._manager.root if name == "root" else self._manager.getLogger(name)

    def enabled(self, level: Level, logger: str) -> bool:
        """Whether a line of this level and logger would be handed to an appender."""
        return self._logger(logger).isEnabledFor(max(level, 1))

    def show_responses(self, shown: bool) -> None:
        """Let responses through, or not."""
        self._logger(RESPONSES).setLevel(Level.INFO if shown else Level.OFF)

    def write(self, lines: Iterable[Line]) -> None:
        """Hand each line to the appenders of its logger."""
        for line in lines:
            if self.enabled(line.level, line.logger):
                self.force(line)

    def force(self, line: Line) -> None:
        """Hand this line to the appenders of its logger whatever its level."""
        logger = self._logger(line.logger)
        if not logger.hasHandlers():
            if not self._homeless:
                self._homeless = True
                self._complain(f"No appenders could be found for logger ({line.logger}).")
                self._complain("Please initialize the log4cplus system properly.")
            return
        logger.callHandlers(logging.LogRecord(line.logger, line.level, "", 0, line.text, None, None))

    def close(self) -> None:
        """Close what was opened."""
        for handler in self._handlers:
            handler.close()

    @property
    def broken(self) -> bool:
        """A configured log has other readers than the one at the terminal."""
        return False


def configure(path: str, appname: str) -> ConfiguredLog:
    """The log that this file describes.

    Args:
        path: of the file.
        appname: what `${appname}` stands for.

    Raises:
        UsageError: the file is missing, says nothing of use, or sends the log away.
    """
    properties = _expanded(read(path), appname)
    subset = _subset(properties, _PREFIX)
    if not properties:
        raise usage_error("Specified --log-config file does not contain any settings")
    if not subset:
        raise usage_error("Specified --log-config file does not contain any valid settings")
    if "rootLogger" not in subset:
        raise usage_error("Specified --log-config file does not set up log4cplus.rootLogger")
    return _Builder(subset).build()


def read(path: str) -> dict[str, str]:
    """The settings of a file: `key = value` lines, # comments, no continuation.

    Raises:
        UsageError: the file is missing or cannot be read.
    """
    file = Path(path)
    try:
        if not file.is_file():
            raise usage_error("Specified --log-config file does not exist", f"There is no file {path}")
        with file.open("rb") as stream:
            content = stream.read(_LENGTH + 1)
    except (OSError, ValueError) as error:
        raise usage_error("Specified --log-config file cannot be read", str(error)) from error
    if len(content) > _LENGTH:
        raise usage_error("Specified --log-config file cannot be read", f"It is longer than {_LENGTH} bytes")
    settings: dict[str, str] = {}
    for line in content.decode("utf-8", "backslashreplace").split("\n"):
        text = line.strip()
        if text and not text.startswith("#") and "=" in text:
            key, _, value = text.partition("=")
            settings[key.rstrip()] = value.strip()
    return settings


def _expanded(settings: dict[str, str], appname: str) -> dict[str, str]:
    """Every `${name}` replaced: by a setting, a word of ours, or the environment, again in what replaced it."""
    now = datetime.now().astimezone()
    known = settings | {
        "appname": appname,
        "hostname": platform.node(),
        "pid": str(os.getpid()),
        "date": now.strftime("%Y%m%d"),
        "time": now.strftime("%H%M%S"),
    }
    return {_expand(key, known): _expand(value, known) for key, value in settings.items()}


def _expand(text: str, known: Mapping[str, str]) -> str:
    position = 0
    for _ in range(_EXPANSIONS):
        found = re.compile(r"\$\{([^}]*)\}").search(text, position)
        if found is None:
            return text
        value = known.get(found[1]) or os.environ.get(found[1])
        if not value:
            position = found.end()
            continue
        text = text[: found.start()] + value + text[found.end() :]
        if len(text) > _LENGTH:
            break
    raise usage_error("Specified --log-config file cannot be read", "A variable in it stands for itself without end")


def _subset(settings: Mapping[str, str], prefix: str) -> dict[str, str]:
    return {key[len(prefix) :]: value for key, value in settings.items() if key.startswith(prefix)}


def _flag(settings: Mapping[str, str], key: str, default: bool) -> bool:
    text = settings.get(key, "").lower()
    if text in ("true", "false"):
        return text == "true"
    return bool(int(text)) if re.fullmatch(r"[+-]?\d{1,9}", text) else default


def _number(settings: Mapping[str, str], key: str, default: int) -> int:
    text = settings.get(key, "")
    return int(text) if re.fullmatch(r"[+-]?\d{1,9}", text) else default


def _level(text: str) -> Level | None:
    return Level.__members__.get(text.upper())


class _Builder:
    """Makes loggers and handlers of the settings, without the prefix `log4cplus.`."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        self._settings = settings
        self._quiet = _flag(settings, "quietMode", False)
        self._made: list[logging.Handler] = []

    def build(self) -> ConfiguredLog:
        root = logging.RootLogger(logging.WARNING)
        manager = logging.Manager(root)
        appenders = self._appenders()
        self._configure(root, self._settings["rootLogger"], appenders)
        for name, text in sorted(_subset(self._settings, "logger.").items()):
            self._configure(manager.getLogger(name), text, appenders)
        additivity = _subset(self._settings, "additivity.")
        for name in additivity:
            manager.getLogger(name).propagate = _flag(additivity, name, True)
        # From here on the root logger alone decides whether log4cplus' own complaints are heard.
        self._quiet = not root.isEnabledFor(Level.ERROR)
        return ConfiguredLog(manager, self._complain, self._made)

    def _complain(self, text: str) -> None:
        if not self._quiet:
            console.errors().write(f"log4cplus:ERROR {text}\n")

    def _warn(self, text: str) -> None:
        if not self._quiet:
            console.errors().write(f"log4cplus:WARN {text}\n")

    def _configure(self, logger: logging.Logger, text: str, appenders: Mapping[str, logging.Handler]) -> None:
        level, *names = re.split(",+", text.replace(" ", ""))
        known = _level(level)
        if known is not None:
            logger.setLevel(max(known, 1))
        elif isinstance(logger, logging.RootLogger):
            raise usage_error(
                f"Specified --log-config file gives log4cplus.rootLogger the level {level or 'nothing'}",
                f"It is one of {', '.join(level.name for level in Level)}",
            )
        elif not text:
            name = f"Logger = {logger.name}"
            self._complain(f'PropertyConfigurator::configureLogger()- Invalid config string({name}): ""')
        for name in names:
            if name in appenders:
                logger.addHandler(appenders[name])
            elif name:
                self._complain(f"PropertyConfigurator::configureLogger()- Invalid appender: {name}")

    def _appenders(self) -> dict[str, logging.Handler]:
        settings = _subset(self._settings, "appender.")
        appenders: dict[str, logging.Handler] = {}
        for name, kind in sorted(settings.items()):
            if "." in name:
                continue
            handler = self._appender(kind, _subset(settings, f"{name}."))
            if handler is not None:
                appenders[name] = handler
                self._made.append(handler)
        return appenders

    def _appender(self, kind: str, settings: Mapping[str, str], depth: int = 0) -> logging.Handler | None:
        maker = self._makers().get(kind.removeprefix(_NAMESPACE)) if kind.startswith(_NAMESPACE) else None
        if kind == f"{_NAMESPACE}AsyncAppender" and depth < _DEPTH:
            # There is nothing to wait for, so what it wraps serves by itself.
            wrapped = self._appender(settings.get("Appender", ""), _subset(settings, "Appender."), depth + 1)
            return wrapped or logging.NullHandler()
        if maker is None:
            place = "AsyncAppender::AsyncAppender() " if depth else "PropertyConfigurator::configureAppenders()"
            self._complain(f"{place}- Cannot find AppenderFactory: {kind}")
            return None
        # Complaints about the layout and the filters come before those about the place where it all goes.
        layout, filters = self._layout(settings), self._filters(_subset(settings, "filters."))
        handler = maker(settings)
        if handler is None:
            return logging.NullHandler()
        handler.setFormatter(layout)
        handler.setLevel(_level(settings.get("Threshold", "")) or 1)
        for chained in filters:
            handler.addFilter(chained)
        return handler

    def _makers(self) -> dict[str, Callable[[Mapping[str, str]], logging.Handler | None]]:
        return {
            "ConsoleAppender": self._console,
            "NullAppender": lambda _settings: None,
            "FileAppender": self._file,
            "RollingFileAppender": self._sized_file,
            "DailyRollingFileAppender": self._scheduled_file,
            "SysLogAppender": self._system_log,
            "SocketAppender": self._refused,
            "Log4jUdpAppender": self._refused,
        }

    def _console(self, settings: Mapping[str, str]) -> logging.Handler:
        to_errors = _flag(settings, "logToStdErr", False) or _flag(settings, "logToStderr", False)
        return ConsoleHandler(console.errors() if to_errors else console.output())

    def _refused(self, settings: Mapping[str, str]) -> NoReturn:
        host = settings.get("host", "another program")
        raise usage_error(
            f"Specified --log-config file sends the log to {host}",
            "The log holds patient data, so it stays on this machine: use a file or the local syslog",
        )

    def _system_log(self, settings: Mapping[str, str]) -> logging.Handler:
        if settings.get("host"):
            self._refused(settings)
        name = settings.get("facility", "").lower()
        number = facility(name)
        if number is None:
            self._complain(f"Unknown syslog facility: {name}")
        return SystemLog(settings.get("ident", ""), number)

    def _file(self, settings: Mapping[str, str]) -> logging.Handler | None:
        return self._opened(settings, False, lambda path, append: LogFile(path, append=append, complain=self._complain))

    def _sized_file(self, settings: Mapping[str, str]) -> logging.Handler | None:
        found = re.match(r"(\d{1,9})(.*)", settings.get("MaxFileSize", "").upper())
        size = DEFAULT_SIZE
        if found is not None:
            unit = {"MB": 1024 * 1024, "KB": 1024}.get(found[2].strip(), 1)
            size = max(int(found[1]) * unit, LEAST_SIZE)
        backups = max(_number(settings, "MaxBackupIndex", 1), 1)
        return self._opened(
            settings,
            True,
            lambda path, append: SizedLogFile(path, append=append, complain=self._complain, size=size, backups=backups),
        )

    def _scheduled_file(self, settings: Mapping[str, str]) -> logging.Handler | None:
        schedule = settings.get("Schedule", "").upper()
        if not is_schedule(schedule):
            self._complain(f'DailyRollingFileAppender::ctor()- "Schedule" not valid: {settings.get("Schedule", "")}')
            schedule = DEFAULT_SCHEDULE
        backups = max(_number(settings, "MaxBackupIndex", 10), 0)
        return self._opened(
            settings,
            True,
            lambda path, append: ScheduledLogFile(
                path, append=append, complain=self._complain, schedule=schedule, backups=backups
            ),
        )

    def _opened(
        self, settings: Mapping[str, str], append: bool, make: Callable[[Path, bool], LogFile]
    ) -> LogFile | None:
        name = settings.get("File", "")
        if not name:
            self._complain("Invalid filename")
            return None
        file = make(Path(name), _flag(settings, "Append", append))
        try:
            file.prepare()
        except (OSError, ValueError):
            self._complain(f"Unable to open file: {name}")
            return None
        return file

    def _layout(self, settings: Mapping[str, str]) -> logging.Formatter:
        kind = settings.get("layout", f"{_NAMESPACE}SimpleLayout")
        own = _subset(settings, "layout.")
        match kind.removeprefix(_NAMESPACE):
            case "SimpleLayout":
                return SimpleLayout()
            case "TTCCLayout":
                return TTCCLayout(own.get("DateFormat", ""), utc=_flag(own, "Use_gmtime", False))
            case "PatternLayout":
                pattern = own.get("ConversionPattern", own.get("Pattern"))
                if "Pattern" in own:
                    instead = 'has been deprecated.  Use "ConversionPattern" instead.'
                    self._warn(f'PatternLayout- the "Pattern" property {instead}')
                if pattern == "":
                    self._warn("PatternLayout pattern is empty.  Using default...")
                if pattern is not None:
                    each_line = _flag(own, "FormatEachLine", True)
                    return PatternLayout(pattern or "%m", each_line=each_line, complain=self._complain)
                self._complain("ConversionPattern not specified in properties")
                self._complain("Error while creating Layout: ConversionPattern not specified in properties")
            case _:
                self._complain(f'Cannot find LayoutFactory: "{kind}"')
        return SimpleLayout()

    def _filters(self, settings: Mapping[str, str]) -> list[_Chain]:
        decisions: list[_Decision] = []
        number = 1
        while str(number) in settings:
            kind = settings[str(number)]
            decision = _decision(kind, _subset(settings, f"{number}."))
            if decision is None:
                self._complain(f"Appender::ctor()- Cannot find FilterFactory: {kind}")
            else:
                decisions.append(decision)
            number += 1
        return [_Chain(decisions)] if decisions else []


_Decision = Callable[[logging.LogRecord], bool | None]
"""Yes, no, or None for whatever the next one says."""


class _Chain(logging.Filter):
    """Filters asked in turn until one decides; where none does, the record passes."""

    def __init__(self, decisions: list[_Decision]) -> None:
        super().__init__()
        self._decisions = decisions

    def filter(self, record: logging.LogRecord) -> bool:
        for decide in self._decisions:
            decision = decide(record)
            if decision is not None:
                return decision
        return True


def _decision(kind: str, settings: Mapping[str, str]) -> _Decision | None:
    accept = _flag(settings, "AcceptOnMatch", False)
    match kind.removeprefix(f"{_NAMESPACE}spi::"):
        case "DenyAllFilter":
            return lambda _record: False
        case "LogLevelMatchFilter":
            wanted = _level(settings.get("LogLevelToMatch", ""))
            return lambda record: accept if record.levelno == wanted else None
        case "LogLevelRangeFilter":
            least = _level(settings.get("LogLevelMin", "")) or Level.ALL
            most = _level(settings.get("LogLevelMax", "")) or Level.OFF
            return lambda record: (accept or None) if least <= record.levelno <= most else False
        case "StringMatchFilter":
            text = settings.get("StringToMatch", "")
            return lambda record: accept if text and text in str(record.msg) else None
    return None
