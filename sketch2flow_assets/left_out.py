"""What a stage could not use: named with the reason, and kept beside what it made."""

from __future__ import annotations

import json
from pathlib import Path

FILE = "left_out.json"


class LeftOut:
    """Names of files, pictures or rows that a stage left out, with the reasons."""

    def __init__(self) -> None:
        self.items: list[dict[str, str]] = []

    def add(self, name: str, reason: str) -> None:
        self.items.append({"name": name, "reason": reason})

    def save(self, folder: Path) -> None:
        (folder / FILE).write_text(json.dumps(self.items, indent=1), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> LeftOut:
        """Return what was left out of the artefact in `folder`."""
        left_out = cls()
        left_out.items = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return left_out
