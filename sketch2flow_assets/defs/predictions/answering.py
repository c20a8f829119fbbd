"""How each kind of registry entry comes to its answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from resources.regime import Regime
from resources.storage import Storage, StorageError
from sketch2flow.vlm.predictions import Prediction, PredictionStore, shuffled
from sketch2flow.vlm.registry import ModelEntry
from sketch2flow.workflow.prompts import PROMPTS
from sketch2flow_assets.defs.predictions.constant import best_constant_answer

Rows = Iterable[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Source:
    """Where an entry's answers come from: `identity` names it by content, `answer` asks it."""

    identity: str
    answer: Callable[[Rows], Iterator[Prediction]]


@dataclass(frozen=True, slots=True)
class Absent:
    """Why an entry cannot answer here and now."""

    reason: str


def source_of(
    entry: ModelEntry, storage: Storage, dataset: Path, regime: Regime
) -> Source | Absent:
    """Return where the entry's answers come from, or why there are none."""
    if entry.kind == "trained":
        return _trained(entry, storage, dataset, regime)
    if entry.kind == "hub":
        return _hub(entry, dataset)
    if entry.kind == "api":
        return _endpoint(entry, dataset)
    if entry.control == "shuffled_pictures":
        return _shuffled(entry, storage)
    return _constant(entry, dataset, regime)


def trained_model(storage: Storage, regime: Regime) -> Path:
    """Return the folder of the training in force; StorageError if there is none."""
    from sketch2flow.vlm.recipe import Recipe

    return storage.current("training", Recipe.load(regime.recipe).name)


def _trained(entry: ModelEntry, storage: Storage, dataset: Path, regime: Regime) -> Source | Absent:
    try:
        folder = trained_model(storage, regime)
    except StorageError as error:
        return Absent(str(error))
    return Source(folder.name, lambda rows: _generate(entry, str(folder / "model"), dataset, rows))


def _hub(entry: ModelEntry, dataset: Path) -> Source | Absent:
    from huggingface_hub import HfApi, errors

    model = entry.model or ""
    if Path(model).is_dir():
        return Source(model, lambda rows: _generate(entry, model, dataset, rows))
    try:
        commit = HfApi().model_info(model).sha or ""
    except (errors.HTTPError, OSError, ValueError) as error:  # type: ignore[attr-defined]
        return Absent(f"no weights: {str(error).strip().splitlines()[0]}")
    return Source(f"{model}@{commit}", lambda rows: _generate(entry, model, dataset, rows))


def _generate(entry: ModelEntry, model: str, dataset: Path, rows: Rows) -> Iterator[Prediction]:
    from sketch2flow.vlm.generate import generate_answers

    return generate_answers(
        model,
        rows,
        PROMPTS[entry.prompt],
        model=entry.name,
        revision=dataset.name,
        prompt_id=entry.prompt,
        max_tokens=entry.max_tokens,
    )


def _endpoint(entry: ModelEntry, dataset: Path) -> Source | Absent:
    endpoint = entry.endpoint()
    if isinstance(endpoint, str):
        return Absent(endpoint)

    def answer(rows: Rows) -> Iterator[Prediction]:
        from sketch2flow.vlm.api import ask_endpoint

        return ask_endpoint(
            endpoint,
            rows,
            PROMPTS[entry.prompt],
            model=entry.name,
            revision=dataset.name,
            prompt_id=entry.prompt,
            max_tokens=entry.max_tokens,
        )

    url, _, served = endpoint
    return Source(f"{served} at {url}", answer)


def _shuffled(entry: ModelEntry, storage: Storage) -> Source | Absent:
    try:
        folder = storage.current("predictions", entry.of or "")
    except StorageError as error:
        return Absent(str(error))
    answers = PredictionStore(folder).read()
    if not answers:
        return Absent(f"{entry.of} gave no answers that could be shuffled")

    def answer(rows: Rows) -> Iterator[Prediction]:
        wanted = {identifier for identifier, _ in rows}
        return (one for one in shuffled(answers, entry.name) if one.identifier in wanted)

    return Source(f"shuffled {folder.name}", answer)


def _constant(entry: ModelEntry, dataset: Path, regime: Regime) -> Source:
    def answer(rows: Rows) -> Iterator[Prediction]:
        text, _ = best_constant_answer(dataset, regime.seed, regime.processes())
        for identifier, _ in rows:
            yield Prediction(
                model=entry.name,
                revision=dataset.name,
                prompt=entry.prompt,
                identifier=identifier,
                text=text,
                finish_reason="stop",
                tokens_in=0,
                tokens_out=0,
                seconds=0.0,
            )

    return Source(f"constant, seed {regime.seed}", answer)
