"""Graphviz, one way in: a `dot` process that is kept, or the library inside pygraphviz's wheel.

Both run the engine `dot` with our fonts. The kept process costs no start per graph (a start is
two thirds of a small picture's time); the library needs no `dot` on the machine.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import IO, Protocol

from synth.diagram import DrawingError
from synth.drawing.fonts import fontconfig_file, use_our_fonts

logger = logging.getLogger(__name__)

# Cairo draws, gd writes the file: half the time of cairo's own PNG writer at the same letters.
PICTURE_FORMAT = "png:cairo:gd"


class Graphviz(Protocol):
    """Lays a graph out, and rasters it if asked."""

    def run(self, source: str, picture: bool) -> tuple[str, bytes | None]:
        """Return the layout of the DOT text `source` in Graphviz's plain format, and its PNG.

        Raises DrawingError where Graphviz refuses the graph.
        """
        ...


class Library:
    """Graphviz in this process, through pygraphviz; not safe for threads, so it locks."""

    def __init__(self) -> None:
        use_our_fonts()
        from pygraphviz import AGraph, DotError
        from pygraphviz import graphviz as calls

        self._graph, self._error, self._calls = AGraph, DotError, calls
        self._context = calls.gvContextWithBuiltins()
        self._lock = threading.Lock()
        with _without_fontconfig_warnings():
            self.run('digraph { a [label=a fontname="Liberation Sans"] }', picture=False)

    def run(self, source: str, picture: bool) -> tuple[str, bytes | None]:
        calls = self._calls
        with self._lock:
            try:
                graph = self._graph(string=source)
            except self._error as error:
                raise DrawingError(f"Graphviz cannot read the graph ({error})") from None
            if calls.gvLayout(self._context, graph.handle, b"dot") != 0:
                raise DrawingError("Graphviz cannot lay the graph out")
            try:
                plain = self._render(graph.handle, "plain").decode()
                return plain, self._render(graph.handle, PICTURE_FORMAT) if picture else None
            finally:
                calls.gvFreeLayout(self._context, graph.handle)
                graph.close()

    def _render(self, handle: object, form: str) -> bytes:
        answer = self._calls.gvRenderData(self._context, handle, form.encode())
        # The wrapper gives [status, data], or the bare status where there is no data.
        if not isinstance(answer, list) or answer[0] != 0 or not answer[1]:
            raise DrawingError(f"Graphviz cannot write {form}")
        data: str | bytes = answer[1]
        return data.encode() if isinstance(data, str) else data


class Process:
    """One `dot` that is fed graph after graph; when it ends over a graph, it is started anew."""

    def __init__(self, program: str = "dot") -> None:
        self._program = program
        self._running: dict[bool, subprocess.Popen[bytes]] = {}
        self._lock = threading.Lock()

    def run(self, source: str, picture: bool) -> tuple[str, bytes | None]:
        with self._lock:
            process = self._running.get(picture) or self._start(picture)
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                process.stdin.write(source.encode() + b"\n")
                process.stdin.flush()
                plain = _read_plain(process.stdout)
                return plain, _read_png(process.stdout) if picture else None
            except (OSError, EOFError):
                self._stop(picture)
                raise DrawingError("Graphviz ended over the graph") from None

    def _start(self, picture: bool) -> subprocess.Popen[bytes]:
        formats = ["-Tplain", f"-T{PICTURE_FORMAT}"] if picture else ["-Tplain"]
        environment = {**os.environ, "FONTCONFIG_FILE": str(fontconfig_file())}
        process = subprocess.Popen(
            [self._program, *formats],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        self._running[picture] = process
        return process

    def _stop(self, picture: bool) -> None:
        process = self._running.pop(picture)
        process.kill()
        process.communicate()

    def close(self) -> None:
        """End the processes that are running."""
        with self._lock:
            for picture in list(self._running):
                self._stop(picture)


@contextmanager
def _without_fontconfig_warnings() -> Iterator[None]:
    """Keep fontconfig's first words off the terminal; all other lines are passed on.

    Besides our configuration it parses the machine's own ones, for their descriptions only, and
    warns of words in them that are newer than the library in the wheel.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with tempfile.TemporaryFile() as said:
            os.dup2(said.fileno(), 2)
            try:
                yield
            finally:
                os.dup2(kept, 2)
            said.seek(0)
            lines = said.read().decode(errors="replace").splitlines()
        for line in lines:
            if not line.startswith("Fontconfig warning"):
                print(line, file=sys.stderr)
    finally:
        os.close(kept)


def _read_plain(stream: IO[bytes]) -> str:
    lines = []
    for line in stream:
        lines.append(line)
        if line == b"stop\n":
            return b"".join(lines).decode()
    raise EOFError


def _read_png(stream: IO[bytes]) -> bytes:
    """Return the PNG that comes next: its signature, then chunks up to IEND."""
    data = bytearray(_exactly(stream, 8))
    while True:
        head = _exactly(stream, 8)
        # Length of the chunk's data; its checksum is four bytes more.
        data += head + _exactly(stream, int.from_bytes(head[:4], "big") + 4)
        if head[4:] == b"IEND":
            return bytes(data)


def _exactly(stream: IO[bytes], count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise EOFError
    return data


def graphviz() -> Graphviz:
    """Return this process's Graphviz: `dot` where it is installed, else the library.

    Raises DrawingError, with the cure, where there is neither.
    """
    # By process: a forked child must not share its parent's pipes.
    return _graphviz(os.getpid())


def end_processes() -> None:
    """End the `dot` that this process keeps, if any; the next graph starts a new one."""
    engine = graphviz()
    if isinstance(engine, Process):
        engine.close()


@lru_cache(maxsize=1)
def _graphviz(pid: int) -> Graphviz:
    program = shutil.which("dot")
    if program is not None:
        logger.info("Graphviz: %s", program)
        return Process(program)
    try:
        library = Library()
    except ImportError:
        raise DrawingError(
            "no Graphviz: install the system's graphviz, or `pip install pygraphviz`"
        ) from None
    logger.info("Graphviz: no `dot` here, the library inside pygraphviz is used")
    return library
