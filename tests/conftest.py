"""What all tests share: Ctrl-C works in them, wherever they were started."""

from __future__ import annotations

import signal


def pytest_configure() -> None:
    """Take Ctrl-C, which a shell's background jobs and their children are told to ignore."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
