"""Processes that are asked to end when the one that started them goes, however it went.

    python -m sketch2flow.tether PID COMMAND ARGUMENT...

becomes COMMAND, tied to the process PID that started it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1  # of prctl(2); it outlives exec


def tethered(command: Sequence[str]) -> list[str]:
    """Return the command that runs `command` as long as this process lives."""
    return [sys.executable, "-m", "sketch2flow.tether", str(os.getpid()), *command]


def tether(parent: int) -> None:
    """Let this process get SIGTERM when its parent ends; on other systems than Linux, nothing.

    To be exact, when the thread of the parent ends that started it: one that waits for it.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # It went before.
        os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    tether(int(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 (an argument list of our own)
