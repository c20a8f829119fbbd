"""`sketch2flow convert`: pictures of workflows in, workflow JSON out."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sketch2flow.vlm.convert import Conversion


@click.command(name="convert")
@click.argument("pictures", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--model", help="Model folder, Hub id or URL [default: the champion].")
@click.option("--served-model", help="The model's name behind a URL.")
@click.option("--prompt", "prompt_id", default="short", show_default=True, help="Prompt id.")
@click.option("--out", type=click.Path(path_type=Path), help="Write there instead of printing.")
@click.option("--draw", is_flag=True, help="Draw what was read beside the picture, as a PNG.")
def command(
    pictures: tuple[Path, ...],
    model: str | None,
    served_model: str | None,
    prompt_id: str,
    out: Path | None,
    draw: bool,
) -> None:
    """Read PICTURES of workflows: picture in, workflow JSON out.

    One picture gives its workflow; several give one line of JSON each, with the picture's name.
    Structure errors of an answer are named on standard error. A picture that cannot be read is
    named, the others are still converted, and the exit status is 1.
    """
    from sketch2flow.vlm.convert import convert_pictures
    from sketch2flow.vlm.generate import ModelNotFoundError
    from sketch2flow.workflow.prompts import PROMPTS

    if prompt_id not in PROMPTS:
        raise click.ClickException(f"no prompt {prompt_id!r}; there are {', '.join(PROMPTS)}")
    try:
        source = model or champion_folder()
        conversions = list(convert_pictures(pictures, source, prompt_id, served_model))
    except ModelNotFoundError as error:
        raise click.ClickException(str(error)) from None
    for one in conversions:
        tell(one)
    text = written(conversions)
    if out and text:
        from sketch2flow.files import write_text

        write_text(out, text)
        click.echo(f"written: {out}", err=True)
    elif text:
        click.echo(text, nl=False)
    if draw:
        for one in conversions:
            if one.workflow and (place := draw_comparison(one, out)):
                click.echo(f"drawn: {place}", err=True)
    if any(one.workflow is None for one in conversions):
        raise SystemExit(1)


def champion_folder() -> str:
    """Return the folder of the champion; ModelNotFoundError says how to come by one."""
    from resources.storage import Storage
    from sketch2flow.vlm.generate import ModelNotFoundError
    from resources.champion import champion

    storage = Storage()
    holder = champion(storage)
    if holder:
        folder = storage.object_folder("training", holder.recipe, holder.training)
        return str(folder / "model")
    trained = [
        str(storage.object_folder("training", recipe, digest) / "model")
        for recipe, digest in storage.refs("training").items()
    ]
    cure = (
        f"name one: --model {trained[0]}" if trained else "run `sketch2flow demo`, or use --model"
    )
    raise ModelNotFoundError(f"no model has become champion in {storage.root} yet: {cure}")


def tell(conversion: Conversion) -> None:
    """Name on standard error what is wrong with a picture or with what was read of it."""
    if conversion.error:
        click.echo(f"{conversion.picture}: {conversion.error}", err=True)
    for error in conversion.structure_errors:
        place = error.pointer or "/"
        click.echo(f"{conversion.picture}: {error.code} at {place}: {error.message}", err=True)


def written(conversions: Sequence[Conversion]) -> str:
    """Return one picture's workflow, or a JSON line per picture; empty if nothing was read."""
    if len(conversions) > 1:
        lines = (json.dumps(one.to_object(), ensure_ascii=False) for one in conversions)
        return "".join(f"{line}\n" for line in lines)
    workflow = conversions[0].to_object()["workflow"]
    return f"{json.dumps(workflow, indent=2, ensure_ascii=False)}\n" if workflow else ""


def draw_comparison(conversion: Conversion, out: Path | None) -> Path | None:
    """Write the picture and, to its right, the workflow as read; None if that cannot be drawn."""
    from PIL import Image

    from sketch2flow.files import write_bytes
    from sketch2flow.pictures import on_white, open_picture
    from synth.draw import DrawingError, draw

    assert conversion.workflow is not None
    try:
        drawing = draw(conversion.workflow, "synthetic", "convert", scale=1.5)
    except DrawingError as error:
        click.echo(f"{conversion.picture}: cannot be drawn back ({error})", err=True)
        return None
    left = on_white(open_picture(conversion.picture.read_bytes()))
    right = on_white(open_picture(drawing.picture))
    left.thumbnail((max(800, right.width), max(800, right.height)))
    gap = 24
    both = Image.new(
        "RGB", (left.width + gap + right.width, max(left.height, right.height)), "white"
    )
    both.paste(left, (0, 0))
    both.paste(right, (left.width + gap, 0))
    buffer = io.BytesIO()
    both.save(buffer, "PNG")
    folder = out.parent if out else Path()
    place = folder / f"{conversion.picture.stem}.read.png"
    write_bytes(place, buffer.getvalue())
    return place
