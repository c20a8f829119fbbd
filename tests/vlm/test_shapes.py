"""Both shapes on real transformers classes with random weights: labels, loss, generation."""

import string
from typing import Any

import pytest
from PIL import Image

from sketch2flow.vlm.recipe import ReaderShape
from tests.vlm import tiny

SPECIAL = ["<pad>", "<unk>", "<bos>", "<|im_start|>", "<|im_end|>", "<image>"]
CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n"
    "{% for c in m.content %}{% if c.type == 'image' %}<image>{% else %}{{ c.text }}{% endif %}"
    "{% endfor %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


@pytest.fixture(scope="module")
def llava() -> tuple[Any, Any]:
    """A LLaVA of 100,000 random parameters with its processor, built offline."""
    import torch
    import transformers as tf
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=SPECIAL,
        show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator([string.printable], trainer)
    fast = tf.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        unk_token="<unk>",
        bos_token="<bos>",
        eos_token="<|im_end|>",
    )
    pictures = tf.CLIPImageProcessorPil(
        size={"shortest_edge": 64}, crop_size={"height": 64, "width": 64}
    )
    processor = tf.LlavaProcessor(
        pictures,
        fast,
        patch_size=16,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=CHATML,
    )
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_attention_heads": 4}
    config = tf.LlavaConfig(
        text_config={
            **sizes,
            "model_type": "llama",
            "vocab_size": len(fast),
            "num_hidden_layers": 2,
            "num_key_value_heads": 2,
            "max_position_embeddings": 4096,
            "pad_token_id": fast.pad_token_id,
            "eos_token_id": fast.eos_token_id,
        },
        vision_config={
            **sizes,
            "model_type": "clip_vision_model",
            "num_hidden_layers": 3,
            "image_size": 64,
            "patch_size": 16,
            "projection_dim": 32,
        },
        image_token_index=fast.convert_tokens_to_ids("<image>"),
        vision_feature_select_strategy="default",
        vision_feature_layer=-2,
        image_seq_length=16,
    )
    torch.manual_seed(0)
    return tf.AutoModelForImageTextToText.from_config(config), processor


@pytest.fixture(scope="module")
def reader() -> tuple[Any, Any]:
    from sketch2flow.vlm.answer_tokenizer import train_answer_tokenizer
    from sketch2flow.vlm.reader import build_reader

    sizes = ReaderShape(hidden_size=32, channels=(8, 8, 16, 32), attention_heads=2, vocabulary=320)
    answers = [row["annotations"][0] for row in tiny.rows("train", 12)]
    return build_reader(sizes, train_answer_tokenizer(answers, sizes.vocabulary), seed=0)


def labelled(batch: dict[str, Any], tokenizer: Any) -> list[str]:
    return [tokenizer.decode([t for t in row if t >= 0]) for row in batch["labels"].tolist()]


def test_a_causal_models_labels_cover_exactly_the_answer(llava: tuple[Any, Any]) -> None:
    from sketch2flow.vlm.shapes import Causal

    rows = tiny.rows("train", 3)
    batch = Causal(llava[1], "What is drawn?").collate(rows)
    expected = [row["annotations"][0] + "<|im_end|>" for row in rows]
    assert labelled(batch, llava[1].tokenizer) == expected


def test_an_encoder_decoders_labels_cover_exactly_the_answer(reader: tuple[Any, Any]) -> None:
    from sketch2flow.vlm.shapes import EncoderDecoder

    rows = tiny.rows("train", 3)
    batch = EncoderDecoder(reader[1], reader[0].config).collate(rows)
    tokenizer = reader[1].tokenizer
    expected = [row["annotations"][0] + tokenizer.eos_token for row in rows]
    assert labelled(batch, tokenizer) == expected
    assert (batch["decoder_input_ids"][:, 0] == tokenizer.bos_token_id).all()
    assert (batch["decoder_input_ids"][:, 1:] == batch["labels"][:, :-1])[
        batch["labels"][:, :-1] >= 0
    ].sum() > 100


@pytest.mark.parametrize("kind", ["llava", "reader"])
def test_a_step_lowers_the_loss_and_generation_answers_in_batches(
    kind: str, request: pytest.FixtureRequest
) -> None:
    import torch

    from sketch2flow.vlm.loading import in_tensors
    from sketch2flow.vlm.loss import AnswerLoss
    from sketch2flow.vlm.shapes import Causal, EncoderDecoder

    model, processor = request.getfixturevalue(kind)
    shape = (
        Causal(processor, "What?") if kind == "llava" else EncoderDecoder(processor, model.config)
    )
    batch = in_tensors([tiny.rows("train", 3)[index] for index in (0, 2)], shape)
    answer_loss = AnswerLoss(model, 10_000)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    losses = []
    for _ in range(4):
        loss = answer_loss(batch.inputs, batch.answers)
        losses.append(float(loss.detach()))
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    assert losses[-1] < losses[0]
    pictures = [Image.new("RGB", (64, 64), "white"), Image.new("RGB", (64, 64), "black")]
    inputs = shape.prompt_batch(pictures, "What?")
    output = model.eval().generate(**inputs, do_sample=False, max_new_tokens=5, max_length=None)
    assert shape.new_tokens(inputs, output).shape == (2, 5)


def test_the_answers_text_cannot_smuggle_in_special_tokens(reader: tuple[Any, Any]) -> None:
    from sketch2flow.vlm.shapes import EncoderDecoder

    row = tiny.rows("train", 1)[0]
    row["annotations"] = [row["annotations"][0].replace("daily", "</s>")]
    batch = EncoderDecoder(reader[1], reader[0].config).collate([row])
    ends = (batch["labels"] == reader[1].tokenizer.eos_token_id).sum()
    assert ends == 1
