"""Where an entry's answers are kept: whole, or as far as they came while rows got no answer."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from resources.storage import Storage, digest_of
from sketch2flow.files import write_text
from sketch2flow.vlm.predictions import Prediction, PredictionStore

KIND, FACTS = "predictions", "facts.json"


def facts_of(storage: Storage, name: str, digest: str) -> dict[str, Any]:
    """Return what a predictions object says of itself: model, data set, training, why empty."""
    path = storage.object_folder(KIND, name, digest) / FACTS
    facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return facts


@dataclass(frozen=True, slots=True)
class Shelf:
    """The place of one entry's answers; `digest` names the object that holds all of them.

    An outage is no result: until every row has its answer that object does not come to be. What
    came so far stays in its work, so that the next run asks for the rest alone, and is an object
    of its own meanwhile, in which the failed rows stand with their errors.
    """

    storage: Storage
    name: str
    digest: str
    facts: Mapping[str, Any]

    def is_complete(self) -> bool:
        return self.storage.has(KIND, self.name, self.digest)

    def keep_nothing(self, reason: str) -> str:
        """Return the digest of an object without rows that says why."""
        self.storage.write(KIND, self.name, self.digest, lambda folder: self._tell(folder, reason))
        return self.digest

    def open(self, anew: bool) -> PredictionStore:
        """Return the answers that came so far; `anew` forgets them."""
        if anew:
            self.storage.drop_work(KIND, self.name, self.digest)
        return PredictionStore(self.storage.open_work(KIND, self.name, self.digest))

    def close(
        self, wanted: Collection[str], failed: Sequence[Prediction], replace: bool = False
    ) -> str:
        """Return the digest of what is in force now: all answers, or those that there are.

        A complete object stays in force where a run that made it anew, or one beside another,
        has not all answers; `replace` lets all answers take the place of one.
        """
        work = PredictionStore(self.storage.open_work(KIND, self.name, self.digest))
        answers = work.answers()
        if answers.keys() >= set(wanted):
            self._tell(work.folder)
            self.storage.close_work(KIND, self.name, self.digest, replace)
            return self.digest
        if self.is_complete():
            self.storage.drop_work(KIND, self.name, self.digest)
            return self.digest
        errors = {one.identifier: one.error for one in failed}
        digest = digest_of([self.digest, sorted(answers), errors])

        def fill(folder: Path) -> None:
            PredictionStore(folder).append([*answers.values(), *failed])
            self._tell(folder)

        self.storage.write(KIND, self.name, digest, fill)
        return digest

    def _tell(self, folder: Path, absent: str | None = None) -> None:
        write_text(folder / FACTS, json.dumps({**self.facts, "absent": absent}, indent=2))
