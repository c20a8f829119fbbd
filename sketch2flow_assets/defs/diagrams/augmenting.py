"""Augmented copies of training pictures, with their parent's identifier."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sketch2flow_assets.defs.diagrams.drawing import facts_row
from sketch2flow_assets.defs.diagrams.manifest import BOX_NUMBERS, Row, read_rows

if TYPE_CHECKING:
    from resources.regime import Regime
    from sketch2flow_assets.left_out import LeftOut
    from synth.letters import Rectangle

PARENTS = "parents.json"


def augmented_rows(manifest: Path, regime: Regime, left_out: LeftOut) -> Iterator[Row]:
    """Yield a row for each variant of each training picture in the manifest of diagrams.

    Pictures of the other splits are not copied: they pass through by reference. A source that
    brings copies of its own gets no more of them.
    """
    known = list(read_rows(manifest, ["source", "parent"]))
    if regime.variants and not any(row["parent"] for row in known):
        for media in sorted({row["source"] for row in known}):
            yield from _variants_of(media, manifest, regime, left_out)


def _variants_of(media: str, manifest: Path, regime: Regime, left_out: LeftOut) -> Iterator[Row]:
    from synth.augment import Item, augment_all, copies_of
    from synth.pictures import PictureError, inspect_picture

    parents = _Parents(left_out)

    def pictures() -> Iterator[Item]:
        for row in read_rows(manifest):
            if row["split"] == "train" and row["source"] == media:
                data = row.pop("picture")
                parents.add(row, copies_of(row["identifier"], regime.variants, regime.seed))
                words = _places(json.loads(row["words"]))
                places = _places(row["boxes"])
                yield Item(row["identifier"], data, places, row["text_height"], words)

    variants = augment_all(
        pictures(),
        media,
        regime.variants,
        regime.seed,
        workers=regime.processes(),
        max_pixels=regime.max_pixels,
    )
    for parent, number, variant in variants:
        row = parents.claim(parent)
        identifier = f"{parent}_v{number}"
        try:
            facts = inspect_picture(variant.picture)
        except PictureError as error:
            left_out.add(identifier, str(error))
            continue
        yield {
            **row,
            **facts_row(facts),
            "identifier": identifier,
            "parent": parent,
            "seed": f"{regime.seed}/{parent}/{number}",
            "picture": variant.picture,
            "text_height": variant.text_height,
            "boxes": _moved(row["boxes"], variant.boxes),
            "words": json.dumps(
                _moved(json.loads(row["words"]), variant.words), ensure_ascii=False
            ),
        }
    parents.close()


def _places(boxes: list[Row]) -> tuple[Rectangle, ...]:
    return tuple((box["x"], box["y"], box["width"], box["height"]) for box in boxes)


def _moved(boxes: list[Row], places: Sequence[Rectangle]) -> list[Row]:
    """Return boxes in the places where a variant has them."""
    return [
        {**box, **dict(zip(BOX_NUMBERS, place, strict=True))}
        for box, place in zip(boxes, places, strict=True)
    ]


class _Parents:
    """The rows whose variants are on their way; variants come in their parents' order."""

    def __init__(self, left_out: LeftOut) -> None:
        self._rows: dict[str, Row] = {}
        self._missing: dict[str, int] = {}
        self._left_out = left_out

    def add(self, row: Row, variants: int) -> None:
        self._rows[row["identifier"]] = row
        self._missing[row["identifier"]] = variants

    def claim(self, parent: str) -> Row:
        """Return the parent's row for one more variant; those before it are complete."""
        while (first := next(iter(self._rows))) != parent:
            self._forget(first)
        self._missing[parent] -= 1
        return self._rows[parent]

    def close(self) -> None:
        for parent in list(self._rows):
            self._forget(parent)

    def _forget(self, parent: str) -> None:
        del self._rows[parent]
        if missing := self._missing.pop(parent):
            self._left_out.add(parent, f"{missing} variants could not be made; the log says why")


def write_parents(folder: Path, diagrams: str) -> None:
    """Record which diagrams object the variants in `folder` were made of."""
    (folder / PARENTS).write_text(json.dumps({"diagrams": diagrams}), encoding="utf-8")


def parents_of(folder: Path) -> str:
    """Return the digest of the diagrams object that goes with the variants in `folder`."""
    return str(json.loads((folder / PARENTS).read_text(encoding="utf-8"))["diagrams"])
