"""A `dot` that is kept: it is fed graph after graph, and its failures cost one graph each.

A start costs as much as some fifty small layouts, so one process answers for all of them.
Whatever goes wrong, that process is ended and the next graph gets a new one: no answer is ever
taken for that of another graph.
"""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

from synth.diagram import DrawingError
from synth.drawing.fonts import fontconfig_file

# Cairo draws, gd writes the file: in half the time of cairo's own writer, with the same letters.
PICTURE_FORMAT = "png:cairo:gd"
# A graph of 200 steps takes a fifth of a second.
SECONDS = 20.0

_END_OF_PLAIN = b"\nstop\n"
_END_OF_PNG = b"\0\0\0\0IEND\xaeB`\x82"
_BLOCK = 1 << 16
# Characters of a message that ends with the program's own last words.
_MAX_MESSAGE = 240

_STRING = re.compile(r'"(?:[^"\\\n]++|\\[^\n])*+"')
_BRACE = re.compile(r"[{}]")


class KeptDot:
    """Lays graphs out, and rasters them if asked, with a program that takes `dot`'s options.

    Its processes, one for layouts and one for pictures, start when the first such graph comes;
    each has `seconds` for a graph. Threads take turns.
    """

    def __init__(self, command: Sequence[str], seconds: float = SECONDS) -> None:
        self._command = list(command)
        self._seconds = seconds
        self._running: dict[bool, _Running] = {}
        self._lock = threading.Lock()

    def run(self, source: str, picture: bool) -> tuple[str, bytes | None]:
        """Return the layout of the DOT text `source` in Graphviz's plain format, and its PNG.

        Raises DrawingError where `source` is not one graph, and where Graphviz refuses it, ends
        over it or takes too long.
        """
        data = _one_graph(source)
        with self._lock:
            if picture in self._running:
                # It may have ended since the last graph, which is no fault of this one.
                with suppress(_EndedError):
                    return self._ask(picture, data)
            self._running[picture] = _Running(self._command, picture, self._seconds)
            return self._ask(picture, data)

    def _ask(self, picture: bool, data: bytes) -> tuple[str, bytes | None]:
        try:
            answer = self._running[picture].answer(data)
        except BaseException:
            # Also when we are interrupted: the answer would be the next graph's.
            self._running.pop(picture).stop()
            raise
        plain, end, png = answer.partition(_END_OF_PLAIN)
        return (plain + end).decode(), png if picture else None

    def close(self) -> None:
        """End the processes that are running; the next graph starts a new one."""
        with self._lock:
            while self._running:
                self._running.popitem()[1].stop()

    def leave_to_parent(self) -> None:
        """Let go of the processes, in a forked child: they are the parent's."""
        self._lock = threading.Lock()  # another thread may have held it
        while self._running:
            self._running.popitem()[1].let_go()


class _EndedError(DrawingError):
    """The process ended before it had answered."""


class _Running:
    """One process and its pipes."""

    def __init__(self, command: Sequence[str], picture: bool, seconds: float) -> None:
        formats = ["-Tplain", f"-T{PICTURE_FORMAT}"] if picture else ["-Tplain"]
        environment = {**os.environ, "FONTCONFIG_FILE": _fonts()}
        self._seconds = seconds
        self._end = _END_OF_PNG if picture else _END_OF_PLAIN
        # What it says besides its answers; unbuffered, as both sides write to it.
        self._said = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed with the pipes
        try:
            self._process = subprocess.Popen(
                [*command, *formats],
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._said,
                env=environment,
            )
        except OSError as error:
            self._said.close()
            raise DrawingError(f"Graphviz cannot be started: {error}") from None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._graphs, self._answers = self._process.stdin, self._process.stdout
        # A process that does not read must not block us, either.
        os.set_blocking(self._graphs.fileno(), False)
        self._writable, self._readable = select.poll(), select.poll()
        self._writable.register(self._graphs, select.POLLOUT)
        self._readable.register(self._answers, select.POLLIN)

    def answer(self, graph: bytes) -> bytes:
        """Return what the process answers to `graph`: the plain layout, with the PNG after it."""
        until = time.monotonic() + self._seconds
        rest = memoryview(graph)
        while rest:
            try:
                rest = rest[os.write(self._graphs.fileno(), rest) :]
            except BlockingIOError:
                self._wait(self._writable, until)
            except BrokenPipeError:
                raise self._ended() from None
        answer = bytearray()
        while not answer.endswith(self._end):
            self._wait(self._readable, until)
            block = os.read(self._answers.fileno(), _BLOCK)
            if not block:
                raise self._ended()
            answer += block
        # Not before the next graph: what a process says at its start may be its last words.
        self._said.seek(0)
        self._said.truncate()
        return bytes(answer)

    def _wait(self, ready: select.poll, until: float) -> None:
        left = until - time.monotonic()
        if left <= 0 or not ready.poll(1000 * left):
            raise DrawingError(f"Graphviz took more than {self._seconds:g} s over the graph")

    def _ended(self) -> _EndedError:
        """Return the error that tells how the process ended, with the last line that it said."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
        code = self._process.returncode or 0
        how = f" ({signal.strsignal(-code) or code})" if code < 0 else ""
        self._said.seek(0)
        said = self._said.read().decode(errors="replace").split("\n")
        words = [" ".join(line.split()) for line in said if line.strip()][-1:]
        message = ": ".join([f"Graphviz ended over the graph{how}", *words])
        return _EndedError(message[:_MAX_MESSAGE])

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        self._close()

    def let_go(self) -> None:
        self._process.returncode = 0  # not ours to wait for
        self._close()

    def _close(self) -> None:
        for file in (self._graphs, self._answers, self._said):
            file.close()


def _fonts() -> str:
    path = fontconfig_file()
    if not path.exists():
        # Somebody tidied the temporary folder: without the file, all letters would be boxes.
        fontconfig_file.cache_clear()
        path = fontconfig_file()
    return str(path)


def _one_graph(source: str) -> bytes:
    """Return `source` as it is sent.

    Raises DrawingError where it is not exactly one graph in braces: less would be waited for in
    vain, more would answer the next graph. A string is closed on its line, so that neither it nor
    its copy in the answer hides what follows.
    """
    bare = _STRING.sub("", source)
    depth = ends = 0
    for brace in _BRACE.findall(bare):
        depth += 1 if brace == "{" else -1
        ends += depth == 0
    whole = depth == 0 and ends == 1 and bare.rstrip().endswith("}")
    if not whole or '"' in bare or "\0" in source:
        raise DrawingError("the DOT text is not one graph")
    try:
        return source.encode() + b"\n"
    except UnicodeEncodeError as error:
        code = f"U+{ord(source[error.start]):04X}"
        raise DrawingError(f"the DOT text holds half a character ({code})") from None
