"""Every family through the trainer's own steps: load, label, shard, learn, export, answer."""

import copy
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.distributed as dist
from PIL import Image, ImageDraw

from tests.vlm import tiny
from tests.vlm.families import FAMILIES, Snapshot
from tests.vlm.test_train import train

SIZES = [(96, 128), (128, 96), (112, 112), (64, 200)]
PROMPT = "Generate workflow JSON"


@dataclass(frozen=True)
class Trained:
    model: Any
    processor: Any
    folder: Path
    losses: list[float]
    gradient_norm: float


def drawn(seed: int) -> Image.Image:
    """Return a picture of a few boxes, of one of several sizes."""
    picture = Image.new("RGB", SIZES[seed % len(SIZES)], "white")
    draw = ImageDraw.Draw(picture)
    for place in range(3):
        left, top = (7 * seed + 11 * place) % 40, (13 * seed + 29 * place) % 60
        draw.rectangle((left, top, left + 28, top + 16), outline=(40 * seed % 200, 0, 90), width=3)
    return picture


def png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def rows(count: int = 3) -> list[dict[str, Any]]:
    found = tiny.rows("train", count)
    for seed, row in enumerate(found):
        row["images"] = [{"bytes": png(drawn(seed)), "path": None}]
    return found


def shape_of(model: Any, processor: Any) -> Any:
    from sketch2flow.vlm.shapes import make_shape

    return make_shape(processor, model.config)


def logits(model: Any, batch: dict[str, Any]) -> Any:
    """Return the logits with which the answers were predicted; [answer tokens, vocabulary]."""
    inputs = {name: tensor for name, tensor in batch.items() if name != "labels"}
    with torch.no_grad():
        found = model(**inputs, use_cache=False).logits
    labels = batch["labels"]
    if "decoder_input_ids" in batch:
        return found[labels >= 0]
    return found[:, :-1][labels[:, 1:] >= 0]


SLOW = {"pix2struct"}  # its processor makes 2,048 patches of every picture


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(name, marks=[pytest.mark.slow] if name in SLOW else []) for name in FAMILIES
    ],
)
def snapshot(request: pytest.FixtureRequest, snapshot_of: Callable[[str], Snapshot]) -> Snapshot:
    return snapshot_of(request.param)


@pytest.fixture(scope="module")
def loaded(snapshot: Snapshot) -> tuple[Any, Any]:
    from sketch2flow.vlm.start import load_model

    model, processor = load_model(str(snapshot.folder))
    return model.eval(), processor


def gradients(model: Any) -> list[Any]:
    return [weight.grad for weight in model.parameters() if weight.grad is not None]


@pytest.fixture(scope="module")
def process_group() -> Iterator[None]:
    dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
    yield
    dist.destroy_process_group()


@pytest.fixture(scope="module")
def trained(
    loaded: tuple[Any, Any], process_group: None, tmp_path_factory: pytest.TempPathFactory
) -> Trained:
    """The model after six sharded steps on one batch, and the folder that it was exported to."""
    from sketch2flow.vlm.export import export_model
    from sketch2flow.vlm.shapes import answer_loss
    from sketch2flow.vlm.sharding import shard

    model, processor = copy.deepcopy(loaded[0]), loaded[1]
    shape = shape_of(model, processor)
    shard(model, dist.init_device_mesh("cpu", (1,)), torch.float32, smallest_unit=1)
    batch = shape.collate(rows())
    tokens = int((batch["labels"] >= 0).sum())
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    losses: list[float] = []
    norms = []
    for _ in range(6):
        loss = answer_loss(model, batch, shape.shift) / tokens
        losses.append(float(loss.detach()))
        loss.backward()
        norms.append(float(torch.nn.utils.get_total_norm(gradients(model)).full_tensor()))
        optimizer.step()
        optimizer.zero_grad()
    recipe = {"name": "tiny", "model": "tiny", "max_components": 8, "max_pixels": 100_000}
    names = ["steps", "pictures_drawn", "rows_used", "seconds", "ranks", "parameters"]
    record = {"recipe": recipe, **dict.fromkeys(names, 1), "validation_loss": losses[-1]}
    record |= {"precision": "float32", "recipe_digest": "0"}
    folder = tmp_path_factory.mktemp("exported") / "model"
    export_model(model, processor, folder, record, rank=0)
    return Trained(model, processor, folder, losses, norms[0])


@pytest.mark.parametrize("side", ["left", "right"])
def test_labels_cover_exactly_the_answer_and_its_end_mark(
    snapshot: Snapshot, loaded: tuple[Any, Any], side: str
) -> None:
    shape = shape_of(*loaded)
    shape.tokenizer.padding_side = side
    try:
        batch = shape.collate(rows())
    finally:
        shape.tokenizer.padding_side = "left"
    found = [shape.tokenizer.decode([t for t in row if t >= 0]) for row in batch["labels"].tolist()]
    assert found == [snapshot.family.answer.format(row["annotations"][0]) for row in rows()]


def test_a_rows_loss_does_not_depend_on_the_rows_beside_it(loaded: tuple[Any, Any]) -> None:
    from sketch2flow.vlm.shapes import answer_loss

    shape = shape_of(*loaded)
    with torch.no_grad():
        together = answer_loss(loaded[0], shape.collate(rows()), shape.shift)
        alone = sum(answer_loss(loaded[0], shape.collate([row]), shape.shift) for row in rows())
    assert float(together) == pytest.approx(float(alone), rel=1e-5)


def test_another_picture_gives_other_logits(loaded: tuple[Any, Any]) -> None:
    shape = shape_of(*loaded)
    row = rows(1)[0]
    other = {**row, "images": [{"bytes": png(drawn(4)), "path": None}]}  # of the same size
    seen, otherwise = (logits(loaded[0], shape.collate([one])) for one in (row, other))
    assert (seen - otherwise).abs().max() > 1e-2


def test_every_layer_of_decoder_and_encoder_is_sharded(
    snapshot: Snapshot, trained: Trained
) -> None:
    from torch.distributed.fsdp import FSDPModule

    found: dict[str, list[Any]] = {name: [] for name in snapshot.family.layers}
    for module in trained.model.modules():
        for ancestor in type(module).__mro__:  # a sharded module is of a subclass
            if ancestor.__name__ in found:
                found[ancestor.__name__].append(module)
    assert all(found.values())
    assert all(isinstance(module, FSDPModule) for layers in found.values() for module in layers)


def test_sharding_leaves_the_gradient_as_it_is(loaded: tuple[Any, Any], trained: Trained) -> None:
    from sketch2flow.vlm.shapes import answer_loss

    model, shape = loaded[0], shape_of(*loaded)
    batch = shape.collate(rows())
    (answer_loss(model, batch, shape.shift) / int((batch["labels"] >= 0).sum())).backward()
    norm = float(torch.nn.utils.get_total_norm(gradients(model)))
    model.zero_grad()
    assert trained.gradient_norm == pytest.approx(norm, rel=1e-4)


def test_steps_on_one_batch_lower_the_loss(trained: Trained) -> None:
    assert trained.losses[-1] < 0.9 * trained.losses[0]


def test_the_exported_model_is_the_trained_one(snapshot: Snapshot, trained: Trained) -> None:
    from sketch2flow.vlm.start import load_model

    model, processor = load_model(str(trained.folder))
    assert type(processor).__name__ == snapshot.family.processor_class
    batch = shape_of(trained.model, trained.processor).collate(rows())
    again = shape_of(model, processor).collate(rows())
    assert all(torch.equal(again[name], tensor) for name, tensor in batch.items())
    expected = logits(trained.model.eval(), batch)
    assert torch.equal(logits(model.eval(), again), expected)


def test_answers_of_a_batch_are_those_that_each_picture_gets_alone(snapshot: Snapshot) -> None:
    from sketch2flow.vlm.generate import LocalModel

    local = LocalModel(snapshot.folder)
    pictures = [drawn(seed) for seed in range(6)]
    together = local.answer(pictures, PROMPT, max_tokens=16)
    assert together == [local.answer([one], PROMPT, max_tokens=16)[0] for one in pictures]
    assert len({text for text, *_ in together}) > 1


@pytest.mark.slow
@pytest.mark.parametrize("name", ["smolvlm", "mllama", "donut"])
def test_the_trainer_takes_the_folder_of_any_family(
    name: str, snapshot_of: Callable[[str], Snapshot], tmp_path: Path
) -> None:
    dataset = tiny.write_dataset(tmp_path / "data")
    recipe = tiny.write_recipe(
        tmp_path / "recipe.yaml",
        model=str(snapshot_of(name).folder),
        shape="encoder_decoder" if name == "donut" else "causal",
        reader=None,
        optimizer="adamw",
    )
    record, _ = train(2, recipe, dataset, tmp_path / "out")
    assert record["losses"][-1]["loss"] < record["losses"][0]["loss"]
    assert record["rows_left_out"] == {}


@pytest.mark.parametrize(
    ("name", "marks"),
    [
        ("gemma3", {"<end_of_turn>", "<eos>"}),  # the second in the tokenizer, both in the settings
        ("llava", {"</s>"}),
        ("donut", {"</s>"}),
    ],
)
def test_an_answer_ends_at_any_of_the_models_end_marks(
    name: str, marks: set[str], snapshot_of: Callable[[str], Snapshot]
) -> None:
    from sketch2flow.vlm.generate import LocalModel

    local = LocalModel(snapshot_of(name).folder)
    known = local.processor.tokenizer
    assert set(known.convert_ids_to_tokens(sorted(local.ends))) == marks
    end = known.convert_tokens_to_ids(min(marks))
    prompt = local.shape.prompt_batch([drawn(0)], PROMPT).get("input_ids", torch.zeros(1, 1))
    written = [*known("{ }", add_special_tokens=False)["input_ids"], end, *[known.pad_token_id] * 3]
    local.model.generate = lambda **_: torch.cat([prompt, torch.tensor([written])], 1).long()
    [(text, tokens, ended)] = local.answer([drawn(0)], PROMPT, max_tokens=9)
    assert (text, tokens, ended) == ("{ }", len(written) - 4, True)
