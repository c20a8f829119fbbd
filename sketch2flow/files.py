"""Files that are whole or not there: written under a temporary name, then renamed."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


def write_text(path: Path, text: str) -> None:
    """Put `text` into the file at `path`, as a whole."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, data: bytes) -> None:
    """Put `data` into the file at `path`, as a whole."""
    with _in_its_place(path) as unfinished:
        unfinished.write_bytes(data)


@contextmanager
def new_file(path: Path, keep: bool = False) -> Iterator[TextIO]:
    """Yield a text file that takes the place of `path` when the block ends well.

    When the block fails, what was written is removed, or with `keep` stays at `partial(path)`.
    """
    with (
        _in_its_place(path, keep) as unfinished,
        unfinished.open("w", encoding="utf-8", newline="\n") as file,
    ):
        yield file


def partial(path: Path) -> Path:
    """Return the name of a file in the making that is worth keeping if it is never finished."""
    return path.with_name(f"{path.name}.partial")


def check_writable(path: Path) -> None:
    """Raise OSError if no file can be put at `path`; makes its folder.

    To be asked before hours of work whose result goes there.
    """
    _refuse_folder(path)
    if not _is_special(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=path.parent).close()  # The system's word, not a guess at it.


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Yield a temporary folder beside `path` that takes its place when the block ends well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = _beside(path)
    unfinished.mkdir()
    try:
        yield unfinished
        if path.exists():
            old = path.with_name(f".{path.name}.old-{uuid.uuid4().hex[:8]}")
            path.rename(old)
            unfinished.replace(path)
            shutil.rmtree(old)
        else:
            unfinished.replace(path)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


@contextmanager
def _in_its_place(path: Path, keep: bool = False) -> Iterator[Path]:
    """Yield a name to write to; what is written there takes the place of `path` at the end."""
    _refuse_folder(path)
    if _is_special(path):
        yield path
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = partial(path) if keep else _beside(path)
    try:
        yield unfinished
        unfinished.replace(path)
    finally:
        if not keep:
            unfinished.unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")


def _refuse_folder(path: Path) -> None:
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))


def _is_special(path: Path) -> bool:
    """Whether it is a device or a pipe, such as /dev/stdout: it must not be replaced by a file."""
    return path.exists() and not path.is_file()
