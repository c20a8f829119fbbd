"""A model's answers, kept in Parquet shards so that a killed evaluation goes on where it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


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
        target = self.folder / f"shard-{len(self._shards()):05d}.parquet"
        unfinished = target.with_suffix(".unfinished")
        pq.write_table(pa.Table.from_pylist([asdict(one) for one in predictions]), unfinished)
        unfinished.replace(target)

    def read(self) -> list[Prediction]:
        """Return all predictions, in the order in which they were appended."""
        import pyarrow.parquet as pq

        return [
            Prediction(**row) for path in self._shards() for row in pq.read_table(path).to_pylist()
        ]

    def done(self) -> set[str]:
        """Return the identifiers that have an answer (those that failed may be tried again)."""
        return {one.identifier for one in self.read() if one.error is None}


def shuffled(predictions: Sequence[Prediction], model: str) -> list[Prediction]:
    """Return the predictions with every answer moved to another row, under the name `model`.

    This is what the same model would answer if each row were given another row's picture:
    its answer depends on picture and prompt alone, and the prompt is the same. The shift is
    half the set, in order of identifier, so that neighbours in kind and size part.
    """
    from dataclasses import replace

    ordered = sorted(predictions, key=lambda one: one.identifier)
    shift = len(ordered) // 2 or 1
    return [
        replace(ordered[(place + shift) % len(ordered)], model=model, identifier=one.identifier)
        for place, one in enumerate(ordered)
    ]
