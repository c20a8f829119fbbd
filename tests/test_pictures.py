"""Pictures of anyone: upright, bounded, or refused by name; every package sees the same."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image, ImageDraw

from sketch2flow.pictures import PictureError, on_white, open_picture, upright_file

TURNS = range(1, 9)


def seen() -> Image.Image:
    """Return what the photographer saw: a portrait page with a black bar at its top."""
    picture = Image.new("RGB", (200, 300), "white")
    ImageDraw.Draw(picture).rectangle((0, 0, 200, 60), fill="black")
    return picture


def photo(orientation: int, form: str = "JPEG") -> bytes:
    """Return the file of a phone that stores `seen` lying, with a note on how it was held."""
    ways = Image.Transpose
    stored = {
        1: seen(),
        2: seen().transpose(ways.FLIP_LEFT_RIGHT),
        3: seen().transpose(ways.ROTATE_180),
        4: seen().transpose(ways.FLIP_TOP_BOTTOM),
        5: seen().transpose(ways.TRANSPOSE),
        6: seen().transpose(ways.ROTATE_90),
        7: seen().transpose(ways.TRANSVERSE),
        8: seen().transpose(ways.ROTATE_270),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    stored.save(file, form, exif=exif)
    return file.getvalue()


def is_upright(picture: Image.Image) -> bool:
    grey = picture.convert("L")
    wide, high = grey.size
    bar, page = (grey.getpixel((wide // 2, high * part // 10)) for part in (1, 9))
    assert isinstance(bar, int)
    assert isinstance(page, int)
    return high > wide and bar < 60 and page > 200


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", TURNS)
def test_a_phones_photo_is_upright(orientation: int, form: str) -> None:
    picture = open_picture(photo(orientation, form))
    assert picture.size == (200, 300)
    assert is_upright(picture)
    assert picture.format == form
    assert picture.getexif().get(0x0112, 1) == 1, "whoever opens it next would turn it again"


@pytest.mark.parametrize("orientation", TURNS)
def test_a_reader_that_ignores_exif_gets_a_file_that_needs_none(orientation: int) -> None:
    data = photo(orientation)
    upright = upright_file(data)
    assert is_upright(Image.open(io.BytesIO(upright)))
    assert (upright == data) == (orientation == 1)


def test_model_manifest_and_report_see_the_same() -> None:
    """The model saw (300, 200) where the manifest said (200, 300)."""
    from sketch2flow.report.pictures import embed_picture
    from sketch2flow.vlm.shapes import EncoderDecoder
    from synth.contact_sheet import contact_sheet
    from synth.pictures import inspect_picture

    data = photo(6)
    facts = inspect_picture(data)
    assert (facts.width, facts.height, facts.format) == (200, 300, "jpeg")

    processor = SimpleNamespace(
        image_processor=SimpleNamespace(ink=lambda picture: picture, canvas=lambda ink: ink.size),
        tokenizer=SimpleNamespace(eos_token_id=0),
    )
    model = EncoderDecoder(processor, SimpleNamespace(decoder_start_token_id=0))
    model._answer_tokens = lambda answer: []  # type: ignore[method-assign]
    assert model.measure({"images": [{"bytes": data}], "annotations": [""]})[0] == (200, 300)

    embedded = embed_picture(data, 100_000)
    assert embedded is not None
    page = base64.b64decode(embedded.uri.split(",")[1])
    assert is_upright(Image.open(io.BytesIO(page)))

    sheet = Image.open(io.BytesIO(contact_sheet([(data, "")], tile=120))).convert("L")
    tile = sheet.crop((6, 6, 126, 126))
    assert tile.getpixel((60, 10)) < 60 < tile.getpixel((60, 110))  # type: ignore[operator]


def test_a_photo_with_a_copy_behind_it_is_a_jpeg() -> None:
    """Phones store a preview or a depth map in the same file (MPO)."""
    file = io.BytesIO()
    seen().save(file, "MPO", save_all=True, append_images=[seen().reduce(2)])
    picture = open_picture(file.getvalue())
    assert (picture.format, picture.size) == ("JPEG", (200, 300))


def test_a_damaged_note_on_the_turn_spoils_no_picture() -> None:
    data = photo(6)
    start = data.index(b"Exif\0\0") + 6
    damaged = data[:start] + b"\xff" * 12 + data[start + 12 :]
    assert open_picture(damaged).size == (300, 200)


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"{}" * 50, photo(1)[:900]])
def test_what_is_no_picture_is_refused_in_one_line(data: bytes) -> None:
    with pytest.raises(PictureError, match="picture") as refused:
        open_picture(data)
    assert "\n" not in str(refused.value)
    with pytest.raises(ValueError, match="picture"):
        upright_file(data)


def test_a_decompression_bomb_is_refused() -> None:
    file = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(file, "PNG")
    with pytest.raises(PictureError, match="megapixels"):
        open_picture(file.getvalue())


def test_a_draft_is_smaller_but_large_enough() -> None:
    file = io.BytesIO()
    Image.new("L", (1600, 2400), 255).save(file, "JPEG")
    assert open_picture(file.getvalue(), draft=300).size == (400, 600)
    assert open_picture(file.getvalue()).size == (1600, 2400)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_what_shines_through_is_white(mode: str) -> None:
    clear = {"LA": (0, 0), "RGBA": (0, 0, 0, 0)}
    picture = Image.new(mode, (8, 8), clear.get(mode, 1 if mode == "1" else "white"))
    assert on_white(picture).getextrema() == ((255, 255),) * 3


def test_every_package_opens_pictures_at_this_one_door() -> None:
    """Another `Image.open` would have its own bounds, and forget about phones."""
    root = Path(__file__).parents[1]
    packages = ("sketch2flow", "synth", "resources", "sketch2flow_assets")
    opening = {
        path.relative_to(root).as_posix()
        for package in packages
        for path in (root / package).rglob("*.py")
        if "Image.open(" in path.read_text(encoding="utf-8")
    }
    assert opening == {"sketch2flow/pictures.py"}
