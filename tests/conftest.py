"""What all tests share: signals work in them wherever they were started, and no clock judges."""

from __future__ import annotations

import signal

from hypothesis import settings

# How long an example takes says how busy the machine is.
settings.register_profile("no clock", deadline=None)


def pytest_configure() -> None:
    """Take Ctrl-C and hang-ups, which background jobs and their children may be told to ignore."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    settings.load_profile("no clock")
