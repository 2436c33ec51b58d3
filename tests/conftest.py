"""What holds for every test."""

from __future__ import annotations

import signal

import pytest
from hypothesis import HealthCheck, settings

# The tests share a machine with each other and with servers: how long one example takes says nothing.
settings.register_profile("findtui", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("findtui")


def pytest_addoption(parser: pytest.Parser) -> None:
    """An option for the pictures of the screens, known from wherever the tests are started."""
    parser.addoption("--update-pictures", action="store_true", help="keep new pictures instead of comparing them")


def pytest_configure() -> None:
    """Programs that tests interrupt listen to SIGINT, even where a script started the tests in the background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
