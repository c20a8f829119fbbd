"""Predictions of every kind of entry, on fabricated answers: no model is loaded here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from resources.storage import Storage
from sketch2flow.scoring import score_pair
from sketch2flow.vlm.predictions import Prediction, PredictionStore
from sketch2flow.vlm.registry import ModelEntry, load_registry
from sketch2flow_assets.defs.predictions import answering, constant, evaluation_rows
from sketch2flow_assets.defs.predictions.assets import all_predictions
from sketch2flow_assets.defs.predictions.keeping import Shelf
from tests.assets.conftest import metadata, run, tiny_regime
from tests.serving import serving

DIGEST = "0123456789abcdef"
BY_NAME = {asset.key.path[-1]: asset for asset in all_predictions}


def trained(home: Path, weights: str = "w") -> Storage:
    """Let a training be in force, as finetuned_model leaves it."""
    storage = Storage(home / "storage")
    facts = {"dataset": storage.ref("dataset", "sketch2flow"), "weights": weights}

    def fill(folder: Path) -> None:
        (folder / "facts.json").write_text(json.dumps(facts))

    storage.write("training", "laptop", DIGEST, fill, force=True)
    storage.set_ref("training", "laptop", DIGEST)
    return storage


def prediction(identifier: str, text: str) -> Prediction:
    return Prediction("finetuned", "r", "short", identifier, text, "stop", 0, 5, 0.01)


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A model that answers with the picture's identifier; returns which it was asked."""
    asked: list[str] = []

    def generate(
        source: str, rows: Iterable[tuple[str, bytes]], prompt: str, **_: Any
    ) -> Iterator[Prediction]:
        for identifier, picture in rows:
            assert picture.startswith((b"\x89PNG", b"\xff\xd8"))
            asked.append(identifier)
            yield prediction(identifier, f"answer to {identifier}")

    monkeypatch.setattr("sketch2flow.vlm.generate.generate_answers", generate)
    return asked


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """A served model whose outage is switched on and off."""
    served = Endpoint()
    with serving(served.answer) as url:
        monkeypatch.setenv("SKETCH2FLOW_API_BASE_URL", url)
        monkeypatch.setenv("SKETCH2FLOW_API_MODEL", "m")
        yield served


class Endpoint:
    """Answers until it has answered `left` times, then refuses; `asked` counts the questions."""

    def __init__(self) -> None:
        self.left, self.asked = 1000, 0

    def answer(self, _: dict[str, Any]) -> str | None:
        self.asked += 1
        self.left -= 1
        return f"answer {self.asked}" if self.left >= 0 else None


def ask(home: Path, name: str, **config: Any) -> dict[str, Any]:
    """Materialize predictions/<name> and return what it tells."""
    result = run(home, [BY_NAME[name]], config={f"predictions__{name}": config})
    return metadata(result, "predictions", name)


def answers(storage: Storage, name: str) -> dict[str, str]:
    store = PredictionStore(storage.current("predictions", name))
    return {name: one.text for name, one in store.answers().items()}


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
    from sketch2flow.vlm import generate

    whole = generate.generate_answers

    def breaks(*arguments: Any, **settings: Any) -> Iterator[Prediction]:
        for number, one in enumerate(whole(*arguments, **settings)):
            if number == 2:
                raise MemoryError
            yield one

    monkeypatch.setattr("sketch2flow_assets.defs.predictions.assets.SHARD_ROWS", 1)
    monkeypatch.setattr(generate, "generate_answers", breaks)
    assert not run(home, [BY_NAME["finetuned"]], raise_on_error=False).success
    assert storage.ref("predictions", "finetuned") is None
    kept = reader[:2]
    reader.clear()
    monkeypatch.setattr(generate, "generate_answers", whole)
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


def test_an_outage_is_no_result_and_the_rest_is_asked_for_later(
    home: Path, endpoint: Endpoint
) -> None:
    storage, name = Storage(home / "storage"), "openai_compatible"
    endpoint.left = 0
    dead = ask(home, name)
    assert dead["dagster/row_count"] == 0
    assert dead["failed"] == endpoint.asked > 3
    assert "BadRequestError" in dead["reason"]
    assert dead["reused"] is False
    total = endpoint.asked

    endpoint.left, endpoint.asked = 3, 0
    partly = ask(home, name)
    assert (partly["dagster/row_count"], partly["failed"]) == (3, total - 3)
    assert endpoint.asked == total, "nothing of the outage counted as an answer"
    kept = answers(storage, name)

    endpoint.left, endpoint.asked = 1000, 0
    whole = ask(home, name)
    assert (whole["dagster/row_count"], whole["failed"], whole["reason"]) == (total, 0, "none")
    assert endpoint.asked == total - 3, "answers that had come are kept"
    assert kept.items() <= answers(storage, name).items()
    assert ask(home, name)["reused"] is True


def test_an_outage_of_a_forced_run_leaves_the_answers_in_force(
    home: Path, endpoint: Endpoint
) -> None:
    storage, name = Storage(home / "storage"), "openai_compatible"
    ask(home, name)
    before = answers(storage, name)
    endpoint.left = 2
    ask(home, name, force=True)
    assert answers(storage, name) == before
    endpoint.left = 1000
    ask(home, name, force=True)
    assert answers(storage, name).keys() == before.keys()
    assert answers(storage, name) != before


def test_of_two_runs_the_second_keeps_the_first_ones_object(tmp_path: Path) -> None:
    """Both have opened the same work; the second has the rest of its answers left to write."""
    shelf = Shelf(Storage(tmp_path), "api", DIGEST, {"model": "api"})
    first, second = shelf.open(anew=False), shelf.open(anew=False)
    first.append([prediction(name, "first") for name in "abc"])
    assert shelf.close("abc", []) == DIGEST
    second.append([prediction("c", "second")])
    assert shelf.close("abc", []) == DIGEST
    folder = Storage(tmp_path).object_folder("predictions", "api", DIGEST)
    assert {one.text for one in PredictionStore(folder).read()} == {"first"}
    assert [path.name for path in folder.parent.iterdir()] == [DIGEST]


def test_one_run_of_an_entry_at_a_time() -> None:
    pools = {name: asset.op.pool for name, asset in BY_NAME.items()}
    assert pools == {
        "finetuned": "gpu",
        "shuffled_pictures": "predictions_shuffled_pictures",
        "constant_answer": "predictions_constant_answer",
        "openai_compatible": "predictions_openai_compatible",
    }


def test_weights_that_were_trained_anew_are_asked_anew(home: Path, reader: list[str]) -> None:
    trained(home, weights="old")
    first = ask(home, "finetuned")
    trained(home, weights="new")
    assert ask(home, "finetuned")["digest"] != first["digest"]
    assert len(reader) == 2 * first["dagster/row_count"]
    trained(home, weights="old")
    assert ask(home, "finetuned")["reused"] is True


def test_a_model_folder_is_known_by_its_weights(
    home: Path, tmp_path: Path, reader: list[str]
) -> None:
    folder = tmp_path / "weights"
    folder.mkdir()
    (folder / "model.safetensors").write_text("1")
    entry = ModelEntry(name="mine", kind="hub", model=str(folder), description="x")
    storage = Storage(home / "storage")
    dataset = storage.current("dataset", "sketch2flow")

    def identity() -> str:
        source = answering.source_of(entry, storage, dataset, tiny_regime())
        assert isinstance(source, answering.Source)
        return source.identity

    before = identity()
    (folder / "model.safetensors").write_text("2")
    assert identity() != before


def test_prompt_and_code_are_in_what_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = load_registry()["finetuned"]
    before = answering.asked(entry)
    monkeypatch.setitem(answering.PROMPTS, entry.prompt, "Write JSON")
    monkeypatch.setattr(answering, "code_digest", lambda *modules: "other")
    after = answering.asked(entry)
    assert {name for name in before if before[name] != after[name]} == {"prompt_text", "code"}


def test_answers_of_another_revision_are_not_shuffled(home: Path, reader: list[str]) -> None:
    storage = trained(home)
    ask(home, "finetuned")
    facts = storage.current("predictions", "finetuned") / "facts.json"
    facts.write_text(json.dumps({**json.loads(facts.read_text()), "dataset": "f" * 16}))
    assert "another data set revision" in ask(home, "shuffled_pictures")["reason"]


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
            score_pair(candidate, reference).scores.get("flow_sim_no_inputs") or 0.0
            for _, reference in references
        ]
        return sum(values) / len(values)

    assert mean == pytest.approx(max(score(text) for _, text in candidates))
    assert mean == pytest.approx(score(answer))
    run(home, [BY_NAME["constant_answer"]])
    assert set(answers(Storage(home / "storage"), "constant_answer").values()) == {answer}
