"""Brings a picture of any size to what the embedded reader was trained on, and text to tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from transformers import AutoImageProcessor, AutoProcessor
from transformers.feature_extraction_utils import BatchFeature
from transformers.image_processing_utils import BaseImageProcessor
from transformers.processing_utils import ProcessorMixin

from sketch2flow.vlm.conv_reader import CELL_PIXELS
from sketch2flow.vlm.hints import letters_in_cells, numbered, places_of_tokens, written
from sketch2flow.vlm.pages import Corner, Size, on_a_page
from sketch2flow.vlm.sketch_reader import SketchReaderConfig

Ink = NDArray[np.uint8]

INK_THRESHOLD = 70  # of 255, after the ground is divided out
PAPER = 6  # fainter than this is compression noise
MOST_CONTRAST = 3.0  # thin pencil is made as dark as print, but not out of nothing
BACKGROUND_PIXELS = 16  # strokes are thinner than this, so the ground shows in every square
FEWEST_LETTERS = 12  # fewer do not tell the text's height
SAME_SCALE = (0.72, 1.25)  # within this the picture stays as it is: resampling blurs small text
CELLS_MULTIPLE = 64  # few lengths, few kernels to compile
MOST_PLACES = 128  # rows or columns of a picture that are told apart
MARGIN = 12  # pixels of bare ground that are left around what is drawn


def to_grey(picture: Image.Image) -> NDArray[np.uint8]:
    """Return the picture as grey [height, width], transparency laid on white."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        rgba = picture.convert("RGBA")
        ground = Image.new("RGBA", rgba.size, "white")
        picture = Image.alpha_composite(ground, rgba)
    return np.asarray(picture.convert("L"))


def to_ink(grey: NDArray[np.uint8]) -> Ink:
    """Return how much darker each pixel is than its ground: 0 paper, 255 black; [height, width].

    The ground is the brightest grey nearby, smoothed, so that shadows and grey boards vanish.
    """
    height, width = grey.shape
    small = (max(1, width // 8), max(1, height // 8))
    kernel = np.ones((3, 3), np.uint8)
    brightest = cv2.dilate(
        grey, np.ones((BACKGROUND_PIXELS // 2, BACKGROUND_PIXELS // 2), np.uint8)
    )
    ground = cv2.resize(brightest, small, interpolation=cv2.INTER_AREA)
    ground = cv2.blur(cv2.morphologyEx(ground, cv2.MORPH_CLOSE, kernel), (3, 3))
    ground = cv2.resize(ground, (width, height), interpolation=cv2.INTER_LINEAR)
    share = cv2.divide(grey, np.maximum(ground, 1), scale=255.0)
    ink: Ink = 255 - share
    ink[ink < PAPER] = 0
    return as_dark_as_print(ink)


def as_dark_as_print(ink: Ink) -> Ink:
    """Return the ink with its darkest strokes black: pencil and marker are fainter than print."""
    levels = np.bincount(ink[ink > 0], minlength=256).cumsum()
    darkest = int(np.searchsorted(levels, 0.95 * levels[-1]))
    darker: Ink = cv2.convertScaleAbs(ink, alpha=min(255 / max(darkest, 1), MOST_CONTRAST))
    return darker


def letter_height(ink: Ink) -> float | None:
    """Return the usual height of the letters in pixels, or None where too few stand apart.

    It is the mean of the middle half of the heights of letter-like connected components:
    boxes, arrows and frames are far larger, dots far smaller.
    """
    _, _, stats, _ = cv2.connectedComponentsWithStats((ink > INK_THRESHOLD).astype(np.uint8))
    widths, heights, areas = (stats[1:, column] for column in (2, 3, 4))
    like_letters = (heights >= 3) & (heights <= 96) & (widths <= 4 * heights) & (areas >= 5)
    like_letters &= widths * 6 >= heights
    found = np.sort(heights[like_letters])
    if len(found) < FEWEST_LETTERS:
        return None
    return float(found[len(found) // 4 : max(len(found) * 3 // 4, len(found) // 4 + 1)].mean())


class Seen(NamedTuple):
    """A picture as the model sees it: its ink, its cells, and where it was taken from.

    `scale` is the ink's size to the picture's; `left` and `top` are what was cut off, in pixels of
    the ink. `cells` [rows, columns] are true where the model looks.
    """

    ink: Ink
    cells: NDArray[np.bool_]
    scale: float
    left: int
    top: int

    def across(self, x: float) -> float:
        """Return where a column of the picture is in the ink."""
        return x * self.scale - self.left

    def down(self, y: float) -> float:
        """Return where a row of the picture is in the ink."""
        return y * self.scale - self.top


def without_margins(ink: Ink) -> tuple[Ink, int, int]:
    """Return the part of a picture that holds ink, with a little around it; all where none is.

    Behind it how much was cut off on the left and above.
    """
    rows, columns = (np.flatnonzero(ink.max(axis) > INK_THRESHOLD) for axis in (1, 0))
    if not len(rows):
        return ink, 0, 0
    top, left = max(0, int(rows[0]) - MARGIN), max(0, int(columns[0]) - MARGIN)
    return ink[top : rows[-1] + 1 + MARGIN, left : columns[-1] + 1 + MARGIN], left, top


def inked_cells(ink: Ink) -> NDArray[np.bool_]:
    """Return which cells of a picture hold ink or lie beside one that does [rows, columns]."""
    rows, columns = (-(-side // CELL_PIXELS) for side in ink.shape)
    padded = np.zeros((rows * CELL_PIXELS, columns * CELL_PIXELS), np.uint8)
    padded[: ink.shape[0], : ink.shape[1]] = ink
    darkest = padded.reshape(rows, CELL_PIXELS, columns, CELL_PIXELS).max((1, 3))
    inked = (darkest > INK_THRESHOLD // 2).astype(np.uint8)
    near: NDArray[np.bool_] = cv2.dilate(inked, np.ones((3, 3), np.uint8)).astype(bool)
    return near


class ReaderImageProcessor(BaseImageProcessor):
    """Grey ink at the text scale of training, without margins, on pages of few sizes.

    `text_height` is the height in pixels that letters are brought to; `longest_side` bounds
    the picture (a longer one is shrunk, and then its text is smaller than the model knows).
    """

    model_input_names = ["pixel_values", "cells"]  # noqa: RUF012

    def __init__(
        self,
        text_height: float = 6.8,
        longest_side: int = 2048,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.text_height = text_height
        self.longest_side = longest_side

    def seen(self, picture: Image.Image) -> Seen:
        """Return the picture as ink at the text scale of training, [height, width], unpadded."""
        grey = to_grey(picture)
        ink = to_ink(grey)
        height = letter_height(ink)
        scale = self.text_height / height if height else 1.0
        if SAME_SCALE[0] <= scale <= SAME_SCALE[1]:
            scale = 1.0
        scale = min(scale, self.longest_side / max(grey.shape))
        if scale != 1.0:
            size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
            way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
            ink = to_ink(cv2.resize(grey, size, interpolation=way))
        ink, left, top = without_margins(ink)
        return Seen(ink, inked_cells(ink), scale, left, top)

    def size_on_page(self, picture: Image.Image) -> Size:
        """Return the rows and columns of cells that a picture takes up on a page."""
        return Size(*self.seen(picture).cells.shape)

    def preprocess(
        self,
        images: Image.Image | Sequence[Image.Image],
        return_tensors: str | None = None,
        **_: Any,
    ) -> BatchFeature:
        """Return `pixel_values`, a page with all pictures, and their `cells`: see `ConvReader`."""
        pictures = [images] if isinstance(images, Image.Image) else list(images)
        made = on_one_page([self.seen(picture) for picture in pictures])
        return BatchFeature(made, tensor_type=return_tensors)

    def __call__(self, images: Any, *args: Any, **kwargs: Any) -> BatchFeature:
        return self.preprocess(images, *args, **kwargs)


def on_one_page(pictures: Sequence[Seen]) -> dict[str, NDArray[Any]]:
    """Return `pixel_values` and `cells` of pictures on one page: see `ConvReader`."""
    corners, page = on_a_page([Size(*each.cells.shape) for each in pictures])
    return {
        "pixel_values": _painted([each.ink for each in pictures], corners, page),
        "cells": _listed([each.cells for each in pictures], corners, page),
    }


def _painted(inks: Sequence[Ink], corners: Sequence[Corner], page: Size) -> NDArray[np.float32]:
    """Return the page [1, 1, height, width] with the pictures; 0 paper, 2 black."""
    pixels = np.zeros((1, 1, page.rows * CELL_PIXELS, page.columns * CELL_PIXELS), np.float32)
    for ink, corner in zip(inks, corners, strict=True):
        top, left = corner.row * CELL_PIXELS, corner.column * CELL_PIXELS
        pixels[0, 0, top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    pixels *= 2 / 255
    return pixels


def _listed(
    cells: Sequence[NDArray[np.bool_]], corners: Sequence[Corner], page: Size
) -> NDArray[np.int64]:
    """Return the pictures' cells [pictures, cells, 3] on the page, -1 where there are none."""
    longest = max(1, *(int(found.sum()) for found in cells))
    listed = np.zeros((len(cells), -(-longest // CELLS_MULTIPLE) * CELLS_MULTIPLE, 3), np.int64)
    listed[:, :, 0] = -1
    for into, found, corner in zip(listed, cells, corners, strict=True):
        rows, columns = np.nonzero(found)
        count = len(rows)
        into[:count, 0] = (corner.row + rows) * page.columns + corner.column + columns
        into[:count, 1] = np.minimum(rows, MOST_PLACES - 1)
        into[:count, 2] = np.minimum(columns, MOST_PLACES - 1)
    return listed


class ReaderProcessor(ProcessorMixin):
    """The embedded reader's picture processor and tokenizer behind one call."""

    def __init__(self, image_processor: Any = None, tokenizer: Any = None, **kwargs: Any) -> None:
        super().__init__(image_processor, tokenizer, **kwargs)

    def __call__(
        self,
        images: Any = None,
        text: str | Sequence[str] | None = None,
        words: Sequence[Sequence[Mapping[str, Any]]] | None = None,
        return_tensors: str | None = None,
        **_: Any,
    ) -> BatchFeature:
        """Return what the model takes of pictures and, where answers are given, their `labels`.

        Where it is given their `words` as well, then also what training tells the model of them:
        `letters` and `aims`, see `SketchReader`.
        """
        data: dict[str, Any] = {}
        pictures = [images] if isinstance(images, Image.Image) else list(images or ())
        seen = [self.image_processor.seen(picture) for picture in pictures]
        if seen:
            data.update(on_one_page(seen))
        if text is not None:
            answers = [text] if isinstance(text, str) else list(text)
            tokens = self.tokenizer(
                answers,
                add_special_tokens=False,
                split_special_tokens=True,
                return_offsets_mapping=True,
            )
            if words is not None:
                nodes = [written(*each) for each in zip(words, seen, strict=True)]
                data["letters"] = numbered([letters_in_cells(each) for each in nodes])
                told = zip(nodes, answers, tokens["offset_mapping"], strict=True)
                data["aims"] = numbered([places_of_tokens(*each) for each in told])
            made = BatchFeature(data, tensor_type=return_tensors)
            made["labels"] = tokens["input_ids"]
            return made
        return BatchFeature(data, tensor_type=return_tensors)


AutoImageProcessor.register(
    SketchReaderConfig, image_processor_classes={"pil": ReaderImageProcessor}, exist_ok=True
)
AutoProcessor.register(SketchReaderConfig, ReaderProcessor, exist_ok=True)
