"""The contest for the title: the newest training against the champion, on shared pictures."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from resources.storage import Storage
from sketch2flow.report.champion import Decision, Facts, decide, facts_of
from sketch2flow.report.scores import read_scores
from sketch2flow_assets.defs.diagrams.manifest import read_rows
from sketch2flow_assets.defs.evaluation.scoring import FILE, PICTURE

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
    digest = storage.ref("champion", TITLE)
    if digest is None:
        return None
    path = storage.object_folder("champion", TITLE, digest) / RECORD
    value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return Contestant(**value["holder"])


def latest_decision(storage: Storage) -> tuple[Contestant, dict[str, Any]] | None:
    """Return the last candidate and the decision on it, None before the first."""
    digest = storage.ref("champion", LATEST)
    if digest is None:
        return None
    path = storage.object_folder("champion", TITLE, digest) / RECORD
    value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return Contestant(**value["candidate"]), value["decision"]


def contest(storage: Storage, candidate: Contestant) -> Decision:
    """Return the decision on the candidate; nothing is recorded, and one recorded stands."""
    latest = latest_decision(storage)
    if latest and latest[0] == candidate:
        return Decision(**latest[1])
    holder = champion(storage)
    return decide(_facts(storage, candidate), _facts(storage, holder) if holder else None)


def _facts(storage: Storage, who: Contestant) -> Facts:
    """Return a contestant's scores, keyed by picture: identifiers come again in other revisions."""
    path = storage.object_folder("scores", "all", who.scores) / FILE
    facts = facts_of(read_scores([path]), who.model, who.training, who.revision)
    shown = _pictures(path)
    by_picture = {shown[name]: row for name, row in facts.scores.items()}
    shuffled = {shown[name]: row for name, row in (facts.shuffled or {}).items()}
    return replace(facts, model=who.label(), scores=by_picture, shuffled=shuffled or None)


def _pictures(path: Path) -> dict[str, str]:
    return {row["identifier"]: row[PICTURE] for row in read_rows(path, ["identifier", PICTURE])}
