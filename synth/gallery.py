"""Every style side by side: one page for the browser, one picture for a document."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from sketch2flow.media import MEDIA
from sketch2flow.pictures import on_white, open_picture
from sketch2flow.workflow.document import Workflow
from synth.draw import Drawing, Wish, draw
from synth.drawing.fonts import SANS, SANS_BOLD
from synth.drawing.styles import styles_of
from synth.generate import generate_workflows

_KIND = {"png": "image/png", "jpeg": "image/jpeg"}
_TEXT = {
    "synthetic": "Graphviz, as StarFlow's generator draws: definitions stand below annotations.",
    "digital": "Drawing tools: typed text, shapes by mouse or stencil.",
    "manual": "Pen or pencil on paper, scanned or photographed. Simulated: nobody drew these.",
    "whiteboard": "Marker or chalk on a board, photographed. Simulated: nobody drew these.",
    "ui": "Screenshots of flow designers: titles are the steps' display names.",
}


@dataclass(frozen=True)
class Sample:
    """One drawing of the gallery, with its source and style."""

    source: str
    style: str
    drawing: Drawing


def sample_workflow(seed: int) -> Workflow:
    """Return a generated workflow that shows much in little room: a loop and a branch."""
    for one in generate_workflows("gallery", 2000, seed, 8):
        words = {component.definition for component in one.workflow.components}
        steps = len(one.workflow.components)
        if 5 <= steps <= 6 and {"FOREACH", "IF", "ELSE"} <= words:
            return one.workflow
    raise ValueError(f"none of 2,000 workflows of seed {seed} has a loop and two branches")


def draw_samples(
    workflow: Workflow, seed: int, looks: int = 1, scale: float = 1.0
) -> Iterator[Sample]:
    """Yield drawings of one workflow in every style, `looks` of each, by source and style."""
    for source in MEDIA:
        for style in styles_of(source):
            wish = Wish((style.name,), scale)
            for look in range(looks):
                drawing = draw(workflow, source, f"gallery/{seed}/{look}", wish=wish)
                yield Sample(source, style.name, drawing)


def sheet(samples: Sequence[Sample], columns: int = 5, tile: tuple[int, int] = (300, 230)) -> bytes:
    """Return a JPEG that shows a look of every style, by source, in tiles of this size.

    Of each style's looks it is the one that fills its tile best.
    """
    from PIL import Image, ImageDraw

    chosen = _best_looks(samples, tile[0] / tile[1])
    places: list[tuple[Sample, int, int]] = []
    heads: list[tuple[str, int]] = []
    step, down, y = tile[0] + _GAP, tile[1] + _CAPTION + _GAP, 0
    for source in MEDIA:
        heads.append((source, y))
        found = [sample for sample in chosen if sample.source == source]
        for index, sample in enumerate(found):
            row, column = divmod(index, columns)
            places.append((sample, _GAP + column * step, y + _HEAD_ROOM + row * down))
        y += _HEAD_ROOM + -(-len(found) // columns) * down
    whole = Image.new("RGB", (columns * step + _GAP, y + _GAP), (236, 238, 241))
    pen = ImageDraw.Draw(whole)
    for source, top in heads:
        pen.text((_GAP, top + 8), source, fill=(25, 32, 42), font=SANS_BOLD.at(20))
    for sample, left, top in places:
        small = on_white(open_picture(sample.drawing.picture))
        small.thumbnail(tile, Image.Resampling.LANCZOS)
        across, over = (tile[0] - small.width) // 2, (tile[1] - small.height) // 2
        whole.paste(small, (left + across, top + over))
        pen.text((left, top + tile[1] + 1), sample.style, fill=(70, 80, 92), font=SANS.at(13))
    file = io.BytesIO()
    whole.save(file, "JPEG", quality=84, optimize=True)
    return file.getvalue()


_GAP, _CAPTION, _HEAD_ROOM = 10, 18, 38


def _best_looks(samples: Sequence[Sample], aspect: float) -> list[Sample]:
    """Return one sample of every style, the nearest to an aspect ratio."""

    def off(sample: Sample) -> float:
        return abs(math.log(sample.drawing.width / sample.drawing.height / aspect))

    found: dict[tuple[str, str], Sample] = {}
    for sample in samples:
        key = sample.source, sample.style
        found[key] = min(found.get(key, sample), sample, key=off)
    return list(found.values())


def page(samples: Sequence[Sample]) -> str:
    """Return an HTML page, all in one file, that shows the samples by source at true size."""
    parts = [_HEAD]
    for source in MEDIA:
        found = [sample for sample in samples if sample.source == source]
        styles = list(dict.fromkeys(sample.style for sample in found))
        parts.append(
            f'<section><h2 id="{source}">{source}</h2>'
            f"<p>{escape(_TEXT[source])} {len(styles)} styles.</p>"
        )
        for style in styles:
            figures = [_figure(sample) for sample in found if sample.style == style]
            parts.append(f"<h3>{escape(style)}</h3><div>{''.join(figures)}</div>")
        parts.append("</section>")
    return "\n".join([*parts, "</main></body></html>\n"])


def _figure(sample: Sample) -> str:
    drawing = sample.drawing
    data = base64.b64encode(drawing.picture).decode()
    name = f"{sample.source} {sample.style}"
    fonts = ", ".join(drawing.fonts)
    facts = f"{drawing.width} x {drawing.height}, {len(drawing.picture) / 1000:.0f} kB, {fonts}"
    return (
        f'<figure><img alt="{escape(name)}" '
        f'width="{drawing.width}" height="{drawing.height}" '
        f'src="data:{_KIND[drawing.format]};base64,{data}">'
        f"<figcaption>{escape(facts)}</figcaption></figure>"
    )


_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>sketch2flow: drawing styles</title>
<meta name="viewport" content="width=device-width">
<style>
body { font: 15px/1.45 system-ui, sans-serif; margin: 0; background: #dfe3e8; color: #1c2530; }
main { max-width: 1500px; margin: auto; padding: 1rem 1.5rem 4rem; }
h2 { border-bottom: 2px solid #8a97a8; padding-bottom: .2rem; margin-top: 2.5rem; }
h3 { margin: 1.4rem 0 .4rem; font-size: 1rem; }
div { display: flex; flex-wrap: wrap; gap: 14px; align-items: flex-start; }
figure { margin: 0; max-width: 100%; }
img { max-width: 100%; height: auto; box-shadow: 0 1px 4px #0005; }
figcaption { font-size: .75rem; color: #51606f; }
</style></head><body><main>
<h1>Drawing styles</h1>
<p>One workflow in every style of the five sources, each from the same display list.
All of them are drawn by a program; what looks like pen, marker and chalk is simulated.</p>"""
