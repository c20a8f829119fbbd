"""Every style side by side: one page for the browser, one picture for a document."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from sketch2flow.media import MEDIA
from sketch2flow.workflow.document import Workflow
from synth.contact_sheet import contact_sheet
from synth.draw import Drawing, Wish, draw
from synth.drawing.styles import styles_of
from synth.generate import generate_workflows

SHEET_BYTES = 900_000

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
    workflow: Workflow, seed: int, looks: int = 1, resolution: float = 1.0
) -> Iterator[Sample]:
    """Yield drawings of one workflow in every style, `looks` of each, by source and style."""
    for source in MEDIA:
        for style in styles_of(source):
            for look in range(looks):
                wish = Wish((style.name,), resolution)
                yield Sample(
                    source,
                    style.name,
                    draw(workflow, source, f"gallery/{seed}/{look}", wish=wish),
                )


def sheet(samples: Sequence[Sample], columns: int = 7, tile: int = 250) -> bytes:
    """Return a PNG with the first look of every style, captioned with source and style."""
    first: dict[tuple[str, str], Sample] = {}
    for sample in samples:
        first.setdefault((sample.source, sample.style), sample)
    pictures = [
        (sample.drawing.picture, f"{sample.source}: {sample.style}") for sample in first.values()
    ]
    return contact_sheet(pictures, columns, tile, SHEET_BYTES)


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
