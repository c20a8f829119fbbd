"""Which predictions are scored, and what the scores were made of."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from resources.storage import Storage, StorageError
from sketch2flow.files import write_text
from sketch2flow.vlm.predictions import Prediction, PredictionStore
from sketch2flow.vlm.registry import ModelEntry
from sketch2flow_assets.defs.dataset.assets import KEY as DATASET
from sketch2flow_assets.defs.predictions.evaluation_rows import read_split
from sketch2flow_assets.defs.predictions.keeping import facts_of

FILE = "facts.json"
CONTENTS = ("document_digest", "picture_sha256")
NO_ANSWER = "no answer came"
SEEN = "it was trained on this workflow or picture"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """What scores were made of: a data set revision, and the digest of each entry's predictions.

    `not_scored` counts the rows of each entry that no mean contains, by reason.
    """

    dataset: str
    predictions: Mapping[str, str]
    not_scored: Mapping[str, Mapping[str, int]]

    def save(self, folder: Path) -> None:
        write_text(folder / FILE, json.dumps(asdict(self), indent=2))

    @classmethod
    def load(cls, folder: Path) -> Origin:
        """Return the origin of the scores in `folder`."""
        return cls(**json.loads((folder / FILE).read_text(encoding="utf-8")))

    def reasons(self, name: str) -> str:
        """Return in words why rows of an entry are not scored, empty if all are."""
        found = self.not_scored.get(name, {})
        return "; ".join(f"{count} not scored: {reason}" for reason, count in found.items())


def answered(storage: Storage, entries: Iterable[ModelEntry], revision: str) -> dict[str, str]:
    """Return the digest of each entry's predictions, of those made on this data set revision."""
    refs = storage.refs("predictions")
    return {
        entry.name: refs[entry.name]
        for entry in entries
        if entry.name in refs
        and facts_of(storage, entry.name, refs[entry.name])["dataset"] == revision
    }


def to_score(
    storage: Storage, name: str, digest: str, truth: Mapping[str, Row], dataset: str
) -> tuple[list[Prediction], Counter[str]]:
    """Return the answers of an entry that are scored, and how many rows are not, by reason.

    A row that got no answer says nothing of the model; one whose workflow or picture its training
    had, as it may in another revision of the data set, says nothing of reading.
    """
    folder = storage.object_folder("predictions", name, digest)
    trained_on = facts_of(storage, name, digest).get("trained_on", dataset)
    seen = contents_of(storage, trained_on) if trained_on != dataset else set()
    kept: list[Prediction] = []
    left_out: Counter[str] = Counter()
    for identifier, one in PredictionStore(folder).latest().items():
        row = truth.get(identifier)
        if one.error is not None:
            left_out[NO_ANSWER] += 1
        elif row and not seen.isdisjoint(row[column] for column in CONTENTS):
            left_out[SEEN] += 1
        elif row:
            kept.append(one)
    return kept, left_out


def contents_of(storage: Storage, revision: str) -> set[str]:
    """Return the workflows and pictures that a data set revision trains on, by their digests."""
    folder = storage.object_folder("dataset", DATASET, revision)
    if not folder.is_dir():
        raise StorageError(
            f"{folder} is gone, so nobody knows what the training on it has seen: materialize "
            "finetuned_model and its predictions anew"
        )
    return {row[name] for row in read_split(folder, "train", CONTENTS) for name in CONTENTS}
