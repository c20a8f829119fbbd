"""The reader's processor: text scale, ground, canvas, and saving through the auto classes."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from sketch2flow.vlm.reader_processor import ReaderImageProcessor, letter_height, to_grey, to_ink

LINES = ["look up incident records", "for each incident found", "send an email to the caller"]


def page(scale: float, ground: int = 255, ink: int = 0) -> Image.Image:
    """Return three boxes of text whose letters grow with `scale`."""
    font = ImageFont.load_default(size=12.4 * scale)
    picture = Image.new("L", (round(220 * scale), round(140 * scale)), ground)
    draw = ImageDraw.Draw(picture)
    for place, line in enumerate(LINES):
        top = (10 + 45 * place) * scale
        draw.rectangle((5 * scale, top, 215 * scale, top + 30 * scale), outline=ink)
        draw.text((12 * scale, top + 8 * scale), line, fill=ink, font=font)
    return picture


@pytest.mark.parametrize("scale", [1.6, 2.0, 3.0, 4.0])
def test_a_larger_picture_is_brought_to_the_text_scale_of_training(scale: float) -> None:
    processor = ReaderImageProcessor()
    small, large = processor.ink(page(1.0)), processor.ink(page(scale))
    assert large.shape[0] == pytest.approx(small.shape[0], rel=0.3)
    height = letter_height(large)
    assert height is not None
    assert height == pytest.approx(processor.text_height, rel=0.25)


def test_a_picture_at_about_the_right_scale_is_left_alone() -> None:
    assert ReaderImageProcessor().ink(page(1.0)).shape == (140, 220)


def test_a_grey_board_with_a_shadow_reads_like_white_paper() -> None:
    grey = to_grey(page(1.0, ground=200, ink=40)).astype(np.float32)
    grey *= np.linspace(0.7, 1.0, grey.shape[1])
    board, paper = to_ink(grey.astype(np.uint8)), to_ink(to_grey(page(1.0)))
    assert np.median(board) == 0
    assert np.mean((board > 70) == (paper > 70)) > 0.97


def test_transparency_is_paper() -> None:
    picture = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    assert to_grey(picture).min() == 255


def test_sides_are_padded_to_multiples_with_paper() -> None:
    processor = ReaderImageProcessor()
    pixels = processor(page(1.0), return_tensors="np")["pixel_values"]
    assert pixels.shape == (1, 1, 160, 224)
    assert pixels[0, 0, 150:, :].max() == 0
    assert 1.5 < pixels.max() <= 2.0


def test_a_very_long_picture_is_shrunk_to_fit_the_encoder() -> None:
    long = Image.new("L", (6000, 100), 255)
    assert max(ReaderImageProcessor().ink(long).shape) <= 2048
