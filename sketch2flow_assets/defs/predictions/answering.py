"""How each kind of registry entry comes to its answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from resources.regime import Regime
from resources.storage import Storage, StorageError, digest_of_folder
from sketch2flow.vlm.predictions import Prediction, PredictionStore, shuffled
from sketch2flow.vlm.registry import ModelEntry
from sketch2flow.workflow.prompts import PROMPTS
from sketch2flow_assets.defs.predictions import constant
from sketch2flow_assets.defs.predictions.keeping import facts_of
from sketch2flow_assets.defs.training.preparation import IDENTITY, identity
from sketch2flow_assets.versions import code_digest

Rows = Iterable[tuple[str, bytes]]
Answer = Callable[[Rows], Iterator[Prediction]]

LOCAL = (
    "sketch2flow.pictures",
    *(
        f"sketch2flow.vlm.{module}"
        for module in ("generate", "shapes", "rows", "start", "conv_reader", "reader_processor")
    ),
)
# The code that decides what an entry answers, by its kind or control.
MODULES = {
    "trained": LOCAL,
    "hub": LOCAL,
    "api": ("sketch2flow.vlm.api",),
    "shuffled_pictures": ("sketch2flow.vlm.predictions",),
    "constant_answer": (constant.__name__, "sketch2flow.scoring", "sketch2flow.workflow"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """Where an entry's answers come from: `identity` names it by content, `answer` asks it.

    `training` says which training the answers are of, where it is one of ours.
    """

    identity: str
    answer: Answer
    training: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Absent:
    """Why an entry cannot answer here and now."""

    reason: str

    @property
    def identity(self) -> str:
        """What names it beside the entry, as a source's does."""
        return f"absent: {self.reason}"


def asked(entry: ModelEntry) -> dict[str, Any]:
    """Return what decides an entry's answers beside their source: settings, prompt, code.

    Left out on purpose: the versions of the libraries, and the machine. They move the last bits
    of a number, and every update would ask every model for everything again.
    """
    return {
        **entry.model_dump(exclude={"description", "enabled"}),
        "prompt_text": PROMPTS[entry.prompt],
        "code": code_digest(*MODULES[entry.control or entry.kind]),
    }


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
        return _shuffled(entry, storage, dataset)
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
    training = identity(folder)
    name = f"training {training['training']}, weights {training['weights']}"
    return Source(name, _local(entry, dataset, str(folder / "model")), training)


def _hub(entry: ModelEntry, dataset: Path) -> Source | Absent:
    from huggingface_hub import HfApi, errors

    model = entry.model or ""
    if Path(model).is_dir():
        return Source(digest_of_folder(Path(model)), _local(entry, dataset, model))
    try:
        commit = HfApi().model_info(model).sha or ""
    except (errors.HTTPError, OSError, ValueError) as error:  # type: ignore[attr-defined]
        return Absent(f"no weights: {str(error).strip().splitlines()[0]}")
    return Source(f"{model}@{commit}", _local(entry, dataset, model))


def _local(entry: ModelEntry, dataset: Path, model: str) -> Answer:
    from sketch2flow.vlm.generate import generate_answers

    return _asking(generate_answers, model, entry, dataset)


def _endpoint(entry: ModelEntry, dataset: Path) -> Source | Absent:
    from sketch2flow.vlm.api import ask_endpoint

    endpoint = entry.endpoint()
    if isinstance(endpoint, str):
        return Absent(endpoint)
    url, _, served = endpoint
    return Source(f"{served} at {url}", _asking(ask_endpoint, endpoint, entry, dataset))


def _asking(
    ask: Callable[..., Iterator[Prediction]], whom: object, entry: ModelEntry, dataset: Path
) -> Answer:
    """Return the way to ask a model, here or served: both are asked alike."""

    def answer(rows: Rows) -> Iterator[Prediction]:
        return ask(
            whom,
            rows,
            PROMPTS[entry.prompt],
            model=entry.name,
            revision=dataset.name,
            prompt_id=entry.prompt,
            max_tokens=entry.max_tokens,
        )

    return answer


def _shuffled(entry: ModelEntry, storage: Storage, dataset: Path) -> Source | Absent:
    of = entry.of or ""
    try:
        folder = storage.current("predictions", of)
    except StorageError as error:
        return Absent(str(error))
    facts, store = facts_of(storage, of, folder.name), PredictionStore(folder)
    if facts["dataset"] != dataset.name:
        return Absent(f"predictions/{of} are of another data set revision: materialize them first")
    if not store.answers():
        return Absent(f"{of} gave no answers that could be shuffled")

    def answer(rows: Rows) -> Iterator[Prediction]:
        wanted = {identifier for identifier, _ in rows}
        moved = shuffled(list(store.latest().values()), entry.name)
        return (one for one in moved if one.identifier in wanted)

    training = {name: facts[name] for name in IDENTITY if name in facts}
    return Source(f"shuffled {folder.name}", answer, training)


def _constant(entry: ModelEntry, dataset: Path, regime: Regime) -> Source:
    def answer(rows: Rows) -> Iterator[Prediction]:
        text, _ = constant.best_constant_answer(dataset, regime.seed, regime.processes())
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
