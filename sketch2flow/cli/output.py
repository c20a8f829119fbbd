"""Files that a command is to write when its work is done."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click


class OutputFile(click.Path):
    """A file that can be written, which is found out before the work and not after it."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        folder = path.absolute().parent
        if not folder.is_dir():
            self.fail(f"there is no folder {folder}: make it first", param, ctx)
        if not os.access(folder, os.W_OK | os.X_OK):
            self.fail(f"no file can be written in {folder}: choose another folder", param, ctx)
        return path
