"""The loss in chunks against torch's own over all logits."""

from typing import Any

import pytest
import torch
from torch import nn

from sketch2flow.vlm.loss import AnswerLoss, Answers
from sketch2flow.vlm.shapes import IGNORED

VOCABULARY = 50


class Output:
    def __init__(self, logits: torch.Tensor) -> None:
        self.logits = logits


class Config:
    vocab_size = VOCABULARY
    final_logit_softcapping: float | None = None

    def get_text_config(self) -> "Config":
        return self


class Model(nn.Module):
    """Tokens to logits by a table and a head."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.config = Config()
        self.table = nn.Embedding(VOCABULARY, 8)
        self.head = nn.Linear(8, VOCABULARY)

    def get_output_embeddings(self) -> nn.Module:
        return self.head

    def forward(self, input_ids: torch.Tensor, use_cache: bool) -> Output:
        return Output(self.head(self.table(input_ids).tanh()))


def batch(shift: bool) -> tuple[torch.Tensor, torch.Tensor]:
    random = torch.Generator().manual_seed(1)
    tokens = torch.randint(0, VOCABULARY, (4, 30), generator=random)
    labels = tokens.clone() if shift else tokens.roll(3, 1)
    labels[:, :12] = IGNORED
    labels[1, 20:] = IGNORED
    return tokens, labels


@pytest.mark.parametrize("shift", [False, True])
@pytest.mark.parametrize("logits_per_chunk", [1, 7 * VOCABULARY, 10**9])
def test_the_sum_and_its_gradients_are_those_over_all_logits(
    shift: bool, logits_per_chunk: int
) -> None:
    tokens, labels = batch(shift)
    plain = Model()
    logits = plain(tokens, use_cache=False).logits
    if shift:
        logits, wanted = logits[:, :-1], labels[:, 1:]
    else:
        wanted = labels
    expected = nn.functional.cross_entropy(
        logits.flatten(0, 1), wanted.flatten(), ignore_index=IGNORED, reduction="sum"
    )
    expected.backward()
    model = Model()
    loss = AnswerLoss(model, logits_per_chunk)({"input_ids": tokens}, Answers.of(labels, shift))
    loss.backward()
    assert loss.item() == pytest.approx(expected.item(), rel=1e-6)
    for mine, other in zip(model.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(mine.grad, other.grad, rtol=1e-5, atol=1e-6)


def test_no_more_logits_exist_at_once_than_are_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens, labels = batch(shift=False)
    model = Model()
    made: list[int] = []
    plain = model.head.forward

    def counted(states: torch.Tensor) -> torch.Tensor:
        logits = plain(states)
        made.append(logits.numel())
        return logits

    monkeypatch.setattr(model.head, "forward", counted)
    AnswerLoss(model, 5 * VOCABULARY)({"input_ids": tokens}, Answers.of(labels, False)).backward()
    assert max(made) == 5 * VOCABULARY
    assert sum(made) >= 2 * int((labels != IGNORED).sum()) * VOCABULARY * 0.9  # forward and again


def test_a_model_still_gives_logits_to_those_who_ask_for_no_loss() -> None:
    tokens, labels = batch(shift=False)
    model = Model()
    before = model(tokens, use_cache=False).logits
    loss = AnswerLoss(model, 100)
    loss({"input_ids": tokens}, Answers.of(labels, False))
    assert torch.equal(model(tokens, use_cache=False).logits, before)


def test_models_whose_logits_are_more_than_their_heads_are_refused() -> None:
    capped: Any = Model()
    capped.config.final_logit_softcapping = 30.0
    with pytest.raises(TypeError, match="Model caps its logits"):
        AnswerLoss(capped, 100)
    headless: Any = Model()
    headless.get_output_embeddings = lambda: None
    with pytest.raises(TypeError, match="no output embeddings"):
        AnswerLoss(headless, 100)
