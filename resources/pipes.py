"""Dagster Pipes through files on storage that every host sees, and what a training says there."""

from __future__ import annotations

import json
import math
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_pipes import PipesDefaultMessageWriter, PipesParams

SECONDS_BETWEEN_LOOKS = 0.5
SECONDS_BETWEEN_OBSERVATIONS = 15.0
SHARE_BETWEEN_OBSERVATIONS = 1 / 30

Message = Mapping[str, Any]


class FileMessageReader(dg.PipesMessageReader):
    """Hands the messages in a file over while they are written, to Dagster and to `heard`.

    Dagster's own reader keeps the file open and takes what it finds for whole lines. On storage
    over a network that shows new lines late, or halves of them.
    """

    def __init__(self, path: Path, heard: Callable[[Message], None]) -> None:
        self._path, self._heard = path, heard

    @contextmanager
    def read_messages(self, handler: dg.PipesMessageHandler) -> Iterator[PipesParams]:
        self._path.touch()
        done = threading.Event()
        thread = threading.Thread(target=self._read, args=(handler, done), daemon=True)
        thread.start()
        try:
            yield {PipesDefaultMessageWriter.FILE_PATH_KEY: str(self._path)}
        finally:
            done.set()
            thread.join()

    def no_messages_debug_text(self) -> str:
        return f"Attempted to read messages from {self._path}."

    def _read(self, handler: dg.PipesMessageHandler, done: threading.Event) -> None:
        place, last = 0, False
        while not last:
            last = done.wait(SECONDS_BETWEEN_LOOKS)
            with self._path.open("rb") as file:
                file.seek(place)
                whole, _, _ = file.read().rpartition(b"\n")
            place += len(whole) + 1 if whole else 0
            for line in whole.splitlines():
                self._hand_over(handler, line)

    def _hand_over(self, handler: dg.PipesMessageHandler, line: bytes) -> None:
        try:
            message = json.loads(line)
            handler.handle_message(message)
            if message["method"] == "report_custom_message":
                self._heard(message["params"]["payload"])
        except Exception:  # noqa: BLE001 (one message that cannot be used must not end the others)
            handler.report_pipes_framework_exception("FileMessageReader", sys.exc_info())


class Observer:
    """Turns progress messages into observations of the asset that is made: its plots in the UI.

    The UI plots an asset's last 100 events, and a day has many: the longer a training takes,
    the longer the time between two observations.
    """

    def __init__(
        self, context: dg.OpExecutionContext, clock: Callable[[], float] = time.monotonic
    ) -> None:
        keys = context.selected_asset_keys
        self._asset = next(iter(keys)) if len(keys) == 1 else None
        self._context, self._clock = context, clock
        self._started, self._said = clock(), -math.inf
        self._latest: dict[str, float] = {}

    def heard(self, message: Message) -> None:
        """Take in a message; the newest figures are observed once it is time again."""
        if not isinstance(message, Mapping) or message.get("kind") != "progress":
            return
        self._latest |= {name: value for name, value in message.items() if _is_figure(value)}
        now = self._clock()
        elapsed = now - self._started
        pause = max(SECONDS_BETWEEN_OBSERVATIONS, SHARE_BETWEEN_OBSERVATIONS * elapsed)
        if now - self._said >= pause:
            self._said = now
            self.observe()

    def observe(self) -> None:
        """Tell Dagster the figures that came since the last time."""
        if self._latest and self._asset is not None:
            self._context.log_event(
                dg.AssetObservation(self._asset, metadata=dict(sorted(self._latest.items())))
            )
        self._latest = {}


@contextmanager
def pipes_session(context: dg.OpExecutionContext, folder: Path) -> Iterator[dg.PipesSession]:
    """Yield a session whose files lie in `folder`; what it hears of progress is observed."""
    # Dagster calls its own preview property while it opens a session.
    warnings.filterwarnings("ignore", category=dg.PreviewWarning, module="dagster")
    observer = Observer(context)
    try:
        with dg.open_pipes_session(
            context=context,
            context_injector=dg.PipesFileContextInjector(str(folder / "context")),
            message_reader=FileMessageReader(folder / "messages", observer.heard),
        ) as session:
            yield session
    finally:
        observer.observe()


def _is_figure(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
