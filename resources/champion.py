"""The record of the champion: which trained model holds the title, and how that was decided."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from resources.storage import Storage

TITLE = "reader"  # the ref of the decision that names the holder
LATEST = "latest_decision"
RECORD = "champion.json"


@dataclass(frozen=True, slots=True)
class Contestant:
    """A trained model in the contest: its registry name, its training, and where its scores are."""

    model: str
    recipe: str
    training: str
    revision: str
    scores: str

    def label(self) -> str:
        return f"{self.recipe} {self.training[:8]}"

    def record(self) -> dict[str, str]:
        """Return the contestant as plain values, for JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


def champion(storage: Storage) -> Contestant | None:
    """Return the model that holds the title, None before the first decision for one."""
    value = _record(storage, TITLE)
    return Contestant(**value["holder"]) if value is not None else None


def latest_decision(storage: Storage) -> tuple[Contestant, dict[str, Any]] | None:
    """Return the last candidate and the decision on it, None before the first."""
    value = _record(storage, LATEST)
    if value is None:
        return None
    return Contestant(**value["candidate"]), value["decision"]


def _record(storage: Storage, ref: str) -> dict[str, Any] | None:
    digest = storage.ref("champion", ref)
    if digest is None:
        return None
    path = storage.object_folder("champion", TITLE, digest) / RECORD
    value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return value
