"""What the demo shows: its regime, the metric tables, the decision, one drawing read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from rich.text import Text

from resources.regime import Regime
from resources.storage import Storage, StorageError
from resources.warehouse import Warehouse
from sketch2flow.files import write_bytes
from sketch2flow.report.console import print_metrics
from sketch2flow.report.outline import Line, compare, outline
from sketch2flow.report.samples import choose_samples
from sketch2flow.report.tables import TABLES
from sketch2flow.vlm.recipe import Recipe
from sketch2flow.workflow.document import Workflow
from sketch2flow.workflow.prompts import DEFAULT_PROMPT
from sketch2flow.workflow.reading import read_answer
from sketch2flow_assets.defs.dataset.assets import KEY as DATASET
from sketch2flow_assets.defs.evaluation.contest import Contestant, latest_decision
from sketch2flow_assets.defs.evaluation.scoring import truths
from sketch2flow_assets.defs.predictions.evaluation_rows import pictures

PNG = b"\x89PNG"


def show_regime(console: Console, regime: Regime, minutes: float | None) -> None:
    """Say how much is made and how large, and for how long the model is trained."""
    recipe = Recipe.load(regime.recipe)
    documents = ", ".join(f"{name} {count:,}" for name, count in regime.documents.items())
    lessons = sum(regime.lessons_of(name) for name in regime.documents)
    given = minutes if minutes is not None else recipe.minutes
    limit = f"{given:g} minutes" if given else f"{recipe.steps:,} steps"
    console.rule("regime", align="left")
    console.print(
        f"{sum(regime.documents.values()):,} workflows of at most {regime.max_components} steps "
        f"({documents}), and up to {lessons:,} more of one step for training alone. Each is drawn "
        f"once; training pictures have {regime.variants:g} augmented copies each.\n"
        f"Their language: {regime.language()}.\n"
        f"Pictures have at most {regime.max_pixels:,} pixels; the model is trained on those of at "
        f"most {recipe.max_pixels:,} (at its own text scale) and {recipe.max_components} steps.\n"
        f"Recipe {recipe.name}, {limit}; {regime.evaluation_rows} held-out pictures per source "
        f"are read, as many as there are; seed {regime.seed}."
    )


def show_metrics(console: Console, folder: Path) -> None:
    """Print the metric tables, controls beside the model, and the decision on it."""
    house, store = Warehouse(folder / "metrics.duckdb"), Storage(folder / "storage")
    console.rule("metrics", align="left")
    candidate, decision = _latest(store)
    print_metrics(console, {name: house.read(name) for name in TABLES}, model=candidate.model)
    console.print(f"Decision on the champion: {decision['reason']}.")
    console.print(f"Tables: {house.path}; any DuckDB opens it.")
    report = store.current("report", DATASET) / "report.html"
    console.print(f"Report: {report.as_uri()}")


def show_held_out(console: Console, folder: Path) -> None:
    """Convert the held-out drawing with the median score, and show truth and answer."""
    from sketch2flow.vlm.convert import convert_pictures

    store = Storage(folder / "storage")
    candidate, _ = _latest(store)
    scores = Warehouse(folder / "metrics.duckdb").read("scores")
    ranked = [
        row for rank, row in choose_samples(scores, candidate.model) if rank in ("median", "only")
    ]
    if not ranked:
        return
    row = next((one for one in ranked if one["source"] == "synthetic"), ranked[0])
    dataset = store.object_folder("dataset", DATASET, candidate.revision)
    name, data = next(pictures(dataset, {row["identifier"]}))
    place = folder / "demo" / (name + (".png" if data.startswith(PNG) else ".jpg"))
    write_bytes(place, data)
    console.rule("one held-out drawing, of median score", align="left")
    weights = store.object_folder("training", candidate.recipe, candidate.training) / "model"
    console.print(f"sketch2flow convert {place} --model {weights}", soft_wrap=True)
    conversion = next(convert_pictures([place], str(weights), DEFAULT_PROMPT))
    truth = read_answer(truths(dataset)[name]["annotations"][0]).workflow
    if conversion.workflow and truth:
        _show_beside(console, truth, conversion.workflow)
    else:
        console.print(f"No workflow: {conversion.error}.")
    console.print(
        f"FlowSim of this answer: {row['flow_sim_no_inputs']:.2f} without inputs,"
        f" {row['flow_sim_with_inputs']:.2f} with them"
    )


def _latest(store: Storage) -> tuple[Contestant, dict[str, Any]]:
    latest = latest_decision(store)
    if latest is None:
        raise StorageError("no champion_model has been decided yet: materialize it first")
    return latest


def _show_beside(console: Console, truth: Workflow, answer: Workflow) -> None:
    left, right = compare(outline(truth), outline(answer))
    table = Table(box=SIMPLE, padding=(0, 1))
    table.add_column("the workflow that was drawn", ratio=1)
    table.add_column("what the model read", ratio=1)
    table.add_row(_outlined(left, "yellow"), _outlined(right, "red"))
    console.print(table)


def _outlined(lines: Sequence[Line], different: str) -> Text:
    text = Text()
    for line in lines:
        style = "" if line.mark == "same" else different
        text.append("  " * line.depth + line.text + "\n", style)
    return text
