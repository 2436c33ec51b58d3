from __future__ import annotations

import logging
import os
import re
import stat
import syslog
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from findtui.cli.logconfig import ConfiguredLog, configure
from findtui.cli.logfiles import ScheduledLogFile
from findtui.cli.loglayout import PatternLayout
from findtui.errors import UsageError
from findtui.export.narrative import APPLICATION, NETWORK, RESPONSES, Level, Line

CONSOLE = "log4cplus.appender.a = log4cplus::ConsoleAppender\n"


@pytest.fixture
def log(tmp_path: Path) -> LogMaker:
    return LogMaker(tmp_path)


class LogMaker:
    """Makes logs of configurations; what is relative is relative to its directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def __call__(self, text: str) -> ConfiguredLog:
        file = self.directory / "logger.cfg"
        file.write_text(text, encoding="utf-8")
        return configure(str(file), "findscu")


def lines(*texts: str, level: Level = Level.INFO, logger: str = NETWORK) -> list[Line]:
    return [Line(level, logger, text) for text in texts]


def printed(log: ConfiguredLog, *lines: Line) -> None:
    log.write(lines)
    log.close()


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", "Specified --log-config file does not contain any settings"),
        ("# a = b\nnothing\n", "Specified --log-config file does not contain any settings"),
        ("a = b\n", "Specified --log-config file does not contain any valid settings"),
        ("log4cplus.x = 1\n", "Specified --log-config file does not set up log4cplus.rootLogger"),
        ("log4cplus.rootLogger = NOPE, a\n" + CONSOLE, "gives log4cplus.rootLogger the level NOPE"),
        ("log4cplus.rootLogger = ${x}\nx = ${x}\n", "A variable in it stands for itself"),
        (
            "log4cplus.rootLogger = INFO, a\nlog4cplus.appender.a = log4cplus::SocketAppender\n"
            "log4cplus.appender.a.host = elsewhere\n",
            "sends the log to elsewhere",
        ),
        (
            "log4cplus.rootLogger = INFO, a\nlog4cplus.appender.a = log4cplus::SysLogAppender\n"
            "log4cplus.appender.a.host = elsewhere\n",
            "sends the log to elsewhere",
        ),
        ("log4cplus.rootLogger = INFO, a\nlog4cplus.appender.a = log4cplus::Log4jUdpAppender\n", "sends the log to"),
    ],
)
def test_a_configuration_that_is_of_no_use_is_refused(text: str, refusal: str, log: LogMaker) -> None:
    with pytest.raises(UsageError, match=re.escape(refusal)):
        log(text)


def test_a_configuration_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "nope", tmp_path, Path("/dev/zero")):
        with pytest.raises(UsageError, match="Specified --log-config file does not exist"):
            configure(str(path), "findscu")


@pytest.mark.parametrize(
    ("text", "complaints"),
    [
        ("rootLogger = INFO", ["No appenders could be found for logger (dcmtk.dcmnet).", "Please initialize"]),
        ("rootLogger = INFO, nope", ["PropertyConfigurator::configureLogger()- Invalid appender: nope"]),
        (
            "rootLogger = INFO, a\nlog4cplus.appender.a = log4cplus::NopeAppender",
            ["PropertyConfigurator::configureAppenders()- Cannot find AppenderFactory: log4cplus::NopeAppender"],
        ),
        ("rootLogger = INFO, a\nlog4cplus.appender.a = log4cplus::FileAppender", ["Invalid filename"]),
        (
            "rootLogger = INFO, a\nlog4cplus.appender.a = log4cplus::FileAppender\n"
            "log4cplus.appender.a.File = /nonexistent/x",
            ["Unable to open file: /nonexistent/x"],
        ),
        (
            "rootLogger = INFO, a\nlog4cplus.appender.a = log4cplus::ConsoleAppender\n"
            "log4cplus.appender.a.layout = log4cplus::NopeLayout",
            ['Cannot find LayoutFactory: "log4cplus::NopeLayout"'],
        ),
        (
            "rootLogger = INFO, a\nlog4cplus.appender.a = log4cplus::ConsoleAppender\n"
            "log4cplus.appender.a.layout = log4cplus::PatternLayout",
            [
                "ConversionPattern not specified in properties",
                "Error while creating Layout: ConversionPattern not specified in properties",
            ],
        ),
        (
            "rootLogger = INFO, a\nlog4cplus.appender.a = log4cplus::ConsoleAppender\n"
            "log4cplus.appender.a.filters.1 = log4cplus::spi::NopeFilter",
            ["Appender::ctor()- Cannot find FilterFactory: log4cplus::spi::NopeFilter"],
        ),
        (
            "rootLogger = INFO\nlog4cplus.logger.x =",
            ['PropertyConfigurator::configureLogger()- Invalid config string(Logger = x): ""'],
        ),
        (
            "rootLogger = INFO, a\nlog4cplus.appender.a = log4cplus::AsyncAppender\n"
            "log4cplus.appender.a.Appender = log4cplus::NopeAppender",
            ["AsyncAppender::AsyncAppender() - Cannot find AppenderFactory: log4cplus::NopeAppender"],
        ),
        (
            "rootLogger = INFO, a\nlog4cplus.appender.a = log4cplus::FileAppender\n"
            "log4cplus.appender.a.layout = log4cplus::NopeLayout",
            ['Cannot find LayoutFactory: "log4cplus::NopeLayout"', "Invalid filename"],
        ),
        (
            "rootLogger = INFO, a\nlog4cplus.appender.a = log4cplus::SysLogAppender\n"
            "log4cplus.appender.a.facility = nope",
            ["Unknown syslog facility: nope"],
        ),
    ],
)
def test_a_wrong_setting_is_told_and_the_rest_goes_on(
    text: str, complaints: list[str], log: LogMaker, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syslog, "syslog", lambda *_: None)
    printed(log(f"log4cplus.{text}\n"), *lines("a", "b"))
    err = capsys.readouterr().err
    for complaint in complaints:
        assert err.count(f"log4cplus:ERROR {complaint}") == 1
    log(f"log4cplus.quietMode = true\nlog4cplus.{text}\n")
    assert capsys.readouterr().err == ""


def test_without_appenders_a_root_logger_above_error_keeps_silent(
    log: LogMaker, capsys: pytest.CaptureFixture[str]
) -> None:
    made = log("log4cplus.rootLogger = FATAL\nlog4cplus.logger.dcmtk.dcmnet = INFO\n")
    printed(made, *lines("a"))
    assert capsys.readouterr().err == ""


def test_an_outdated_or_empty_pattern_is_warned_of(log: LogMaker, capsys: pytest.CaptureFixture[str]) -> None:
    layout = "log4cplus.appender.a.layout"
    made = log(
        "log4cplus.rootLogger = INFO, a\nlog4cplus.appender.a = log4cplus::ConsoleAppender\n"
        f"{layout} = log4cplus::PatternLayout\n{layout}.Pattern =\n"
    )
    printed(made, *lines("a"))
    output = capsys.readouterr()
    assert output.out == "a"
    assert output.err.splitlines() == [
        'log4cplus:WARN PatternLayout- the "Pattern" property has been deprecated.  Use "ConversionPattern" instead.',
        "log4cplus:WARN PatternLayout pattern is empty.  Using default...",
    ]


@pytest.mark.parametrize(
    ("pattern", "text", "complaints"),
    [
        ("%--3P|", "I  |", []),
        ("%.%m", "%.%m", ['Error occurred in position 3.\n Was expecting digit, instead got char "%".']),
        ("%5-m", "%5-m", ["Unexpected char [-] at position 3 in conversion pattern."]),
        ("%m%5", "m%5", []),
        ("%m%.", "m%.", []),
    ],
)
def test_odd_conversions(pattern: str, text: str, complaints: list[str]) -> None:
    told: list[str] = []
    assert PatternLayout(pattern, each_line=True, complain=told.append).format(record()) == text
    assert told == complaints


def test_levels_and_additivity(log: LogMaker, capsys: pytest.CaptureFixture[str]) -> None:
    made = log(
        "log4cplus.rootLogger = warn , a\n"
        "log4cplus.logger.dcmtk.dcmnet = INHERITED, b\n"
        "log4cplus.logger.dcmtk.dcmnet.responses = DEBUG, b\n"
        "log4cplus.additivity.dcmtk.dcmnet = false\n"
        "log4cplus.appender.a = log4cplus::ConsoleAppender\n"
        "log4cplus.appender.b = log4cplus::ConsoleAppender\n"
        "log4cplus.appender.b.logToStdErr = 1\n"
        "log4cplus.appender.b.Threshold = info\n"
    )
    assert made.enabled(Level.DEBUG, RESPONSES)
    assert not made.enabled(Level.INFO, NETWORK)
    printed(
        made,
        *lines("1", logger=APPLICATION),
        *lines("2", logger=APPLICATION, level=Level.ERROR),
        *lines("3"),
        *lines("4", level=Level.WARN),
        *lines("5", logger=RESPONSES, level=Level.DEBUG),
        *lines("6", logger=RESPONSES),
    )
    # A logger and its parent may both have the appender: then it comes twice, as with log4cplus.
    assert capsys.readouterr() == ("ERROR - 2\n", "WARN - 4\nINFO - 6\nINFO - 6\n")


def test_responses_can_be_shown_or_hidden(log: LogMaker, capsys: pytest.CaptureFixture[str]) -> None:
    made = log(f"log4cplus.rootLogger = ERROR, a\n{CONSOLE}")
    made.show_responses(True)
    made.write(lines("shown", logger=RESPONSES))
    made.show_responses(False)
    printed(made, *lines("hidden", logger=RESPONSES, level=Level.FATAL))
    assert capsys.readouterr().out == "INFO - shown\n"


def test_layouts(log: LogMaker, capsys: pytest.CaptureFixture[str]) -> None:
    ttcc = "log4cplus.appender.a.layout = log4cplus::TTCCLayout\n"
    printed(log(f"log4cplus.rootLogger = INFO, a\n{CONSOLE}{ttcc}"), *lines("m"))
    assert re.fullmatch(r"\d+ \[\d+\] INFO dcmtk\.dcmnet <> - m\n", capsys.readouterr().out)
    ttcc += "log4cplus.appender.a.layout.DateFormat = %Y\nlog4cplus.appender.a.layout.Use_gmtime = true\n"
    printed(log(f"log4cplus.rootLogger = INFO, a\n{CONSOLE}{ttcc}"), *lines("m"))
    assert re.fullmatch(r"20\d\d \[\d+\] INFO dcmtk\.dcmnet <> - m\n", capsys.readouterr().out)


def record(text: str = "m", name: str = NETWORK, level: int = Level.INFO) -> logging.LogRecord:
    return logging.LogRecord(name, level, "", 0, text, None, None)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("%P: %m%n", "I: m\n"),
        ("%5.3p|%-7p|%7p|", "NFO|INFO   |   INFO|"),
        ("%.2c|%c|%c{1}|%c{2}|%c{9}", "et|dcmtk.dcmnet|dcmnet|dcmtk.dcmnet|dcmtk.dcmnet"),
        ("100%% %m", "100% m"),
        ("%b%F%L%M%x%X{key}%l", ":"),
        ("at the end %", "at the end %"),
        ("at the end %-5.2", "at the end %-5.2"),
        ("plain", "plain"),
    ],
)
def test_conversions(pattern: str, text: str) -> None:
    complaints: list[str] = []
    assert PatternLayout(pattern, each_line=True, complain=complaints.append).format(record()) == text
    assert complaints == []


def test_widths_are_bounded() -> None:
    for digits in ("5000", "1" * 5000):
        pattern = f"%{digits}m|%.{digits}m|%c{{{digits}}}"
        shown = PatternLayout(pattern, each_line=True, complain=pytest.fail).format(record("text"))
        assert shown == f"{'text':>1000}|text|{record().name}"


def test_times() -> None:
    made = record()
    made.created = 1_700_000_000.25
    layout = PatternLayout("%d{%H:%M:%S.%q}|%d|%d{%Q %%q}", each_line=True, complain=pytest.fail)
    assert layout.format(made) == "22:13:20.250|2023-11-14 22:13:20|250.000 %q"


def test_each_line_of_a_message_or_the_message_as_a_whole() -> None:
    made = record("one\ntwo")
    assert PatternLayout("%P: %m%n", each_line=True, complain=pytest.fail).format(made) == "I: one\nI: two\n"
    assert PatternLayout("%P: %m%n", each_line=False, complain=pytest.fail).format(made) == "I: one\ntwo\n"


def test_an_unknown_conversion_is_told() -> None:
    complaints: list[str] = []
    layout = PatternLayout("%q%m", each_line=True, complain=complaints.append)
    assert layout.format(record()) == "%qm"
    assert complaints == ["Unexpected char [q] at position 2 in conversion pattern."]


def test_a_brace_that_nothing_closes_ends_the_pattern() -> None:
    complaints: list[str] = []
    layout = PatternLayout("%m %c{1 %m", each_line=True, complain=complaints.append)
    assert layout.format(record()) == "m dcmtk.dcmnet"
    assert complaints == ["No matching '}' found in conversion pattern string \"%m %c{1 %m\""]


@given(st.text(alphabet="%-.0123456789{}mpcdDq xX", max_size=20))
def test_any_pattern_formats(pattern: str) -> None:
    assert isinstance(PatternLayout(pattern, each_line=True, complain=lambda _: None).format(record()), str)


@pytest.mark.parametrize(
    ("settings_text", "passed"),
    [
        ("1 = log4cplus::spi::DenyAllFilter", []),
        ("1 = log4cplus::spi::LogLevelMatchFilter\n1.LogLevelToMatch = INFO\n1.AcceptOnMatch = true\n2 = DENY", ["b"]),
        ("1 = log4cplus::spi::LogLevelMatchFilter\n1.LogLevelToMatch = INFO", ["a", "c"]),
        ("1 = log4cplus::spi::LogLevelRangeFilter\n1.LogLevelMin = INFO\n1.LogLevelMax = WARN", ["b", "c"]),
        (
            "1 = log4cplus::spi::LogLevelRangeFilter\n1.LogLevelMin = INFO\n1.AcceptOnMatch = true\n2 = DENY",
            ["b", "c"],
        ),
        ("1 = log4cplus::spi::StringMatchFilter\n1.StringToMatch = c\n1.AcceptOnMatch = true\n2 = DENY", ["c"]),
        ("1 = log4cplus::spi::StringMatchFilter\n1.StringToMatch = c", ["a", "b"]),
    ],
)
def test_filters(settings_text: str, passed: list[str], log: LogMaker, capsys: pytest.CaptureFixture[str]) -> None:
    text = settings_text.replace("DENY", "log4cplus::spi::DenyAllFilter")
    filters = "".join(f"log4cplus.appender.a.filters.{line}\n" for line in text.splitlines())
    made = log(f"log4cplus.rootLogger = ALL, a\n{CONSOLE}{filters}")
    printed(made, *lines("a", level=Level.DEBUG), *lines("b"), *lines("c", level=Level.WARN))
    assert [line[-1] for line in capsys.readouterr().out.splitlines()] == passed


def test_variables(log: LogMaker, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("FINDTUI_TEST_VARIABLE", "${inner}")
    made = log(
        f"log4cplus.rootLogger = ${{level}}, a\nlevel = INFO\ninner = deep\n{CONSOLE}"
        "log4cplus.appender.a.layout = log4cplus::PatternLayout\n"
        "log4cplus.appender.a.layout.ConversionPattern = "
        "${appname} ${pid} ${FINDTUI_TEST_VARIABLE} ${nope} ${date}%n\r\n"
    )
    printed(made, *lines("m"))
    assert re.fullmatch(rf"findscu {os.getpid()} deep \$\{{nope\}} \d{{8}}\n", capsys.readouterr().out)


def file_log(directory: Path, kind: str, *settings: str) -> str:
    return "\n".join(
        (
            "log4cplus.rootLogger = INFO, a",
            f"log4cplus.appender.a = log4cplus::{kind}",
            f"log4cplus.appender.a.File = {directory / 'find.log'}",
            *(f"log4cplus.appender.a.{setting}" for setting in settings),
        )
    )


def test_files_are_private_and_begun_anew_or_added_to(log: LogMaker, tmp_path: Path) -> None:
    file = tmp_path / "find.log"
    for _ in range(2):
        printed(log(file_log(tmp_path, "FileAppender")), *lines("é"))
    assert file.read_text(encoding="utf-8") == "INFO - é\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    printed(log(file_log(tmp_path, "FileAppender", "Append = true")), *lines("m"))
    assert file.read_text(encoding="utf-8") == "INFO - é\nINFO - m\n"


def test_files_rolled_by_size(log: LogMaker, tmp_path: Path) -> None:
    made = log(file_log(tmp_path, "RollingFileAppender", "MaxFileSize = 200KB", "MaxBackupIndex = 2"))
    printed(made, *(Line(Level.INFO, NETWORK, f"{number} {'x' * 150_000}") for number in range(10)))
    names = ("find.log", "find.log.1", "find.log.2")
    assert {path.name for path in tmp_path.iterdir()} == {*names, "logger.cfg"}
    first = [re.findall(r"INFO - (\d)", (tmp_path / name).read_text()) for name in names]
    assert first == [[], ["8", "9"], ["6", "7"]]
    assert all(stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600 for name in names)


def test_files_rolled_by_time(log: LogMaker, tmp_path: Path) -> None:
    file = tmp_path / "find.log"
    text = file_log(tmp_path, "DailyRollingFileAppender", "Schedule = DAILY", "MaxBackupIndex = 2")
    yesterday = datetime.now().astimezone() - timedelta(days=1)
    for content in ("first", "second", "third", "fourth"):
        printed(log(text), *lines(content))
        printed(log(text), *lines("same day"))
        os.utime(file, (yesterday.timestamp(), yesterday.timestamp()))
    names = [f"find.log.{yesterday:%Y-%m-%d}{suffix}" for suffix in ("", ".1", ".2")]
    assert [(tmp_path / name).read_text().split()[2] for name in names] == ["third", "second", "first"]
    assert file.read_text() == "INFO - fourth\nINFO - same day\n"


def test_a_period_that_ends_while_running(log: LogMaker, tmp_path: Path) -> None:
    made = log(file_log(tmp_path, "DailyRollingFileAppender", "Schedule = MINUTELY"))
    (handler,) = made._handlers
    assert isinstance(handler, ScheduledLogFile)
    now = datetime.now().astimezone()
    # The clock may have gone to the next minute since the file was opened.
    handler._period = handler._period_of(now)
    for minutes in (0, 1, 1, 2):
        made_record = record(str(minutes))
        made_record.created = (now + timedelta(minutes=minutes)).timestamp()
        handler.handle(made_record)
    made.close()
    rolled = sorted(path.name for path in tmp_path.glob("find.log.*"))
    assert rolled == [f"find.log.{now + timedelta(minutes=minutes):%Y-%m-%d-%H-%M}" for minutes in (0, 1)]
    assert (tmp_path / rolled[1]).read_text() == "INFO - 1\nINFO - 1\n"


def test_a_wrong_schedule_is_told(log: LogMaker, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log(file_log(tmp_path, "DailyRollingFileAppender", "Schedule = NEVER")).close()
    assert '"Schedule" not valid: NEVER' in capsys.readouterr().err


def test_an_asynchronous_appender_is_the_one_it_wraps(log: LogMaker, capsys: pytest.CaptureFixture[str]) -> None:
    made = log(
        "log4cplus.rootLogger = INFO, a\nlog4cplus.appender.a = log4cplus::AsyncAppender\n"
        "log4cplus.appender.a.Appender = log4cplus::ConsoleAppender\n"
    )
    printed(made, *lines("m"))
    assert capsys.readouterr().out == "INFO - m\n"


def test_the_null_appender_takes_everything(log: LogMaker, capsys: pytest.CaptureFixture[str]) -> None:
    printed(log("log4cplus.rootLogger = INFO, a\nlog4cplus.appender.a = log4cplus::NullAppender\n"), *lines("m"))
    assert capsys.readouterr() == ("", "")


def test_the_system_log(log: LogMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, str]] = []
    monkeypatch.setattr(syslog, "syslog", lambda priority, text: told.append((priority, text)))
    made = log(
        "log4cplus.rootLogger = ALL, a\nlog4cplus.appender.a = log4cplus::SysLogAppender\n"
        "log4cplus.appender.a.ident = me\nlog4cplus.appender.a.facility = LOCAL3\n"
    )
    printed(made, *lines("one\ntwo"), *lines("bad", level=Level.ERROR))
    local = syslog.LOG_LOCAL3
    assert told == [
        (local | syslog.LOG_INFO, "INFO - one"),
        (local | syslog.LOG_INFO, "two"),
        (local | syslog.LOG_ERR, "ERROR - bad"),
    ]


PIECES = [
    "log4cplus.",
    "rootLogger",
    "logger.a",
    "appender.a",
    "appender.",
    "a",
    "=",
    ",",
    "INFO",
    "log4cplus::ConsoleAppender",
    "log4cplus::PatternLayout",
    ".layout",
    ".ConversionPattern",
    "%5p",
    "%m",
    "${",
    "}",
    "${a}",
    "#",
    ".filters.1",
    "additivity.a",
    "true",
    "-1",
    "é",
]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.sampled_from([*PIECES, "\n", "\n", "\0"]), max_size=30))
def test_any_configuration_is_taken_or_refused(parts: list[str], log: LogMaker) -> None:
    try:
        made = log("".join(parts))
    except UsageError:
        return
    printed(made, *lines("m"))
