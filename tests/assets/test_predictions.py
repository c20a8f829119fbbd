"""Predictions of every kind of entry, on fabricated answers: no model is loaded here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from resources.storage import Storage
from sketch2flow.scoring import score_pair
from sketch2flow.vlm.predictions import Prediction, PredictionStore
from sketch2flow_assets.defs.predictions import answering, constant, evaluation_rows
from sketch2flow_assets.defs.predictions.assets import all_predictions
from tests.assets.conftest import metadata, run

DIGEST = "0123456789abcdef"
BY_NAME = {asset.key.path[-1]: asset for asset in all_predictions}


def trained(home: Path) -> Storage:
    """Let a training be in force, as finetuned_model leaves it."""
    storage = Storage(home / "storage")
    storage.write("training", "laptop", DIGEST, lambda folder: (folder / "model").mkdir())
    storage.set_ref("training", "laptop", DIGEST)
    return storage


def prediction(identifier: str, text: str) -> Prediction:
    return Prediction("finetuned", "r", "short", identifier, text, "stop", 0, 5, 0.01)


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A model that answers with the picture's identifier; returns which it was asked."""
    asked: list[str] = []

    def generate(
        entry: Any, model: str, dataset: Path, rows: Iterable[tuple[str, bytes]]
    ) -> Iterator[Prediction]:
        for identifier, picture in rows:
            assert picture.startswith((b"\x89PNG", b"\xff\xd8"))
            asked.append(identifier)
            yield prediction(identifier, f"answer to {identifier}")

    monkeypatch.setattr(answering, "_generate", generate)
    return asked


def answers(storage: Storage, name: str) -> dict[str, str]:
    store = PredictionStore(storage.current("predictions", name))
    return {one.identifier: one.text for one in store.read()}


def test_rows_are_a_fixed_number_of_originals_per_source(dataset: Path) -> None:
    everything = evaluation_rows.evaluation_identifiers(dataset, 1000)
    chosen = evaluation_rows.evaluation_identifiers(dataset, 1)
    assert set(chosen) < set(everything)
    assert len({name.split("_")[0] for name in chosen}) == len(chosen)
    assert chosen == evaluation_rows.evaluation_identifiers(dataset, 1)
    shown = dict(evaluation_rows.pictures(dataset, set(everything)))
    assert sorted(shown) == everything


def test_the_trained_model_is_asked_for_every_row(home: Path, reader: list[str]) -> None:
    storage = trained(home)
    told = metadata(run(home, [BY_NAME["finetuned"]]), "predictions", "finetuned")
    assert told["dagster/row_count"] == len(reader) > 0
    assert answers(storage, "finetuned") == {name: f"answer to {name}" for name in reader}
    again = metadata(run(home, [BY_NAME["finetuned"]]), "predictions", "finetuned")
    assert again["reused"] is True
    assert len(reader) == told["dagster/row_count"], "nothing was asked again"


def test_a_killed_evaluation_goes_on_where_it_was(
    home: Path, reader: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = trained(home)
    whole = answering._generate

    def breaks(*arguments: Any) -> Iterator[Prediction]:
        for number, one in enumerate(whole(*arguments)):
            if number == 2:
                raise MemoryError
            yield one

    monkeypatch.setattr("sketch2flow_assets.defs.predictions.assets.SHARD_ROWS", 1)
    monkeypatch.setattr(answering, "_generate", breaks)
    assert not run(home, [BY_NAME["finetuned"]], raise_on_error=False).success
    assert storage.ref("predictions", "finetuned") is None
    kept = reader[:2]
    reader.clear()
    monkeypatch.setattr(answering, "_generate", whole)
    run(home, [BY_NAME["finetuned"]])
    assert not set(kept) & set(reader)
    assert set(answers(storage, "finetuned")) == {*kept, *reader}


@pytest.mark.parametrize("name", ["finetuned", "shuffled_pictures", "openai_compatible"])
def test_who_cannot_answer_has_no_rows_and_a_reason(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv("SKETCH2FLOW_API_BASE_URL", raising=False)
    told = metadata(run(home, [BY_NAME[name]]), "predictions", name)
    assert told["dagster/row_count"] == 0
    reasons = {
        "finetuned": "there is no training/laptop",
        "shuffled_pictures": "there is no predictions/finetuned",
        "openai_compatible": "no endpoint: set SKETCH2FLOW_API_BASE_URL",
    }
    assert reasons[name] in told["reason"]


def test_shuffled_pictures_give_every_row_another_rows_answer(
    home: Path, reader: list[str]
) -> None:
    storage = trained(home)
    run(home, [BY_NAME["finetuned"], BY_NAME["shuffled_pictures"]])
    own, shuffled = answers(storage, "finetuned"), answers(storage, "shuffled_pictures")
    assert sorted(shuffled) == sorted(own)
    assert sorted(shuffled.values()) == sorted(own.values())
    assert all(shuffled[name] != own[name] for name in own)


def test_the_constant_answer_is_the_best_of_its_candidates(
    home: Path, dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constant, "CANDIDATES", 6)
    monkeypatch.setattr(constant, "REFERENCES", 3)
    answer, mean = constant.best_constant_answer(dataset, seed=0)
    candidates = constant._sample(dataset, "train", 6, 0)
    references = constant._sample(dataset, "validation", 3, 0)

    def score(candidate: str) -> float:
        values = [
            score_pair(candidate, reference).flow_sim_no_inputs or 0.0
            for _, reference in references
        ]
        return sum(values) / len(values)

    assert mean == pytest.approx(max(score(text) for _, text in candidates))
    assert mean == pytest.approx(score(answer))
    run(home, [BY_NAME["constant_answer"]])
    assert set(answers(Storage(home / "storage"), "constant_answer").values()) == {answer}
