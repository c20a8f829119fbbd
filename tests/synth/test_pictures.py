from __future__ import annotations

import hashlib
import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from synth.draw import Wish, draw
from synth.pictures import (
    MAX_BYTES,
    PictureError,
    inspect_picture,
    orientation_of,
    resolution_of,
)
from tests.synth import by_hand

DRAWN = draw(by_hand.ONE_STEP, "synthetic", "1", wish=Wish(scale=1.0)).picture


def saved(picture: Image.Image, form: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def sketch(width: int = 120, height: int = 80, ink: str = "black", ground: str = "white") -> Image:
    picture = Image.new("RGB", (width, height), ground)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((20, 20, width - 20, height - 20), outline=ink)
    pen.line((30, 30, width - 30, height - 30), fill=ink)
    return picture


def claimed_png(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes whose header claims a size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def test_facts_of_a_drawing() -> None:
    facts = inspect_picture(DRAWN)
    assert facts.format == "png"
    assert facts.sha256 == hashlib.sha256(DRAWN).hexdigest()
    assert facts.orientation == orientation_of(facts.width, facts.height)
    assert 0.05 < facts.ink_share < 0.3


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_formats(form: str) -> None:
    facts = inspect_picture(saved(sketch(), form))
    assert (facts.width, facts.height, facts.format) == (120, 80, form.lower())
    assert facts.orientation == "landscape"


def test_chalk_on_a_dark_board_is_ink() -> None:
    facts = inspect_picture(saved(sketch(ink="white", ground="#223322")))
    assert facts.ink_share == pytest.approx(inspect_picture(saved(sketch())).ink_share, rel=0.3)


def test_classes_begin_where_starflow_begins_them() -> None:
    assert resolution_of(400, 999) == "small"
    assert resolution_of(400, 1000) == "medium"
    assert resolution_of(1000, 1000) == "medium"
    assert resolution_of(1000, 1001) == "large"
    assert orientation_of(10, 10) == "portrait"
    assert orientation_of(11, 10) == "landscape"


def test_a_turned_photo_is_measured_as_it_is_seen() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    facts = inspect_picture(saved(sketch(), "JPEG", exif=exif))
    assert (facts.width, facts.height, facts.orientation) == (80, 120, "portrait")


def test_ink_on_a_transparent_ground_is_seen() -> None:
    clear = Image.new("RGBA", (120, 80), (0, 0, 0, 0))
    assert_blank(saved(clear))
    ImageDraw.Draw(clear).line((10, 10, 110, 70), fill=(0, 0, 0, 255), width=2)
    assert inspect_picture(saved(clear)).ink_share > 0.005


def assert_blank(data: bytes) -> None:
    with pytest.raises(PictureError, match=r"^blank: "):
        inspect_picture(data)


def test_blank_pictures_are_refused() -> None:
    for ground in ("white", "black", "#808080"):
        assert_blank(saved(Image.new("RGB", (200, 200), ground)))
    # Uneven light is no ink.
    light = Image.linear_gradient("L").resize((600, 600))
    assert_blank(saved(light, "JPEG"))
    assert_blank(saved(Image.new("L", (1, 1))))


@pytest.mark.parametrize("size", [(50_000, 50_000), (2**31 - 1, 2**31 - 1), (8_000, 5_001)])
def test_a_bomb_is_refused_by_its_header(size: tuple[int, int]) -> None:
    with pytest.raises(PictureError) as refused:
        inspect_picture(claimed_png(*size))
    assert "megapixels" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_other_files_are_refused() -> None:
    cases = {
        "an empty file": b"",
        "not a PNG, JPEG or WebP": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "not a PNG": saved(sketch(), "GIF"),
        f"at most {MAX_BYTES:,}": DRAWN + bytes(MAX_BYTES),
    }
    for reason, data in cases.items():
        with pytest.raises(PictureError, match=reason):
            inspect_picture(data)


def test_an_animation_is_refused() -> None:
    frames = [sketch(), sketch(ink="red")]
    data = saved(frames[0], "WEBP", save_all=True, append_images=frames[1:])
    with pytest.raises(PictureError, match="an animation"):
        inspect_picture(data)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_a_cut_off_file_is_refused(form: str) -> None:
    whole = saved(sketch(400, 300), form)
    for share in (0.1, 0.5, 0.8):
        with pytest.raises(PictureError):
            inspect_picture(whole[: int(len(whole) * share)])


@settings(max_examples=150, deadline=None)
@given(place=st.integers(0, len(DRAWN) - 1), data=st.binary(max_size=12), cut=st.booleans())
def test_damaged_files_are_read_or_refused(place: int, data: bytes, cut: bool) -> None:
    damaged = DRAWN[:place] + data + (b"" if cut else DRAWN[place + len(data) :])
    try:
        width, reason = inspect_picture(damaged).width, ""
    except PictureError as error:
        width, reason = 1, str(error)
    assert width > 0
    assert "\n" not in reason


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"]))
def test_any_bytes_are_refused(data: bytes, start: bytes) -> None:
    with pytest.raises(PictureError):
        inspect_picture(start + data)
