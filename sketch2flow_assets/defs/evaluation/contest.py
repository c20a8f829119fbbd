"""The contest for the title: the newest training against the champion, on shared pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from resources.champion import LATEST, RECORD, TITLE, Contestant, champion, latest_decision
from resources.storage import Storage
from sketch2flow.report.champion import Decision, Facts, decide, facts_of
from sketch2flow.report.scores import read_scores
from sketch2flow_assets.defs.diagrams.manifest import read_rows
from sketch2flow_assets.defs.evaluation.scoring import FILE, PICTURE

__all__ = ["LATEST", "RECORD", "TITLE", "Contestant", "champion", "contest", "latest_decision"]


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
