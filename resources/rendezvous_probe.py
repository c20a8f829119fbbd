"""Whether the hosts of a training can meet: the first one listens, the others knock."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import NamedTuple

PATIENCE = 15.0  # seconds for the first host to start listening
MEASURED = 64 * 2**20  # bytes, unless the time is up before
SECONDS_TO_MEASURE = 0.5


class Probe(NamedTuple):
    """What came of it: the trouble, empty if there is none, and how fast the first host sends."""

    trouble: str
    gb_per_second: float | None = None


def hold(host: str, port: int, token: str) -> Probe:
    """Listen there until this process ends, and tell everyone who comes the token."""
    try:
        server = socket.create_server((host, port))
    except OSError as error:
        return Probe(error.strerror or str(error))
    threading.Thread(target=_serve, args=(server, token.encode()), daemon=True).start()
    return Probe("")


def reach(host: str, port: int, token: str) -> Probe:
    """Knock there until somebody answers with the token."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with socket.create_connection((host, port), timeout=5) as connection:
                if _received(connection, len(token)) != token.encode():
                    return Probe("something else answers there")
                return Probe("", _speed(connection))
        except OSError as error:
            if time.monotonic() > deadline or isinstance(error, socket.gaierror):
                return Probe(error.strerror or str(error))
            time.sleep(0.2)


def _serve(server: socket.socket, token: bytes) -> None:
    while True:
        connection, _ = server.accept()
        threading.Thread(target=_answer, args=(connection, token), daemon=True).start()


def _answer(connection: socket.socket, token: bytes) -> None:
    piece = bytes(2**20)
    with connection, contextlib.suppress(OSError):  # The other has heard enough.
        connection.sendall(token)
        for _ in range(MEASURED // len(piece)):
            connection.sendall(piece)


def _received(connection: socket.socket, length: int) -> bytes:
    data = b""
    while len(data) < length and (piece := connection.recv(length - len(data))):
        data += piece
    return data


def _speed(connection: socket.socket) -> float | None:
    started, received = time.monotonic(), 0
    while time.monotonic() - started < SECONDS_TO_MEASURE and (piece := connection.recv(2**20)):
        received += len(piece)
    seconds = time.monotonic() - started
    return received / seconds / 1e9 if received and seconds else None
