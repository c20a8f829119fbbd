"""What is written is read back, pixel by pixel, by everyone who reads pictures."""

from __future__ import annotations

import io
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from PIL import Image

from synth.drawing.encoding import Format, Pixels, decode, decode_indexed, encode

GREY = [(1, 1), (1, 7), (7, 1), (31, 17), (200, 301)]
SHAPES = [*GREY, *((*shape, 3) for shape in GREY)]


def noise(shape: tuple[int, ...]) -> Pixels:
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


def by_opencv(data: bytes) -> Pixels:
    read = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert read is not None
    found: Pixels = np.asarray(read, np.uint8)
    return found


def from_pillow(picture: Image.Image) -> Pixels:
    assert picture.mode in ("L", "RGB")
    found = np.asarray(picture)
    return found if found.ndim == 2 else found[:, :, ::-1]


def by_pillow(data: bytes) -> Pixels:
    with Image.open(io.BytesIO(data)) as picture:
        picture.verify()  # every checksum
    with Image.open(io.BytesIO(data)) as picture:
        return from_pillow(picture)


def by_datasets(data: bytes) -> Pixels:
    from datasets import Image as Feature

    return from_pillow(Feature().decode_example({"bytes": data, "path": None}))


@pytest.mark.parametrize("read", [by_opencv, by_pillow, by_datasets])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_png_is_read_back_by_everyone(
    shape: tuple[int, ...], read: Callable[[bytes], Pixels]
) -> None:
    pixels = noise(shape)
    found = read(encode(pixels, "png"))
    assert found.shape == shape
    assert (found == pixels).all()


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_png_is_written_of_views_and_of_columns_first(shape: tuple[int, ...]) -> None:
    pixels = noise(shape)
    for view in (pixels[::-1, ::-1], pixels[::2, ::3], np.asfortranarray(pixels)):
        assert (decode(encode(view, "png"), colour=pixels.ndim == 3) == view).all()


def test_encoding_leaves_the_pixels_as_they_were() -> None:
    pixels = noise((20, 30, 3))
    before = pixels.copy()
    assert encode(pixels, "png") == encode(pixels, "png")
    assert (pixels == before).all()


def test_png_of_line_art_is_small() -> None:
    for shape in ((800, 600), (800, 600, 3)):
        page = np.full(shape, 255, np.uint8)
        cv2.rectangle(page, (50, 50), (500, 700), (0, 0, 0), 3)
        cv2.putText(page, "weekly", (80, 200), cv2.FONT_HERSHEY_SIMPLEX, 2, (40, 40, 40))
        assert len(encode(page, "png")) < page.size / 30


def test_png_is_written_without_row_filters() -> None:
    import zlib

    data = encode(noise((9, 5)), "png")
    start = data.index(b"IDAT") + 4
    rows = zlib.decompress(data[start : data.index(b"IEND") - 8])
    assert rows[:: 5 + 1] == bytes(9)


@pytest.mark.parametrize("form", ["png", "jpeg"])
@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((4, 4, 1), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((2, 4, 4, 3), np.uint8),
        np.zeros(4, np.uint8),
        np.zeros((0, 4), np.uint8),
        np.zeros((4, 0, 3), np.uint8),
        np.zeros((4, 4), np.float32),
        np.zeros((4, 4, 3), np.uint16),
    ],
    ids=lambda pixels: f"{pixels.dtype}{pixels.shape}",
)
def test_other_shapes_and_types_are_refused(pixels: Pixels, form: Format) -> None:
    with pytest.raises(ValueError, match="H x W or H x W x 3"):
        encode(pixels, form)


def test_what_jpeg_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match=r"JPEG of \(1, 70000\)"):
        encode(np.zeros((1, 70_000), np.uint8), "jpeg")


def test_jpeg_keeps_thin_coloured_lines_and_heeds_its_quality() -> None:
    page = np.full((64, 64, 3), 255, np.uint8)
    page[:, 31] = (0, 0, 255)
    data = encode(page, "jpeg", 95)
    assert data[:3] == b"\xff\xd8\xff"
    blue, green, red = by_pillow(data)[32, 31]
    assert (blue < 60, green < 60, red > 200) == (True, True, True)
    rough = noise((64, 64, 3))
    assert len(encode(rough, "jpeg", 50)) < len(encode(rough, "jpeg", 90))
    assert by_pillow(encode(rough[:, :, 0], "jpeg")).shape == (64, 64)


def paletted(indices: Pixels, **options: object) -> bytes:
    picture = Image.fromarray(indices)
    picture.putpalette(noise((256, 3)).tobytes())
    out = io.BytesIO()
    picture.save(out, "PNG", **options)
    return out.getvalue()


@pytest.mark.parametrize("shape", GREY, ids=str)
def test_the_indices_and_the_table_make_the_picture(shape: tuple[int, int]) -> None:
    indices = noise(shape)
    data = paletted(indices)
    found = decode_indexed(data)
    assert found is not None
    assert (found[0] == indices).all()
    assert (cv2.applyColorMap(*found) == decode(data)).all()


def test_only_plain_palettes_have_indices() -> None:
    indices = noise((5, 8))
    others = [
        encode(indices, "png"),
        encode(indices, "jpeg"),
        paletted(indices % 4, bits=2),
        paletted(indices, transparency=3),
        b"",
    ]
    assert [decode_indexed(data) for data in others] == [None] * len(others)


def test_filtered_rows_are_no_indices() -> None:
    import zlib

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = zlib.crc32(kind + body).to_bytes(4, "big")
        return len(body).to_bytes(4, "big") + kind + body + check

    data = paletted(noise((4, 6)))
    start, end = data.index(b"IDAT") - 4, data.index(b"IEND") - 4
    for number in (0, 2):  # none; what is above
        rows = b"".join(bytes([number]) + bytes(6) for _ in range(4))
        made = data[:start] + chunk(b"IDAT", zlib.compress(rows)) + data[end:]
        assert by_opencv(made).shape == (4, 6, 3)
        assert (decode_indexed(made) is None) == (number == 2)
