"""`sketch2flow draw`: synthetic workflows as pictures, with a manifest."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sketch2flow.media import MEDIA

if TYPE_CHECKING:
    from synth.draw import Drawing, Wish
    from synth.generate import GeneratedWorkflow
    from synth.pictures import Orientation, Resolution

RESOLUTIONS = ("small", "medium", "large")
ORIENTATIONS = ("portrait", "landscape")
_SUFFIX = {"png": ".png", "jpeg": ".jpg"}


@click.command("draw")
@click.option("--source", type=click.Choice(MEDIA), required=True, help="The medium.")
@click.option("--count", type=click.IntRange(1), required=True, help="How many pictures.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option("--max-components", type=int, default=8, show_default=True, help="1 to 40.")
@click.option("--style", "styles", multiple=True, help="Only this style; may stand several times.")
@click.option("--resolution", type=click.Choice(RESOLUTIONS), help="Only this size class.")
@click.option("--orientation", type=click.Choice(ORIENTATIONS), help="Only this orientation.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True)
def command(
    source: str,
    count: int,
    seed: int,
    out: Path,
    max_components: int,
    styles: tuple[str, ...],
    resolution: Resolution | None,
    orientation: Orientation | None,
    workers: int,
) -> None:
    """Draw synthetic workflows: pictures and a manifest.jsonl in the folder OUT.

    A line of the manifest has the picture's file, its size, style, fonts, the boxes of its nodes
    and of its words, and the workflow document. The same seed gives the same files for any number
    of workers.
    A workflow that cannot be drawn is named, the others are drawn, and the exit status is 1.
    `sketch2flow gallery` shows what styles there are.

    \b
    sketch2flow draw --source manual --count 100 --seed 7 --out pictures
    sketch2flow draw --source ui --style list --resolution medium --count 20 --out lists
    """
    from sketch2flow.cli.extras import require_drawing
    from synth.draw import DrawingError, Wish
    from synth.drawing.styles import chosen_styles
    from synth.generate import GenerationError

    require_drawing()
    wish = Wish(styles or None, None, resolution, orientation)
    try:
        chosen_styles(source, wish.styles)
        failed = _draw(source, count, seed, out, max_components, wish, workers)
    except (ValueError, GenerationError, DrawingError, OSError) as error:
        raise click.ClickException(str(error)) from None
    if failed:
        raise SystemExit(1)


def _draw(
    source: str, count: int, seed: int, out: Path, max_components: int, wish: Wish, workers: int
) -> int:
    """Write the folder; return how many workflows could not be drawn."""
    from rich.console import Console
    from rich.progress import track

    from sketch2flow.files import new_file, write_bytes
    from synth.draw import DrawingFailure, draw_all
    from synth.generate import generate_workflows

    console = Console(stderr=True)
    workflows: dict[str, GeneratedWorkflow] = {}
    classes: Counter[str] = Counter()
    failed = 0

    def remembered(generated: GeneratedWorkflow) -> GeneratedWorkflow:
        workflows[generated.identifier] = generated
        return generated

    generated = map(remembered, generate_workflows(source, count, seed, max_components))
    items = ((one.identifier, one.workflow, one.split) for one in generated)
    drawings = draw_all(items, source, seed, workers, wish)
    with new_file(out / "manifest.jsonl") as manifest:
        for identifier, drawing in track(drawings, source, total=count, console=console):
            workflow = workflows.pop(identifier)
            if isinstance(drawing, DrawingFailure):
                failed += 1
                console.print(f"{identifier}: {drawing.reason}", markup=False, highlight=False)
                continue
            name = identifier + _SUFFIX[drawing.format]
            write_bytes(out / name, drawing.picture)
            manifest.write(json.dumps(_row(workflow, drawing, source, name)) + "\n")
            classes[drawing.resolution] += 1
            classes[drawing.orientation] += 1
    shape = ", ".join(f"{number:,} {name}" for name, number in classes.most_common())
    left_out = f", {failed:,} could not be drawn" if failed else ""
    click.echo(f"{out}: {count - failed:,} pictures ({shape}){left_out}")
    return failed


def _row(
    generated: GeneratedWorkflow, drawing: Drawing, source: str, picture: str
) -> dict[str, Any]:
    from sketch2flow.workflow import content_digest, to_object

    return {
        "identifier": generated.identifier,
        "picture": picture,
        "source": source,
        "provenance": "simulated",
        "split": generated.split,
        "width": drawing.width,
        "height": drawing.height,
        "orientation": drawing.orientation,
        "resolution": drawing.resolution,
        "style": drawing.style,
        "fonts": list(drawing.fonts),
        "text_height": drawing.text_height,
        "heuristic": generated.heuristic,
        "features": list(generated.features),
        "seed": drawing.seed,
        "boxes": [list(box) for box in drawing.boxes],
        "words": [list(word) for word in drawing.words],
        "components": len(generated.workflow.components),
        "document_digest": content_digest(generated.workflow),
        "document": to_object(generated.workflow),
    }
