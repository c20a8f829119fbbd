"""One host's share of a training: torchrun, for as long as somebody holds this process's input.

    python -m resources.host_agent

The first line of standard input is the order (`Order`, as JSON). Further lines: "beat" says that
the launcher is still there, "stop SECONDS" lets torchrun end: SIGTERM, and SIGKILL after so many
seconds. The end of the input and a long silence mean "stop" too: the launcher was killed, or the
connection is lost. Standard output gets {"status": N} as soon as torchrun has ended; what it and
its ranks write goes to standard error, for as long as that is read. No Dagster here.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import IO, NamedTuple

from resources.processes import Family, adopt_orphans, descendants
from sketch2flow.tether import tethered

BEAT, STOP, ENDED = "beat", "stop", "ended"
SECONDS_FOR_ORPHANS = 30.0


class Order(NamedTuple):
    """What to run: Python's arguments, variables beside this host's own, and how long to wait."""

    arguments: list[str]
    environment: dict[str, str]
    patience: float  # seconds for a checkpoint, when the launcher is gone
    silence: float  # seconds without a word from the launcher

    def line(self) -> str:
        """Return the order as the line that the agent reads."""
        return json.dumps(self._asdict())


def main() -> int:
    """Carry out the order on standard input; returns torchrun's status, as a shell tells it."""
    order = Order(**json.loads(sys.stdin.readline()))
    words: SimpleQueue[str] = SimpleQueue()  # Its `put` may be called in a signal handler.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: words.put(STOP))
    adopt_orphans()
    process = subprocess.Popen(
        tethered([sys.executable, *order.arguments]),
        env={**os.environ, **order.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    assert process.stdout
    log = _thread(_pass_on, process.stdout)
    _thread(_listen, words)
    _thread(_tell_end, process, words)
    in_time = _until_ended(process, words, order)
    if in_time:
        _say_status(process.returncode)
    orphans = Family()
    for one in descendants(os.getpid()):
        orphans.adopt(one.pid)
    orphans.end(SECONDS_FOR_ORPHANS if in_time else 0)
    if not in_time:
        process.kill()  # Where there is no /proc nobody is known.
        _say_status(process.wait())
    log.join(timeout=5)
    return _shell_status(process.returncode)


def _until_ended(process: subprocess.Popen[bytes], words: SimpleQueue[str], order: Order) -> bool:
    """Wait for torchrun's end, letting it end when told to; False when it takes too long."""
    deadline: float | None = None
    while True:
        left = order.silence if deadline is None else deadline - time.monotonic()
        try:
            word = words.get(timeout=max(0.0, left))
        except Empty:
            if deadline is not None:
                return False
            word = STOP
        if word == ENDED:
            return True
        name, _, seconds = word.partition(" ")
        if name == STOP:
            if deadline is None:
                process.terminate()
            latest = time.monotonic() + (float(seconds) if seconds else order.patience)
            deadline = latest if deadline is None else min(deadline, latest)


def _listen(words: SimpleQueue[str]) -> None:
    for line in sys.stdin:
        words.put(line.strip())
    words.put(STOP)


def _tell_end(process: subprocess.Popen[bytes], words: SimpleQueue[str]) -> None:
    process.wait()
    words.put(ENDED)


def _pass_on(stream: IO[bytes]) -> None:
    """Write what torchrun writes to standard error; read on when nobody reads that any more.

    Ranks that write into a broken pipe would break off, in the middle of their checkpoint.
    """
    heard = True
    while piece := os.read(stream.fileno(), 65536):
        if heard:
            try:
                sys.stderr.buffer.write(piece)
                sys.stderr.buffer.flush()
            except OSError:
                heard = False


def _say_status(status: int) -> None:
    with contextlib.suppress(OSError):  # Who asked may be gone.
        print(json.dumps({"status": _shell_status(status)}), flush=True)


def _shell_status(status: int) -> int:
    return status if status >= 0 else 128 - status


def _thread(work: Callable[..., object], *arguments: object) -> threading.Thread:
    thread = threading.Thread(target=work, args=arguments, daemon=True)
    thread.start()
    return thread


if __name__ == "__main__":
    sys.exit(main())
