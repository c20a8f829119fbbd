"""The reader's processor: text scale, ground, margins, and pages of several pictures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from sketch2flow.vlm.pages import Size, on_a_page
from sketch2flow.vlm.reader_processor import (
    MARGIN,
    ReaderImageProcessor,
    inked_cells,
    letter_height,
    to_grey,
    to_ink,
)

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
    small, large = (processor.seen(page(size)).ink for size in (1.0, scale))
    assert large.shape[0] == pytest.approx(small.shape[0], rel=0.3)
    height = letter_height(large)
    assert height is not None
    assert height == pytest.approx(processor.text_height, rel=0.25)


def test_a_picture_at_about_the_right_scale_is_left_alone_but_for_its_margins() -> None:
    ink = ReaderImageProcessor().seen(page(1.0)).ink
    assert np.array_equal(ink, to_ink(to_grey(page(1.0)))[: ink.shape[0], : ink.shape[1]])
    wider = Image.new("L", (500, 400), 255)
    wider.paste(page(1.0), (100, 90))
    found = ReaderImageProcessor().seen(wider).ink
    assert found.shape == (131 - 10 + 2 * MARGIN, 211 + 2 * MARGIN)  # from box to box
    assert np.array_equal(found[MARGIN:, MARGIN:][:110, :200], ink[10:, 5:][:110, :200])


def test_a_grey_board_with_a_shadow_reads_like_white_paper() -> None:
    grey = to_grey(page(1.0, ground=200, ink=40)).astype(np.float32)
    grey *= np.linspace(0.7, 1.0, grey.shape[1])
    board, paper = to_ink(grey.astype(np.uint8)), to_ink(to_grey(page(1.0)))
    assert np.median(board) == 0
    assert np.mean((board > 70) == (paper > 70)) > 0.97


def test_transparency_is_paper() -> None:
    picture = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    assert to_grey(picture).min() == 255


def test_each_picture_is_found_on_the_page_by_its_cells() -> None:
    processor = ReaderImageProcessor()
    pictures = [page(1.0), page(1.0).crop((0, 0, 220, 45)), page(1.0, ground=200, ink=40)]
    made = processor(pictures, return_tensors="np")
    pixels, cells = made["pixel_values"], made["cells"]
    assert pixels.shape[:2] == (1, 1)
    assert 1.5 < pixels.max() <= 2.0
    wide = pixels.shape[3] // 16
    for picture, listed in zip(pictures, cells, strict=True):
        ink = processor.seen(picture).ink
        number, row, column = listed[listed[:, 0] >= 0].T
        again = np.zeros((16 * (row.max() + 1), 16 * (column.max() + 1)), np.float32)
        for n, r, c in zip(number, row, column, strict=True):
            top, left = 16 * (n // wide), 16 * (n % wide)
            again[16 * r : 16 * r + 16, 16 * c : 16 * c + 16] = pixels[
                0, 0, top : top + 16, left : left + 16
            ]
        high = min(len(again), len(ink))
        assert np.allclose(again[:high, : ink.shape[1]], ink[:high, : again.shape[1]] * (2 / 255))


def test_bare_ground_far_from_ink_is_not_looked_at() -> None:
    ink = np.zeros((160, 320), np.uint8)
    ink[70, 100] = 255
    found = inked_cells(ink)
    assert found.shape == (10, 20)
    assert found[3:6, 5:8].all()
    assert found.sum() == 9


sizes = st.lists(st.builds(Size, st.integers(1, 60), st.integers(1, 90)), min_size=1, max_size=24)


@given(sizes)
def test_pictures_on_a_page_lie_apart_and_within(pictures: list[Size]) -> None:
    corners, whole = on_a_page(pictures)
    assert whole.rows % 4 == whole.columns % 4 == 0
    taken = np.zeros((whole.rows + 1, whole.columns + 1), int)
    for corner, size in zip(corners, pictures, strict=True):
        assert corner.row + size.rows <= whole.rows
        assert corner.column + size.columns <= whole.columns
        # With the gap below and to the right of each.
        taken[corner.row : corner.row + size.rows + 1][
            :, corner.column : corner.column + size.columns + 1
        ] += 1
    assert taken.max() == 1


def test_equal_pictures_fill_most_of_a_page() -> None:
    _, whole = on_a_page([Size(10, 14)] * 12)
    assert 0.8 * whole.rows * whole.columns < 12 * 10 * 14


def test_a_picture_is_read_alike_alone_and_in_company() -> None:
    import torch

    from sketch2flow.vlm.conv_reader import ConvReader, ConvReaderConfig

    torch.manual_seed(0)
    encoder = ConvReader(
        ConvReaderConfig(hidden_size=32, channels=(8, 8, 16, 32), residual_blocks=(1, 1, 1, 1))
    )
    for parameter in encoder.parameters():  # no bias is 0 once a model has learnt
        torch.nn.init.normal_(parameter, std=0.3)
    processor = ReaderImageProcessor()
    pictures = [page(1.0), page(1.0).crop((0, 0, 220, 45)), page(0.9), page(1.0, 200, 40)]
    together = encoder(**processor(pictures, return_tensors="pt"))
    for number, picture in enumerate(pictures):
        alone = encoder(**processor([picture], return_tensors="pt"))
        count = int(alone.known.sum())
        assert int(together.known[number].sum()) == count
        torch.testing.assert_close(
            together.last_hidden_state[number, :count],
            alone.last_hidden_state[0, :count],
            rtol=1e-4,
            atol=1e-4,
        )


def test_a_very_long_picture_is_shrunk_to_fit_the_encoder() -> None:
    long = Image.new("L", (6000, 100), 255)
    assert max(ReaderImageProcessor().seen(long).ink.shape) <= 2048
