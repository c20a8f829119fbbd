"""The loss: cross-entropy over the answers' tokens, without the logits of a whole batch."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.utils.checkpoint import checkpoint

from sketch2flow.vlm.shapes import IGNORED


class Answers(NamedTuple):
    """The answer tokens of a batch: row and place of the state that predicts each, and itself."""

    rows: Tensor
    places: Tensor
    tokens: Tensor

    @classmethod
    def of(cls, labels: Tensor, shift: bool) -> Answers:
        """Return those that labels [rows, tokens] ask for, IGNORED where no answer is.

        `shift`: the state at a place predicts the next label (causal models), not its own. To be
        called on the CPU: on a GPU the host would wait for their number.
        """
        rows, places = (labels != IGNORED).nonzero(as_tuple=True)
        return cls(rows, places - int(shift), labels[rows, places])

    def to(self, device: torch.device) -> Answers:
        """Return them on a device, on their way there without waiting."""
        return Answers(*(tensor.to(device, non_blocking=True) for tensor in self))


class AnswerLoss:
    """Sums the cross-entropy over answer tokens, in float32 and a chunk of logits at a time.

    A batch of 32k tokens and a vocabulary of 150k would have logits of 20 GB, of which the
    answers need a small part. The model's head is therefore handed the states that predict an
    answer token, for at most `logits_per_chunk` logits at once, which are computed again in the
    backward pass. It happens where the model calls its head, within its forward pass: there FSDP
    has the head's weights together.

    Raises TypeError for a model that has no head, or does more than its head to its logits.
    """

    def __init__(self, model: Any, logits_per_chunk: int) -> None:
        head, name = model.get_output_embeddings(), type(model).__name__
        if not isinstance(head, nn.Module):
            raise TypeError(f"{name} has no output embeddings to take a loss from")
        if getattr(model.config.get_text_config(), "final_logit_softcapping", None):
            raise TypeError(f"{name} caps its logits, which the loss would pass over")
        self.model = model
        self._rows = max(1, logits_per_chunk // int(model.config.get_text_config().vocab_size))
        self._head = head.forward
        self._answers: Answers | None = None
        head.forward = self._instead_of_head

    def __call__(self, inputs: dict[str, Tensor], answers: Answers) -> Tensor:
        """Return the sum over a batch as a scalar tensor, given the model's inputs."""
        return self.with_hints(inputs, answers)[0]

    def with_hints(
        self, inputs: dict[str, Tensor], answers: Answers
    ) -> tuple[Tensor, Tensor | None]:
        """Return the sum and, of a model that is told more than answers, what that cost."""
        self._answers = answers
        try:
            output = self.model(**inputs, use_cache=False)
        finally:
            self._answers = None
        total: Tensor = output.logits.sum()
        return total, getattr(output, "hints", None)

    def _instead_of_head(self, states: Tensor) -> Tensor:
        """Return the sum as [1, 1, 1] in the place of logits; where none is asked for, logits."""
        if self._answers is None:
            logits: Tensor = self._head(states)
            return logits
        rows, places, tokens = self._answers
        states = states[rows, places]
        if len(tokens) <= self._rows:
            return self._sum(states, tokens)[None, None, None].clone()
        chunks = zip(states.split(self._rows), tokens.split(self._rows), strict=True)
        sums = [checkpoint(self._sum, *chunk, use_reentrant=False) for chunk in chunks]
        return torch.stack(sums).sum()[None, None, None].clone()

    def _sum(self, states: Tensor, tokens: Tensor) -> Tensor:
        return cross_entropy(self._head(states).float(), tokens, reduction="sum")
