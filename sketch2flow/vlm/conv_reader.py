"""The convolutional encoder of the embedded reader, registered with transformers' auto classes.

Patchified encoders did not learn to read in the minutes that a laptop has; a plain stem of
strided and residual convolutions did. It takes grey pictures of any size, several on a page: none
sees what stands around it.
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
LEAST_VARIANCE = 0.01  # of a place's channels; ink is 0 to 2


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

    known: Tensor | None = None


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
    """Normalises the channels of each place by itself, so that no place sees the others.

    Places that hold next to nothing stay small: to make them as large as the others would make
    their gradients hundreds of times larger.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, pixels: Tensor) -> Tensor:
        # Channels come last in memory: the permutation copies nothing.
        last = pixels.permute(0, 2, 3, 1)
        made = F.layer_norm(last, self.weight.shape, self.weight, self.bias, LEAST_VARIANCE)
        return made.permute(0, 3, 1, 2)


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
    """Turns pages of grey pictures into tokens [batch, cells, hidden], one a cell of 16 pixels.

    `pixel_values` [pages, 1, height, width] is ink: 0 is paper, 2 is black; sides are multiples of
    16. `cells` [batch, cells, 3] are those of each picture that are looked at: the number of the
    cell among those of all pages, and its row and column in the picture; a number of -1 is none.
    """

    config_class = ConvReaderConfig
    main_input_name = "cells"
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

    def forward(self, pixel_values: Tensor, cells: Tensor, **_: Any) -> EncodedPictures:
        x = pixel_values.contiguous(memory_format=torch.channels_last)
        pages, _channels, high, wide = x.shape
        number, row, column = cells.unbind(-1)
        known = number >= 0
        height, width = high // CELL_PIXELS, wide // CELL_PIXELS
        count = pages * height * width
        number = torch.where(known, number, count)
        seen = x.new_zeros(count + 1)
        seen[number.flatten()] = 1
        seen = seen[:count].view(pages, 1, height, width)
        finer = CELL_PIXELS
        for stage in self.stages:
            finer //= 2
            x = stage(x, F.interpolate(seen, scale_factor=finer) if finer > 1 else seen)
        places = self.projection(x.permute(0, 2, 3, 1).reshape(count, -1))
        tokens = F.pad(places, (0, 0, 0, 1))[number] + self.row(row) + self.column(column)
        return EncodedPictures(last_hidden_state=self.norm(tokens), known=known)


AutoConfig.register("conv_reader", ConvReaderConfig, exist_ok=True)
AutoModel.register(ConvReaderConfig, ConvReader, exist_ok=True)
