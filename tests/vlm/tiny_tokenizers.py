"""Tiny fast tokenizers trained on the spot, in the two ways that models write white space."""

from typing import Any

from tests.vlm import tiny

TURNS = ["<|im_start|>", "<|im_end|>"]


def byte_level(special: list[str], eos_token: str = "<|im_end|>", **settings: Any) -> Any:
    """Return one that writes bytes, as Qwen, Llama 3 and most others do."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    special = ["<pad>", "<unk>", "<bos>", *TURNS, *special]
    return _trained(tokenizer, special, alphabet, "<bos>", eos_token, **settings)


def metaspace(special: list[str]) -> Any:
    """Return one that marks words by a leading bar, as Llama 2, T5 and MBart do."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    alphabet = [chr(code) for code in (10, *range(32, 127))]
    return _trained(tokenizer, ["<pad>", "<unk>", "<s>", "</s>", *special], alphabet, "<s>", "</s>")


def _trained(
    tokenizer: Any,
    special: list[str],
    alphabet: list[str],
    bos_token: str,
    eos_token: str,
    **settings: Any,
) -> Any:
    from tokenizers import trainers
    from transformers import PreTrainedTokenizerFast

    answers = [row["annotations"][0] for row in tiny.rows("train", 12)]
    trainer = trainers.BpeTrainer(
        vocab_size=len(special) + len(alphabet) + 100,
        special_tokens=special,
        show_progress=False,
        initial_alphabet=alphabet,
    )
    tokenizer.train_from_iterator(answers, trainer)
    names = {"pad_token": "<pad>", "unk_token": "<unk>", **settings}
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token=bos_token, eos_token=eos_token, **names
    )
