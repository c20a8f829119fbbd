"""The two shapes: labels of the embedded reader, and rows and recipes that are refused."""

from collections.abc import Callable
from typing import Any

import pytest

from sketch2flow.vlm.recipe import ReaderShape, Recipe
from tests.vlm import tiny
from tests.vlm.families import Snapshot


@pytest.fixture(scope="module")
def reader() -> tuple[Any, Any]:
    from sketch2flow.vlm.answer_tokenizer import train_answer_tokenizer
    from sketch2flow.vlm.reader import build_reader

    sizes = ReaderShape(hidden_size=32, channels=(8, 8, 16, 32), attention_heads=2, vocabulary=320)
    answers = [row["annotations"][0] for row in tiny.rows("train", 12)]
    return build_reader(sizes, train_answer_tokenizer(answers, sizes.vocabulary), seed=0)


@pytest.fixture
def qwen(snapshot_of: Callable[[str], Snapshot]) -> tuple[Any, Any]:
    from sketch2flow.vlm.start import load_model

    return load_model(str(snapshot_of("qwen2_5_vl").folder))


def recipe(**settings: Any) -> Recipe:
    return Recipe(name="r", model="owner/tiny", steps=1, **settings)


def answering(text: str) -> dict[str, Any]:
    return {**tiny.rows("train", 1)[0], "annotations": [text]}


def test_the_readers_labels_cover_exactly_the_answer(reader: tuple[Any, Any]) -> None:
    from sketch2flow.vlm.shapes import make_shape

    rows = tiny.rows("train", 3)
    batch = make_shape(reader[1], reader[0].config).collate(rows)
    tokenizer = reader[1].tokenizer
    found = [tokenizer.decode([t for t in row if t >= 0]) for row in batch["labels"].tolist()]
    assert found == [row["annotations"][0] + tokenizer.eos_token for row in rows]
    assert (batch["decoder_input_ids"][:, 0] == tokenizer.bos_token_id).all()
    assert (batch["decoder_input_ids"][:, 1:] == batch["labels"][:, :-1])[
        batch["labels"][:, :-1] >= 0
    ].sum() > 100


def test_steps_lower_the_readers_loss(reader: tuple[Any, Any]) -> None:
    import torch

    from sketch2flow.vlm.shapes import answer_loss, make_shape

    model = reader[0]
    batch = make_shape(reader[1], model.config).collate(
        [tiny.rows("train", 3)[index] for index in (0, 2)]
    )
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    losses = []
    for _ in range(4):
        loss = answer_loss(model, batch, shift=False)
        losses.append(float(loss.detach()))
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    assert losses[-1] < losses[0]


def test_a_readers_answer_cannot_smuggle_in_special_tokens(reader: tuple[Any, Any]) -> None:
    from sketch2flow.vlm.shapes import make_shape

    row = answering(tiny.rows("train", 1)[0]["annotations"][0].replace("daily", "</s>"))
    batch = make_shape(reader[1], reader[0].config).collate([row])
    ends = (batch["labels"] == reader[1].tokenizer.eos_token_id).sum()
    assert ends == 1


@pytest.mark.parametrize("mark", ["<|im_end|>", "<|image_pad|>"])
def test_a_causal_models_answer_with_a_special_token_is_refused(
    qwen: tuple[Any, Any], mark: str
) -> None:
    from sketch2flow.vlm.shapes import make_shape

    shape = make_shape(qwen[1], qwen[0].config)
    with pytest.raises(ValueError, match=r"the answer holds '<\|im\w+\|>', a special token"):
        shape.measure(answering(f'{{"type": "{mark}"}}'))


def test_an_answer_whose_tokens_merge_with_the_prompts_is_refused(qwen: tuple[Any, Any]) -> None:
    from sketch2flow.vlm.shapes import make_shape

    template = qwen[1].chat_template.replace("}}\n", "}}: ")
    qwen[1].chat_template = template.replace("assistant\n", "assistant: ")
    shape = make_shape(qwen[1], qwen[0].config)
    with pytest.raises(ValueError, match="merge with the prompt's"):
        shape.measure(answering('"flow"'))


def test_a_recipe_that_names_the_wrong_shape_is_refused(qwen: tuple[Any, Any]) -> None:
    from sketch2flow.vlm.processors import ModelError
    from sketch2flow.vlm.shapes import shape_of

    wanted = "owner/tiny: has shape causal, but the recipe says encoder_decoder"
    with pytest.raises(ModelError, match=wanted):
        shape_of(recipe(shape="encoder_decoder"), qwen[1], qwen[0].config)


def test_a_model_whose_template_changes_the_prompt_is_not_trained(qwen: tuple[Any, Any]) -> None:
    from sketch2flow.vlm.processors import ModelError
    from sketch2flow.vlm.shapes import make_shape, shape_of

    qwen[1].chat_template = qwen[1].chat_template.replace("assistant\n", "assistant\n<think>\n")
    with pytest.raises(ModelError, match="does not leave prompt and answer as they are") as refused:
        shape_of(recipe(shape="causal"), qwen[1], qwen[0].config)
    assert "\n" not in str(refused.value)
    assert make_shape(qwen[1], qwen[0].config).ends  # it can still be asked
