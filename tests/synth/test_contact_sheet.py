from __future__ import annotations

import io

from PIL import Image

from synth.contact_sheet import MAX_BYTES, contact_sheet
from synth.draw import SOURCES, Wish, draw
from synth.pictures import inspect_picture
from tests.synth import by_hand


def test_a_sheet_shows_every_source_and_stays_small() -> None:
    pictures = [
        (draw(workflow, source, name).picture, f"{source} {name}")
        for source in SOURCES
        for name, workflow in by_hand.ALL.items()
    ]
    sheet = contact_sheet(pictures, columns=5, tile=260)
    assert len(sheet) < MAX_BYTES
    assert inspect_picture(sheet).ink_share > 0.01
    assert contact_sheet(pictures, columns=5, tile=260) == sheet
    many = contact_sheet(pictures * 4, columns=8, tile=260)
    assert len(many) < MAX_BYTES


def test_a_sheet_is_as_wide_as_its_columns() -> None:
    picture = draw(by_hand.ONE_STEP, "ui", "1", wish=Wish(scale=1.0)).picture
    two = Image.open(io.BytesIO(contact_sheet([(picture, "a")] * 5, columns=2, tile=100)))
    assert two.size == (2 * 106 + 6, 3 * (100 + 15 + 6) + 6)
    one = Image.open(io.BytesIO(contact_sheet([(picture, "a")], columns=4, tile=100)))
    assert one.width == 112


def test_what_cannot_be_read_costs_its_tile_only() -> None:
    good = draw(by_hand.ONE_STEP, "ui", "1", wish=Wish(scale=1.0)).picture
    pictures = [(b"broken", "broken"), (good, "good"), (good[:50], "cut")]
    assert inspect_picture(contact_sheet(pictures, columns=3, tile=200)).ink_share > 0.005
    assert contact_sheet([], columns=3, tile=200)
