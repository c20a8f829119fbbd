"""A terminal that is closed: a wish to stop, and nothing to write to any more."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Callable
from types import FrameType


def on_hangup(stop: Callable[[], None]) -> None:
    """Call `stop` when the terminal goes; never under nohup, which asks to go on without one."""
    if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
        return

    def hang_up(number: int, frame: FrameType | None) -> None:
        _write_nowhere()
        stop()

    signal.signal(signal.SIGHUP, hang_up)


def terminate() -> None:
    """End this process as SIGTERM would: whatever handles that is asked."""
    os.kill(os.getpid(), signal.SIGTERM)


def _write_nowhere() -> None:
    """Drop what goes to a terminal or a pipe: the next line would raise where all is to end well.

    Files are written on.
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for output in (1, 2):
        if not stat.S_ISREG(os.fstat(output).st_mode):
            os.dup2(nowhere, output)
    os.close(nowhere)
