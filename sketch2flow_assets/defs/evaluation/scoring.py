"""From answers to score rows: every model's answers against the truth, with the factors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from resources.storage import Storage
from resources.warehouse import Warehouse
from sketch2flow.vlm.predictions import Prediction
from sketch2flow.vlm.registry import ModelEntry
from sketch2flow_assets.defs.diagrams.manifest import read_rows
from sketch2flow_assets.defs.evaluation.sifting import CONTENTS, Origin, to_score
from sketch2flow_assets.defs.predictions.evaluation_rows import read_split

Row = dict[str, Any]

FILE = "scores.parquet"
PICTURE = "picture_sha256"
FACTORS = ("source", "data_source", "orientation", "resolution", "features", "components")


def truths(dataset: Path) -> dict[str, Row]:
    """Return answer and factors of every test row by identifier."""
    columns = ["identifier", "annotations", *CONTENTS, *FACTORS]
    return {row["identifier"]: row for row in read_split(dataset, "test", columns)}


def score_rows(
    entry: ModelEntry,
    answers: Iterable[Prediction],
    truth: Mapping[str, Row],
    run: str,
    workers: int,
) -> Iterator[Row]:
    """Yield a row per answer and mode; a control's rows carry the name of the model it is of.

    No catalogue says what would run: the answers are about environments of many data sources.
    """
    from sketch2flow.scoring import MODES, score_pairs

    given = {one.identifier: one for one in answers}
    for mode in MODES:
        pairs = ((name, one.text, truth[name]["annotations"][0]) for name, one in given.items())
        for name, score in score_pairs(pairs, mode=mode, workers=workers):
            values = asdict(score)
            scores = values.pop("scores")  # what a mode does not measure becomes null
            yield {
                "model": entry.of or entry.name,
                "control": entry.control,
                "revision": given[name].revision,
                "run": run,
                "identifier": name,
                "mode": mode,
                **scores,
                **values,
                **{factor: truth[name][factor] for factor in (*FACTORS, PICTURE)},
            }


def write_scores(
    folder: Path,
    storage: Storage,
    entries: Iterable[ModelEntry],
    digests: Mapping[str, str],
    dataset: Path,
    run: str,
    workers: int,
) -> None:
    """Write the scores of all entries that answered as one Parquet file, and their origin."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    truth = truths(dataset)
    rows: list[Row] = []
    not_scored: dict[str, dict[str, int]] = {}
    for entry in entries:
        if entry.name in digests:
            digest = digests[entry.name]
            answers, left_out = to_score(storage, entry.name, digest, truth, dataset.name)
            rows += score_rows(entry, answers, truth, run, workers)
            not_scored[entry.name] = dict(left_out)
    pq.write_table(pa.Table.from_pylist(rows, schema=_schema()), folder / FILE)
    Origin(dataset.name, digests, not_scored).save(folder)


def _schema() -> Any:
    import pyarrow as pa

    from sketch2flow.scoring import ALL_METRICS

    texts = pa.list_(pa.string())
    return pa.schema(
        [
            *((name, pa.string()) for name in ("model", "control", "revision", "run")),
            *((name, pa.string()) for name in ("identifier", "mode")),
            *((name, pa.float64()) for name in ALL_METRICS),
            ("error", pa.string()),
            ("structure_errors", texts),
            *((name, pa.bool_()) for name in ("is_broken", "is_broken_strictly")),
            *((name, pa.int64()) for name in ("nodes_candidate", "nodes_reference")),
            *((name, pa.string()) for name in (*FACTORS[:4], PICTURE)),
            ("features", texts),
            ("components", pa.int64()),
        ]
    )


def describe(path: Path) -> dict[str, int]:
    """Return how many score rows each model and control has."""
    rows = read_rows(path, ["model", "control"])
    return dict(Counter(f"{row['model']} {row['control'] or ''}".strip() for row in rows))


def stale_tables(warehouse: Warehouse, names: Iterable[str], origin: str) -> list[str]:
    """Return the metric tables that were not built from `origin`."""
    about = warehouse.read("about") if "about" in warehouse.table_names() else []
    built = {
        row["table_name"] for row in about if (row["fact"], row["value"]) == ("origin", origin)
    }
    return [name for name in names if name not in built]
