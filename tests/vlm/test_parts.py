import pytest
from torch import nn

from sketch2flow.vlm.parts import part_of, train_parts
from sketch2flow.vlm.recipe import RecipeError


@pytest.mark.parametrize(
    ("parameter", "part"),
    [
        ("model.visual.blocks.0.attn.qkv.weight", "vision"),
        ("model.visual.merger.mlp.0.weight", "connector"),
        ("model.visual.deepstack_merger_list.0.norm.weight", "connector"),
        ("model.vision_tower.encoder.layers.0.mlp.fc1.weight", "vision"),
        ("model.multi_modal_projector.linear_1.weight", "connector"),
        ("model.vision_model.embeddings.patch_embedding.weight", "vision"),
        ("model.connector.modality_projection.proj.weight", "connector"),
        ("model.language_model.layers.0.mlp.up_proj.weight", "language"),
        ("lm_head.weight", "language"),
        ("encoder.stages.0.down.weight", "vision"),
        ("encoder.projection.weight", "connector"),
        ("decoder.model.decoder.layers.0.fc1.weight", "language"),
        ("enc_to_dec_proj.weight", "connector"),
    ],
)
def test_the_part_is_told_by_the_name(parameter: str, part: str) -> None:
    assert part_of(parameter) == part


class Model(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.visual = nn.Linear(2, 3)
        self.language_model = nn.Linear(3, 4)


def test_only_wanted_parts_train() -> None:
    model = Model()
    assert train_parts(model, ("language",)) == {"language": 16}
    assert not model.visual.weight.requires_grad
    assert model.language_model.weight.requires_grad
    train_parts(model, ("vision", "connector", "language"))
    assert all(p.requires_grad for p in model.parameters())


def test_a_part_that_a_model_lacks_is_refused_by_name() -> None:
    with pytest.raises(RecipeError, match="Model has no connector, but language, vision"):
        train_parts(Model(), ("connector",))
