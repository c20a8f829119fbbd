"""The embedded reader's tokenizer: byte-level BPE in which fixed runs of JSON are one piece."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

# What the canonical text repeats between two values is one piece (a component costs about 22
# tokens instead of 88); words and identifiers stay whole, digits stay single.
PIECES = (
    r'[^\w`]*"annotation": "'
    r'|",\s+"category": "(?:action|flowlogic|subflow)",\s+"definition": "'
    r'|",\s+"scope": "\w+",\s+"order": '
    r'|,\s+"inputs": \[\s+\{\s+"name": "'
    r'|",\s+"value": "'
    r'|[^\w`]*"\w+":[\s"\[\{]*'
    r"| ?[A-Za-z][A-Za-z_]*"
    r"|[0-9]"
    r"|[^\w]+"
)
SPECIAL_TOKENS = ("<pad>", "<s>", "</s>")


def train_answer_tokenizer(answers: Iterable[str], vocabulary: int) -> PreTrainedTokenizerFast:
    """Return a lossless tokenizer of at most `vocabulary` pieces, trained on `answers`."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PIECES), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        max_token_length=200,
        show_progress=False,
    )
    tokenizer.train_from_iterator(answers, trainer)
    pad, start, end = SPECIAL_TOKENS
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=pad,
        bos_token=start,
        eos_token=end,
        clean_up_tokenization_spaces=False,
    )
