"""The convolutional encoder of the embedded reader, registered with transformers' auto classes.

Patchified encoders did not learn to read in the minutes that a laptop has; a plain stem of
strided and residual convolutions did. It takes grey pictures of any size, and several of
different sizes in one batch: what stands in the padding, none of them sees.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, PreTrainedConfig, PreTrainedModel
from transformers.modeling_outputs import BaseModelOutput

CELL_PIXELS = 16  # one encoder token stands for a square of this side


class ConvReaderConfig(PreTrainedConfig):
    """Sizes of the encoder: `rows` and `columns` bound the picture, in cells of 16 pixels."""

    model_type = "conv_reader"

    def __init__(
        self,
        hidden_size: int = 128,
        channels: tuple[int, ...] = (16, 32, 64, 128),
        residual_blocks: tuple[int, ...] = (0, 1, 1, 1),
        rows: int = 128,
        columns: int = 128,
        **kwargs: Any,
    ) -> None:
        self.hidden_size = hidden_size
        self.channels = list(channels)
        self.residual_blocks = list(residual_blocks)
        self.rows = rows
        self.columns = columns
        super().__init__(**kwargs)


@dataclass
class EncodedPictures(BaseModelOutput):
    """Tokens of pictures [batch, cells, hidden], and which of them a picture has [batch, cells]."""

    cells: Tensor | None = None


class MatrixConv(nn.Module):
    """A square convolution without bias whose kernel is stored as a matrix [out, in * k * k].

    Muon orthogonalises matrices only; as matrices the kernels learn 1.5 times faster.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1) -> None:
        super().__init__()
        fan_in = inputs * kernel * kernel
        self.shape = (outputs, inputs, kernel, kernel)
        self.stride, self.padding = stride, kernel // 2
        self.weight = nn.Parameter(torch.randn(outputs, fan_in) * math.sqrt(2 / fan_in))

    def forward(self, pixels: Tensor) -> Tensor:
        return F.conv2d(pixels, self.weight.view(self.shape), None, self.stride, self.padding)


class PlaceNorm(nn.Module):
    """Normalises the channels of each place by itself, so that no place sees the others."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, pixels: Tensor) -> Tensor:
        # Channels come last in memory: the permutation copies nothing.
        last = pixels.permute(0, 2, 3, 1)
        return F.layer_norm(last, self.weight.shape, self.weight, self.bias).permute(0, 3, 1, 2)


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions around which the input is carried."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = MatrixConv(channels, channels, 3)
        self.first_norm = PlaceNorm(channels)
        self.second = MatrixConv(channels, channels, 3)
        self.second_norm = PlaceNorm(channels)

    def forward(self, pixels: Tensor, seen: Tensor) -> Tensor:
        change = F.gelu(self.first_norm(self.first(pixels))) * seen
        return F.gelu(pixels + self.second_norm(self.second(change))) * seen


class Stage(nn.Module):
    """Halves the pictures' sides, then refines with residual blocks."""

    def __init__(self, inputs: int, outputs: int, kernel: int, blocks: int) -> None:
        super().__init__()
        self.down = MatrixConv(inputs, outputs, kernel, stride=2)
        self.norm = PlaceNorm(outputs)
        self.blocks = nn.ModuleList(ResidualBlock(outputs) for _ in range(blocks))

    def forward(self, pixels: Tensor, seen: Tensor) -> Tensor:
        """Return the stage's places; `seen` [batch, 1, height, width] is 0 beyond a picture.

        Beyond it all is 0 before each convolution, as it is around a picture by itself.
        """
        refined: Tensor = F.gelu(self.norm(self.down(pixels))) * seen
        for block in self.blocks:
            refined = block(refined, seen)
        return refined


def sine_table(positions: int, width: int) -> Tensor:
    """Return [positions, width] sines and cosines, a start from which places are told apart."""
    rates = torch.exp(-math.log(100.0) * torch.arange(width // 2) / (width // 2))
    angles = torch.arange(positions)[:, None] * rates
    return 0.5 * torch.cat([angles.sin(), angles.cos()], dim=1)


class ConvReader(PreTrainedModel):
    """Turns grey pictures [batch, 1, height, width] into tokens [batch, cells, hidden].

    Pixels are ink: 0 is paper, 2 is black. Height and width are multiples of 16; `sizes`
    [batch, 2] are the rows and columns of cells that each picture has of its own.
    """

    config_class = ConvReaderConfig
    main_input_name = "pixel_values"
    _no_split_modules: set[str] = {"Stage"}  # noqa: RUF012

    def __init__(self, config: ConvReaderConfig) -> None:
        super().__init__(config)
        widths = [1, *config.channels]
        self.stages = nn.ModuleList(
            Stage(inputs, outputs, 3 if index else 5, blocks)
            for index, (inputs, outputs, blocks) in enumerate(
                zip(widths, config.channels, config.residual_blocks, strict=False)
            )
        )
        hidden = config.hidden_size
        self.projection = nn.Linear(widths[-1], hidden)
        self.row = nn.Embedding(config.rows, hidden)
        self.column = nn.Embedding(config.columns, hidden)
        self.norm = nn.LayerNorm(hidden)
        self.post_init()

    def _init_weights(self, module: nn.Module) -> None:
        """Keep what the constructors drew: transformers' narrow default never learns to read."""

    def start_places_as_sines(self) -> None:
        """Set the row and column tables to sines in separate halves of the hidden size."""
        half = self.config.hidden_size // 2
        with torch.no_grad():
            self.row.weight.zero_()
            self.column.weight.zero_()
            self.row.weight[:, :half] = sine_table(self.config.rows, half)
            self.column.weight[:, half:] = sine_table(self.config.columns, half)

    def forward(
        self, pixel_values: Tensor, sizes: Tensor | None = None, **_: Any
    ) -> EncodedPictures:
        x = pixel_values.contiguous(memory_format=torch.channels_last)
        batch, _channels, high, wide = x.shape
        if sizes is None:
            cells = torch.tensor([high // CELL_PIXELS, wide // CELL_PIXELS], device=x.device)
            sizes = cells.expand(batch, 2)
        stride = 1
        for stage in self.stages:
            stride *= 2
            x = stage(x, self._seen(sizes, high // stride, wide // stride, stride, x.dtype))
        _batch, _channels, height, width = x.shape
        tokens = self.projection(x.flatten(2).transpose(1, 2)).view(batch, height, width, -1)
        tokens = tokens + self.row.weight[:height, None] + self.column.weight[None, :width]
        seen = self._seen(sizes, height, width, CELL_PIXELS, torch.bool)
        return EncodedPictures(
            last_hidden_state=self.norm(tokens.flatten(1, 2)), cells=seen.flatten(1)
        )

    @staticmethod
    def _seen(sizes: Tensor, high: int, wide: int, stride: int, dtype: torch.dtype) -> Tensor:
        """Return [batch, 1, high, wide]: 1 where a picture is, at a stage of that stride."""
        own = sizes * (CELL_PIXELS // stride)
        down = torch.arange(high, device=sizes.device) < own[:, :1]
        across = torch.arange(wide, device=sizes.device) < own[:, 1:]
        return (down[:, None, :, None] & across[:, None, None, :]).to(dtype)


AutoConfig.register("conv_reader", ConvReaderConfig, exist_ok=True)
AutoModel.register(ConvReaderConfig, ConvReader, exist_ok=True)
