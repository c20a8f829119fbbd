"""From answers to scores, tables, report and champion: on fabricated answers."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from resources.storage import Storage
from resources.warehouse import Warehouse
from sketch2flow.scoring import ALL_METRICS, METRICS, MODES
from sketch2flow.vlm.predictions import Prediction, PredictionStore, shuffled
from sketch2flow.vlm.recipe import Recipe
from sketch2flow_assets.defs.evaluation import contest
from sketch2flow_assets.defs.evaluation.assets import (
    champion_model,
    evaluation_report,
    metrics,
    scores,
)
from sketch2flow_assets.defs.evaluation.scoring import FILE, truths
from sketch2flow_assets.defs.predictions.evaluation_rows import evaluation_identifiers
from sketch2flow_assets.defs.training.preparation import identity
from tests.assets.conftest import metadata, run

EVALUATION = [scores, metrics, evaluation_report, champion_model]


def train(home: Path, digest: str, weights: str = "w", trained_on: str | None = None) -> None:
    """Put a training in force, as finetuned_model leaves it."""
    recipe = Recipe.load("laptop")
    record = {
        "recipe": recipe.model_dump(mode="json"),
        "recipe_digest": recipe.digest(),
        "steps": 2,
        "seconds": 1.0,
        "rows_used": 3,
        "rows_left_out": {},
        "losses": [{"step": 1.0, "loss": 2.0}, {"step": 2.0, "loss": 1.0}],
    }

    storage = Storage(home / "storage")
    facts = {"dataset": trained_on or storage.ref("dataset", "sketch2flow"), "weights": weights}

    def fill(folder: Path) -> None:
        (folder / "training.json").write_text(json.dumps(record))
        (folder / "facts.json").write_text(json.dumps(facts))

    storage.write("training", "laptop", digest, fill, force=True)
    storage.set_ref("training", "laptop", digest)


def answer(home: Path, digest: str, right: bool) -> list[str]:
    """Let the model answer, rightly or always alike, beside its shuffled control."""
    storage = Storage(home / "storage")
    dataset = storage.current("dataset", "sketch2flow")
    names, truth = evaluation_identifiers(dataset, 5), truths(dataset)
    texts = {name: truth[name if right else names[0]]["annotations"][0] for name in names}
    answers = [
        Prediction("finetuned", dataset.name, "short", name, text, "stop", 0, 9, 0.1)
        for name, text in texts.items()
    ]
    controls = shuffled(answers, "shuffled_pictures")
    for name, given in (("finetuned", answers), ("shuffled_pictures", controls)):
        predict(home, name, digest, given)
    predict(home, "openai_compatible", digest, [], absent="no endpoint")
    return names


def predict(
    home: Path, name: str, digest: str, answers: list[Prediction], absent: str | None = None
) -> None:
    storage = Storage(home / "storage")
    dataset = storage.ref("dataset", "sketch2flow")
    facts = {"model": name, "dataset": dataset, "rows_per_source": 5, "absent": absent}
    if not absent:
        facts |= identity(storage.current("training", "laptop"))

    def fill(folder: Path) -> None:
        PredictionStore(folder).append(answers)
        (folder / "facts.json").write_text(json.dumps(facts))

    storage.write("predictions", name, digest, fill)
    storage.set_ref("predictions", name, digest)


def overall(home: Path) -> dict[tuple[str, str | None], float]:
    rows = Warehouse(home / "metrics.duckdb").read("overall")
    return {
        (row["model"], row["control"]): row["mean"]
        for row in rows
        if (row["mode"], row["metric"]) == ("starflow", "flow_sim_no_inputs")
    }


def test_right_answers_score_one_and_controls_stand_beside(home: Path) -> None:
    train(home, "a" * 16)
    names = answer(home, "a" * 16, right=True)
    result = run(home, EVALUATION)
    found = overall(home)
    assert found["finetuned", None] == 1.0
    assert found["finetuned", "shuffled_pictures"] < 1.0
    for row in Warehouse(home / "metrics.duckdb").read("scores"):
        measured = {name for name in ALL_METRICS if row[name] is not None}
        assert "would_activate" not in measured
        assert ("node_recall_no_inputs" in measured) == (row["mode"] == "strict")
        assert row["is_broken_strictly"] is False
    assert metadata(result, "scores")["dagster/row_count"] == 2 * len(MODES) * len(names)
    tables = set(Warehouse(home / "metrics.duckdb").table_names())
    assert {"overall", "by_source", "by_data_source", "by_orientation", "by_resolution"} <= tables

    folder = Storage(home / "storage").current("report", "sketch2flow")
    page = (folder / "report.html").read_text()
    assert "shuffled pictures" in page
    assert "no endpoint" in page
    assert any(name in page for name in names)
    assert "most steps a workflow" in page


def test_made_again_everything_is_reused(home: Path) -> None:
    train(home, "a" * 16)
    answer(home, "a" * 16, right=True)
    run(home, EVALUATION)
    before = (home / "metrics.duckdb").stat().st_mtime_ns
    result = run(home, EVALUATION)
    for name in ("scores", "evaluation_report", "champion_model"):
        assert metadata(result, name)["reused"] is True
    tables = result.asset_materializations_for_node("metrics")
    assert all(event.metadata["reused"].value for event in tables)
    assert (home / "metrics.duckdb").stat().st_mtime_ns == before


def test_one_table_can_be_made_alone(home: Path) -> None:
    import dagster as dg

    train(home, "a" * 16)
    answer(home, "a" * 16, right=True)
    run(home, [scores])
    from tests.assets.conftest import resources

    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize(
            [metrics],
            selection=dg.AssetSelection.assets(["metrics", "by_source"]),
            instance=instance,
            resources=resources(home),
        )
    assert result.success
    assert Warehouse(home / "metrics.duckdb").table_names() == ["by_source", "scores", "about"]


def test_the_title_goes_to_a_better_model_alone(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first reader becomes champion, a worse one does not, and the run stays green."""
    monkeypatch.setattr("sketch2flow.report.champion.MIN_SHARED", 1)
    storage = Storage(home / "storage")
    train(home, "a" * 16)
    answer(home, "a" * 16, right=True)
    told = metadata(run(home, EVALUATION), "champion_model")
    assert told["promoted"] is True, told["reason"]
    first = contest.champion(storage)
    assert first is not None
    assert first.training == "a" * 16
    # The champion's scores are from before the strict mode.
    file = storage.object_folder("scores", "all", first.scores) / FILE
    young = [name for name in ALL_METRICS if name not in METRICS]
    pq.write_table(pq.read_table(file).drop_columns([*young, "is_broken_strictly"]), file)

    train(home, "b" * 16)
    answer(home, "b" * 16, right=False)
    result = run(home, EVALUATION)
    assert result.success
    told = metadata(result, "champion_model")
    assert told["promoted"] is False
    assert contest.champion(storage) == first
    latest = contest.latest_decision(storage)
    assert latest is not None
    assert latest[0].training == "b" * 16


def test_a_model_that_never_reads_gets_no_title(home: Path) -> None:
    train(home, "b" * 16)
    answer(home, "b" * 16, right=False)
    told = metadata(run(home, EVALUATION), "champion_model")
    assert told["promoted"] is False
    assert "shuffled pictures" in told["reason"]
    assert contest.champion(Storage(home / "storage")) is None


@pytest.mark.parametrize(
    ("digest", "weights"), [("b" * 16, "w"), ("a" * 16, "of a forced training")]
)
def test_a_training_without_scores_of_its_own_is_not_decided_on(
    home: Path, digest: str, weights: str
) -> None:
    train(home, "a" * 16)
    answer(home, "a" * 16, right=True)
    run(home, EVALUATION)
    before = contest.latest_decision(Storage(home / "storage"))
    train(home, digest, weights=weights)
    for asset in (evaluation_report, champion_model):
        result = run(home, [asset], raise_on_error=False)
        (failure,) = result.get_step_failure_events()
        said = str(failure.step_failure_data.user_failure_data)
        assert f"the scores are of training {'a' * 16} (weights w)" in said
        assert f"in force is training {digest} (weights {weights[:8]})" in said
    assert contest.latest_decision(Storage(home / "storage")) == before


def test_the_report_is_of_the_data_set_that_was_scored(home: Path) -> None:
    """Another data set in force, and another regime, do not rename what the scores are of."""
    train(home, "a" * 16)
    answer(home, "a" * 16, right=True)
    run(home, [scores, metrics])
    storage = Storage(home / "storage")
    revision = str(storage.ref("dataset", "sketch2flow"))
    same = storage.current("dataset", "sketch2flow")
    shutil.copytree(same, same.with_name("f" * 16))
    storage.set_ref("dataset", "sketch2flow", "f" * 16)
    run(home, [evaluation_report], max_components=33, evaluation_rows=44, seed=0)
    page = (storage.current("report", "sketch2flow") / "report.html").read_text()
    assert revision in page
    facts = dict(re.findall(r"<dt>(.*?)</dt><dd><bdi>(.*?)</bdi>", page))
    assert facts["most steps a workflow"] == "4"
    assert facts["test rows answered per source, at most"] == "5"


def test_rows_without_an_answer_are_counted_and_not_scored(home: Path) -> None:
    train(home, "a" * 16)
    names = answer(home, "a" * 16, right=True)
    storage = Storage(home / "storage")
    whole = list(PredictionStore(storage.current("predictions", "finetuned")).answers().values())
    outage = [replace(one, text="", error="timeout") for one in whole[:3]]
    predict(home, "finetuned", "c" * 16, [*outage, *whole[3:]])
    result = run(home, EVALUATION)
    assert overall(home)["finetuned", None] == 1.0
    told = metadata(result, "scores")
    assert told["not_scored"] == [{"model": "finetuned", "reason": "no answer came", "rows": 3}]
    assert told["not_scored_count"] == 3
    assert {row["model"]: row["count"] for row in told["rows"]}["finetuned"] == len(MODES) * (
        len(names) - 3
    )
    page = (storage.current("report", "sketch2flow") / "report.html").read_text()
    assert "3 not scored: no answer came" in page


def test_rows_that_its_training_had_are_not_scored(home: Path) -> None:
    """Trained on another revision, in which two of today's test rows are training rows."""
    import pyarrow as pa

    storage = Storage(home / "storage")
    dataset = storage.current("dataset", "sketch2flow")
    names = evaluation_identifiers(dataset, 5)
    older = shutil.copytree(dataset, dataset.with_name("e" * 16))
    (shard,) = (older / "data").glob("train-*")
    (tests,) = (older / "data").glob("test-*")
    rows = [row for row in pq.read_table(tests).to_pylist() if row["identifier"] in names[:2]]
    moved = pa.Table.from_pylist(rows, schema=pq.read_schema(shard))
    pq.write_table(moved, shard.with_name("train-00001-of-00002.parquet"))

    train(home, "a" * 16, trained_on="e" * 16)
    answer(home, "a" * 16, right=True)
    told = metadata(run(home, [scores]), "scores")
    reason = "it was trained on this workflow or picture"
    assert told["not_scored"] == [
        {"model": name, "reason": reason, "rows": 2} for name in ("finetuned", "shuffled_pictures")
    ]
    shutil.rmtree(older)
    failed = run(
        home, [scores], config={"scores": {"force": True}}, raise_on_error=False
    ).get_step_failure_events()
    assert "is gone, so nobody knows" in str(failed[0].step_failure_data.error)


def test_answers_to_an_older_revision_are_not_scored(home: Path) -> None:
    train(home, "a" * 16)
    answer(home, "a" * 16, right=True)
    storage = Storage(home / "storage")
    facts = {"model": "finetuned", "dataset": "f" * 16, "absent": None}
    old = PredictionStore(storage.current("predictions", "finetuned")).read()

    def fill(folder: Path) -> None:
        PredictionStore(folder).append([replace(one, revision="f" * 16) for one in old])
        (folder / "facts.json").write_text(json.dumps(facts))

    storage.write("predictions", "finetuned", "c" * 16, fill)
    storage.set_ref("predictions", "finetuned", "c" * 16)
    told = metadata(run(home, [scores]), "scores")
    assert [record["model"] for record in told["rows"]] == ["finetuned shuffled_pictures"]
