"""A model's answers, kept in Parquet shards so that a killed evaluation goes on where it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4


@dataclass(frozen=True, slots=True)
class Prediction:
    """One answer of one model to one picture; `error` says why there is none."""

    model: str
    revision: str
    prompt: str
    identifier: str
    text: str
    finish_reason: str
    tokens_in: int
    tokens_out: int
    seconds: float
    error: str | None = None


class PredictionStore:
    """The predictions in one folder; each append is one shard, whole or not there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _shards(self) -> list[Path]:
        return sorted(self.folder.glob("shard-*.parquet"))

    def append(self, predictions: Sequence[Prediction]) -> None:
        """Add a shard; does nothing for no predictions."""
        if not predictions:
            return
        import pyarrow as pa
        import pyarrow.parquet as pq

        self.folder.mkdir(parents=True, exist_ok=True)
        # The number keeps the order; two runs that share the folder may both count to it.
        target = self.folder / f"shard-{len(self._shards()):05d}-{uuid4().hex[:8]}.parquet"
        unfinished = target.with_suffix(".unfinished")
        pq.write_table(pa.Table.from_pylist([asdict(one) for one in predictions]), unfinished)
        unfinished.replace(target)

    def read(self) -> list[Prediction]:
        """Return all predictions, in the order in which they were appended."""
        import pyarrow.parquet as pq

        return [
            Prediction(**row) for path in self._shards() for row in pq.read_table(path).to_pylist()
        ]

    def latest(self) -> dict[str, Prediction]:
        """Return one prediction per row: its last answer, or its last failure if it has none."""
        found: dict[str, Prediction] = {}
        for one in self.read():
            known = found.get(one.identifier)
            if known is None or known.error is not None or one.error is None:
                found[one.identifier] = one
        return found

    def answers(self) -> dict[str, Prediction]:
        """Return the rows that have an answer (those that failed may be tried again)."""
        return {name: one for name, one in self.latest().items() if one.error is None}


def shuffled(predictions: Sequence[Prediction], model: str) -> list[Prediction]:
    """Return the predictions with every answer moved to another row, under the name `model`.

    This is what the same model would answer if each row were given another row's picture:
    its answer depends on picture and prompt alone, and the prompt is the same. The shift is
    half the set, in order of identifier, so that neighbours in kind and size part. Rows that
    failed stay as they are.
    """
    from dataclasses import replace

    failed = [replace(one, model=model) for one in predictions if one.error is not None]
    answers = [one for one in predictions if one.error is None]
    ordered = sorted(answers, key=lambda one: one.identifier)
    shift = len(ordered) // 2 or 1
    moved = [
        replace(ordered[(place + shift) % len(ordered)], model=model, identifier=one.identifier)
        for place, one in enumerate(ordered)
    ]
    return moved + failed
